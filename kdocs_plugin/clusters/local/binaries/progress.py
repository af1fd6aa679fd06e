"""What an installation says while it goes on.

In: events of installation.py. Out: on a terminal one bar for each component and one for the
whole, with the time left; elsewhere one plain line when a component begins and ends.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from kdocs_plugin.errors import KdocsError
from kdocs_plugin.messages import Language, text

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

EVERY = 60.0  # seconds between two lines while one component is being built


class Progress(Protocol):
    """Hears how an installation goes. Seconds are those expected, on this machine."""

    def plan(self, seconds: Mapping[str, float]) -> None:
        """What is to be done, in order, and how long each is expected to take."""
        ...

    def begin(self, name: str, source: str) -> None:
        """A component is begun; `source` is release, source, machine or packages."""
        ...

    def advance(self, name: str, done: int, total: int) -> None:
        """So much of the component is done: bytes of release files, else packages."""
        ...

    def end(self, name: str) -> None:
        """A component is in place."""
        ...

    def skip(self, name: str, reason: KdocsError) -> None:
        """A component that a cluster can do without is left out."""
        ...

    def wait(self) -> None:
        """Another installation is going on and is waited for."""
        ...


class Silent:
    """Says nothing."""

    def plan(self, seconds: Mapping[str, float]) -> None: ...

    def begin(self, name: str, source: str) -> None: ...

    def advance(self, name: str, done: int, total: int) -> None: ...

    def end(self, name: str) -> None: ...

    def skip(self, name: str, reason: KdocsError) -> None: ...

    def wait(self) -> None: ...


class Estimate:
    """How much time is left, learning from what was done how fast this machine is."""

    def __init__(self) -> None:
        self._expected: dict[str, float] = {}
        self._spent = 0.0
        self._foreseen = 0.0
        self._begun = 0.0
        self._current = ""
        self._fraction = 0.0

    def plan(self, seconds: Mapping[str, float]) -> None:
        self._expected = dict(seconds)

    def begin(self, name: str, seconds: float | None = None) -> None:
        self._current, self._begun, self._fraction = name, time.monotonic(), 0.0
        if seconds is not None:
            self._expected[name] = seconds

    def advance(self, fraction: float) -> None:
        self._fraction = fraction

    def end(self, name: str) -> None:
        self._spent += time.monotonic() - self._begun
        self._foreseen += self._expected.pop(name, 0.0)
        self._current = ""

    def drop(self, name: str) -> None:
        self._expected.pop(name, None)

    @property
    def left(self) -> float:
        """Seconds."""
        spent, foreseen = self._spent, self._foreseen
        if self._current and self._fraction > 0.1:
            spent += time.monotonic() - self._begun
            foreseen += self._expected.get(self._current, 0.0) * self._fraction
        pace = spent / foreseen if foreseen > 20 else 1.0
        whole = sum(self._expected.values())
        return pace * (whole - self._expected.get(self._current, 0.0) * self._fraction)


class Plain:
    """Lines, for a log."""

    def __init__(self, language: Language, stream: TextIO | None = None) -> None:
        self._language = language
        self._stream = stream or sys.stderr
        self._estimate = Estimate()
        self._begun: dict[str, float] = {}
        self._sources: dict[str, str] = {}
        self._bytes = 0
        self._said = 0.0

    def plan(self, seconds: Mapping[str, float]) -> None:
        self._estimate.plan(seconds)
        self._say("local.progress.plan", names=", ".join(seconds), left=minutes(self._left))

    def begin(self, name: str, source: str) -> None:
        self._begun[name] = time.monotonic()
        self._sources[name] = source
        self._estimate.begin(name)
        key = f"local.progress.begin.{source}"
        self._say(key, name=name, left=minutes(self._left))

    def advance(self, name: str, done: int, total: int) -> None:
        fraction = done / total if total else 0.0
        self._estimate.advance(fraction)
        self._bytes = done
        if time.monotonic() - self._said >= EVERY:
            percent = int(fraction * 100)
            self._say(
                "local.progress.advance", name=name, percent=percent, left=minutes(self._left)
            )

    def end(self, name: str) -> None:
        self._estimate.end(name)
        seconds = round(time.monotonic() - self._begun.get(name, time.monotonic()))
        took = f"{seconds} s"
        if self._sources.get(name) == "release":
            took = f"{megabytes(self._bytes)} MB, {took}"
        self._say("local.progress.end", name=name, took=took, left=minutes(self._left))

    def skip(self, name: str, reason: KdocsError) -> None:
        self._estimate.drop(name)
        self._say("local.progress.skip", name=name, reason=said(reason, self._language))

    def wait(self) -> None:
        self._say("local.progress.wait")

    @property
    def _left(self) -> float:
        return self._estimate.left

    def _say(self, key: str, **arguments: object) -> None:
        self._said = time.monotonic()
        print(text(key, self._language, arguments), file=self._stream, flush=True)


class Bars:
    """Bars, for a terminal. A context manager: it draws within."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._estimate = Estimate()
        self._bars: RichProgress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._source = ""
        self._whole: TaskID | None = None

    def __enter__(self) -> Self:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
            console=Console(stderr=True),
        )
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bars:
            self._bars.stop()

    def plan(self, seconds: Mapping[str, float]) -> None:
        self._estimate.plan(seconds)
        if self._bars:
            title = text("local.progress.whole", self._language, {})
            self._whole = self._bars.add_task(title, total=sum(seconds.values()), note="")
            for name in seconds:
                self._tasks[name] = self._bars.add_task(name, total=1, start=False, note="")
            self._draw()

    def begin(self, name: str, source: str) -> None:
        self._estimate.begin(name)
        self._source = source
        if self._bars and name in self._tasks:
            self._bars.start_task(self._tasks[name])
            self._bars.update(self._tasks[name], note=self._note())
            self._draw()

    def advance(self, name: str, done: int, total: int) -> None:
        self._estimate.advance(done / total if total else 0.0)
        if self._bars and name in self._tasks:
            note = self._note()
            if self._source == "release":
                note = f"{note} {megabytes(done)} / {megabytes(total)} MB"
            self._bars.update(self._tasks[name], completed=done, total=total or 1, note=note)
            self._draw()

    def end(self, name: str) -> None:
        self._estimate.end(name)
        if self._bars and name in self._tasks:
            self._bars.update(self._tasks[name], completed=1, total=1)
            self._draw()

    def skip(self, name: str, reason: KdocsError) -> None:
        self._estimate.drop(name)
        if self._bars:
            arguments = {"name": name, "reason": said(reason, self._language)}
            self._bars.console.print(text("local.progress.skip", self._language, arguments))
            if name in self._tasks:
                self._bars.update(self._tasks[name], visible=False)
            self._draw()

    def wait(self) -> None:
        if self._bars:
            self._bars.console.print(text("local.progress.wait", self._language, {}))

    def _note(self) -> str:
        return text(f"local.progress.source.{self._source}", self._language, {})

    def _draw(self) -> None:
        if self._bars and self._whole is not None:
            left = self._estimate.left
            total = next(t.total for t in self._bars.tasks if t.id == self._whole) or 0
            note = text("local.progress.left", self._language, {"left": minutes(left)})
            self._bars.update(self._whole, completed=max(0.0, total - left), note=note)


def minutes(seconds: float) -> str:
    """A rough time for people: 0:45, 10:20."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def megabytes(size: int) -> str:
    """Bytes for people: 12.3."""
    return f"{size / 1_000_000:.1f}"


def said(reason: KdocsError, language: Language) -> str:
    """Why something was left out, in one line."""
    return " ".join(text(reason.key, language, reason.arguments).split())
