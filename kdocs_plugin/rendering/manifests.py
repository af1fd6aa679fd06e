"""Manifests as files that readers can take along: their names, and what each file holds.

pod.yaml        as the scenario names it; what a run writes, tabs mended
pod-web.yaml    a whole manifest that nothing names: its kind and its object's name
pod-2.yaml      a later block of the same name
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from kdocs_plugin.commands import find_placeholders
from kdocs_plugin.manifests import Document, load
from kdocs_plugin.model import Block, BlockKind, Page, Severity
from kdocs_plugin.planning.swaps import in_file
from kdocs_plugin.values import dataclass

TABS: Final = "KD102"
_ENDINGS: Final = (".yaml", ".yml", ".json")
_PLAIN = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """A block as a file of the site."""

    label: str  # what the reader sees as its name, "" where the note has none
    path: str  # from the page's folder; unique on the page
    content: str
    applies: bool  # kubectl apply takes it as it stands
    instead: str = ""  # images that stand in for the note's in it: `a → b`


def files_of(page: Page) -> Mapping[int, ManifestFile]:
    """The page's whole manifests, by block. Names that would leave the page's folder are cut
    to their last part."""
    found: dict[int, ManifestFile] = {}
    taken: set[str] = set()
    bound = {file.block: file for file in page.scenario.files}
    for block in page.note.blocks:
        if block.kind is not BlockKind.MANIFEST or block.commented or _is_output(page, block):
            continue
        if block.index in bound:
            label, content = bound[block.index].name, bound[block.index].content
            name = _safe(label)
        else:
            label, content = "", _text(page, block)
            name = _made(content)
        if not name:
            continue
        path = next(each for each in _numbered(name) if each not in taken)
        taken.add(path)
        label = block.attributes.get("title") or label
        images = page.scenario.images
        swapped = in_file(content, images)
        pairs = images.items() if swapped != content else ()
        instead = ", ".join(f"{old} → {new}" for old, new in pairs if old in content)
        applies = _applies(page, block, swapped)
        found[block.index] = ManifestFile(label, path, swapped, applies, instead)
    return found


def refused_blocks(page: Page) -> set[int | None]:
    """Blocks that kubectl or the API server refuse. One whose tabs have one mend is shown,
    run and taken along with that mend."""
    return {
        each.block
        for each in page.findings
        if each.severity is Severity.ERROR
        and not (each.code == TABS and each.block in page.scenario.mended)
    }


def _is_output(page: Page, block: Block) -> bool:
    """What a command printed (`-o yaml`) is nobody's file."""
    return any(
        step.expected is not None and block.start_line < step.expected.line < block.end_line
        for step in page.scenario.steps
    )


def _text(page: Page, block: Block) -> str:
    body = page.scenario.mended.get(block.index, block.body).split("\n")
    kept = [line for n, line in enumerate(body) if n not in block.option_lines]
    return "\n".join(kept).rstrip("\n") + "\n"


def _safe(name: str) -> str:
    """A path that stays in the page's folder and is no page itself, "" where there is none."""
    parts = PurePosixPath(name).parts
    inside = all(part not in ("/", "..", "~") and "\\" not in part for part in parts)
    kept = name if inside else name.replace("\\", "/").rsplit("/", 1)[-1]
    return kept if kept.lower().endswith(_ENDINGS) and kept.isprintable() else ""


def _made(content: str) -> str:
    """A name for a whole manifest without one, "" for anything else."""
    documents = _filled(content)
    if not documents or not all(each.api_version and each.kind for each in documents):
        return ""
    first = documents[0]
    parts = [str(first.kind).lower(), _PLAIN.sub("-", _object_name(first))]
    return "-".join(filter(None, parts)) + ".yaml"


def _numbered(name: str) -> Iterator[str]:
    stem, dot, ending = name.rpartition(".")
    yield name
    for number in range(2, 10_000):
        yield f"{stem}-{number}{dot}{ending}"


def _applies(page: Page, block: Block, content: str) -> bool:
    """Whether every document is an object with a name, and nothing is left to be filled in."""
    validate = block.options.get("validate", page.note.options.get("validate", ""))
    if validate in ("off", "invalid", False) or find_placeholders(content):
        return False
    if block.index in refused_blocks(page):
        return False
    documents = _filled(content)
    return bool(documents) and all(
        each.api_version
        and each.kind
        and not str(each.api_version).startswith("kustomize.config.k8s.io/")
        and (str(each.kind) == "List" or _object_name(each))
        for each in documents
    )


def _filled(content: str) -> list[Document]:
    loaded = load(content)
    return [] if loaded.problems else [x for x in loaded.documents if x.value is not None]


def _object_name(document: Document) -> str:
    value = document.value if isinstance(document.value, Mapping) else {}
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return name if isinstance(name, str) else ""
