"""Many files, and of each no more than its findings: as fast as this machine can.

A YAML file that was looked at before is known (`known`). Of the other files, where they are
many, a second process takes every second one. The pages hold text and findings, no plan.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final, NamedTuple

from kdocs_plugin import pipeline, source
from kdocs_plugin.checking.fork import Fork
from kdocs_plugin.checking.known import Known, Plain, dried, revived
from kdocs_plugin.model import Finding, Note, Page, Scenario
from kdocs_plugin.project import Project
from kdocs_plugin.values import replace

_MANY: Final = 100_000  # characters: from here on another process is worth its start

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
    """The project's pages; with `fresh` nothing is known.

    Raises SourceError for a file that can't be read.
    """
    files = []
    for path in project.notes:
        name = project.page_path(path)
        files.append(File(name, *source.read(path, name)))
    known = Known(project.settings, fresh)
    waiting: dict[str, File] = {}  # the same text need not be looked at twice
    for each in files:
        if not (each.lasting and known.has(each.key)):
            waiting.setdefault(each.key, each)
    found = dict(zip(waiting, _look(list(waiting.values()), project), strict=True))
    for key, file in waiting.items():
        if file.lasting:
            known.learn(key, found[key])
    known.save()
    return [_page(file, found.get(file.key), known) for file in files]


def _page(file: File, found: Findings | None, known: Known) -> Page:
    if found is None:
        findings = known.findings(file.key, file.path)
    else:  # as the first file with this text has them
        findings = tuple(
            each if each.path == file.path else replace(each, path=file.path) for each in found
        )
    return Page(Note(file.path, file.text), Scenario(file.path, "", ()), findings)


def _look(files: Sequence[File], project: Project) -> list[Findings]:
    """What is wrong with each of the files."""
    size = sum(len(each.text) for each in files)
    if size < _MANY or sys.platform != "linux" or (os.cpu_count() or 1) < 2:
        return [_of(each, project) for each in files]
    _of(File("warm.yaml", _WARM, ()), project)  # what both need is there before they part
    others = files[1::2]
    fork = Fork(lambda: [dried(_of(each, project)) for each in others])
    found: list[Findings] = [()] * len(files)
    found[::2] = [_of(each, project) for each in files[::2]]
    plain: list[Plain | None] = fork.wait() or [None] * len(others)
    found[1::2] = [
        _of(file, project) if each is None else revived(each, file.path)
        for file, each in zip(others, plain, strict=True)
    ]
    return found


def _of(file: File, project: Project) -> Findings:
    path, text, problems = file
    return pipeline.prepare(path, text, project.settings, problems, joined=False).findings
