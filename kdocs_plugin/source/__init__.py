"""A note's text becomes a Note: what stands in it, and where.

In: text (`read` gets it from a file). Out: `scan` gives a Note whose every value knows its
true line and column; `mending` tells what Python-Markdown needs to see what the author
meant; `manifest_file` is a YAML file as a Note of one block. May import: model,
messages, errors. Runs nothing, knows no Kubernetes beyond what tells a manifest from other
YAML.

The authority on fences is pymdownx.superfences, on everything else Python-Markdown; tests
hold this layer against both.
"""

from typing import TYPE_CHECKING

from kdocs_plugin.late import names

if TYPE_CHECKING:
    from kdocs_plugin.source.lines import split_lines
    from kdocs_plugin.source.manifests import is_manifest_file, manifest_file
    from kdocs_plugin.source.mends import Mending, mending
    from kdocs_plugin.source.reader import decode, read
    from kdocs_plugin.source.rewriting import rewrite
    from kdocs_plugin.source.scanning import scan

__all__ = [
    "Mending",
    "decode",
    "is_manifest_file",
    "manifest_file",
    "mending",
    "read",
    "rewrite",
    "scan",
    "split_lines",
]

__getattr__ = names(
    __name__,
    lines="split_lines",
    manifests="is_manifest_file manifest_file",
    reader="decode read",
    rewriting="rewrite",
    mends="Mending mending",
    scanning="scan",
)
