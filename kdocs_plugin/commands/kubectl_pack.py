"""kubectl's commands, flags and resources, version by version, in one small file.

`scripts/build_kubectl_pack.py` writes it: commands and flags as kubectl's own command tree
has them, resources as an API server of the same version lists them. Text, compressed with
zlib; lines:

    0     {"format": 1, "versions": {"1.37": 1, ...}}      number of its line
    1..   a version: [numbers of the lines of its commands and resources]
    rest  f, c or r and a JSON list: a flag; a command, which names its flags' lines;
          a resource

A line that several versions share stands there once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from kdocs_plugin import packed
from kdocs_plugin.values import dataclass, field

FORMAT: Final = 1
FILE: Final = "kubectl.zlib"
_PATH: Final = Path(__file__).with_name(FILE)


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag of a command, as pflag knows it."""

    name: str  # without its dashes
    letter: str  # "" where it has no short form
    type: str  # bool, string, int32, duration, stringArray, ...
    default: str
    alone: str  # its value where none is given; "" where one has to be
    deprecated: str  # what kubectl says to its use, "" where it is as good as ever
    choices: tuple[str, ...]  # the formats of --output
    required: bool

    @property
    def spelled(self) -> str:
        """As people write it."""
        return f"--{self.name}"


@dataclass(frozen=True, slots=True)
class Command:
    """A command or subcommand: `get`, `rollout status`; "" is kubectl itself."""

    path: str
    aliases: tuple[str, ...]  # of its last word
    flags: Mapping[str, Flag]  # by name; also those that all commands have
    letters: Mapping[str, Flag]
    children: dict[str, str] = field(default_factory=dict)  # name or alias -> name


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource that API servers serve."""

    plural: str
    singular: str
    short: tuple[str, ...]
    kind: str
    group: str  # "" is the core group
    namespaced: bool
    scales: bool  # has the subresource scale


@dataclass(frozen=True, slots=True)
class Pack:
    """One version of kubectl, and what its API server serves."""

    version: str  # 1.37
    commands: Mapping[str, Command]  # by path
    resources: Mapping[str, Resource]  # by every word that names one

    def child(self, command: Command, word: str) -> Command | None:
        """The subcommand that a word names."""
        name = command.children.get(word)
        return None if name is None else self.commands[f"{command.path} {name}".strip()]


@cache
def versions() -> tuple[str, ...]:
    """The versions that the pack holds, oldest first."""
    return tuple(sorted(packed.header(_PATH, FORMAT)["versions"], key=minor_of))


def minor_of(version: str) -> int:
    """1.37 is 37."""
    return int(version.rpartition(".")[2])


def newest(wanted: Sequence[str] = ()) -> Pack:
    """The pack of the newest of these versions; of the nearest one that there is."""
    known = versions()
    latest = max(map(minor_of, wanted), default=minor_of(known[-1]))
    return pack(min(known, key=lambda each: abs(minor_of(each) - latest)))


@cache
def pack(version: str) -> Pack:
    """A version's pack. KeyError if there is none."""
    lines = packed.lines(_PATH)
    commands: dict[str, Command] = {}
    resources: dict[str, Resource] = {}
    numbers = json.loads(lines[packed.header(_PATH, FORMAT)["versions"][version]])
    common: dict[str, Flag] = {}
    for number in sorted(numbers, key=lambda n: lines[n]):  # commands by path, resources
        values = json.loads(lines[number][1:])
        if lines[number][0] == "r":
            found = Resource(values[0], values[1], tuple(values[2]), *values[3:])
            for word in (found.plural, found.singular, *found.short, found.kind.lower()):
                resources.setdefault(word, found)
            continue
        path, aliases, flags = values
        own = {flag.name: flag for flag in map(_flag, flags)}
        common = common if path else own
        both = {**common, **own}
        letters = {flag.letter: flag for flag in both.values() if flag.letter}
        commands[path] = Command(path, tuple(aliases), both, letters, {})
    for path, command in commands.items():
        above, _, name = path.rpartition(" ")
        if path and above in commands:
            commands[above].children.update(dict.fromkeys((name, *command.aliases), name))
    return Pack(version, commands, resources)


@cache
def _flag(number: int) -> Flag:
    name, letter, kind, default, alone, deprecated, choices, required = json.loads(
        packed.lines(_PATH)[number][1:]
    )
    return Flag(name, letter, kind, default, alone, deprecated, tuple(choices), required)


# --- Writing, for the script ------------------------------------------------------------


def pack_of(by_version: Mapping[str, tuple[Sequence[Any], Sequence[Any]]]) -> bytes:
    """The pack's bytes: for each version its commands (path, aliases, flags) and resources."""
    flags = sorted(
        {_line("f", each) for c, _ in by_version.values() for x in c for each in x[2]}
    )
    first = 1 + len(by_version)
    place = {line: first + number for number, line in enumerate(flags)}
    rows: dict[str, set[str]] = {}
    for version, (commands, resources) in by_version.items():
        rows[version] = {_line("r", each) for each in resources} | {
            _line("c", [path, aliases, sorted(place[_line("f", flag)] for flag in own)])
            for path, aliases, own in commands
        }
    pool = sorted(set().union(*rows.values()))
    place |= {line: first + len(flags) + number for number, line in enumerate(pool)}
    header = {
        "format": FORMAT,
        "versions": {version: 1 + number for number, version in enumerate(by_version)},
    }
    text = [json.dumps(header, separators=(",", ":"))]
    text += [
        json.dumps(sorted(place[line] for line in lines), separators=(",", ":"))
        for lines in rows.values()
    ]
    return packed.pack([*text, *flags, *pool])


def _line(mark: str, values: Sequence[Any]) -> str:
    return mark + json.dumps(values, ensure_ascii=False, separators=(",", ":"))
