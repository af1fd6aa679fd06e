"""A command block as a transcript: prompts, commands and written output kept apart.

The script that comes out has a line for every line of the block, so that a statement's
place in it is its place in the block: what is not a command is an empty line there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kdocs_plugin.commands.placeholders import HANGUL
from kdocs_plugin.outputs import is_output, is_table_head

# A prompt that only a person at a terminal has: `$ `, `user@host:~$ `, `[root@m ~]# `, `❯ `.
PROMPT = re.compile(
    r"^(?P<prompt>[ \t]*(?:\(\w[\w.-]*\) )?(?:"
    r"(?:[\w.-]+@[\w.-]+(?::[^\s$#]*)?|\[[\w.-]+@[\w.-]+ [^\]]*\]|[\w.-]+:[~/][^\s$#]*)[ ]?[$#%]"
    r"|\$|❯|➜(?:[ ]+[~\w./-]+)?)(?:[ ]+|$))"
)
HASH_PROMPT = re.compile(r"^(?P<prompt>[ \t]*#[ ]+)(?=[a-z./])")
WINDOWS_PROMPT = re.compile(r"^[ \t]*(?:PS [^>]*|PS|[A-Z]:\\[^>]*)>")
CONTINUED = re.compile(r"^[ \t]*>[ ]?")
HEREDOC = re.compile(r"<<-?[ ]*(['\"]?)(\w+)\1")
COMMENT = re.compile(r"^[ \t]*#")
# Words that notes begin commands with. A table, not a guess: everything else under a
# table head of kubectl's is a row of that table.
PROGRAMS = frozenset(
    """
    kubectl k docker minikube kind helm curl wget cat echo vi vim nano cd ls mkdir rm cp mv
    export alias source sudo apt apt-get yum brew ssh scp kubeadm systemctl watch sleep for
    while if git touch tee chmod openssl ping nslookup dig env set unset until k3s k3d
    """.split()
)


@dataclass(frozen=True, slots=True)
class Line:
    """A run of written output: 0-based first and last line within the block."""

    line: int
    end_line: int
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """A block taken apart."""

    script: str  # commands only, line for line
    cuts: tuple[int, ...]  # code points taken off each line's left
    outputs: tuple[Line, ...]
    prompted: bool
    windows: bool = False  # PowerShell or cmd: shown only


def read_transcript(body: str) -> Transcript:
    """Take a command block apart. Never raises: what is unclear stays a command."""
    lines = body.split("\n")
    if any(WINDOWS_PROMPT.match(line) for line in lines):
        return Transcript(
            "\n".join("" for _ in lines), (0,) * len(lines), (), True, windows=True
        )
    prompts = [prompt_width(line, PROMPT) for line in lines]
    if not any(prompts) and all_hash_prompted(lines):
        prompts = [prompt_width(line, HASH_PROMPT) for line in lines]
    return prompted(lines, prompts) if any(prompts) else unprompted(lines)


def prompt_width(line: str, pattern: re.Pattern[str]) -> int:
    match = pattern.match(line)
    return len(match["prompt"]) if match else 0


def all_hash_prompted(lines: list[str]) -> bool:
    """`# ` is a prompt only where every command line of the block has it, else prose.

    Such a block has no command without it, and what follows a `# ` is a program.
    """
    marked = [line for line in lines if HASH_PROMPT.match(line)]
    if not marked or any(first_word(line) in PROGRAMS for line in lines):
        return False
    return all(
        first_word(HASH_PROMPT.sub("", line)) in PROGRAMS and not re.search(f"[{HANGUL}]", line)
        for line in marked
    )


def prompted(lines: list[str], prompts: list[int]) -> Transcript:
    """With prompts: a command is a line with one, and what continues it; the rest output."""
    script: list[str] = []
    cuts: list[int] = []
    outputs: list[Line] = []
    number = 0
    while number < len(lines):
        if not prompts[number]:
            start = number
            while number < len(lines) and not prompts[number]:
                script.append("")
                cuts.append(0)
                number += 1
            add_output(outputs, lines, start, number)
            continue
        command = lines[number][prompts[number] :]
        script.append(command)
        cuts.append(prompts[number])
        number += 1
        while number < len(lines) and not prompts[number] and is_open(command):
            cut = len(match[0]) if (match := CONTINUED.match(lines[number])) else 0
            script.append(lines[number][cut:])
            cuts.append(cut)
            command += "\n" + lines[number][cut:]
            number += 1
    return Transcript("\n".join(script), tuple(cuts), tuple(outputs), True)


def unprompted(lines: list[str]) -> Transcript:
    """Without prompts: all is commands, but for lines that have the shape of output."""
    script: list[str] = []
    outputs: list[Line] = []
    number = 0
    open_command = ""
    while number < len(lines):
        line = lines[number]
        if open_command:
            script.append(line)
            open_command += "\n" + line
            if not is_open(open_command):
                open_command = ""
            number += 1
        elif is_output(uncomment(line)) and any(each.strip() for each in script):
            commented = bool(COMMENT.match(line))
            start = number
            while number < len(lines) and continues(lines, start, number, commented):
                script.append("")
                number += 1
            add_output(outputs, lines, start, number, commented)
        else:
            script.append(line)
            if not COMMENT.match(line) and is_open(line):
                open_command = line
            number += 1
    return Transcript("\n".join(script), (0,) * len(lines), tuple(outputs), False)


def continues(lines: list[str], start: int, number: int, commented: bool) -> bool:
    """Whether a line belongs to the output that began at `start`."""
    if number == start:
        return True
    line = lines[number]
    if bool(COMMENT.match(line)) != commented or not uncomment(line).strip():
        return False
    if is_output(uncomment(line)):
        return True
    in_table = any(is_table_head(uncomment(each).strip()) for each in lines[start:number])
    return (
        in_table and first_word(line) not in PROGRAMS and bool(re.search(r"\S\s{2,}\S", line))
    )


def add_output(
    outputs: list[Line], lines: list[str], start: int, stop: int, commented: bool = False
) -> None:
    text = "\n".join(uncomment(line) if commented else line for line in lines[start:stop])
    if text.strip():
        outputs.append(Line(start, stop - 1, text.strip("\n")))


def uncomment(line: str) -> str:
    return re.sub(r"^[ \t]*# ?", "", line)


def first_word(line: str) -> str:
    return line.split(None, 1)[0] if line.split() else ""


def is_open(command: str) -> bool:
    """Whether bash would ask for another line: a backslash, a here-document, a quote."""
    if re.search(r"(?<!\\)(?:\\\\)*\\$", command):
        return True
    for match in HEREDOC.finditer(command.split("\n", 1)[0]):
        rest = command.split("\n")[1:]
        if match[2] not in (line.strip() for line in rest):
            return True
    if "<<" in command:
        return False
    bare = re.sub(r"\\.", "", command)
    bare = re.sub(r"(?<!\S)#.*", "", bare)
    return bool(re.sub(r"'[^']*'|\"[^\"]*\"", "", bare).count("'") % 2) or bool(
        re.sub(r"'[^']*'|\"[^\"]*\"", "", bare).count('"') % 2
    )
