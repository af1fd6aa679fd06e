"""A scenario in the making: the values that planning's passes hand to each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kdocs_plugin.commands import Kubectl, Statement, effect_of, parse_kubectl
from kdocs_plugin.model import AuthorOutput, Effect, Position, Reference
from kdocs_plugin.values import dataclass, field, replace

Verdict = tuple[str, Mapping[str, Any]]  # message key and its arguments


@dataclass(frozen=True, slots=True)
class Obj:
    """A Kubernetes object that the scenario makes."""

    kind: str  # lower case
    name: str
    value: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def pod_spec(self) -> Mapping[str, Any]:
        """The pod's spec, or that of the template it makes pods from; {} without one."""
        spec = mapping(self.value.get("spec"))
        if self.kind == "pod":
            return spec
        if self.kind == "cronjob":
            spec = mapping(mapping(spec.get("jobTemplate")).get("spec"))
        return mapping(mapping(spec.get("template")).get("spec"))


def mapping(value: Any) -> Mapping[str, Any]:
    """`value` if it is a mapping, else an empty one: notes hold wrong manifests too."""
    return value if isinstance(value, Mapping) else {}


@dataclass(slots=True, eq=False)
class Draft:
    """One command on its way to becoming a Step."""

    statement: Statement
    position: Position  # of the command's first character
    end_line: int
    block: int | None  # index of the block, None for a probe
    code: int | None  # index into Note.codes for a probe
    options: Mapping[str, str] = field(default_factory=dict)
    hidden: bool = False
    windows: bool = False  # of a PowerShell block
    inside: bool = False  # stands behind the prompt of a container's shell
    opens: bool = False  # opens a shell that commands below it are typed into
    opener: Draft | None = None  # the command whose shell it is typed into
    expected: AuthorOutput | None = None
    stdin: str | None = None  # what the author typed into it
    references: tuple[Reference, ...] = ()
    creates: tuple[Obj, ...] = ()
    deletes: tuple[tuple[str, str], ...] = ()  # kind, name; name "" for all of the kind
    missing: tuple[str, ...] = ()  # files that nothing provides
    refused: Verdict | None = None  # why it does not run
    effect: Effect = field(init=False)
    kubectl: tuple[Kubectl, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.effect = effect_of(self.statement)
        self.kubectl = tuple(
            line for each in self.statement.commands if (line := parse_kubectl(each.words))
        )

    def interrupt(self) -> None:
        """The author has stopped it with Ctrl+C: it would have gone on."""
        self.effect = replace(self.effect, endless=not self.effect.background)

    def typed_into(self, opener: Draft) -> None:
        """It belongs to the shell that `opener` gives, and does nothing outside of it."""
        self.opener = opener
        self.effect, self.kubectl = Effect(), ()

    @property
    def is_probe(self) -> bool:
        """Whether it is an inline command."""
        return self.code is not None
