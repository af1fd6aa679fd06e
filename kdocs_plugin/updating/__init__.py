"""`kdocs update`: real outputs into the note, where it shows others.

In: a page with its record. Out: the note's text with real outputs, and what was left alone
and why. Only the lines of an output are touched; every change is proved: the note is read
again, and it must say the new output, run the same scenario, and differ from nothing. May
import all but `cli` and `plugin`.
"""

from kdocs_plugin.updating.updates import Left, Updated, updated

__all__ = ["Left", "Updated", "updated"]
