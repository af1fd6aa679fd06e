"""Inline commands that only read: `kubectl get pods` in a sentence."""

from __future__ import annotations

from kdocs_plugin.commands import Command, Kubectl, find_placeholders, parse_kubectl, split
from kdocs_plugin.model import InlineCode, Note, Position
from kdocs_plugin.outputs.generated import IPV4, is_private
from kdocs_plugin.planning.draft import Draft
from kdocs_plugin.planning.policy import FILTERS, scenario_addresses

# Verbs that say nothing without an argument: `kubectl get` in a sentence is prose.
NEED_ARGUMENTS = frozenset("get describe logs log exec explain top rollout auth".split())
READING = frozenset(
    "get describe logs log exec explain api-resources api-versions version cluster-info top "
    "events rollout auth".split()
)
# Programs that look around in a container; any other may change it.
LOOKING = FILTERS | frozenset(
    """
    curl date df dig env find free getent hostname id ifconfig ip ls mount netstat nslookup
    ping printenv ps pwd ss stat top traceroute uname uptime wget which whoami
    sh bash ash zsh
    """.split()
)


def probes_of(note: Note) -> list[Draft]:
    """The note's inline commands that are probes, in document order."""
    lines = note.text.split("\n")
    drafts = []
    for number, code in enumerate(note.codes):
        text = " ".join(code.text.split("\n")).strip()
        if " " not in text or text.endswith(("...", "…")):
            continue  # one word is a name, `...` is an outline
        if not text.startswith(("kubectl ", "k ", "curl ")):
            continue  # reading shell costs more than looking
        statements = split(text)
        if len(statements) != 1 or statements[0].broken or statements[0].writes:
            continue
        statement = statements[0]
        if statement.background or statement.defines or not is_probe(statement.commands):
            continue
        drafts.append(Draft(statement, start_of(code, lines), code.end.line, None, number))
    return drafts


def start_of(code: InlineCode, lines: list[str]) -> Position:
    """Where the command begins: behind the backticks, and a space that is not shown."""
    line, column = code.position.line, code.position.column
    behind = lines[line - 1][column - 1 :]
    text = behind.lstrip("`").lstrip()
    return Position(line, column + len(behind) - len(text)) if text else code.position


def is_probe(commands: tuple[Command, ...]) -> bool:
    """kubectl that reads, or curl to an address of the scenario, then filters."""
    if not commands:
        return False
    for number, command in enumerate(commands):
        line = parse_kubectl(command.words)
        if line is not None:
            if not probes(line):
                return False
        elif number == 0:
            # An address of the author's own: whether ours is known is seen later.
            literals = [each for word in command.words for each in IPV4.findall(word)]
            ours = [each for each in literals if is_private(each)]
            addresses = (
                scenario_addresses(command.words, ours) if command.name == "curl" else ()
            )
            if not ours and not any(find_placeholders(each) for each in addresses):
                return False
            if not addresses:
                return False
        elif command.name not in FILTERS or (command.name == "sed" and "-i" in command.words):
            return False
    return True


def probes(line: Kubectl) -> bool:
    """Whether a kubectl line reads, and reads something."""
    if line.verb not in READING or line.endless:
        return False
    if line.verb in ("rollout", "auth") and not line.reads:
        return False
    if line.verb == "exec" and not looks_around(line.command):
        return False
    return line.verb not in NEED_ARGUMENTS or bool(line.arguments or line.subcommand)


def looks_around(words: tuple[str, ...]) -> bool:
    """Whether a command in a container changes nothing there, as far as words tell."""
    if not words:
        return True
    name = words[0].rsplit("/", 1)[-1]
    if name in ("sh", "bash", "ash", "zsh") and "-c" in words:
        inside = split(words[-1])
        return all(
            not each.writes
            and not each.broken
            and all(looks_around(c.words) for c in each.commands)
            for each in inside
        )
    return name in LOOKING and not (name == "sed" and "-i" in words)
