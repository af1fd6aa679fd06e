"""A value where it stands in an object, and what the API server says against it.

A rule walks an object as the server's own validation does (pkg/apis/*/validation in
Kubernetes' source): from field to field, each of which may be absent. A value of the wrong
type reads as if it were absent, and never as missing: the schema has said what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from kdocs_plugin.manifests import spelling
from kdocs_plugin.manifests.documents import Path
from kdocs_plugin.manifests.values import brief
from kdocs_plugin.validation.objects import formats

MISSING: Final = "KD203"
NAME: Final = "KD220"
LABEL: Final = "KD221"
QUANTITY: Final = "KD222"
PORT: Final = "KD223"
VALUE: Final = "KD224"
REFERENCE: Final = "KD225"
TOGETHER: Final = "KD226"
DATA: Final = "KD227"
SCHEDULE: Final = "KD228"
DUPLICATE: Final = "KD229"
STRICT: Final = 36  # minor version whose server takes addresses in canonical form alone


class Field:
    """A value and where it stands. Never changed.

    A check asks for a hundred fields of an object that has ten, and for the path of those
    that are wrong: a field knows the one above it, and its path is put together then.
    """

    __slots__ = ("_above", "_step", "value")

    def __init__(self, value: Any, above: Field | Path = (), step: str | int = "") -> None:
        self.value = value
        self._above = above  # the path to this one, if it is an object
        self._step = step

    @property
    def path(self) -> Path:
        above = self._above
        return (*above.path, self._step) if isinstance(above, Field) else above

    def __getitem__(self, name: str) -> Field:
        """The field `name` of a mapping; its value is None where there is none."""
        value = self.value
        return Field(value.get(name) if value.__class__ is dict else None, self, name)

    def those(self, names: Iterable[str]) -> list[Field]:
        """Of some fields of a mapping those that are given, in the order of `names`."""
        value = self.value
        if value.__class__ is not dict:
            return []
        return [Field(value[name], self, name) for name in names if value.get(name) is not None]

    def has(self, names: Iterable[str]) -> bool:
        """Whether it is a mapping with any of these keys."""
        return self.value.__class__ is dict and not self.value.keys().isdisjoint(names)

    def at(self, *names: str) -> Field:
        """A field of a field."""
        field = self
        for name in names:
            field = field[name]
        return field

    @property
    def given(self) -> bool:
        return self.value is not None

    @property
    def empty(self) -> bool:
        """Go's zero value, or nothing: the server sees no difference in most fields."""
        return self.value in (None, "", 0, False) or self.value == [] or self.value == {}

    @property
    def text(self) -> str:
        value = self.value
        return value if value.__class__ is str else ""

    @property
    def integer(self) -> int | None:
        return self.value if self.value.__class__ is int else None

    @property
    def true(self) -> bool:
        return self.value is True

    def items(self) -> list[Field]:
        """The items of a list."""
        if self.value.__class__ is not list:
            return []
        return [Field(item, self, index) for index, item in enumerate(self.value)]

    def entries(self) -> list[tuple[str, Field]]:
        """The keys of a mapping, and what stands under each."""
        if self.value.__class__ is not dict:
            return []
        return [(key, Field(value, self, key)) for key, value in self.value.items()]


class Error(NamedTuple):
    """One thing that the server refuses."""

    code: str
    path: Path
    words: str  # the server's, without the field's name
    suggestion: str = ""  # what may have been meant
    choices: str = ""  # what can be written
    key: bool = False  # points at the key, not at the value
    absent: bool = False  # about something that is not there
    since: int = 0  # minor versions of Kubernetes: the first that refuses it,
    until: int = 99  # and the last

    def holds(self, minors: Iterable[int]) -> bool:
        """Whether one of these minor versions refuses it."""
        return any(self.since <= minor <= self.until for minor in minors)


Errors = Iterator[Error]


def invalid(code: str, field: Field, detail: str, suggestion: str = "") -> Error:
    """A value that breaks a rule; `detail` says which, in the server's words."""
    return Error(code, field.path, f"Invalid value: {brief(field.value)}: {detail}", suggestion)


def invalids(code: str, field: Field, details: Iterable[str], suggestion: str = "") -> Errors:
    """An error for each thing that is wrong with a value."""
    for detail in details:
        yield invalid(code, field, detail, suggestion)


def misnamed(field: Field, rule: formats.Check = formats.dns_label, code: str = NAME) -> Errors:
    """A name that breaks a rule, with the nearest one that does not."""
    wrong = rule(field.text)
    if wrong:
        near = formats.as_name(field.text, dots=rule is not formats.dns_label)
        yield from invalids(code, field, wrong, near)


def address(field: Field) -> Errors:
    """An IP address."""
    yield from invalids(VALUE, field, formats.ip_address(field.text))
    for error in invalids(VALUE, field, formats.loose_address(field.text)):
        yield error._replace(since=STRICT)


def cidr(field: Field) -> Errors:
    """A CIDR."""
    text = field.text.strip()
    yield from invalids(VALUE, field, formats.cidr(text))
    for error in invalids(VALUE, field, formats.loose_network(text)):
        yield error._replace(since=STRICT)


def bad_key(code: str, field: Field, key: str, detail: str, suggestion: str = "") -> Error:
    """Of a mapping's key; `field` is what stands under it."""
    words = f"Invalid value: {brief(key)}: {detail}"
    return Error(code, field.path, words, suggestion, key=True)


def required(field: Field, detail: str = "") -> Error:
    """A field without which the object makes no sense; `detail` says when."""
    code = TOGETHER if detail else MISSING
    words = f"Required value: {detail}" if detail else "Required value"
    return Error(code, field.path, words, absent=True)


def unsupported(field: Field, choices: Iterable[str], code: str = VALUE) -> Error:
    """None of the words that can stand here."""
    known = list(choices)
    near = spelling.nearest(field.text, known, cutoff=0.6) if field.text else ""
    listed = ", ".join(f'"{choice}"' for choice in known)
    words = f"Unsupported value: {brief(field.value)}: supported values: {listed}"
    return Error(code, field.path, words, near, ", ".join(f"`{choice}`" for choice in known))


def duplicate(field: Field, what: str = "") -> Error:
    """A value that is there already."""
    return Error(DUPLICATE, field.path, f"Duplicate value: {what or brief(field.value)}")


def forbidden(field: Field, detail: str, code: str = TOGETHER) -> Error:
    """A field that must not be there."""
    return Error(code, field.path, f"Forbidden: {detail}", key=True)


def too_long(code: str, field: Field, most: int) -> Error:
    """More bytes than the server takes."""
    return Error(code, field.path, f"Too long: may not be more than {most} bytes")


def too_many(field: Field, count: int, most: int) -> Error:
    """More items than the server takes."""
    words = f"Too many: {count}: must have at most {most} items"
    return Error(VALUE, field.path, words)


def not_found(field: Field, near: str = "") -> Error:
    """A name that the object itself does not have."""
    return Error(REFERENCE, field.path, f"Not found: {brief(field.value)}", near)


def one_of(field: Field, choices: Iterable[str], default: str = "") -> Errors:
    """An enum: one of the words, or the server's default where none is written."""
    value = field.value
    if default and (value is None or value == ""):
        return
    if isinstance(value, str):
        known = list(choices)
        if value not in known:
            yield unsupported(field, known) if value else required(field)
    elif value is None:
        yield required(field)


def optional(field: Field, choices: Iterable[str]) -> Errors:
    """An enum that has no default: one of the words where there is one."""
    if isinstance(field.value, str):
        known = list(choices)
        if field.value not in known:
            yield unsupported(field, known)


def not_negative(*fields: Field) -> Errors:
    """Numbers of zero or more."""
    for field in fields:
        number = field.integer
        if number is not None and number < 0:
            yield invalid(VALUE, field, "must be greater than or equal to 0")


def between(field: Field, least: int, most: int, code: str = VALUE) -> Errors:
    """A number within bounds, both of them allowed."""
    number = field.integer
    if number is not None and not least <= number <= most:
        yield invalid(code, field, f"must be between {least} and {most}, inclusive")


def present(*fields: Field) -> Errors:
    """KD203 for each that is not there."""
    for field in fields:
        if field.empty and not isinstance(field.value, bool):
            yield required(field)
