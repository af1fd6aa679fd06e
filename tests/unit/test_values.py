"""Classes of values against their real twins, made by the standard library."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import pickle
import pkgutil
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import kdocs_plugin
from kdocs_plugin import model, values
from kdocs_plugin.values import dataclass, field, replace


def classes() -> Iterator[type[Any]]:
    """Every class of the package that values.py made."""
    for module in pkgutil.walk_packages(kdocs_plugin.__path__, "kdocs_plugin."):
        if sys.platform != "linux" and ".clusters." in module.name:
            continue
        for value in vars(importlib.import_module(module.name)).values():
            ours = isinstance(value, type) and value.__module__ == module.name
            if ours and "__fields" in value.__dict__:
                yield value


ALL = sorted(classes(), key=lambda each: (each.__module__, each.__qualname__))


def twin(cls: type[Any]) -> type[Any]:
    """The same class, but that the standard library has made it from scratch."""
    body: dict[str, Any] = {
        "__annotations__": dict(cls.__annotations__),
        "__qualname__": cls.__qualname__,
    }
    for name, each in cls.__dict__["__fields"].items():
        options = {
            "default": each.default,
            "default_factory": each.factory,
            "init": each.init,
            "compare": each.compare,
        }
        given = {key: value for key, value in options.items() if value is not values.MISSING}
        body[name] = dataclasses.field(**given)
    made = dataclasses.dataclass(
        frozen="__setattr__" in cls.__dict__,
        slots="__slots__" in cls.__dict__,
        eq="__eq__" in cls.__dict__,
        order="__lt__" in cls.__dict__,
    )
    return made(type(cls.__name__, (), body))


def filled(cls: type[Any], tag: str) -> dict[str, Any]:
    fields = cls.__dict__["__fields"]
    return {name: f"{tag}{name}" for name, each in fields.items() if each.init}


def test_there_are_many() -> None:
    assert len(ALL) > 80
    assert model.Finding in ALL


@pytest.mark.parametrize("cls", ALL, ids=lambda each: each.__qualname__)
def test_as_the_standard_library_makes_it(cls: type[Any]) -> None:
    if "__post_init__" in cls.__dict__:
        pytest.skip("fills its fields by itself")
    other = twin(cls)
    given = filled(cls, "a")
    ours, theirs = cls(**given), other(**given)
    assert repr(ours) == repr(theirs)
    assert vars(cls)["__match_args__"] == vars(other)["__match_args__"]
    assert getattr(cls, "__slots__", None) == getattr(other, "__slots__", None)
    assert signature(cls) == signature(other)
    assert (cls.__hash__ is None) is (other.__hash__ is None)
    changed = filled(cls, "b")
    for same in (True, False):
        again = given if same else changed
        assert (ours == cls(**again)) is (theirs == other(**again))
    assert ours != theirs
    assert replace(ours, **changed) == cls(**changed) or "__eq__" not in cls.__dict__
    least = {name: each for name, each in given.items() if is_required(other, name)}
    assert plain(state(cls(**least))) == plain(state(other(**least)))
    for name in given:
        assert change(ours, name) is change(theirs, name)


def signature(cls: type[Any]) -> list[tuple[str, Any, bool]]:
    """Names of the parameters, and which are required; made by a first object."""
    return [
        (each.name, each.kind, each.default is inspect.Parameter.empty)
        for each in inspect.signature(cls.__init__).parameters.values()
    ]


def is_required(cls: type[Any], name: str) -> bool:
    fields: dict[str, Any] = cls.__dataclass_fields__
    missing = dataclasses.MISSING
    return fields[name].default is missing and fields[name].default_factory is missing


def plain(values: list[Any]) -> list[Any]:
    """Objects that a default makes anew each time, by their class."""
    return [each if "__eq__" in vars(type(each)) else type(each) for each in values]


def state(instance: Any) -> list[Any]:
    return [getattr(instance, each, "unset") for each in type(instance).__annotations__]


def change(instance: Any, name: str) -> bool:
    try:
        setattr(instance, name, getattr(instance, name))
    except AttributeError:
        return False
    return True


FULL = model.Finding("KD101", model.Severity.ERROR, "a.md", model.Position(1, 2), {"a": 1})


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy])
def test_copies(again: Callable[[Any], Any]) -> None:
    assert again(FULL) == FULL


def test_pickles() -> None:
    assert pickle.loads(pickle.dumps(FULL)) == FULL  # noqa: S301


def test_order() -> None:
    first, second = model.Position(1, 9), model.Position(2, 1)
    assert first < second <= second < model.Position(2, 2)
    assert second > first >= first
    with pytest.raises(TypeError):
        _ = first < (2, 1)  # type: ignore[operator]


def test_frozen() -> None:
    with pytest.raises(AttributeError, match="line"):
        model.Position(1, 1).line = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match="line"):
        del model.Position(1, 1).line


def test_wrong_arguments_are_refused_from_the_first_object_on() -> None:
    @dataclass(frozen=True, slots=True)
    class New:
        """A class of which nobody has made an object."""

        name: str
        items: list[int] = field(default_factory=list)

    for _ in range(2):
        with pytest.raises(TypeError, match="name"):
            New()  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="other"):
            New("a", other=1)  # type: ignore[call-arg]
    assert New("a").items is not New("a").items


def test_the_standard_library_takes_them() -> None:
    position = model.Position(1, 2)
    assert dataclasses.is_dataclass(position)
    assert dataclasses.asdict(position) == {"line": 1, "column": 2}
    assert dataclasses.replace(position, line=3) == model.Position(3, 2)
    assert [each.name for each in dataclasses.fields(model.Position)] == ["line", "column"]
