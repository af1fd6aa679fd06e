"""Shell text in, statements and what they do out.

In: the text of a command block or an inline command, as the author wrote it.
Out: `Statement` values with their places, the words of every simple command in them,
kubectl's own grammar on top, and a `transcript` that keeps prompts, commands and
written output apart. May import the model only. Nothing here runs anything.
"""

from kdocs_plugin.commands.bare import (
    completed,
    crossed_stem,
    find_bare,
    find_variables,
    variables_of,
)
from kdocs_plugin.commands.effects import effect_of
from kdocs_plugin.commands.kubectl import VERBS, Kubectl, kind_of, parse_kubectl
from kdocs_plugin.commands.placeholders import (
    UNDERSTOOD,
    Placeholder,
    fill,
    find_placeholders,
    substitute,
    words_of,
)
from kdocs_plugin.commands.shell import Command, Statement, split
from kdocs_plugin.commands.transcript import (
    INTERRUPT,
    LEAVES,
    OUTSIDE,
    Line,
    Transcript,
    Typed,
    opens_shell,
    read_transcript,
)

__all__ = [
    "INTERRUPT",
    "LEAVES",
    "OUTSIDE",
    "UNDERSTOOD",
    "VERBS",
    "Command",
    "Kubectl",
    "Line",
    "Placeholder",
    "Statement",
    "Transcript",
    "Typed",
    "completed",
    "crossed_stem",
    "effect_of",
    "fill",
    "find_bare",
    "find_placeholders",
    "find_variables",
    "kind_of",
    "opens_shell",
    "parse_kubectl",
    "read_transcript",
    "split",
    "substitute",
    "variables_of",
    "words_of",
]
