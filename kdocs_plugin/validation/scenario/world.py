"""Every object that a note makes, where it stands, and the commands in their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from kdocs_plugin.commands import Kubectl, Statement, parse_kubectl, split
from kdocs_plugin.manifests import load
from kdocs_plugin.manifests.places import objects
from kdocs_plugin.model import BlockKind, Note, Scenario, Step
from kdocs_plugin.planning.files import bare
from kdocs_plugin.planning.objects import MAKING, created_by_words
from kdocs_plugin.validation.reading import Reading
from kdocs_plugin.validation.scenario.placed import Placed, placed_in
from kdocs_plugin.values import dataclass

Key = tuple[str, str]  # lower-case kind, name


@dataclass(frozen=True, slots=True)
class Use:
    """A kubectl line of a step, and the objects that its -f gives."""

    step: Step
    line: Kubectl
    objects: tuple[Placed, ...]
    unknown: bool  # names a file that the note doesn't show


class World:
    """All of it, read once."""

    def __init__(self, note: Note, scenario: Scenario, readings: Sequence[Reading]) -> None:
        self.note = note
        self.scenario = scenario
        self.readings = readings
        self._in_block = {each.block.index: tuple(placed_in(each)) for each in readings}
        self.steps = [step for step in scenario.steps if step.kind == "step"]
        self.statements = {
            step.index: tuple(statements_of(step.command)) for step in scenario.steps
        }
        self.uses = [use for step in self.steps for use in self._uses(step)]
        self.made = [*self._made()]
        self.names: dict[str, set[str]] = {}
        for each in self.made:
            self.names.setdefault(each.kind, set()).add(each.name)

    @property
    def applied(self) -> list[Placed]:
        """Objects of the note's own blocks that a command makes, each once."""
        found = {
            id(each): each
            for use in self.uses
            if use.line.verb in MAKING
            for each in use.objects
            if each.reading is not None
        }
        return list(found.values())

    def inline(self) -> Iterator[Kubectl]:
        """kubectl lines in running text, which may be meant to be typed as well."""
        for code in self.note.codes:
            if code.text.startswith(("kubectl ", "k ")):
                for statement in statements_of(code.text):
                    yield from lines_of(statement)

    def _made(self) -> Iterator[Placed]:
        for placed in self._in_block.values():
            yield from placed
        for use in self.uses:
            yield from (each for each in use.objects if each.reading is None)
            yield from typed_by(use.line)
        for line in self.inline():
            yield from typed_by(line)

    def _uses(self, step: Step) -> Iterator[Use]:
        for statement in self.statements[step.index]:
            typed = [Placed(value) for text in statement.documents for value in values_in(text)]
            for line in lines_of(statement):
                found: list[Placed] = []
                unknown = False
                for name in line.files:
                    given = typed if name == "-" else self._file(name, step)
                    unknown = unknown or given is None or not given
                    found += given or ()
                yield Use(step, line, tuple(found), unknown)

    def _file(self, name: str, step: Step) -> Sequence[Placed] | None:
        """What a file holds when a step runs; None where nobody knows."""
        if name in self.scenario.beside:
            return [Placed(value) for value in values_in(self.scenario.beside[name])]
        wanted, found = bare(name), {}
        for binding in self.scenario.files:
            inside = wanted in ("", ".") or binding.name.startswith(f"{wanted}/")
            if binding.before <= step.index and (binding.name == wanted or inside):
                found[binding.name] = binding
        placed: list[Placed] = []
        for binding in found.values():
            block = self.note.blocks[binding.block]
            if binding.block in self._in_block:
                placed += self._in_block[binding.block]
            elif block.kind is BlockKind.MANIFEST:
                return None  # silenced, or not to be validated: not ours to judge
            else:
                placed += [Placed(value) for value in values_in(binding.content)]
        return placed if found else None


def typed_by(line: Kubectl) -> Iterator[Placed]:
    """What a line's own words make. A dry one counts: its output is made afterwards."""
    if line.verb in MAKING:
        for obj in created_by_words(line, {}):
            value = {**obj.value, "kind": obj.kind, **labels_of(line, obj.kind)}
            yield Placed(value, typed=True)


def labels_of(line: Kubectl, kind: str) -> dict[str, Any]:
    """The labels that `kubectl run` and `kubectl create deployment` give."""
    name = next(iter(line.names), "")
    if line.verb == "run":
        told = next(iter(line.values("-l", "--labels")), "")
        pairs = [pair.partition("=") for pair in told.split(",") if "=" in pair]
        labels = {key.strip(): value for key, _, value in pairs} or {"run": name}
        return {"metadata": {"name": name, "labels": labels}}
    return {"template labels": {"app": name}} if kind == "deployment" else {}


@lru_cache(maxsize=512)
def values_in(text: str) -> tuple[Mapping[str, Any], ...]:
    """The objects of a text that stands in no manifest block."""
    return tuple(
        value for document in load(text).documents for _, value in objects(document.value)
    )


@lru_cache(maxsize=1024)
def statements_of(command: str) -> tuple[Statement, ...]:
    """A command's statements, parsed once a process."""
    return split(command)


def lines_of(statement: Statement) -> Iterator[Kubectl]:
    """The kubectl lines of a statement."""
    for command in statement.commands:
        line = parse_kubectl(command.words)
        if line is not None:
            yield line
