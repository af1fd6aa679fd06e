"""The standard library's `dataclass`, `field` and `replace`, for a command that starts fast.

The standard library's own import `inspect`, and compile up to nine functions for each class
where it is defined: that was a third of the time of `kdocs check` on a small note, most of
it for classes that no object was made of. Here classes share their methods, and `__init__`
is compiled when the first object is made. There is what this project uses and no more; type
checkers see the real ones, and tests/unit/test_values.py holds classes against real twins.

What else there is was measured: an import and sixty classes of six fields take 14 ms here, 16
as NamedTuple (a tuple, which a Step is not), 28 as msgspec.Struct (an extension to load, and no
`init=False`), 52 as the standard library's own, 57 with attrs (CPU time, Python 3.11).
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import field as field
    from dataclasses import replace as replace

MISSING: Final[Any] = object()


class FrozenInstanceError(AttributeError):
    """Somebody tried to change a frozen object."""


class _Field:
    """What is to be known of a field."""

    __slots__ = ("compare", "default", "factory", "init")

    def __init__(
        self,
        *,
        default: Any = MISSING,
        default_factory: Any = MISSING,
        init: bool = True,
        compare: bool = True,
    ) -> None:
        self.default = default
        self.factory = default_factory
        self.init = init
        self.compare = compare


def _dataclass(
    *, frozen: bool = False, slots: bool = False, order: bool = False, eq: bool = True
) -> Callable[[type[Any]], type[Any]]:
    def make(cls: type[Any]) -> type[Any]:
        fields = {}
        for name in cls.__annotations__:
            given = cls.__dict__.get(name, MISSING)
            fields[name] = given if isinstance(given, _Field) else _Field(default=given)
        methods = {
            "__fields": fields,
            "__match_args__": tuple(name for name, each in fields.items() if each.init),
            "__dataclass_fields__": _STANDARD_FIELDS,
            "__init__": _first_init,
            "__repr__": _repr,
        }
        if eq:
            compared = attrgetter(*(name for name, each in fields.items() if each.compare))
            methods |= {"__compared": compared, "__eq__": _eq}
            methods["__hash__"] = _hash if frozen else None
        if order:
            methods |= {"__lt__": _lt, "__le__": _le, "__gt__": _gt, "__ge__": _ge}
        if frozen:
            methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
            methods |= {"__getstate__": _get_state, "__setstate__": _set_state}
        return _with_slots(cls, methods) if slots else _in_place(cls, methods)

    return make


def _with_slots(cls: type[Any], methods: dict[str, Any]) -> type[Any]:
    """Slots can be had only when a class is made: this is a new one."""
    leave = {*methods["__fields"], "__dict__", "__weakref__"}
    body = {name: value for name, value in cls.__dict__.items() if name not in leave}
    slots = {"__slots__": tuple(methods["__fields"]), "__qualname__": cls.__qualname__}
    kind: Any = type(cls)
    made: type[Any] = kind(cls.__name__, cls.__bases__, {**methods, **body, **slots})
    return made


def _in_place(cls: type[Any], methods: dict[str, Any]) -> type[Any]:
    for name, each in methods["__fields"].items():
        if each.default is not MISSING:
            setattr(cls, name, each.default)
        elif name in cls.__dict__:
            delattr(cls, name)
    for name, method in methods.items():
        if name not in cls.__dict__:
            setattr(cls, name, method)
    return cls


def _replace(obj: Any, /, **changes: Any) -> Any:
    if not hasattr(obj, "__fields"):  # one of the standard library's own (asdict needs those)
        from dataclasses import replace

        return replace(obj, **changes)
    for name, each in _fields(type(obj)).items():
        if each.init and name not in changes:
            changes[name] = getattr(obj, name)
    return type(obj)(**changes)


if not TYPE_CHECKING:
    dataclass, field, replace = _dataclass, _Field, _replace


# --- __init__, made when it is needed ---------------------------------------------------


def _first_init(self: Any, *args: Any, **kwargs: Any) -> None:
    """Put the class's own `__init__` in the place of this one, and call it."""
    owner: Any = next(each for each in type(self).__mro__ if "__fields" in each.__dict__)
    init = _init_of(owner)
    owner.__init__ = init
    init(self, *args, **kwargs)


def _init_of(cls: Any) -> Any:
    names: dict[str, Any] = {"MISSING": MISSING, "_set": object.__setattr__}
    parameters, body = ["self"], ["pass"]
    frozen = cls.__setattr__ is _refuse_to_set
    for name, each in _fields(cls).items():
        names[f"_default_{name}"] = each.default
        names[f"_factory_{name}"] = each.factory
        value = name
        if not each.init:
            if each.default is MISSING and each.factory is MISSING:
                continue
            value = f"_factory_{name}()" if each.default is MISSING else f"_default_{name}"
        elif each.factory is not MISSING:
            parameters.append(f"{name}=MISSING")
            value = f"_factory_{name}() if {name} is MISSING else {name}"
        else:
            has_default = each.default is not MISSING
            parameters.append(f"{name}=_default_{name}" if has_default else name)
        if not frozen:
            body.append(f"self.{name} = {value}")
        elif "__slots__" in cls.__dict__:  # a slot's own setter is the quickest way in
            names[f"_set_{name}"] = cls.__dict__[name].__set__
            body.append(f"_set_{name}(self, {value})")
        else:
            body.append(f"_set(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    source = f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body)
    exec(source, names)  # noqa: S102 - made of the names of our own fields
    init = names["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


# --- What classes share -----------------------------------------------------------------


def _fields(cls: type[Any]) -> dict[str, _Field]:
    found: dict[str, _Field] = getattr(cls, "__fields")
    return found


def _compared(obj: Any) -> Any:
    return getattr(obj, "__compared")(obj)


def _repr(self: Any) -> str:
    inside = ", ".join(f"{name}={getattr(self, name)!r}" for name in _fields(type(self)))
    return f"{type(self).__qualname__}({inside})"


def _eq(self: Any, other: Any) -> bool:
    same = other.__class__ is self.__class__
    return bool(_compared(self) == _compared(other)) if same else NotImplemented


def _hash(self: Any) -> int:
    return hash(_compared(self))


def _lt(self: Any, other: Any) -> bool:
    same = other.__class__ is self.__class__
    return bool(_compared(self) < _compared(other)) if same else NotImplemented


def _le(self: Any, other: Any) -> bool:
    same = other.__class__ is self.__class__
    return bool(_compared(self) <= _compared(other)) if same else NotImplemented


def _gt(self: Any, other: Any) -> bool:
    same = other.__class__ is self.__class__
    return bool(_compared(self) > _compared(other)) if same else NotImplemented


def _ge(self: Any, other: Any) -> bool:
    same = other.__class__ is self.__class__
    return bool(_compared(self) >= _compared(other)) if same else NotImplemented


def _refuse_to_set(_self: Any, name: str, _value: Any) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _get_state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in _fields(type(self))]


def _set_state(self: Any, state: list[Any]) -> None:
    for name, value in zip(_fields(type(self)), state, strict=True):
        object.__setattr__(self, name, value)


class _StandardFields:
    """For `dataclasses.replace`, `asdict` and their like, which ask a class for its fields."""

    def __get__(self, _instance: object, owner: type[Any]) -> Any:
        import dataclasses

        body: dict[str, Any] = {"__annotations__": dict.fromkeys(_fields(owner), Any)}
        for name, each in _fields(owner).items():
            options: dict[str, Any] = {"init": each.init, "compare": each.compare}
            if each.default is not MISSING:
                options["default"] = each.default
            if each.factory is not MISSING:
                options["default_factory"] = each.factory
            body[name] = dataclasses.field(**options)
        twin: Any = dataclasses.dataclass(type(owner.__name__, (), body))
        return twin.__dataclass_fields__


_STANDARD_FIELDS: Final = _StandardFields()
