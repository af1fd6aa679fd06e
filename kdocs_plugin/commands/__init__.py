"""Shell text in, statements and what they do out.

In: the text of a command block or an inline command, as the author wrote it.
Out: `Statement` values with their places, the words of every simple command in them,
kubectl's own grammar on top, and a `transcript` that keeps prompts, commands and
written output apart. May import the model only. Nothing here runs anything.
"""

from kdocs_plugin.commands.effects import effect_of
from kdocs_plugin.commands.kubectl import Kubectl, parse_kubectl
from kdocs_plugin.commands.placeholders import Placeholder, find_placeholders, substitute
from kdocs_plugin.commands.shell import Command, Statement, split
from kdocs_plugin.commands.transcript import Line, Transcript, read_transcript

__all__ = [
    "Command",
    "Kubectl",
    "Line",
    "Placeholder",
    "Statement",
    "Transcript",
    "effect_of",
    "find_placeholders",
    "parse_kubectl",
    "read_transcript",
    "split",
    "substitute",
]
