"""Images that stand in for others: `images:` of mkdocs.yml, `nginx:1.14.2: nginx:latest`.

At a run only, in what is applied: files, here-documents, `--image=`, `set image`, sed's
scripts. The note keeps its own names. What is not seen to be an image is left alone.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kdocs_plugin.commands import parse_kubectl, split
from kdocs_plugin.late import late
from kdocs_plugin.model import Scenario

NAME = r"[A-Za-z0-9][\w./-]*(?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?"
# `image: nginx:1.14.2` of YAML and JSON, in a block or in one line.
FIELD = late(rf"(?<![\w.-])([\"']?image[\"']?[ \t]*:[ \t]*[\"']?)({NAME})(?![\w:])")
FLAG = late(rf"((?<!\S)--(?:set-)?image(?:=|[ \t]+)[\"']?(?:[\w*-]+=)?)({NAME})")
ASSIGNED = late(rf"((?<!\S)[\"']?[\w*-]+=)({NAME})(?=[\"']?(?:\s|$))")
SED = late(r"[\w.-]+(?:/[\w.-]+)*:[\w.-]+")
HUB = late(r"^(?:docker\.io/)?(?:library/)?")

Pairs = Sequence[tuple[str, str]]


def stand_in(image: str, pairs: Pairs) -> str | None:
    """The image that stands in for one, None for none: an exact name before a pattern, and
    of patterns (`nginx:*`) the first. A name without a tag is that of `latest`."""
    named = plain(image)
    for exact in (True, False):
        for pattern, other in pairs:
            fits = plain(pattern) == named if exact else fnmatch.fnmatchcase(named, pattern)
            if fits:
                return other if plain(other) != named else None
    return None


def plain(image: str) -> str:
    """An image's name as Docker Hub's own are called, with its tag."""
    name = HUB.sub("", image)
    tagged = ":" in name.rsplit("/", 1)[-1] or "@" in name
    return name if tagged or "*" in name else f"{name}:latest"


def swaps_of(scenario: Scenario, pairs: Pairs) -> Mapping[str, str]:
    """The images that a scenario's files and commands name and that another stands in for."""
    if not pairs:
        return {}
    texts = [each.content for each in scenario.files]
    texts += [*scenario.beside.values(), *(step.command for step in scenario.runnable)]
    named = {name for text in texts for name in named_in(text)}
    return {name: other for name in sorted(named) if (other := stand_in(name, pairs))}


def named_in(text: str) -> Iterator[str]:
    """The images that a file or a command names, and what else in sed's scripts may be one."""
    for pattern in (FIELD, FLAG, ASSIGNED):
        yield from (match[2] for match in pattern.finditer(text))
    if "sed " in text:
        yield from SED.findall(text)


def in_file(text: str, swaps: Mapping[str, str]) -> str:
    """A manifest with the images that stand in."""
    return FIELD.sub(lambda match: match[1] + swaps.get(match[2], match[2]), text)


def in_command(command: str, swaps: Mapping[str, str]) -> str:
    """A command, here-documents and all, with the images that stand in."""
    if not swaps or not any(name in command for name in swaps):
        return command
    replaced = command
    for pattern in patterns_for(command):
        replaced = pattern.sub(lambda m: m[1] + swaps.get(m[2], m[2]), replaced)
    if any(name == "sed" for name in programs(command)):
        replaced = in_text(replaced, swaps, around="")
    return replaced


def patterns_for(command: str) -> Iterator[re.Pattern[str]]:
    """Where a command can name an image."""
    yield FIELD
    yield FLAG
    lines = (parse_kubectl(each.words) for s in split(command) for each in s.commands)
    if any(line and line.verb == "set" and line.subcommand == "image" for line in lines):
        yield ASSIGNED


def programs(command: str) -> Iterable[str]:
    """The programs that a command calls."""
    return (each.name for statement in split(command) for each in statement.commands)


def in_text(text: str, swaps: Mapping[str, str], around: str = "/") -> str:
    """Any text with each image's name replaced, where it stands alone. `around`: what else
    may not stand beside it."""
    names = [re.escape(name) for name in sorted(swaps, key=len, reverse=True) if name in text]
    if not names:
        return text
    edge = rf"[\w.:@{around}-]"
    whole = rf"(?<!{edge})(?:{'|'.join(names)})(?!{edge})"
    return re.sub(whole, lambda match: swaps[match[0]], text)
