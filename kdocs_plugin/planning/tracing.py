"""Follows files and objects through a note's commands, in document order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kdocs_plugin.commands import substitute
from kdocs_plugin.model import FileBinding
from kdocs_plugin.planning.draft import Draft, Obj
from kdocs_plugin.planning.files import bare
from kdocs_plugin.planning.kustomize import kustomized
from kdocs_plugin.planning.objects import MAKING, created_by_words, deleted_by_words, objects_of
from kdocs_plugin.planning.options import Options


class Tracer:
    """Follows files and objects through commands in document order."""

    def __init__(
        self,
        files: Sequence[FileBinding],
        options: Options,
        written: dict[str, tuple[Obj, ...]],
    ) -> None:
        self.pending = list(reversed(files))
        self.options = options
        self.texts: dict[str, str] = {}  # of the bindings that stand
        self.written = written  # objects by file

    def trace(self, number: int, draft: Draft) -> None:
        """Set `creates` and `deletes` of command `number`, which runs."""
        self.write_files(number)
        values = {r.text: r.bound for r in draft.references if r.bound is not None}
        documents = [substitute(each, values) for each in draft.statement.documents]
        typed = tuple(obj for text in documents for obj in objects_of(text))
        for line in draft.kubectl:
            named = [obj for name in line.files for obj in self.objects_in(name, typed)]
            for folder in line.values("-k", "--kustomize"):
                named += kustomized(bare(folder).removesuffix("."), self.read).objects
            made = (*named, *created_by_words(line, values)) if line.verb in MAKING else ()
            if line.mutates:
                draft.creates += made
            elif line.dry:
                typed += made  # goes on to a file, or to the next command's -f -
            if line.verb == "delete" and line.mutates:
                draft.deletes += tuple((obj.kind, obj.name) for obj in named)
                draft.deletes += tuple(deleted_by_words(line, values))
        for name in draft.effect.writes:
            self.written[bare(name)] = typed or self.copied(draft)

    def write_files(self, number: int) -> None:
        """The bindings that stand before command `number`."""
        while self.pending and self.pending[-1].before <= number:
            binding = self.pending.pop()
            self.written[binding.name] = objects_of(binding.content)
            self.texts[binding.name] = binding.content

    def copied(self, draft: Draft) -> tuple[Obj, ...]:
        """What `cp a.yaml b.yaml` and `sed ... a.yaml > b.yaml` carry over."""
        words = {bare(word) for each in draft.statement.commands for word in each.words}
        return next((self.written[name] for name in words if name in self.written), ())

    def objects_in(self, name: str, typed: tuple[Obj, ...]) -> tuple[Obj, ...]:
        """The objects that -f `name` gives."""
        if name == "-":
            return typed
        name = bare(name)
        if name in self.written:
            return self.written[name]
        folder = "" if name in ("", ".") else name + "/"
        inside = [objects for each, objects in self.written.items() if each.startswith(folder)]
        if inside:
            return tuple(obj for objects in inside for obj in objects)
        text = self.options.read_file(name)
        texts = [text] if text is not None else manifests_in(self.options.read_folder(name))
        return tuple(obj for text in texts for obj in objects_of(text))

    def read(self, name: str) -> str | None:
        """A file of the note's, or beside it."""
        return self.texts.get(name) or self.options.read_file(name)


def manifests_in(folder: Mapping[str, str]) -> list[str]:
    """What -f reads of a folder: manifests that stand right in it."""
    endings = (".yaml", ".yml", ".json")
    return [text for name, text in folder.items() if "/" not in name and name.endswith(endings)]
