"""KD305 to KD309, KD311: the command, its flags and their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kdocs_plugin.commands.invocation import Given, Invocation, Trouble, is_open
from kdocs_plugin.commands.kubectl_pack import Command, Pack
from kdocs_plugin.late import late
from kdocs_plugin.manifests.spelling import nearest
from kdocs_plugin.model import Finding, Fix
from kdocs_plugin.validation.kubectl.complaint import Complaint
from kdocs_plugin.validation.kubectl.gone import COMMANDS, FLAGS, OTHER_NAMES, RENAMED, Gone
from kdocs_plugin.validation.kubectl.lines import Line

WITHOUT_DASHES: Final = 31  # the first 1.x whose exec refuses `exec POD COMMAND`
_SLIPS_ONLY: Final = 1.0  # as likeness: nothing but one slip of the fingers
_GENERAL: Final = {
    "create secret": "kubectl create secret generic",
    "create service": "kubectl create service clusterip",
}
_MAKES: Final = late(r"pods?|po")


def exec_without_dashes(line: Line, read: Invocation, minor: int) -> Finding | None:
    """KD305: `exec POD COMMAND`, as older kubectl took it."""
    if read.command.path != "exec" or minor < WITHOUT_DASHES or line.more:
        return None
    count = len(read.before)
    if count < 2 or (read.dash is None and read.has("filename")):
        return None
    pod, program = read.before[0], read.before[1]
    if read.dash is not None:  # `exec POD ls -- -l`: refused since 1.37, and never meant
        return None
    if is_open(program.text) and not program.text.startswith(("/", "$")):
        return None
    fix = line.insertion(program.index, "-- ")
    mend = f"kubectl exec {pod.text} -- {program.text}"
    return line.finding("KD305", program.index, fix, mend=_as_written(line, fix) or mend)


def _as_written(line: Line, fix: Fix | None) -> str:
    """The line with `-- ` put in, where it is one line."""
    if fix is None or "\n" in line.text:
        return ""
    start = line.finding("KD305", None).position
    at = fix.edits[0].start.column - start.column
    return f"{line.text[:at]}-- {line.text[at:]}".strip()


def trouble(
    line: Line, read: Invocation, found: Trouble, pack: Pack, minor: int
) -> Iterator[Finding]:
    """What cobra and pflag refuse."""
    if read.command.path == "alpha" and read.arguments:  # its children come and go
        word = read.arguments[0]
        found = Trouble("command", word.text, found.said, word.index)
    if found.kind == "command":
        yield from _unknown_command(line, read.command, found, pack, minor)
    elif found.kind == "flag":
        yield from _unknown_flag(line, read, found, minor)
    elif found.kind == "required":
        if not line.more:
            yield line.finding("KD310", read.verb, said=found.said)
    else:
        yield line.finding("KD308", found.index, said=found.said)


def _unknown_command(
    line: Line, command: Command, found: Trouble, pack: Pack, minor: int
) -> Iterator[Finding]:
    path = f"{command.path} {found.name}".strip()
    if f"kubectl-{found.name}" in line.note.text:
        return  # a plugin, which the note installs
    if gone := COMMANDS.get(path):
        yield from _gone(line, found.index, f"kubectl {path}", gone, minor, found.said)
        return
    known = {word for word in command.children if word != "help"}
    meant = _meant(found.name, command, pack) or nearest(found.name, known)
    if not meant and not command.path:
        return  # a plugin, as far as we know
    near = meant if meant in known else ""
    mend = f"kubectl {command.path} {near}".replace("  ", " ") if near else meant
    fix = None
    if found.index is not None and near and _only_slip(found.name, known) == near:
        fix = line.replacement(found.index, found.name, near)
    where = f"kubectl {command.path}".strip()
    yield line.finding("KD306", found.index, fix, command=where, word=found.name, mend=mend)


def _meant(word: str, command: Command, pack: Pack) -> str:
    """What people mean by a word that is no slip: a command, or a whole line."""
    resource = pack.resources.get(word)
    if not command.path:
        return f"kubectl get {word}" if resource else OTHER_NAMES.get(word, "")
    if command.path != "create" or resource is None:
        return _GENERAL.get(command.path, "")
    if _MAKES.fullmatch(word):
        return "kubectl run NAME --image=IMAGE"
    own = (resource.singular, *resource.short)
    return next((each for each in own if each in command.children), "kubectl apply -f")


def _unknown_flag(
    line: Line, read: Invocation, found: Trouble, minor: int
) -> Iterator[Finding]:
    path = read.command.path
    if gone := FLAGS.get((path, found.name)):
        yield from _gone(line, found.index, found.name, gone, minor, found.said, read)
        return
    known = {flag.spelled for flag in read.command.flags.values()}
    near = _near_flag(found.name, known) if found.name.startswith("--") else ""
    fix = None
    if found.index is not None and near and _only_slip(found.name, known) == near:
        fix = line.replacement(found.index, found.name, near)
    command = f"kubectl {path}".strip()
    yield line.finding(
        "KD307",
        found.index,
        fix,
        command=command,
        flag=found.name,
        said=found.said,
        suggestion=near,
    )


def _near_flag(name: str, known: set[str]) -> str:
    """What was meant: a slip, the beginning of exactly one flag, or something alike."""
    longer = [each for each in known if each.startswith(name)]
    return (
        nearest(name, known, cutoff=_SLIPS_ONLY)
        or (longer[0] if len(longer) == 1 else "")
        or nearest(name, known, cutoff=0.8)
    )


def _only_slip(word: str, known: Iterable[str]) -> str:
    """The one known word that is one slip away; "" where there are none or several."""
    near = nearest(word, known, cutoff=_SLIPS_ONLY)
    return "" if nearest(word, set(known) - {near}, cutoff=_SLIPS_ONLY) else near


def _gone(
    line: Line,
    index: int | None,
    what: str,
    gone: Gone,
    minor: int,
    said: str,
    read: Invocation | None = None,
) -> Iterator[Finding]:
    """KD309, where the version that counts no longer has it."""
    if minor < gone.removed:
        return
    name, image, value = _parts(line, what, read)
    mend = gone.mend.format(name=name, image=image, value=value)
    fix = None
    if index is not None and what in RENAMED:
        fix = line.replacement(index, what, gone.mend.partition("=")[0])
        if what == "--server-dry-run":
            fix = line.replacement(index, what, gone.mend)
    yield line.finding(
        "KD309", index, fix, what=what, removed=f"1.{gone.removed}", said=said, mend=mend
    )


def _parts(line: Line, flag: str, read: Invocation | None) -> tuple[str, str, str]:
    """Name, image and the flag's value as the line has them."""
    found = {"--image": "IMAGE", flag: "N"}
    words = line.words
    for number, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in found:
            found[name] = value if equals else next(iter(words[number + 1 : number + 2]), "")
    names = [word.text for word in read.arguments] if read else list(words[1:2])
    if not names:  # kubectl has stopped reading before the name
        names = [w for w in words[1:2] if not w.startswith("-")]
    return (names[0] if names else "NAME"), found["--image"], found[flag]


# --- Taken, and on its way out ----------------------------------------------------------


def ageing(line: Line, read: Invocation) -> Iterator[Finding]:
    """KD311: flags that kubectl takes with a warning."""
    for given in read.given:
        flag = given.flag
        if flag.deprecated:
            said = f"Flag --{flag.name} has been deprecated, {flag.deprecated}"
            mend = "kubectl annotate ... kubernetes.io/change-cause=..."
            mend = mend if flag.name == "record" else ""
            yield line.finding("KD311", given.index, what=given.spelled, said=said, mend=mend)
        elif flag.name == "dry-run":
            yield from _dry_run(line, given)


def _dry_run(line: Line, given: Given) -> Iterator[Finding]:
    if given.value == "unchanged" and line.words[given.index] == "--dry-run":
        fix = line.replacement(given.index, "--dry-run", "--dry-run=client")
        said = "--dry-run is deprecated and can be replaced with --dry-run=client."
        yield line.finding(
            "KD311", given.index, fix, what="--dry-run", said=said, mend="--dry-run=client"
        )
    elif given.value in ("true", "false"):
        kind = "client" if given.value == "true" else "none"
        old, new = f"--dry-run={given.value}", f"--dry-run={kind}"
        said = f"{old} is deprecated (boolean value) and can be replaced with {new}."
        fix = line.replacement(given.index, old, new)
        yield line.finding("KD311", given.index, fix, what=old, said=said, mend=new)


# --- What a command demands -------------------------------------------------------------


def complaint(line: Line, read: Invocation, found: Complaint) -> Finding:
    """KD308 for a flag's value, KD310 for the rest."""
    given = next(
        (e for e in read.given if e.flag.name == found.flag and found.value in e.value), None
    )
    if given is None:
        return line.finding("KD310", read.verb, said=found.said)
    near = nearest(found.value, found.known, cutoff=0.6)
    aliases = {"yml": "yaml", "jsn": "json"}
    near = aliases.get(found.value, near) if found.known else ""
    index = given.index + given.apart
    fix = None
    if near and (
        near.lower() == found.value.lower() or _only_slip(found.value, found.known) == near
    ):
        fix = line.replacement(index, found.value, near)
    return line.finding("KD308", index, fix, said=found.said, suggestion=near)
