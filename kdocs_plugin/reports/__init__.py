"""What was found, told: on a terminal, as JSON, JUnit, SARIF and GitHub annotations.

In: pages with their findings. Out: text or plain values; nothing is printed here. A
format is a module that renders `entries`, findings with their words filled in. `baseline`
is what was found before and is not told again. May import all layers below; knows neither
MkDocs nor the command line.
"""

from kdocs_plugin.reports.entries import Entry, counts, entries
from kdocs_plugin.reports.github import github
from kdocs_plugin.reports.junit import junit
from kdocs_plugin.reports.plain import findings_json
from kdocs_plugin.reports.sarif import sarif
from kdocs_plugin.reports.screen import terminal

__all__ = [
    "Entry",
    "counts",
    "entries",
    "findings_json",
    "github",
    "junit",
    "sarif",
    "terminal",
]
