"""Captured or written output in; recognised, cleaned, normalised, compared out.

In: bytes that a step printed, or text that an author wrote as its output. Out: clean
text fit for a record and a page, and the differences between written and real. May
import the model only.
"""

from kdocs_plugin.outputs.answers import answers
from kdocs_plugin.outputs.clean import LIMIT, clean, is_binary
from kdocs_plugin.outputs.compare import compare
from kdocs_plugin.outputs.different import difference_spans
from kdocs_plugin.outputs.recognise import (
    begins_with_table,
    is_document,
    is_output,
    is_single,
    is_table_head,
    looks_like_output,
)
from kdocs_plugin.outputs.redact import redact
from kdocs_plugin.outputs.rewritten import rewritten
from kdocs_plugin.outputs.scrub import in_default, normalise, same
from kdocs_plugin.outputs.terminal import Terminal
from kdocs_plugin.outputs.volatile import volatile_spans

__all__ = [
    "LIMIT",
    "Terminal",
    "answers",
    "begins_with_table",
    "clean",
    "compare",
    "difference_spans",
    "in_default",
    "is_binary",
    "is_document",
    "is_output",
    "is_single",
    "is_table_head",
    "looks_like_output",
    "normalise",
    "redact",
    "rewritten",
    "same",
    "volatile_spans",
]
