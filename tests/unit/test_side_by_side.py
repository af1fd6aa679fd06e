"""Work in threads, results in order; who may be beside whom; ends and interrupts."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

import pytest

from kdocs_plugin.running.side_by_side import Again, Unlimited, side_by_side

BOUND = 10.0  # seconds that nothing here takes


class Watched(Unlimited):
    """Room for everything; remembers how many were at work at once."""

    def __init__(self) -> None:
        self.now = self.most = 0

    def take(self, item: object) -> bool:
        self.now += 1
        self.most = max(self.most, self.now)
        return True

    def give_back(self, item: object) -> None:
        self.now -= 1


class Excluding(Watched):
    """No two items of one letter at once."""

    def __init__(self) -> None:
        super().__init__()
        self.there: list[str] = []

    def take(self, item: object) -> bool:
        if any(each[0] == str(item)[0] for each in self.there):
            return False
        self.there.append(str(item))
        return super().take(item)

    def give_back(self, item: object) -> None:
        self.there.remove(str(item))
        super().give_back(item)


def all_at_once(count: int) -> Callable[[object], object]:
    """Work that ends when so many are at it."""
    barrier = threading.Barrier(count)

    def work(item: object) -> object:
        barrier.wait(BOUND)
        return item

    return work


def test_results_come_in_order_whoever_is_first() -> None:
    last = threading.Event()

    def work(item: int) -> int:
        if item == 3:
            last.set()
        else:
            assert last.wait(BOUND)
        return item * item

    assert list(side_by_side(range(4), work, 4)) == [0, 1, 4, 9]


def test_as_many_as_asked_for_and_no_more() -> None:
    places = Watched()
    assert list(side_by_side(range(9), all_at_once(3), 3, places)) == list(range(9))
    assert places.most == 3


def test_one_job_is_one_after_the_other() -> None:
    begun: list[int] = []
    list(side_by_side(range(5), begun.append, 1))
    assert begun == [0, 1, 2, 3, 4]


def test_nothing_to_do() -> None:
    assert list(side_by_side([], all_at_once(2), 4)) == []


def test_who_has_no_place_waits_and_others_go_first() -> None:
    begun: list[str] = []
    free = threading.Event()

    def work(item: str) -> str:
        begun.append(item)
        if item == "b1":
            free.set()
        assert free.wait(BOUND)
        return item

    places = Excluding()
    assert list(side_by_side(["a1", "a2", "b1"], work, 2, places)) == ["a1", "a2", "b1"]
    assert begun[:2] == ["a1", "b1"]
    assert places.most <= 2


def test_what_is_raised_is_raised_in_its_place() -> None:
    def work(item: int) -> int:
        if item == 1:
            raise ValueError("no")
        return item

    results = side_by_side(range(3), work, 3)
    assert next(results) == 0
    with pytest.raises(ValueError, match="no"):
        next(results)


def test_what_choosing_a_place_raises_ends_the_wait() -> None:
    class Broken(Unlimited):
        def take(self, item: object) -> bool:
            raise ValueError("no place")

    results = side_by_side(range(2), all_at_once(1), 2, Broken())
    with pytest.raises(ValueError, match="no place"):
        next(results)


def test_again() -> None:
    tried: list[int] = []

    def work(item: int) -> int:
        tried.append(item)
        if tried.count(1) == 1 and item == 1:
            raise Again
        return item

    assert list(side_by_side(range(3), work, 1)) == [0, 1, 2]
    assert tried == [0, 1, 2, 1]


def test_an_early_end_interrupts_who_is_at_work_and_waits_for_them() -> None:
    started, cleaned = threading.Barrier(4), []

    def work(item: int) -> int:
        if item == 0:
            return 0
        try:
            started.wait(BOUND)
            until = time.monotonic() + BOUND
            while time.monotonic() < until:
                time.sleep(0.01)
        except KeyboardInterrupt:
            cleaned.append(item)
            raise
        return item

    results = side_by_side(range(9), work, 3)
    with contextlib.closing(results):
        assert next(results) == 0
        started.wait(BOUND)
    assert sorted(cleaned) == [1, 2, 3]  # and none of the rest was begun
    assert not [each for each in threading.enumerate() if each.name.startswith("kdocs-")]


def test_who_waits_for_an_event_is_woken() -> None:
    waits, event = threading.Event(), threading.Event()

    def work(item: int) -> int:
        if item:
            waits.set()
            event.wait()  # nothing reaches a thread in here
        return item

    results = side_by_side(range(2), work, 2, on_interrupt=event.set)
    with contextlib.closing(results):
        assert next(results) == 0
        assert waits.wait(BOUND)
    assert event.is_set()
    assert not [each for each in threading.enumerate() if each.name.startswith("kdocs-")]
