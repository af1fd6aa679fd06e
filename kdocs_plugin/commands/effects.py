"""What a statement does, as far as its words tell."""

from __future__ import annotations

from kdocs_plugin.commands.kubectl import parse_kubectl
from kdocs_plugin.commands.shell import Command, Statement
from kdocs_plugin.model import Effect

ENDLESS_COMMANDS = frozenset("watch top yes".split())


def effect_of(statement: Statement) -> Effect:
    """The effects of all the simple commands in a statement, taken together."""
    lines = [line for each in statement.commands if (line := parse_kubectl(each.words))]
    follows = statement.loops or any(
        each.name in ENDLESS_COMMANDS or (each.name == "tail" and "-f" in each.words)
        for each in statement.commands
    )
    made = tuple(name for each in statement.commands for name in files_made(each))
    return Effect(
        # exec may change what a pod does, never an object, so nothing has to settle.
        mutates=any(line.mutates for line in lines),
        reads=bool(lines) and all(line.reads or line.verb == "exec" for line in lines),
        endless=(follows or any(line.endless for line in lines)) and not statement.background,
        interactive=any(line.interactive for line in lines),
        deletes=any(line.verb == "delete" and not line.dry for line in lines),
        files=tuple(name for line in lines for name in line.files),
        writes=(*statement.writes, *made),
    )


def files_made(command: Command) -> tuple[str, ...]:
    """Files that a text tool makes: `tee x.yaml`, `cp a.yaml b.yaml`."""
    arguments = tuple(word for word in command.words[1:] if not word.startswith("-"))
    if command.name in ("tee", "touch"):
        return arguments
    return arguments[-1:] if command.name in ("cp", "mv") and len(arguments) > 1 else ()
