"""YAML as kubectl reads it: text -> documents with positions, schemas, tabs.

In: the text of a manifest. Out: `Manifest`, `Document` and `Problem` values, never an
exception, whatever the text is. May import the standard library, PyYAML, jsonschema-rs
(late: only when a document is validated) and nothing of kdocs.

    load(text)                   all documents of a text, with kubectl's scalar rules
    tabs.mend(text, is_valid)    the spaces a tabbed text stands for
    schemas.validator("1.37")    what Kubernetes says of a document's fields
"""

from typing import TYPE_CHECKING

from kdocs_plugin.late import names

if TYPE_CHECKING:
    from kdocs_plugin.manifests.documents import Document, Manifest, Problem
    from kdocs_plugin.manifests.loader import load

__all__ = ["Document", "Manifest", "Problem", "load"]

__getattr__ = names(__name__, documents="Document Manifest Problem", loader="load")
