"""A command block as a transcript: prompts, commands and written output kept apart.

The script that comes out has a line for every line of the block, so that a statement's
place in it is its place in the block: what is not a command is an empty line there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from kdocs_plugin.commands.placeholders import HANGUL
from kdocs_plugin.commands.plain import is_plain_output
from kdocs_plugin.commands.unfinished import Unfinished, extent
from kdocs_plugin.late import late
from kdocs_plugin.outputs import is_document, is_output, is_single, is_table_head
from kdocs_plugin.values import dataclass, replace

# A prompt that only a person at a terminal has: `$ `, `user@host:~$ `, `[root@m ~]# `, `❯ `.
PROMPT = late(
    r"[ \t]*(?:\(\w[\w.-]*\) )?(?:"
    r"(?P<host>[\w.-]+@[\w.-]+)(?:[: ][^\s$#%]*)?[ ]?[$#%]"
    r"|\[(?P<bracket>[\w.-]+@[\w.-]+)[^\]]{0,80}\][ ]?[$#]"
    r"|(?P<machine>[\w.-]+):[~/][^\s$#]*[ ]?[$#%]"
    r"|~(?:/[\w./-]*)?[ ]?[$%]|\$|❯|➜(?:[ ]+[~\w./-]+)?)(?:[ ]+|$)"
)
# `controlplane $ kubectl`, `node01 ~ ➜  kubectl`: only where a program follows.
PLAYGROUND = late(r"[\w.-]{1,40}(?:[ ][~/][\w./~-]{0,60})?[ ][$➜❯][ ]+")
INNER = late(r"[ \t]*(?:[~/][\w./-]*[ ]?[#$]|#|mysql>|[\w.-]*[#>])(?:[ ]+|$)")
# Prompts that only a container's shell or a database has: `/ # `, `/app $ `, `mysql> `.
CONTAINER = late(
    r"[ \t]*(?:/[\w./-]*[ ]?[#$]|~[\w./-]*[ ]?#|mysql>|MariaDB \[[^\]]*\]>|\w+=[#>]"
    r"|[\d.]+:\d+>|>>>)(?:[ ]+|$)"
)
HASH_PROMPT = late(r"[ \t]*#[ ]+(?=[a-z./])")
WINDOWS_PROMPT = late(r"[ \t]*(?:PS [^>]{0,200}|PS|[A-Z]:\\[^>]{0,200})>")
CONTINUED = late(r"[ \t]*>(?:[ ]|$)")
COMMENT = late(r"[ \t]*#")
ROW = late(r"\S(?:\s{2,}|\t)\S")
ANNOTATION = late(r"[ \t]*#[ \t]*kdocs:")
# Words that notes begin commands with. A table, not a guess: everything else below output
# of kubectl's is more of it.
PROGRAMS = frozenset(
    """
    kubectl k docker minikube kind helm curl wget cat echo vi vim nano cd ls mkdir rm cp mv
    export alias source sudo apt apt-get yum brew ssh scp kubeadm systemctl watch sleep for
    while if git touch tee chmod openssl ping nslookup dig env set unset until k3s k3d exit
    pwd sed grep awk head tail date base64 hostname ps ip fg bg jobs kill wait
    """.split()
)
# Programs that are typed into a container's shell or a database's, besides those above.
INSIDE = frozenset(
    """
    nc telnet service nginx mysql mysqladmin psql redis-cli mongo mongosh python python3 node
    printenv id whoami uname df du free top mount find which less more getent host netstat
    ss ifconfig traceroute kill apk pip npm node java sh bash su chown stress md5sum wc sort
    select show use create insert update delete drop alter describe set get keys hget config
    info flushall quit logout
    """.split()
)
# Programs that read what is typed below them.
SHELLS = frozenset("sh bash ash zsh mysql psql redis-cli mongosh python python3".split())
REMOTE = frozenset("ssh su mysql".split())
INTERACTIVE = frozenset("-i -it -ti --stdin -itd".split())
OUTSIDE = frozenset("kubectl k docker minikube helm kind".split())
LEAVES = frozenset("exit logout quit ^D exit; quit; \\q".split())
# What kubectl says before a shell's first prompt.
BEFORE_PROMPT = late(
    r"If you don't see a command prompt|All commands and output from this session"
    r"|Defaulted container|Welcome to|Type 'help|Your MySQL"
)
READS_ON = late(r"(?:cat\s*>{1,2}\s*\S+|tee\s+[^|;&]*)$")
INTERRUPT = late(r"\^C\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A run of lines that are no commands: 0-based first and last line in the block."""

    line: int
    end_line: int
    text: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into a command that opened a shell, and what that answered."""

    line: int  # 0-based first and last line in the block
    end_line: int
    text: str  # the typed lines, prompts taken off
    answers: str  # the session's lines, where something was typed an empty one


@dataclass(frozen=True, slots=True)
class Transcript:
    """A block taken apart."""

    script: str  # commands only, line for line
    cuts: tuple[int, ...]  # code points taken off each line's left
    outputs: tuple[Line, ...]
    prompted: bool
    windows: bool = False  # PowerShell or cmd: shown only
    inside: bool = False  # all of it stands behind a container's own prompts
    typed: tuple[Typed, ...] = ()  # what was typed into the command above each


def read_transcript(body: str, defined: frozenset[str] = frozenset()) -> Transcript:
    """Take a command block apart. Never raises: what is unclear stays a command.

    `defined` are words that the note itself makes commands of: aliases, functions.
    """
    lines = body.split("\n")
    if any(WINDOWS_PROMPT.match(line) for line in lines):
        return Transcript("\n" * (len(lines) - 1), (0,) * len(lines), (), True, windows=True)
    prompts = [prompt_width(line) for line in lines]
    inside = [m.end() if (m := CONTAINER.match(line)) else 0 for line in lines]
    if is_inside(lines, inside):
        reader = Reader(lines, inside, PROGRAMS)
        reader.read()
        return replace(reader.transcript(), inside=True)
    first = next((number for number, width in enumerate(prompts) if width), len(lines))
    if any(is_program(line) for line in lines[:first]):
        prompts = [0] * len(lines)  # those are prompts of a shell that a command opened
    elif first == len(lines) and all_hash_prompted(lines):
        prompts = [match.end() if (match := HASH_PROMPT.match(x)) else 0 for x in lines]
        prompts = [0 if ANNOTATION.match(x) else n for x, n in zip(lines, prompts, strict=True)]
    reader = Reader(lines, prompts, PROGRAMS | defined)
    reader.read()
    return reader.transcript()


def is_inside(lines: Sequence[str], prompts: Sequence[int]) -> bool:
    """Whether a block begins behind a container's prompt, and nothing there leads out."""
    begins = next((n for n, line in enumerate(lines) if line.strip()), 0)
    while begins < len(lines) - 1 and ANNOTATION.match(lines[begins]):
        begins += 1
    typed = [line[cut:] for line, cut in zip(lines, prompts, strict=True) if cut]
    return prompts[begins] > 0 and not any(first_word(each) in OUTSIDE for each in typed)


def prompt_width(line: str) -> int:
    """How many code points of the line are its prompt, 0 where it has none."""
    if match := PROMPT.match(line):
        return match.end()
    match = PLAYGROUND.match(line)
    return match.end() if match and is_program(line[match.end() :]) else 0


def all_hash_prompted(lines: Sequence[str]) -> bool:
    """`# ` is a prompt only where every command line of the block has it, else prose.

    Such a block has no command without it, and what follows a `# ` is a program.
    """
    lines = [line for line in lines if not ANNOTATION.match(line)]
    marked = [line for line in lines if HASH_PROMPT.match(line)]
    if not marked or any(is_program(line) for line in lines):
        return False
    return all(
        is_program(HASH_PROMPT.sub("", line, count=1)) and not re.search(f"[{HANGUL}]", line)
        for line in marked
    )


class Reader:
    """Walks a block's lines. What is taken from the script leaves an empty line there."""

    def __init__(
        self, lines: Sequence[str], prompts: Sequence[int], programs: frozenset[str]
    ) -> None:
        self.lines = lines
        self.programs = programs
        self.prompts = prompts
        self.prompted = any(prompts)
        self.script = [""] * len(lines)
        self.cuts = [0] * len(lines)
        self.outputs: list[Line] = []
        self.typed: list[Typed] = []
        self.number = 0
        self.open = 0  # loops and the like that are not yet closed, without prompts

    def transcript(self) -> Transcript:
        """What has been read."""
        outputs, typed = tuple(self.outputs), tuple(self.typed)
        script = "\n".join(self.script)
        return Transcript(script, tuple(self.cuts), outputs, self.prompted, typed=typed)

    def read(self) -> None:
        """Take the whole block apart."""
        seen = False  # whether there has been a command
        while self.number < len(self.lines):
            line = self.lines[self.number]
            if self.prompts[self.number]:
                self.read_prompted_command()
                seen = True
            elif self.prompted:
                self.read_output(self.next_prompt(self.number))
            elif seen and is_output(uncomment(line)):
                self.read_output(self.end_of_output(self.number))
            elif self.open == 0 and is_plain_output(line, self.above(), self.programs):
                self.read_output(self.number + 1)
            elif not line.strip() or COMMENT.match(line):
                self.script[self.number] = line
                self.number += 1
            else:
                self.read_command()
                seen = True

    def read_command(self) -> None:
        """A command without a prompt, and what is typed into it."""
        start = self.number
        self.number = extent(self.lines, start, len(self.lines))
        self.script[start : self.number] = self.lines[start : self.number]
        command = Unfinished()
        for line in self.script[start : self.number]:
            command.feed(line)
        self.open = max(0, self.open + command.depth)
        if opens_shell(self.lines[start]):
            self.read_typed()

    def read_prompted_command(self) -> None:
        """A command behind a prompt, and what continues it."""
        start, stop = self.number, self.next_prompt(self.number + 1)
        self.take(start, self.prompts[start])
        command = Unfinished()
        goes_on = command.feed(self.script[start])
        self.number += 1
        while self.number < stop:
            match = CONTINUED.match(self.lines[self.number])
            if not goes_on and not (match and command.depth > 0):
                break
            self.take(self.number, match.end() if match else 0)
            goes_on = command.feed(self.script[self.number])
            self.number += 1
        if opens_shell(self.script[start]):
            self.read_session(host_of(self.lines[start]))

    def take(self, number: int, cut: int) -> None:
        """A line of the script, `cut` taken off its left."""
        self.script[number] = self.lines[number][cut:]
        self.cuts[number] = cut

    def next_prompt(self, number: int) -> int:
        """The next line with a prompt, at or behind `number`."""
        while number < len(self.lines) and not self.prompts[number]:
            number += 1
        return number

    def read_session(self, host: str) -> None:
        """With prompts: what is typed goes on until the prompt is the old one again."""
        start = self.number
        stop = self.end_of_session(start, host)
        inner = InnerPrompts()
        prompts = {
            number: cut
            for number in range(start, stop)
            if (cut := inner.width(self.lines[number], self.prompts[number]))
        }
        if prompts:
            self.add_session(start, stop, prompts, self.read_on(stop, prompts))
        # Without any it is output.

    def read_on(self, stop: int, prompts: dict[int, int]) -> set[int]:
        """What a program reads that a session has begun, as `cat > file` does: the lines
        below it are typed as well. Behind which of them its input ends: ^D is not shown."""
        ends: set[int] = set()
        for number, cut in list(prompts.items()):
            if not READS_ON.match(self.lines[number][cut:].strip()):
                continue
            last = number
            while last + 1 < stop and last + 1 not in prompts:
                last += 1
                prompts[last] = 0
            if self.lines[last].strip() != "^D":
                ends.add(last)
        return ends

    def end_of_session(self, start: int, host: str) -> int:
        """The first line behind what is typed. A shell inside may have the outer prompt
        (`$ `): then it goes on until it is left, if it is left before kubectl is typed."""
        alike = False
        for number in range(start, len(self.lines)):
            line, cut = self.lines[number], self.prompts[number]
            if not cut or host_of(line) != host:
                continue
            if number == start or alike:
                command = line[cut:].strip()
                if command in LEAVES and alike:
                    return number + 1 + (self.lines[number + 1 : number + 2] == ["exit"])
                if first_word(command) in OUTSIDE or not self.is_left(number, host):
                    return start if alike else number
                alike = True
                continue
            return number
        return start if alike else len(self.lines)

    def is_left(self, start: int, host: str) -> bool:
        """Whether an `exit` behind the outer prompt's twin comes before another kubectl."""
        for number in range(start, len(self.lines)):
            cut = self.prompts[number]
            if cut and host_of(self.lines[number]) == host:
                command = self.lines[number][cut:].strip()
                if command in LEAVES:
                    return True
                if first_word(command) in OUTSIDE:
                    return False
        return False

    def read_typed(self) -> None:
        """Without prompts: until `exit`, or a program that is outside of every pod."""
        start, said = self.number, dict[int, int]()
        inner = InnerPrompts()
        answered = False  # whether a line of output stands before this one
        while self.number < len(self.lines):
            line = self.lines[self.number]
            cut = inner.width(line, prompt_width(line))
            command = line[cut:].strip()
            if cut == 0 and first_word(line) in OUTSIDE:
                break
            if cut:
                said[self.number] = cut
            elif command and not COMMENT.match(line) and not inner.kind:
                if not is_answer(line, answered) or command in LEAVES:
                    said[self.number] = len(line) - len(line.lstrip())
                    answered = False
                else:
                    answered = True
            elif not command:
                answered = False
            self.number += 1
            if command in LEAVES and (cut or not inner.kind):
                if self.lines[self.number : self.number + 1] == ["exit"]:
                    self.number += 1  # bash says it, too
                break
        stop, self.number = self.number, start
        if said:
            self.add_session(start, stop, said)

    def add_session(
        self, start: int, stop: int, typed: Mapping[int, int], ends: Collection[int] = ()
    ) -> None:
        """Lines up to `stop` as a session; `typed` has the width of each one's prompt, and
        behind the lines of `ends` ^D is pressed."""
        while stop > start and not self.lines[stop - 1].strip():
            stop -= 1
        said = [self.lines[number][cut:].rstrip() for number, cut in sorted(typed.items())]
        answers = ["" if n in typed else self.lines[n] for n in range(start, stop)]
        keys: list[str] = []
        for number in range(start, stop):
            if number in typed:
                keys.append(said.pop(0))
                answer = keys[-1]
            else:
                answer = self.lines[number]
            if INTERRUPT.search(answer):
                if number in typed:
                    keys[-1] = INTERRUPT.sub("", answer).rstrip()
                else:
                    answers[number - start] = INTERRUPT.sub("", answer).rstrip()
                keys.append("^C")
            if number in ends:
                keys.append("^D")
        self.typed.append(
            Typed(start, stop - 1, "\n".join(keys).rstrip("\n"), "\n".join(answers))
        )
        self.number = stop

    def above(self) -> str:
        """The command directly above this line, or above the output that stands there; "" for
        none."""
        for number in range(self.number - 1, -1, -1):
            if self.script[number].strip() or not self.lines[number].strip():
                return "" if COMMENT.match(self.script[number]) else self.script[number]
        return ""

    def end_of_output(self, start: int) -> int:
        """The first line behind the output that begins at `start`."""
        commented = bool(COMMENT.match(self.lines[start]))
        kind = ""  # of what the last plain line of output was
        for number in range(start, len(self.lines)):
            line = self.lines[number]
            bare = uncomment(line) if commented else line
            marked = COMMENT.match(line) if commented else line.startswith("#")
            if bool(marked) != commented:
                return number
            if is_output(bare):
                kind = kind_of_output(bare)
            elif not bare.strip():
                if kind != "document":
                    return number
            elif (kind == "table" and ROW.search(bare)) or (
                commented and kind == "document" and not re.search(f"[{HANGUL}]", bare)
            ):
                continue
            elif commented or kind == "single" or is_program(bare):
                return number
        return len(self.lines)

    def read_output(self, stop: int) -> None:
        """Lines up to `stop` as written output, without the prose at their end."""
        start, self.number = self.number, stop
        while start < stop and not self.lines[start].strip():
            start += 1
        if start == stop:
            return
        lines = list(self.lines[start:stop])
        if COMMENT.match(lines[0]):
            if not is_output(uncomment(lines[0])):
                return  # comments between two commands
            lines = [uncomment(x) for x in lines[: self.end_of_output(start) - start]]
        while not lines[-1].strip() or is_prose(lines):
            lines.pop()
        self.add_output(Line(start, start + len(lines) - 1, "\n".join(lines)))

    def add_output(self, output: Line) -> None:
        """One more; below another and nothing between them, it is the same command's."""
        last = self.outputs[-1] if self.outputs else None
        between = self.script[last.end_line + 1 : output.line] if last else []
        if last is None or any(between):
            self.outputs.append(output)
        else:
            gap = "\n" * (output.line - last.end_line)
            self.outputs[-1] = Line(last.line, output.end_line, last.text + gap + output.text)


class InnerPrompts:
    """The prompts of a shell that a command has opened: the first one tells their kind, so
    that a line of output that begins with `# ` is none where they are others."""

    def __init__(self) -> None:
        self.kind = ""

    def width(self, line: str, outer: int) -> int:
        """How many code points of the line are its prompt, 0 where it has none."""
        if outer:
            self.kind = self.kind or "host"
            return outer
        match = INNER.match(line)
        if match is None or BEFORE_PROMPT.match(line):
            return 0
        mark = match[0].strip()
        if mark == ">" and not self.kind:
            return 0
        kind = "#" if mark == "#" else "path" if mark.startswith(("/", "~")) else "word"
        if self.kind and kind != self.kind and kind == "#":
            return 0
        self.kind = self.kind or kind
        return match.end()


def is_answer(line: str, answered: bool) -> bool:
    """Whether a line without a prompt, in a shell that a command has opened, is output: by
    its shape, or because it is no program that is known and output stands before it."""
    if BEFORE_PROMPT.match(line):
        return True
    word = first_word(line).lower()
    if word in PROGRAMS or word in INSIDE or re.match(r"\./|/\w[\w/.-]*\s|\w+=", line):
        return False
    if is_output(line):
        return True
    words = line.split()
    return answered or not any(each.startswith("-") for each in words[1:2])


def kind_of_output(line: str) -> str:
    """What may follow a line of output: rows, lines of any shape, or nothing."""
    if is_table_head(line.strip()):
        return "table"
    if is_document(line):
        return "document"
    return "single" if is_single(line) else "text"


def is_prose(lines: Sequence[str]) -> bool:
    """Whether the last line is a remark for the reader and no output."""
    if not COMMENT.match(lines[-1]):
        return False
    apart = len(lines) < 2 or not lines[-2].strip() or bool(COMMENT.match(lines[-2]))
    korean = bool(re.search(f"[{HANGUL}]", lines[-1]))
    return (apart or korean) and not is_output(uncomment(lines[-1]))


def opens_shell(command: str) -> bool:
    """Whether a command gives a shell (or `mysql>`) to type into."""
    words = command.split(" #", 1)[0].split()
    if not words:
        return False
    if words[:2] in (["minikube", "ssh"], ["sudo", "su"], ["sudo", "-i"]):
        return True
    if words[0] in REMOTE:
        return not {"-c", "-e"} & set(words) and len([w for w in words[1:] if w[0] != "-"]) < 2
    verbs = {"exec", "run", "attach", "debug"}.intersection(words[1:4])
    if words[0] not in ("kubectl", "k", "docker") or not verbs:
        return False
    if not INTERACTIVE.intersection(words):
        return False
    if "--" in words:
        inside = words[words.index("--") + 1 :]
        return bool(inside) and program_of(inside[0]) in SHELLS and "-c" not in inside
    return program_of(words[-1]) in SHELLS or (words[0] != "docker" and "exec" not in verbs)


def program_of(word: str) -> str:
    """`/bin/bash` is bash."""
    return word.rsplit("/", 1)[-1]


def host_of(line: str) -> str:
    """What tells one machine's prompt from another's."""
    match = PROMPT.match(line)
    if match is None:
        return first_word(line)
    return match["host"] or match["bracket"] or match["machine"] or "$"


def uncomment(line: str) -> str:
    """The line without its comment mark."""
    return re.sub(r"^[ \t]*# ?", "", line)


def first_word(line: str) -> str:
    """The line's first word, "" where it has none."""
    words = line.split(None, 1)
    return words[0] if words else ""


def is_program(line: str) -> bool:
    """Whether the line begins with a program that notes use."""
    return first_word(line) in PROGRAMS
