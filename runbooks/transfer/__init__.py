"""Documents in and out as files: import, export, the sample (CONTRACT §1, R10).

An import only creates, unless it is told to update; what a person wrote or decided is never
touched by it. An export is raw and says so.
"""

from runbooks.transfer.exporting import export_documents
from runbooks.transfer.importing import Importer
from runbooks.transfer.report import Change, ImportReport, Line, Progress
from runbooks.transfer.sample import add_sample, add_sample_if_empty, only_sample, remove_sample

__all__ = [
    "Change",
    "ImportReport",
    "Importer",
    "Line",
    "Progress",
    "add_sample",
    "add_sample_if_empty",
    "export_documents",
    "only_sample",
    "remove_sample",
]
