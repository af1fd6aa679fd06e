"""What was found, told: on a terminal and as JSON.

In: pages with their findings. Out: text or plain values; nothing is printed here. A
format is a module that renders `entries`, findings with their words filled in. May import
all layers below; knows neither MkDocs nor the command line.
"""

from kdocs_plugin.reports.entries import Entry, counts, entries
from kdocs_plugin.reports.plain import findings_json
from kdocs_plugin.reports.screen import terminal

__all__ = ["Entry", "counts", "entries", "findings_json", "terminal"]
