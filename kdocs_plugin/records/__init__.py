"""Results in, a file a page out; and back: what of a record still fits today's note.

May import the model, errors and outputs. Reads and writes only below the records folder.
"""

from kdocs_plugin.records.changes import Change, changes
from kdocs_plugin.records.fingerprint import Fingerprints, fingerprints_of
from kdocs_plugin.records.fit import embed, is_stale
from kdocs_plugin.records.make import make_record
from kdocs_plugin.records.moved import find_moved, move, orphans, remove
from kdocs_plugin.records.store import load, record_path, save
from kdocs_plugin.records.verify import Deviation, deviations

__all__ = [
    "Change",
    "Deviation",
    "Fingerprints",
    "changes",
    "deviations",
    "embed",
    "find_moved",
    "fingerprints_of",
    "is_stale",
    "load",
    "make_record",
    "move",
    "orphans",
    "record_path",
    "remove",
    "save",
]
