"""What a statement does, as far as its words tell."""

from __future__ import annotations

from kdocs_plugin.commands.kubectl import parse_kubectl
from kdocs_plugin.commands.shell import Statement
from kdocs_plugin.model import Effect

ENDLESS_COMMANDS = ("watch", "top")


def effect_of(statement: Statement) -> Effect:
    """The effects of all the simple commands in a statement, taken together."""
    lines = [line for each in statement.commands if (line := parse_kubectl(each.words))]
    follows = any(
        each.name in ENDLESS_COMMANDS or (each.name == "tail" and "-f" in each.words)
        for each in statement.commands
    )
    return Effect(
        # exec may change what a pod does, never an object, so nothing has to settle.
        mutates=any(line.mutates for line in lines),
        reads=bool(lines) and all(line.reads or line.verb == "exec" for line in lines),
        endless=(follows or any(line.endless for line in lines)) and not statement.background,
        interactive=any(line.interactive for line in lines),
        deletes=any(line.verb == "delete" for line in lines),
        files=tuple(name for line in lines for name in line.files),
        writes=statement.writes,
    )
