"""`--changed-since REV`: what git says has changed, as lines of today's files."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from kdocs_plugin.errors import ConfigError
from kdocs_plugin.model import Page
from kdocs_plugin.values import replace

_HUNK: Final = re.compile(rb"@@ -\S+ \+(\d+)(?:,(\d+))? @@")
_BOUND: Final = 60  # seconds that git may take
Lines = tuple[range, ...]  # 1-based
EVERYTHING: Final[Lines] = (range(1, 2**31),)


def changed_since(
    revision: str, folder: Path, wanted: Collection[Path]
) -> Mapping[Path, Lines]:
    """The changed lines of those `wanted` files of `folder`'s repository that differ from REV.

    Renames are followed; a file that git does not track counts as new. Raises ConfigError
    where there is no git, no repository or no such revision.
    """
    top = Path(os.fsdecode(_git(folder, revision, "rev-parse", "--show-toplevel")).rstrip("\n"))
    # A name that begins with a dash would be an option.
    try:
        commit = _git(
            folder, revision, "rev-parse", "--verify", "--quiet", "--end-of-options",
            f"{revision}^{{commit}}",
        ).decode().strip()  # fmt: skip
    except ConfigError:
        # As CI checks out by default: the revision is right, and what it names is not here.
        if _git(folder, revision, "rev-parse", "--is-shallow-repository").strip() == b"true":
            raise ConfigError("changed.shallow", revision=revision) from None
        raise
    found: dict[Path, Lines] = {}
    names = _git(top, revision, "diff", "--name-status", "-z", "-M", commit, "--").split(b"\0")
    words = iter(names)
    for status in words:
        if not status:
            continue
        before = [next(words)]
        if status[:1] in (b"R", b"C"):
            before.append(next(words))
        paths = [os.fsdecode(each) for each in before]
        if status[:1] != b"D" and (top / paths[-1]).resolve() in wanted:
            found[top / paths[-1]] = _lines(top, revision, commit, paths)
    loose = _git(top, revision, "ls-files", "--others", "--exclude-standard", "-z")
    for name in filter(None, loose.split(b"\0")):
        found[top / os.fsdecode(name)] = EVERYTHING
    return {path.resolve(): lines for path, lines in found.items()}


def only_changed(page: Page, lines: Lines) -> Page:
    """The page with the findings that stand on these lines, or in a block that has one."""
    touched = {
        block.index
        for block in page.note.blocks
        if any(each.start <= block.end_line and block.start_line < each.stop for each in lines)
    }
    findings = tuple(
        finding
        for finding in page.findings
        if finding.block in touched or any(finding.position.line in each for each in lines)
    )
    return replace(page, findings=findings)


def _lines(top: Path, revision: str, commit: str, paths: list[str]) -> Lines:
    """Of one file. Where lines went and none came, the two around the gap have changed."""
    diff = _git(
        top, revision, "diff", "-U0", "-M", "--no-color", "--no-ext-diff", "--no-textconv",
        "--inter-hunk-context=0", "--text", commit,
        "--", *(f":(literal){path}" for path in paths),
    )  # fmt: skip
    found = []
    for line in diff.split(b"\n"):
        if match := _HUNK.match(line):
            start, count = int(match[1]), int(match[2] or 1)
            found.append(range(start, start + count) if count else range(start, start + 2))
    return tuple(found)


def _git(folder: Path, revision: str, *arguments: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            timeout=_BOUND,
            check=False,
        )
    except FileNotFoundError:
        raise ConfigError("changed.no_git") from None
    except subprocess.TimeoutExpired:
        raise ConfigError("changed.failed", revision=revision, why="timeout") from None
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip() or "unknown revision"
        raise ConfigError("changed.failed", revision=revision, why=why)
    return done.stdout
