"""What a page leaves behind, and the commands that take it away.

    kubectl apply -f web.yaml           kubectl delete -f web.yaml
    kubectl create deployment api       kubectl delete deployment/api
    kubectl create namespace dev        kubectl delete namespace/dev, and with it what is in it

What the note deletes itself is not left, whether it runs there or is only told. Of steps that
nobody sees (`hide`), and of files that the note does not show, nothing is said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from kdocs_plugin.commands import Kubectl, Statement, parse_kubectl, split, substitute
from kdocs_plugin.model import Decision, Note, Scenario, Step
from kdocs_plugin.planning.draft import Obj, mapping
from kdocs_plugin.planning.files import bare
from kdocs_plugin.planning.kustomize import kustomized
from kdocs_plugin.planning.objects import MAKING, created_by_words, deleted_by_words, objects_of
from kdocs_plugin.planning.scope import CLUSTER_KINDS
from kdocs_plugin.values import dataclass, field

# What `kubectl delete all` means by all.
ALL: Final = frozenset(
    "pod service daemonset deployment replicaset statefulset horizontalpodautoscaler job "
    "cronjob replicationcontroller".split()
)
NAMESPACE: Final = "namespace"


@dataclass(frozen=True, slots=True)
class Made:
    """How an object came to be: the flag that named it (`-f web.yaml`), "" for words."""

    flag: str = ""
    together: tuple[tuple[str, str, str], ...] = ()  # everything that the flag has made


Key = tuple[str, str, str]  # namespace ("" for the reader's own), kind, name


@dataclass(slots=True, eq=False)
class Walk:
    """Follows the commands of a scenario in the order of the text."""

    scenario: Scenario
    standing: dict[Key, Made] = field(default_factory=dict)
    written: dict[str, tuple[Obj, ...]] = field(default_factory=dict)  # by the steps' own files
    namespace: str = ""  # of the context, where the note has set it

    def step(self, step: Step, makes: bool) -> None:
        """Let a step take effect: what it makes only where it `makes`."""
        values = {r.text: r.bound for r in step.references if r.bound is not None}
        for statement in split(step.command):
            self.statement(statement, values, makes, step)

    def statement(
        self, statement: Statement, values: dict[str, str], makes: bool, step: Step | None
    ) -> None:
        documents = [substitute(each, values) for each in statement.documents]
        typed = tuple(obj for text in documents for obj in objects_of(text))
        for command in statement.commands:
            line = parse_kubectl(command.words)
            if line is None:
                continue
            if line.verb == "delete" and not line.dry:
                self.delete(line, values, typed, step)
            elif line.verb in MAKING and line.dry:
                typed += tuple(created_by_words(line, values))
            elif line.verb in MAKING and line.mutates and makes and not line.has("--rm"):
                self.make(line, values, typed, step)
            elif line.subcommand == "set-context" and line.has("--current") and makes:
                named = line.values("--namespace", "-n")
                self.namespace = substitute(named[-1], values) if named else self.namespace
        if makes:
            self.written |= {bare(name): typed for name in statement.writes if typed}

    def make(
        self, line: Kubectl, values: dict[str, str], typed: tuple[Obj, ...], step: Step | None
    ) -> None:
        space = self.space_of(line, values)
        for flag, objects in self.named(line, typed, step):
            keys = tuple(self.key(obj, space) for obj in objects)
            for key in keys:
                self.standing.pop(key, None)  # the last one who makes it counts
                self.standing[key] = Made(flag, keys)
        for obj in created_by_words(line, values):
            self.standing.setdefault(self.key(obj, space), Made())

    def delete(
        self, line: Kubectl, values: dict[str, str], typed: tuple[Obj, ...], step: Step | None
    ) -> None:
        space = self.space_of(line, values)
        for _, objects in self.named(line, typed, step):
            for obj in objects:
                self.gone(*self.key(obj, space))
        for kind, name in deleted_by_words(line, values):
            kinds = ALL if kind == "all" else (kind,)
            for each in kinds:
                self.gone("" if each in CLUSTER_KINDS else space, each, name)

    def gone(self, space: str, kind: str, name: str) -> None:
        """An object is no more, or with name "" all of the kind in the namespace."""
        for key in [*self.standing]:
            inside = kind == NAMESPACE and key[0] and name in ("", key[0])
            if inside or (key[:2] == (space, kind) and name in ("", key[2])):
                del self.standing[key]

    def named(
        self, line: Kubectl, typed: tuple[Obj, ...], step: Step | None
    ) -> Iterator[tuple[str, tuple[Obj, ...]]]:
        """What -f and -k name: the flag that names it again, and the objects."""
        for name in line.files:
            flag = "" if name == "-" or "$" in name else f"-f {name}"
            yield flag, typed if name == "-" else self.in_file(bare(name), step)
        for folder in line.values("-k", "--kustomize"):
            name = bare(folder).removesuffix(".")
            found = kustomized(name, lambda path: self.texts(step).get(path))
            yield f"-k {folder}", tuple(found.objects)

    def in_file(self, name: str, step: Step | None) -> tuple[Obj, ...]:
        if name in self.written:
            return self.written[name]
        texts = self.texts(step)
        if name in texts:
            return objects_of(texts[name])
        folder = "" if name in ("", ".") else f"{name}/"
        inside = [text for path, text in texts.items() if path.startswith(folder)]
        return tuple(obj for text in inside for obj in objects_of(text))

    def texts(self, step: Step | None) -> dict[str, str]:
        """The files that there are when a step runs; a sentence sees all of them."""
        found = {bare(name): text for name, text in self.scenario.beside.items()}
        for each in self.scenario.files:
            if step is None or each.before <= step.index:
                found[each.name] = each.content
        return found

    def space_of(self, line: Kubectl, values: dict[str, str]) -> str:
        named = line.values("-n", "--namespace")
        return substitute(named[-1], values) if named else self.namespace

    def key(self, obj: Obj, space: str) -> Key:
        if obj.kind in CLUSTER_KINDS:
            return "", obj.kind, obj.name
        own = mapping(obj.value.get("metadata")).get("namespace")
        return own if isinstance(own, str) else space, obj.kind, obj.name


def leftovers(note: Note, scenario: Scenario, failed: Collection[int] = ()) -> tuple[str, ...]:
    """The commands that delete what a page and those before it leave. `failed` are indexes of
    this page's steps that have made nothing."""
    standing: dict[Key, Made] = {}
    for each in scenario.together:
        walk = Walk(each, standing)
        for step in sorted(each.steps, key=lambda step: step.position):
            if step.kind == "step" and step.into is None and not step.hidden:
                lost = each is scenario and step.index in failed
                walk.step(step, step.decision is Decision.RUN and not lost)
    for code in note.codes:  # `kubectl delete pod web` in a sentence: the note says how
        if "delete" in code.text:
            for statement in split(code.text):
                walk.statement(statement, {}, makes=False, step=None)
    return tuple(commands_for(standing))


def commands_for(standing: dict[Key, Made]) -> Iterator[str]:
    """The commands, what came last first, namespaces at the very end."""
    spaces = {name for _, kind, name in standing if kind == NAMESPACE}
    left = {key: made for key, made in standing.items() if key[0] not in spaces}
    by_file: dict[str, dict[str, None]] = {}
    by_name: dict[str, dict[str, None]] = {}
    for key, made in reversed(left.items()):
        space, kind, name = key
        # Those that say their own namespace are found by their file, too.
        whole = all(each in standing for each in made.together)
        if made.flag and whole and kind != NAMESPACE:
            spoken = made.together[0][0] if len({k[0] for k in made.together}) == 1 else ""
            by_file.setdefault(spoken, {})[made.flag] = None
        elif kind != NAMESPACE:
            by_name.setdefault(space, {})[f"{kind}/{name}"] = None
    for space in dict.fromkeys((*by_file, *by_name)):
        flag = f" -n {space}" if space else ""
        for words in (by_file.get(space), by_name.get(space)):
            if words:
                yield f"kubectl delete{flag} {' '.join(words)}"
    if spaces:
        yield f"kubectl delete {' '.join(f'{NAMESPACE}/{name}' for name in sorted(spaces))}"
