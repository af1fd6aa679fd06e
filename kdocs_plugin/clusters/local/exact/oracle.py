"""What the API server says to an object: kubectl create, dry-run on the server, strict.

In: values as kdocs_plugin.manifests loads them, which is how kubectl reads YAML. Out:
`Verdict`. That kubectl itself says the same is what tests/live/test_exact.py holds.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Self

from kdocs_plugin.clusters.local.exact import client, state
from kdocs_plugin.clusters.local.exact.client import Answer, Connection, Discovery, Refused
from kdocs_plugin.clusters.local.exact.control_plane import ControlPlane
from kdocs_plugin.errors import ClusterError
from kdocs_plugin.manifests import load
from kdocs_plugin.manifests.documents import Path
from kdocs_plugin.manifests.verdicts import Refusal, Verdict, locate

WORKERS = 4  # two cores: two ask while the server thinks
SETTLE_SECONDS = 10.0  # a definition is served within a tenth of one
_DRY: Final = "?dryRun=All&fieldManager=kubectl-create&fieldValidation="
_REAL: Final = "?fieldManager=kubectl-create"
_STRICT: Final = re.compile(r"strict decoding error: (.*)", re.DOTALL)
_UNKNOWN: Final = re.compile(r'(?:unknown|duplicate) field "((?:[^"\\]|\\.)+)"')
_DEFINITION = "CustomResourceDefinition"


class Oracle:
    """Asks a control plane. From one thread; `judge_all` makes its own.

    oracle.judge(value)              a document's value
    oracle.judge_text(yaml)          a text: a verdict a document
    oracle.judge_all(values)         thousands, side by side, in order
    with oracle.note("web"): ...     what stands in one note knows of each other
    """

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._discovery = Discovery()
        self._threads = threading.local()
        self._connections: list[Connection] = []
        state.namespace(self._connection, "default")

    def judge(self, value: Any, namespace: str = "default") -> Verdict:
        """What kubectl and the server say to a document.

        `namespace` is where objects go that name none. Raises ClusterError where the
        server is gone.
        """
        try:
            found = client.objects(value)
        except Refused as refused:
            return Verdict((((), Refusal(str(refused), reason=refused.reason)),))
        if isinstance(value.get("items"), list):
            served = self._discovery.takes_list(
                self._connection, value["apiVersion"], value["kind"]
            )
            if not served:
                return Verdict((((), self._no_match(value)),))
        return Verdict(
            tuple(
                (tuple(path) + locate(each, refusal), refusal)
                for path, each in found
                for refusal in self._judge(each, namespace)
            )
        )

    def judge_text(self, text: str, namespace: str = "default") -> list[Verdict]:
        """A verdict for each document of a text; a last one for what can't be read."""
        manifest = load(text)
        verdicts = [self.judge(each.value, namespace) for each in manifest.documents]
        if not manifest.readable:
            words = "; ".join(
                str(problem.arguments.get("reason", problem.code))
                for problem in manifest.problems
            )
            verdicts.append(Verdict((((), Refusal(words, reason="Unreadable")),)))
        return verdicts

    def judge_all(
        self, values: Iterable[Any], namespace: str = "default", workers: int = WORKERS
    ) -> Iterator[Verdict]:
        """A verdict for each value, in order."""
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(lambda value: self.judge(value, namespace), values)

    @contextlib.contextmanager
    def note(self, namespace: str, values: Iterable[Any] = ()) -> Iterator[None]:
        """Within it the Namespaces and CustomResourceDefinitions among a note's `values`
        exist for real, so that what stands in them is judged. Then they are gone."""
        made: list[tuple[str, str]] = []
        try:
            for value in values:
                with contextlib.suppress(Refused):
                    for _, each in client.objects(value):
                        made += self._make(each)
            if made:
                self._discovery.forget()
            yield
        finally:
            for path, kind in made:
                self._remove(path, kind)
            state.remove_namespace(self._connection, namespace)
            if made:
                self._discovery.forget()

    def close(self) -> None:
        for connection in self._connections:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # --- One object ---------------------------------------------------------------------

    def _judge(self, value: dict[str, Any], namespace: str) -> list[Refusal]:
        api_version, kind = value["apiVersion"], value["kind"]
        resource = self._discovery.resource(self._connection, api_version, kind)
        if resource is None:
            return [self._no_match(value)]
        own = _namespace(value)
        if problem := client.namespace_problem(own):
            return [Refusal(f'invalid namespace "{own}": [{problem}]', "metadata.namespace")]
        path = resource.path(own or namespace) + _DRY
        answer = self._ask(path + "Strict", value)
        if answer.ok:
            return []
        refusals = list(_refusals(answer))
        if _STRICT.search(answer.message):
            # An unknown field keeps the server from looking at the rest; so, without it.
            rest = self._ask(path + "Ignore", value)
            refusals += [] if rest.ok else _refusals(rest)
        return refusals

    def _no_match(self, value: dict[str, Any]) -> Refusal:
        api_version = value["apiVersion"]
        words = f'no matches for kind "{value["kind"]}" in version "{api_version}"'
        served = self._discovery.serves_group(api_version)
        return Refusal(words, reason="NoMatch" if served else "NoGroup")

    def _ask(self, path: str, value: dict[str, Any]) -> Answer:
        """Ask until it is about the object itself."""
        body: dict[str, Any] | None = value
        for _ in range(state.ROUNDS):
            answer = self._connection.ask("POST", path, body)
            if answer.ok:
                break
            if answer.status == 409 and answer.body.get("reason") == "AlreadyExists":
                return Answer(200, {})
            body = state.mended(self._connection, answer, body or value)
            if body is None:
                break
        return answer

    @property
    def _connection(self) -> Connection:
        """This thread's own."""
        found: Connection | None = getattr(self._threads, "connection", None)
        if found is None:
            found = self._threads.connection = Connection(self._plane)
            self._connections.append(found)
        return found

    # --- What exists for real -----------------------------------------------------------

    def _make(self, value: dict[str, Any]) -> list[tuple[str, str]]:
        """Make it where it is of those kinds: its path and kind, for removing it."""
        kind, name = value["kind"], _name(value)
        if kind not in (_DEFINITION, "Namespace") or not name:
            return []
        resource = self._discovery.resource(self._connection, value["apiVersion"], kind)
        if resource is None:
            return []
        path = resource.path("", name)
        if kind == "Namespace":
            state.remove_namespace(self._connection, name)  # made by need, without labels
            labels = value["metadata"].get("labels")
            if isinstance(labels, dict) and state.namespace(self._connection, name, labels):
                return [(path, kind)]
            return []
        if not self._connection.ask("POST", resource.path("") + _REAL, value).ok:
            return []  # its own verdict says why
        self._await(path, served=True)
        return [(path, kind)]

    def _remove(self, path: str, kind: str) -> None:
        if kind == "Namespace":
            state.remove_namespace(self._connection, path.rpartition("/")[2])
        elif self._connection.ask("DELETE", path).ok:
            self._await(path, served=False)

    def _await(self, path: str, *, served: bool) -> None:
        """Wait until a definition is served, or gone. Never, where the server refuses its
        names: then its objects are refused too, which is the truth."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            answer = self._connection.ask("GET", path)
            conditions = answer.body.get("status", {})
            types = {
                (each.get("type"), each.get("status"))
                for each in (conditions.get("conditions") or () if answer.ok else ())
            }
            if ("NamesAccepted", "False") in types:
                return
            if answer.ok is served and (not served or ("Established", "True") in types):
                return
            time.sleep(0.02)
        raise ClusterError("exact.unreachable", reason=path)


def _refusals(answer: Answer) -> Iterator[Refusal]:
    """The server's Status, taken apart: each cause on its own, where it names causes."""
    reason = str(answer.body.get("reason", ""))
    details = answer.body.get("details") or {}
    causes = details.get("causes") or ()
    strict = _STRICT.search(answer.message)
    if strict:
        fields = list(_UNKNOWN.finditer(strict[1]))
        for found in fields:
            yield Refusal(found[0], found[1], reason)
        if fields:
            return
    for cause in causes:
        if cause.get("field"):
            yield Refusal(cause.get("message", answer.message), cause["field"], reason)
    if not any(cause.get("field") for cause in causes):
        yield Refusal(answer.message or f"HTTP {answer.status}", "", reason)


def _metadata(value: dict[str, Any], key: str) -> str:
    metadata = value.get("metadata")
    found = metadata.get(key) if isinstance(metadata, dict) else None
    return found if isinstance(found, str) else ""


def _namespace(value: dict[str, Any]) -> str:
    return _metadata(value, "namespace")


def _name(value: dict[str, Any]) -> str:
    return _metadata(value, "name")


__all__ = ["Oracle", "Path", "Refusal", "Verdict"]
