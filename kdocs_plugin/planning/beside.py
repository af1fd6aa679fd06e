"""Files that lie beside a note, or in the configured folders, and that its commands read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kdocs_plugin.model import FileBinding
from kdocs_plugin.planning.draft import Draft
from kdocs_plugin.planning.files import also_read, bare, wanted
from kdocs_plugin.planning.kustomize import kustomized
from kdocs_plugin.planning.options import Options


def files_beside(
    running: Sequence[Draft], files: Sequence[FileBinding], options: Options
) -> tuple[dict[str, str], dict[int, tuple[str, ...]]]:
    """The files that steps find beside the note, with what is in them; and for each draft,
    by its identity, those that it uses beyond what -f names."""
    bound = {each.name: each.content for each in files}
    beside: dict[str, str] = {}
    uses: dict[int, tuple[str, ...]] = {}
    for draft in running:
        for name in wanted(draft):
            text = options.read_file(bare(name)) if bare(name) not in bound else None
            if text is not None:
                beside[name] = text
        found = {n: text for n, text in used(draft, bound, options) if n not in bound}
        beside |= found
        if more := tuple(name for name in found if name not in draft.effect.files):
            uses[id(draft)] = more
    return beside, uses


def used(draft: Draft, bound: dict[str, str], options: Options) -> Iterator[tuple[str, str]]:
    """The other files that a command reads: whole folders, kustomizations, --from-file."""

    def read(name: str) -> str | None:
        return bound.get(name) or options.read_file(name)

    for name in map(bare, (*wanted(draft), *also_read(draft))):
        text = options.read_file(name)
        if text is not None and name not in map(bare, draft.effect.files):
            yield name, text
        elif text is None and name not in bound:
            for inside, content in options.read_folder(name).items():
                yield "/".join(filter(None, (name.removesuffix("."), inside))), content
    for line in draft.kubectl:
        for folder in line.values("-k", "--kustomize"):
            yield from kustomized(bare(folder).removesuffix("."), read).files.items()
