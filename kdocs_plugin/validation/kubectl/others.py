"""What other commands demand, each by itself. KD310, KD308."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kdocs_plugin.commands.invocation import Invocation, is_open
from kdocs_plugin.validation.kubectl.complaint import MIXED, NO_RESOURCE, Check, Complaint


def get(line: Invocation) -> Iterator[Complaint]:
    """--raw alone; events of a watch only with a watch."""
    if line.values("raw") and line.arguments:
        yield Complaint("arguments may not be passed when --raw is specified")
    if line.has("output-watch-events") and not line.has("watch", "watch-only"):
        yield Complaint(
            "--output-watch-events option can only be used with --watch or --watch-only"
        )


def apply(line: Invocation) -> Iterator[Complaint]:
    """--force-conflicts is for server-side apply."""
    if line.has("force-conflicts") and not line.has("server-side"):
        yield Complaint("--force-conflicts only works with --server-side")


def replace(line: Invocation) -> Iterator[Complaint]:
    """--grace-period only with --force."""
    if line.values("grace-period") and not line.has("force"):
        yield Complaint("--grace-period must have --force specified")


def delete(line: Invocation) -> Iterator[Complaint]:
    """Flags that exclude each other."""
    if line.has("now") and line.values("grace-period"):
        yield Complaint("--now and --grace-period cannot be specified together")
    if line.has("all") and line.values("selector"):
        yield Complaint("setting 'all' parameter but found a non empty selector.")


def scale(line: Invocation) -> Iterator[Complaint]:
    """No less than none."""
    for value in line.values("replicas"):
        if value.startswith("-"):
            said = "The --replicas=COUNT flag is required, and COUNT must be"
            yield Complaint(f"{said} greater than or equal to 0", "replicas", value)


def autoscale(line: Invocation) -> Iterator[Complaint]:
    """At least one, and no fewer than --min."""
    most, least = number(line, "max"), number(line, "min")
    if most is not None and most < 1:
        yield Complaint(f"--max=MAXPODS is required and must be at least 1, max: {most}")
    elif most is not None and least is not None and most < least:
        yield Complaint(
            f"--max=MAXPODS must be larger or equal to --min=MINPODS, max: {most}, min: {least}"
        )


def number(line: Invocation, flag: str) -> int | None:
    """A flag's last value as a number; None where it is none."""
    value = next(reversed(line.values(flag)), "")
    return int(value) if re.fullmatch(r"-?\d{1,9}", value) else None


def updates(line: Invocation) -> Iterator[Complaint]:
    """label, annotate, taint: TYPE NAME... KEY=VALUE... KEY-..."""
    verb = line.command.path
    words = [word.text for word in line.arguments]
    pairs = [w for w in words if "=" in w or (w.endswith("-") and len(w) > 1)]
    named = words[: words.index(pairs[0])] if pairs else words
    if not words or (not named and not line.has("filename", "kustomize")):
        yield Complaint(
            "one or more resources must be specified as <resource> <name> or <resource>/<name>"
        )
    elif not pairs and not line.has("list"):
        what = {"label": "label", "annotate": "annotation", "taint": "taint"}[verb]
        yield Complaint(f"at least one {what} update is required")


def taint(line: Invocation) -> Iterator[Complaint]:
    """KEY=VALUE:EFFECT."""
    for word in line.arguments:
        match = re.fullmatch(r"[^:=\s]+=[^:\s]*(?::(\w+))?", word.text)
        if match is None or is_open(word.text):
            continue
        if match[1] is None:
            yield Complaint(f"invalid taint spec: {word.text}")
        elif match[1] not in ("NoSchedule", "PreferNoSchedule", "NoExecute"):
            yield Complaint(f"invalid taint effect: {match[1]}, unsupported taint effect")


def image(line: Invocation) -> Iterator[Complaint]:
    """set image (TYPE NAME | TYPE/NAME) CONTAINER=IMAGE..."""
    words = [word.text for word in line.arguments]
    named = [word for word in words if "=" not in word]
    if line.has("filename", "kustomize"):
        return
    if not named:
        yield Complaint(NO_RESOURCE)
    elif "/" in named[0] and any("/" not in word for word in named):
        yield Complaint(MIXED)


def patch(line: Invocation) -> Iterator[Complaint]:
    """A patch, of a kind that there is."""
    if not any(line.values("patch")) and not line.values("patch-file"):
        yield Complaint(
            "must specify --patch or --patch-file containing the contents of the patch"
        )
    for value in line.values("type"):
        if not is_open(value) and value.lower() not in ("json", "merge", "strategic"):
            said = f'--type must be one of [json merge strategic], not "{value}"'
            yield Complaint(said, "type", value, ("json", "merge", "strategic"))


def logs(line: Invocation) -> Iterator[Complaint]:
    """A pod and perhaps its container, or a selector."""
    count = len(line.arguments)
    if line.values("selector"):
        if count:
            yield Complaint("only a selector (-l) or a POD name is allowed")
    elif not 1 <= count <= 2:
        yield Complaint("expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.")


def attach(line: Invocation) -> Iterator[Complaint]:
    """Something to attach to."""
    if not line.arguments:
        yield Complaint("at least 1 argument is required for attach")


def cp(line: Invocation) -> Iterator[Complaint]:
    """From a pod or to one."""
    if len(line.arguments) != 2:
        yield Complaint("source and destination are required")
        return
    remote = [":" in word.text for word in line.arguments]
    if not any(remote):
        yield Complaint("one of src or dest must be a remote file specification")
    elif all(remote) and not any(re.match(r"[A-Za-z]:\\", w.text) for w in line.arguments):
        yield Complaint("one of src or dest must be a local file specification")


def port_forward(line: Invocation) -> Iterator[Complaint]:
    """What, and which ports."""
    if len(line.arguments) < 2:
        yield Complaint("TYPE/NAME and list of ports are required for port-forward")


def debug(line: Invocation) -> Iterator[Complaint]:
    """What to debug."""
    if not line.before and not line.values("filename"):
        yield Complaint("NAME or filename is required for debug")


def explain(line: Invocation) -> Iterator[Complaint]:
    """One resource."""
    if not line.arguments:
        yield Complaint(
            "You must specify the type of resource to explain. Use"
            ' "kubectl api-resources" for a complete list of supported resources.'
        )
    elif len(line.arguments) > 1:
        yield Complaint("We accept only this format: explain RESOURCE")


def no_arguments(line: Invocation) -> Iterator[Complaint]:
    """Nothing but flags."""
    if line.arguments:
        yield Complaint(
            f"unexpected arguments: [{' '.join(word.text for word in line.arguments)}]"
        )


def top(line: Invocation) -> Iterator[Complaint]:
    """At most one name; sorted by what is measured."""
    if len(line.arguments) > 1:
        yield Complaint(f"{line.command.path.split()[1]} [NAME | -l label]")
    for value in line.values("sort-by"):
        if not is_open(value) and value not in ("cpu", "memory", ""):
            said = "--sort-by accepts only cpu or memory"
            yield Complaint(said, "sort-by", value, ("cpu", "memory"))


def node(line: Invocation) -> Iterator[Complaint]:
    """A node, or a selector."""
    if not line.arguments and not line.has("selector"):
        yield Complaint(f"{line.command.path} NODE")


def wait(line: Invocation) -> Iterator[Complaint]:
    """What for."""
    shape = re.compile(r"(?i)create$|delete$|condition=.|jsonpath=.")
    if not line.values("for"):
        yield Complaint("unrecognized condition: []")
    for value in line.values("for"):
        if not is_open(value) and not shape.match(value):
            yield Complaint(f'unrecognized condition: "{value}"', "for", value)


def can_i(line: Invocation) -> Iterator[Complaint]:
    """VERB RESOURCE [NAME]."""
    if not line.has("list") and len(line.arguments) not in (2, 3):
        yield Complaint(
            "you must specify two arguments: verb resource or verb resource/resourceName."
        )


def certificate(line: Invocation) -> Iterator[Complaint]:
    """At least one request."""
    if not line.arguments and not line.has("filename", "kustomize"):
        yield Complaint("one or more CSRs must be specified as <name> or -f <filename>")


def count(least: int, most: int) -> Check:
    """A check of how many arguments there are."""

    def check(line: Invocation) -> Iterator[Complaint]:
        if not least <= len(line.arguments) <= most:
            yield Complaint(
                f"Unexpected args: [{' '.join(word.text for word in line.arguments)}]"
            )

    return check


def set_context(line: Invocation) -> Iterator[Complaint]:
    """A name, or --current."""
    if not line.arguments and not line.has("current"):
        yield Complaint("you must specify a non-empty context name or --current")
