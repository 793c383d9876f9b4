"""Approved runbooks: search them, open one by its link, take them elsewhere."""

from workbench import library_state, notices, state, wiring
from workbench.components import library_filters, library_list, shell, shelved_view
from workbench.jobs import shared_jobs


def main() -> None:
    """Show the list, or the runbook that the address names."""
    shell.enter()
    state.take_redraw()
    service = wiring.service()
    notices.show()
    if wanted := state.suggestion_id():
        shelved_view.show(service, wanted)
        return
    shared_jobs(service).discovering.nudge(wait_first=1.0)
    view = library_state.view()
    library = service.library
    library_list.head(service, view)
    library_filters.show(view, service.services.names, finds_beginnings=library.finds_beginnings)
    library_list.show(service, view)


main()
