"""KD401 to KD406: what the note's objects are to each other.

In: a note, its plan, and its manifest blocks as kubectl reads them. Out: findings.

    placed     an object and where it stands
    world      every object that the note makes, and the commands that make and remove them
    closed     whether the note is evidently complete: only then is absence a finding
    pods       which pods a selector chooses, and which ports and keys they have
    links      KD401 to KD404: selectors, ports, references and keys that lead nowhere
    changes    KD405: what a later apply may not change
    repeated   KD406: the same object twice

In a note that gets anything from elsewhere (a URL, helm, an earlier note), what is not there
is no finding, unless its name is a slip of the fingers away from what the note makes: no hit
is worth a false alarm.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kdocs_plugin.model import Finding, Note, Scenario
from kdocs_plugin.validation.reading import Reading
from kdocs_plugin.validation.scenario.repeated import repeated


def findings(note: Note, scenario: Scenario, readings: Sequence[Reading]) -> Iterator[Finding]:
    """What is wrong between the note's objects."""
    yield from repeated(note.path, readings)
    if not any(step.effect.files or "<<" in step.command for step in scenario.steps):
        return  # nothing is applied, so nothing is claimed to work together
    # Whoever checks manifests alone does not wait for what reads commands.
    from kdocs_plugin.validation.kubectl.names import misspelt
    from kdocs_plugin.validation.scenario.changes import changed
    from kdocs_plugin.validation.scenario.closed import is_closed, shows_failure
    from kdocs_plugin.validation.scenario.links import loose_ends
    from kdocs_plugin.validation.scenario.world import World

    world = World(note, scenario, readings)
    yield from changed(world)
    if not shows_failure(world):
        closed = is_closed(world)
        yield from loose_ends(world, closed)
        if closed:
            yield from misspelt(note, scenario, world.names)
