"""Results in, a file a page out; and back: what of a record still fits today's note.

May import the model, errors and outputs. Reads and writes only below the records folder.
"""

from kdocs_plugin.records.fingerprint import Fingerprints, fingerprints_of
from kdocs_plugin.records.fit import embed, is_stale
from kdocs_plugin.records.make import make_record
from kdocs_plugin.records.store import load, record_path, save

__all__ = [
    "Fingerprints",
    "embed",
    "fingerprints_of",
    "is_stale",
    "load",
    "make_record",
    "record_path",
    "save",
]
