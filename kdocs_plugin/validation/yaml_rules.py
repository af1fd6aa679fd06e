"""KD101 to KD107: can kubectl read the block at all."""

from __future__ import annotations

from collections.abc import Iterator

from kdocs_plugin.manifests import Problem
from kdocs_plugin.validation.reading import Reading

# Keys that an object has once: where they come again, a `---` is missing between two.
_IDENTITY = ("apiVersion", "kind")


def problems(reading: Reading) -> Iterator[Problem]:
    """What keeps kubectl from reading the block, and what it reads without a word."""
    if reading.stray is not None:
        line = reading.block.body.split("\n")[reading.stray]
        column = len(line) - len(line.lstrip())
        yield Problem("KD108", reading.stray, column, {"word": line.strip()})
    mend = reading.mend
    if mend is not None:
        if mend.width is None:
            yield Problem("KD103", mend.line, mend.column)
            return  # nothing that could be said of the rest would be sure
        yield Problem("KD102", mend.line, mend.column, {"width": mend.width})
    fragment = reading.is_fragment
    joined = False  # two objects without a `---`: one finding says it all
    for problem in reading.manifest.problems:
        if problem.code == "KD104":
            if fragment or (joined and problem.column == 0):
                continue
            if problem.column == 0 and problem.arguments["key"] in _IDENTITY:
                joined = True
                arguments = {**problem.arguments, "separator": "---"}
                problem = Problem("KD104", problem.line, problem.column, arguments)
        yield problem
