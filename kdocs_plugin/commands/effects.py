"""What a statement does, as far as its words tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kdocs_plugin.commands.kubectl import Kubectl, parse_kubectl
from kdocs_plugin.commands.shell import Command, Statement, split
from kdocs_plugin.late import late
from kdocs_plugin.model import Effect

ENDLESS_COMMANDS = frozenset("watch top yes".split())
INTO_CONTAINERS = frozenset("exec run attach debug".split())
SHELLS = frozenset("sh bash ash zsh".split())
PROXY_PORT = "8001"  # kubectl proxy's own choice
PORT = late(r"(?P<local>\d{1,5})(?::[\w-]+)?")


def effect_of(statement: Statement) -> Effect:
    """The effects of all the simple commands in a statement, taken together."""
    lines = [line for each in statement.commands if (line := parse_kubectl(each.words))]
    goes_on = (
        statement.loops
        or any(never_ends(each.words) for each in statement.commands)
        or any(line.endless or goes_on_inside(line) for line in lines)
    )
    made = tuple(name for each in statement.commands for name in files_made(each))
    return Effect(
        # exec may change what a pod does, never an object, so nothing has to settle.
        mutates=any(line.mutates for line in lines),
        reads=bool(lines) and all(line.reads or line.verb == "exec" for line in lines),
        endless=goes_on and not statement.background and not is_bounded(statement),
        interactive=any(line.interactive for line in lines),
        deletes=any(line.verb == "delete" and not line.dry for line in lines),
        files=tuple(name for line in lines for name in line.files),
        writes=(*statement.writes, *made),
        background=statement.background,
        terminal=any(
            line.verb in INTO_CONTAINERS and line.has("-t", "--tty") for line in lines
        ),
        serves=tuple(port for line in lines for port in ports_of(line)),
        loops=statement.loops,
    )


def never_ends(words: tuple[str, ...]) -> bool:
    """Whether a program goes on until it is stopped: `tail -f`, `ping` without a number."""
    name, rest = (words[0].rsplit("/", 1)[-1], words[1:]) if words else ("", ())
    if name in ("tail", "journalctl"):
        return any(word in ("--follow", "-F") or re.match(r"-\w*f", word) for word in rest)
    if name == "ping":
        return not any(word.startswith(("-c", "-w")) for word in rest)
    if name == "sleep":
        return rest[:1] in (("infinity",), ("inf",))
    return name in ENDLESS_COMMANDS and not (name == "top" and "-b" in " ".join(rest))


def goes_on_inside(line: Kubectl) -> bool:
    """Whether what kubectl runs in a container goes on: `exec web -- tail -f log`."""
    if line.verb not in ("exec", "run", "debug") or not line.command:
        return False
    if line.verb == "run" and not line.has("-i", "--stdin", "--attach", "--rm"):
        return False  # the container goes on, kubectl does not wait for it
    words = line.command
    if words[0].rsplit("/", 1)[-1] in SHELLS and "-c" in words:
        return any(
            each.loops or any(never_ends(c.words) for c in each.commands)
            for each in split(words[-1])
        )
    return never_ends(words)


def is_bounded(statement: Statement) -> bool:
    """`timeout 5 kubectl get pods -w` and `yes | head` end by themselves."""
    names = [each.name for each in statement.commands]
    return "timeout" in names[:1] or (len(names) > 1 and names[-1] == "head")


def ports_of(line: Kubectl) -> Iterator[int]:
    """The local ports on which a kubectl line serves."""
    if line.verb == "proxy":
        chosen = next(iter(line.values("-p", "--port")), PROXY_PORT)
        if chosen.isdigit() and chosen != "0":
            yield int(chosen)
    elif line.verb == "port-forward":
        for argument in line.arguments[1:]:
            if match := PORT.fullmatch(argument):
                yield int(match["local"])


def files_made(command: Command) -> tuple[str, ...]:
    """Files that a text tool makes: `tee x.yaml`, `cp a.yaml b.yaml`."""
    arguments = tuple(word for word in command.words[1:] if not word.startswith("-"))
    if command.name in ("tee", "touch"):
        return arguments
    return arguments[-1:] if command.name in ("cp", "mv") and len(arguments) > 1 else ()
