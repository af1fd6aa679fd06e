"""Which images a scenario's steps make pods of, as far as its text tells."""

from __future__ import annotations

from collections.abc import Iterator

from kdocs_plugin.commands import Kubectl, find_placeholders, parse_kubectl, split
from kdocs_plugin.model import Scenario, Step
from kdocs_plugin.planning.draft import mapping
from kdocs_plugin.planning.files import bare
from kdocs_plugin.planning.objects import MAKING, objects_of

CONTAINERS = ("containers", "initContainers")


def images_of(scenario: Scenario) -> dict[int, tuple[str, ...]]:
    """For each step that runs, by its index: the images that it is the first to need."""
    seen: set[str] = set()
    found: dict[int, tuple[str, ...]] = {}
    for step in scenario.runnable:
        named = (scenario.images.get(each, each) for each in _of_step(step, scenario))
        images = dict.fromkeys(each for each in named if each not in seen)
        seen |= images.keys()
        if images:
            found[step.index] = tuple(images)
    return found


def _of_step(step: Step, scenario: Scenario) -> Iterator[str]:
    for statement in split(step.command):
        for document in statement.documents:
            yield from _in_text(document)
        for command in statement.commands:
            line = parse_kubectl(command.words)
            if line is None or not line.mutates:
                continue
            if line.verb in MAKING:
                for name in line.files:
                    yield from _in_text(_content(name, step, scenario))
            yield from filter(_is_image, _in_words(line))


def _content(name: str, step: Step, scenario: Scenario) -> str:
    """What a file holds when a step uses it, "" where it isn't known."""
    written = [
        each.content
        for each in scenario.files
        if each.name == bare(name) and each.before <= step.index
    ]
    return written[-1] if written else scenario.beside.get(name, "")


def _in_words(line: Kubectl) -> Iterator[str]:
    if line.verb in ("run", "create", "debug"):
        yield from line.values("--image")
    if line.verb == "set" and line.subcommand == "image":
        yield from (word.partition("=")[2] for word in line.arguments if "=" in word)


def _in_text(text: str) -> Iterator[str]:
    for obj in objects_of(text):
        for key in CONTAINERS:
            listed = obj.pod_spec.get(key)
            for each in listed if isinstance(listed, list) else ():
                image = mapping(each).get("image")
                if isinstance(image, str) and _is_image(image):
                    yield image


def _is_image(text: str) -> bool:
    return bool(text) and not find_placeholders(text) and "$" not in text
