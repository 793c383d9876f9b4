"""The keys that there are, on a panel; none of them decides anything."""

import streamlit as st

from workbench import state

_KEYS = {
    "Everywhere": {"H": "show or hide this panel"},
    "Queue": {
        "N": "open the first that waits in this view",
        "M": "only what is assigned to you, or everybody's again",
    },
    "Review": {
        "N": "the next of the list",
        "P": "the one before",
        "Ctrl+S": "save the text, while you type",
    },
}


def button() -> None:
    """Show the button that opens the panel."""
    st.button(
        "Keys",
        icon=":material/keyboard:",
        type="tertiary",
        key="rb_keys",
        shortcut="H",
        on_click=state.turn_keys,
    )


def panel() -> None:
    """Show the panel when it is open."""
    if not state.keys_shown():
        return
    with st.container(border=True, key="rb_keys_panel"):
        for place, keys in _KEYS.items():
            lines = "\n".join(f"- `{key}` {does}" for key, does in keys.items())
            st.markdown(f"**{place}**\n\n{lines}")
        st.caption(
            "No key approves, rejects or overwrites. Letters do nothing while you type in a field."
        )
        st.button("Close", key="rb_keys_close", on_click=state.turn_keys)
