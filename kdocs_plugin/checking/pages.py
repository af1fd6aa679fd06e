"""Many files, and of each no more than its findings: as fast as this machine can.

A YAML file that was looked at before is known (`known`). Of the other files, where they are
many, a second process takes some. The pages hold text and findings, no plan.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from kdocs_plugin import pipeline, source
from kdocs_plugin.checking.fork import Fork, Turns
from kdocs_plugin.checking.known import Known, Plain, dried, revived
from kdocs_plugin.model import Finding, Note, Page, Scenario
from kdocs_plugin.project import Project
from kdocs_plugin.values import replace

_MANY: Final = 100_000  # characters: from here on another process is worth its start
_TURNS: Final = 100  # parts of the files, of which each process takes one after the other
_NOTHING: Final = Scenario("", "", ())

_WARM: Final = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: nginx}]}
"""

Findings = tuple[Finding, ...]


class File(NamedTuple):
    """A note or YAML file as it was read."""

    path: str
    text: str
    problems: Findings

    @property
    def lasting(self) -> bool:
        """Whether its verdict follows from its text, wherever it lies."""
        return source.is_manifest_file(self.path)

    @property
    def key(self) -> str:
        """The same for files that have the same verdict, but for its path."""
        if not self.lasting:
            return self.path
        # What is wrong with the bytes can't be seen in the text any more.
        return self.text + "".join(f"\0{p.position} {p.arguments}" for p in self.problems)


def checked(project: Project, fresh: bool) -> list[Page]:
    """The project's pages; with `fresh` nothing is known, and nothing is kept.

    Raises SourceError for a file that can't be read.
    """
    files = [File(page, *source.read(path, page)) for page, path in project.files.items()]
    known = None if fresh else Known(project.settings)
    waiting: dict[str, File] = {}  # the same text need not be looked at twice
    for each in files:
        if known is None or not (each.lasting and known.has(each.key)):
            waiting.setdefault(each.key, each)
    found = dict(zip(waiting, _look(list(waiting.values()), project), strict=True))
    if known is not None:
        for key, file in waiting.items():
            if file.lasting:
                known.learn(key, found[key])
        known.save()
    return [_page(file, found.get(file.key), known) for file in files]


def _page(file: File, found: Findings | None, known: Known | None) -> Page:
    if found is None and known is not None:
        findings = known.findings(file.key, file.path)
    else:  # as the first file with this text has them
        findings = tuple(
            each if each.path == file.path else replace(each, path=file.path)
            for each in found or ()
        )
    return Page(Note(file.path, file.text), _NOTHING, findings)


def _look(files: Sequence[File], project: Project) -> list[Findings]:
    """What is wrong with each of the files."""
    size = sum(len(each.text) for each in files)
    if size < _MANY or sys.platform != "linux" or (os.cpu_count() or 1) < 2:
        return [_of(each, project) for each in files]
    _of(File("warm.yaml", _WARM, ()), project)  # what both need is there before they part
    return _shared(files, lambda file: _of(file, project))


def _shared(files: Sequence[File], of: Callable[[File], Findings]) -> list[Findings]:
    """The same from two processes, each of which takes every so many-th file in its turn."""
    count = min(len(files), _TURNS)
    turns = Turns(count)
    fork = Fork(
        lambda: [[turn, [dried(of(each)) for each in files[turn::count]]] for turn in turns]
    )
    found = {turn: [of(each) for each in files[turn::count]] for turn in turns}
    turns.close()
    theirs: list[tuple[int, list[Plain | None]]] = fork.wait() or []
    for turn, plain in theirs:
        found[turn] = [
            of(file) if each is None else revived(each, file.path)
            for file, each in zip(files[turn::count], plain, strict=True)
        ]
    every: list[Findings] = [()] * len(files)
    for turn in range(count):
        some = found.get(turn)  # none where the other process took it, and failed
        every[turn::count] = [of(each) for each in files[turn::count]] if some is None else some
    return every


def _of(file: File, project: Project) -> Findings:
    path, text, problems = file
    return pipeline.prepare(path, text, project.settings, problems, joined=False).findings
