"""A kubectl line as kubectl itself takes it apart: which command, which flags, what is wrong.

cobra finds the command (Command.Find, which leaves flags and their values out by what it
knows of flags so far), pflag reads the flags behind it (FlagSet.parseArgs). Both stop at
the first thing they can't take, and so does this; the words of an error are theirs.

A note's line is no shell's: `<pod-name>`, `$NAME`, `*` and `...` stand for words that
nobody knows. What depends on them is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from kdocs_plugin.commands.kubectl_pack import Command, Flag, Pack
from kdocs_plugin.late import late
from kdocs_plugin.values import dataclass, field

TRUTHS: Final = frozenset("1 t T TRUE true True 0 f F FALSE false False".split())
# What stands for something else: expansions, globs, placeholders, cuts, prose.
_OPEN: Final = late(r"[$`*?<>{}…\[\]]|\.\.\.|[가-힣ㄱ-ㆎ]")
_CAPITALS: Final = late(r"[A-Z][A-Z0-9_./-]*")  # `kubectl get TYPE NAME`
_DURATION: Final = late(r"[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)")
_INTEGER: Final = late(r"[-+]?(?:0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]+|0[bB][01_]+|[0-9_]+)")
_BITS: Final = {"int32": 31, "int": 63, "int64": 63}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the line and which one it is."""

    text: str
    index: int


@dataclass(frozen=True, slots=True)
class Given:
    """A flag that stands in the line."""

    flag: Flag
    spelled: str  # -n, --namespace
    value: str
    index: int  # of the word it stands in
    apart: bool  # the value is the next word


@dataclass(frozen=True, slots=True)
class Trouble:
    """Where kubectl gives up, and what it says."""

    kind: Literal["command", "flag", "value", "no_value", "required"]
    name: str  # the word or the flag as spelled
    said: str
    index: int | None  # of the word, None where it is one that is missing
    flag: Flag | None = None
    value: str = ""


@dataclass(frozen=True, slots=True)
class Invocation:
    """A line, taken apart as far as it is sure."""

    command: Command
    arguments: tuple[Word, ...]  # all that are no flags, also behind `--`
    dash: int | None  # how many of them stand before `--`
    given: tuple[Given, ...]
    trouble: Trouble | None
    verb: int | None  # index of the word that names the command, the last of them
    loose: bool  # some words may stand for none or for several
    helps: bool = False  # -h: nothing is done

    @property
    def before(self) -> tuple[Word, ...]:
        """The arguments before `--`."""
        return self.arguments if self.dash is None else self.arguments[: self.dash]

    def values(self, name: str) -> list[str]:
        """The values of a flag, by its long name."""
        return [each.value for each in self.given if each.flag.name == name]

    def has(self, *names: str) -> bool:
        """Whether one of the flags is there and not switched off."""
        return any(
            each.flag.name in names and each.value not in ("false", "False", "0", "f", "F")
            for each in self.given
        )


def is_open(word: str) -> bool:
    """Whether a word stands for something that only a shell or a person knows."""
    return bool(_OPEN.search(word)) or (len(word) > 1 and _CAPITALS.fullmatch(word) is not None)


def invocation(words: Sequence[str], pack: Pack) -> Invocation | None:
    """`words` are those behind `kubectl`. None where not even the command is sure."""
    rest = [Word(text, index) for index, text in enumerate(words)]
    command, verb = pack.commands[""], None
    while True:
        place = _first_argument(rest, command)
        if place is None:
            break
        word = rest[place]
        below = pack.child(command, word.text)
        if below is None:
            if command.children and is_open(word.text):
                return None
            if command.children and not _takes_arguments(command):
                said = f'unknown command "{word.text}" for "kubectl"'
                trouble = Trouble("command", word.text, said, word.index)
                return Invocation(command, (word,), None, (), trouble, verb, loose=False)
            break
        command, verb = below, word.index
        del rest[place]
    return _Reading(command, verb).read(rest)


def _takes_arguments(command: Command) -> bool:
    """Commands with subcommands that do something by themselves. `help` takes any word."""
    return command.path in ("apply", "cluster-info")


def _first_argument(words: Sequence[Word], command: Command) -> int | None:
    """cobra's stripFlags: the first word that is neither a flag nor, so far, a flag's value."""
    skip = False
    for place, text in enumerate(word.text for word in words):
        if skip:
            skip = False
        elif text == "--":
            return None
        elif text.startswith("--") and "=" not in text:
            flag = command.flags.get(text[2:])
            skip = text != "--help" and (flag is None or not flag.alone)
        elif text.startswith("-") and "=" not in text and len(text) == 2:
            flag = command.letters.get(text[1])
            skip = text != "-h" and (flag is None or not flag.alone)
        elif text and not text.startswith("-"):
            return place
    return None


@dataclass()
class _Reading:
    """pflag's parseArgs over the words behind a command."""

    command: Command
    verb: int | None
    arguments: list[Word] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    trouble: Trouble | None = None
    loose: bool = False
    helps: bool = False

    def read(self, words: Sequence[Word]) -> Invocation | None:
        """The whole line; None where a flag's own name is open."""
        dash: int | None = None
        pending = list(reversed(words))
        while pending and self.trouble is None:
            word = pending.pop()
            text = word.text
            if text == "--":
                dash = len(self.arguments)
                self.arguments += reversed(pending)
                break
            if not text.startswith("-") or text == "-":
                self.loose = self.loose or is_open(text)
                self.arguments.append(word)
            elif _OPEN.search(text.split("=", 1)[0]):
                return None
            elif text.startswith("--"):
                self._long(word, pending)
            else:
                self._letters(word, pending)
        if self.trouble is None and not self.helps:
            self.trouble = self._required()
        return Invocation(
            self.command,
            tuple(self.arguments),
            dash,
            tuple(self.given),
            self.trouble,
            self.verb,
            self.loose,
            self.helps,
        )

    def _long(self, word: Word, pending: list[Word]) -> None:
        name, equals, value = word.text[2:].partition("=")
        if name == "help":
            self.helps = True
            return
        flag = self.command.flags.get(name)
        if flag is None:
            said = f"unknown flag: --{name}"
            self.trouble = Trouble("flag", f"--{name}", said, word.index)
        elif equals:
            self._take(flag, f"--{name}", value, word, apart=False)
        elif flag.alone:
            self._take(flag, f"--{name}", flag.alone, word, apart=False)
        elif pending:
            self._take(flag, f"--{name}", pending.pop().text, word, apart=True)
        else:
            said = f"flag needs an argument: --{name}"
            self.trouble = Trouble("no_value", f"--{name}", said, word.index, flag)

    def _letters(self, word: Word, pending: list[Word]) -> None:
        rest = word.text[1:]
        while rest and self.trouble is None:
            letter, rest = rest[0], rest[1:]
            flag, spelled = self.command.letters.get(letter), f"-{letter}"
            if flag is None and letter == "h":
                self.helps = True
            elif flag is None:
                said = f"unknown shorthand flag: '{letter}' in -{letter}{rest}"
                self.trouble = Trouble("flag", spelled, said, word.index)
            elif rest.startswith("=") and len(rest) > 1:
                self._take(flag, spelled, rest[1:], word, apart=False)
                return
            elif flag.alone:
                self._take(flag, spelled, flag.alone, word, apart=False)
            elif rest:
                self._take(flag, spelled, rest, word, apart=False)
                return
            elif pending:
                self._take(flag, spelled, pending.pop().text, word, apart=True)
            else:
                said = f"flag needs an argument: '{letter}' in -{letter}"
                self.trouble = Trouble("no_value", spelled, said, word.index, flag)

    def _take(self, flag: Flag, spelled: str, value: str, word: Word, apart: bool) -> None:
        self.given.append(Given(flag, spelled, value, word.index, apart))
        reason = "" if _OPEN.search(value) else wrong(flag, value)
        if reason:
            both = f"-{flag.letter}, --{flag.name}" if flag.letter else f"--{flag.name}"
            said = f'invalid argument "{value}" for "{both}" flag: {reason}'
            place = word.index + apart
            self.trouble = Trouble("value", spelled, said, place, flag, value)

    def _required(self) -> Trouble | None:
        names = [
            flag.name
            for flag in self.command.flags.values()
            if flag.required and not self.values(flag.name)
        ]
        if not names or self.loose:
            return None  # `$OPTIONS` may hold it
        listed = '", "'.join(names)
        said = f'required flag(s) "{listed}" not set'
        return Trouble("required", f"--{names[0]}", said, None, self.command.flags[names[0]])

    def values(self, name: str) -> list[Given]:
        """Where a flag is given."""
        return [each for each in self.given if each.flag.name == name]


def wrong(flag: Flag, value: str) -> str:
    """Why a flag's type does not take a value, in Go's words; "" where it does."""
    kind = flag.type
    if kind in ("bool", "tristate"):
        if value in TRUTHS:
            return ""
        return f'strconv.ParseBool: parsing "{value}": invalid syntax'
    if kind in _BITS:
        if not _INTEGER.fullmatch(value):
            return f'strconv.ParseInt: parsing "{value}": invalid syntax'
        digits = value.replace("_", "")
        if digits.lstrip("+-").isdigit() and abs(int(digits)) > 2 ** _BITS[kind]:
            return f'strconv.ParseInt: parsing "{value}": value out of range'
    if kind == "duration" and not _DURATION.fullmatch(value):
        number = re.match(r"[-+]?[\d.]+([a-zA-Zµ]*)", value)
        if number is None:
            return f'time: invalid duration "{value}"'
        what = f'unknown unit "{number[1]}" in' if number[1] else "missing unit in"
        return f'time: {what} duration "{value}"'
    if kind == "stringToString" and value and not all("=" in x for x in value.split(",")):
        return f"{value} must be formatted as key=value"
    return ""
