"""Work on several items at once, in threads; results come in the items' order.

In: items, what is to be done with one, and who may be at work beside whom. Out: an
iterator of results. Knows nothing of notes or clusters.

Ending it early (Ctrl-C while a result is awaited, an error, `close`) interrupts every
worker, as Ctrl-C would interrupt a program without threads, and waits for their ends.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable, Generator, Sequence
from typing import Generic, Protocol, TypeVar

Item = TypeVar("Item", contravariant=True)
Result = TypeVar("Result")
Work = TypeVar("Work")

LOOK_SECONDS = 0.5  # Windows doesn't interrupt a wait without an end
END_SECONDS = 20.0  # how long interrupted workers may take to clean up


class Again(Exception):
    """Raised by work that may have gone wrong for its neighbours' sake: it is done again,
    when there is room for it. Whoever raises it sees to it that there is room only then."""


class Places(Protocol[Item]):
    """Who may be at work beside whom. Asked by one thread at a time."""

    def take(self, item: Item) -> bool:
        """Whether there is room for it now; if so, it has its place from now on."""
        ...

    def give_back(self, item: Item) -> None:
        """Its work is done."""
        ...


class Unlimited:
    """Room for everything."""

    def take(self, item: object) -> bool:  # noqa: ARG002
        return True

    def give_back(self, item: object) -> None: ...


def side_by_side(
    items: Sequence[Work],
    work: Callable[[Work], Result],
    jobs: int,
    places: Places[Work] | None = None,
    on_interrupt: Callable[[], None] = lambda: None,
) -> Generator[Result]:
    """The results of `work`, in the items' order, at most `jobs` at work at once.

    Items are begun in their order, but for those that there is no room for yet. What `work`
    raises is raised where its result would stand. `on_interrupt` wakes workers that wait
    where an interrupt can't reach them.
    """
    crew = Crew(items, work, places or Unlimited())
    try:
        crew.start(min(jobs, len(items)))
        for index in range(len(items)):
            yield crew.result(index)
    finally:
        crew.stop(on_interrupt)


class Crew(Generic[Work, Result]):
    """The threads of one call, and what they share."""

    def __init__(
        self, items: Sequence[Work], work: Callable[[Work], Result], places: Places[Work]
    ) -> None:
        self._items = items
        self._work = work
        self._places = places
        self._changed = threading.Condition()  # guards all below
        self._waiting = list(range(len(items)))
        self._results: dict[int, Result] = {}
        self._errors: dict[int, BaseException] = {}
        self._stopping = False
        self._threads: list[threading.Thread] = []
        self._busy: set[int] = set()  # identifiers of the threads that are at work

    def start(self, jobs: int) -> None:
        for number in range(jobs):
            # Daemons: one that can't be interrupted must not keep the process alive.
            thread = threading.Thread(target=self._go, name=f"kdocs-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def result(self, index: int) -> Result:
        """Wait for an item's result. Raises what its work raised."""
        with self._changed:
            while index not in self._results and index not in self._errors:
                self._changed.wait(LOOK_SECONDS)
        if index in self._errors:
            raise self._errors[index]
        return self._results[index]

    def stop(self, on_interrupt: Callable[[], None]) -> None:
        """Interrupt who is at work, and wait for the ends of all."""
        with self._changed:
            self._stopping = True
            busy = list(self._busy)
            for identifier in busy:
                interrupt(identifier)
            self._changed.notify_all()
        if busy:
            on_interrupt()
        deadline = time.monotonic() + END_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    # --- In the threads ---

    def _go(self) -> None:
        try:
            while (index := self._next()) is not None:
                self._do(index)
        except BaseException as error:  # an interrupt between two items, or `places` are wrong
            with self._changed:
                self._errors |= dict.fromkeys(self._waiting, error)
                self._waiting.clear()
                self._changed.notify_all()

    def _next(self) -> int | None:
        """The first item that there is room for; None where there is nothing more to do."""
        with self._changed:
            while self._waiting and not self._stopping:
                index = next(filter(self._has_room, self._waiting), None)
                if index is not None:
                    self._waiting.remove(index)
                    self._busy.add(threading.get_ident())
                    return index
                self._changed.wait()
        return None

    def _has_room(self, index: int) -> bool:
        taken = self._places.take(self._items[index])
        if not taken and not self._busy:
            raise RuntimeError(f"no room even with nobody at work: {self._items[index]!r}")
        return taken

    def _do(self, index: int) -> None:
        error: BaseException | None = None
        try:
            result = self._work(self._items[index])
        except BaseException as raised:  # raised again where the result is asked for
            error = raised
        with self._changed:
            self._busy.discard(threading.get_ident())
            self._places.give_back(self._items[index])
            if error is None:
                self._results[index] = result
            elif isinstance(error, Again):
                self._waiting.append(index)
            else:
                self._errors[index] = error
            self._changed.notify_all()


def interrupt(identifier: int) -> None:
    """KeyboardInterrupt in a thread, as soon as it is in Python and not in a system call."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(identifier), ctypes.py_object(KeyboardInterrupt)
    )
