"""A note's text becomes a Note: what stands in it, and where.

In: text (`read` gets it from a file). Out: `scan` gives a Note whose every value knows its
true line and column; `breaks` tells where Python-Markdown needs a blank line to see what
the author meant; `manifest_file` is a YAML file as a Note of one block. May import: model,
messages, errors. Runs nothing, knows no Kubernetes beyond what tells a manifest from other
YAML.

The authority on fences is pymdownx.superfences, on everything else Python-Markdown; tests
hold this layer against both.
"""

from kdocs_plugin.source.lines import split_lines
from kdocs_plugin.source.manifest_file import is_manifest_file, manifest_file
from kdocs_plugin.source.reader import decode, read
from kdocs_plugin.source.rewrite import rewrite
from kdocs_plugin.source.scan import breaks, scan

__all__ = [
    "breaks",
    "decode",
    "is_manifest_file",
    "manifest_file",
    "read",
    "rewrite",
    "scan",
    "split_lines",
]
