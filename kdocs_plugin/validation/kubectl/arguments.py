"""KD310 and KD308: what a kubectl command demands beyond the types of its flags.

Each check below is one of kubectl's own (Complete, Validate and the resource builder of
k8s.io/kubectl and cli-runtime, 1.34 to 1.37), with its words; the live tests hold them
against kubectl itself. All of them hold whatever the cluster holds. A line with words that
nobody knows (`$NAME`, `<pod>`) is judged only where those can't make a difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kdocs_plugin.commands.invocation import TRUTHS, Invocation, is_open
from kdocs_plugin.validation.kubectl import making, others
from kdocs_plugin.validation.kubectl.complaint import MIXED, NO_RESOURCE, Check, Complaint

_ROLLOUTS: Final = ("status", "history", "undo", "pause", "resume", "restart")
# Commands whose arguments are read by cli-runtime's resource builder and by nothing else.
BUILDERS: Final = frozenset(
    "get describe delete edit expose scale autoscale patch wait".split()
) | {f"rollout {each}" for each in _ROLLOUTS}
_SELECTING: Final = frozenset("get describe delete".split())
_NEEDS_NAME: Final = frozenset(
    f"create {each}"
    for each in (
        "clusterrole", "clusterrolebinding", "configmap", "cronjob", "deployment", "ingress",
        "job", "namespace", "poddisruptionbudget", "priorityclass", "quota", "role",
        "rolebinding", "secret docker-registry", "secret generic", "secret tls",
        "service clusterip", "service externalname", "service loadbalancer",
        "service nodeport", "serviceaccount", "token",
    )
)  # fmt: skip


def complaints(line: Invocation) -> Iterator[Complaint]:
    """What kubectl would say, first the first. Nothing where it is not sure."""
    if line.helps or line.trouble is not None:
        return
    path = line.command.path
    for check in (*_OF_MANY, *_OF_ONE.get(path, ())):
        if not line.loose or check in _SURE:
            yield from check(line)


# --- Of many commands -------------------------------------------------------------------


def _files(line: Invocation) -> Iterator[Complaint]:
    """-f and -k: needed, exclusive, and alone."""
    path = line.command.path
    files, kustomize = line.values("filename"), line.values("kustomize")
    if path in ("apply", "create", "replace", "diff"):
        if path in ("apply", "create") and line.arguments:
            listed = " ".join(word.text for word in line.arguments)
            yield Complaint(f"Unexpected args: [{listed}]")
        elif not files and not kustomize:
            yield Complaint("must specify one of -f and -k")
        elif files and kustomize:
            yield Complaint("only one of -f or -k can be specified")
    elif path in BUILDERS and (files or kustomize) and line.arguments and path != "wait":
        yield Complaint(
            "when paths, URLs, or stdin is provided as input, you may not specify resource"
            " arguments as well"
        )


def _resources(line: Invocation) -> Iterator[Complaint]:
    """TYPE NAME or TYPE/NAME: there, not mixed, no names beside a selector."""
    path, words = line.command.path, [word.text for word in line.arguments]
    if path not in BUILDERS or line.has("filename", "kustomize", "raw"):
        return
    slashed = [word for word in words if "/" in word]
    if not words:
        yield from _nothing_named(line)
    elif slashed and len(slashed) < len(words):
        yield Complaint(MIXED)
    elif any(word.count("/") == 1 and "" in word.split("/") for word in slashed):
        yield Complaint("arguments in resource/name form must have a single resource and name")
    elif path in _SELECTING and (slashed or len(words) > 1) and _selects(line):
        yield Complaint("name cannot be provided when a selector is specified")


def _selects(line: Invocation) -> bool:
    return bool(line.values("selector")) or (line.command.path == "delete" and line.has("all"))


def _nothing_named(line: Invocation) -> Iterator[Complaint]:
    path = line.command.path
    if path in ("get", "describe"):
        yield Complaint(
            f"You must specify the type of resource to {path}. Use"
            ' "kubectl api-resources" for a complete list of supported resources.'
        )
    elif path == "delete" and line.has("all"):
        yield Complaint("at least one resource must be specified to use a selector")
    elif path.startswith("rollout"):
        yield Complaint("required resource not specified")
    else:
        yield Complaint(NO_RESOURCE)


def _exactly_one_name(line: Invocation) -> Iterator[Complaint]:
    count = len(line.before)
    if line.command.path in _NEEDS_NAME and count != 1:
        yield Complaint(f"exactly one NAME is required, got {count}")


def _dry_run(line: Invocation) -> Iterator[Complaint]:
    known = ("client", "server", "none")
    for value in line.values("dry-run"):
        if not is_open(value) and value not in (*known, "unchanged", *TRUTHS):
            said = f'Invalid dry-run value ({value}). Must be "none", "server", or "client".'
            yield Complaint(said, "dry-run", value, known)


def _output(line: Invocation) -> Iterator[Complaint]:
    for given in line.given:
        choices, value = given.flag.choices, given.value
        if given.flag.name != "output" or not choices or is_open(value.split("=", 1)[0]):
            continue
        if value and value.split("=", 1)[0] not in choices and _prints(line):
            said = (
                f'unable to match a printer suitable for the output format "{value}",'
                f" allowed formats are: {','.join(sorted(choices))}"
            )
            yield Complaint(said, "output", value, choices)


def _prints(line: Invocation) -> bool:
    """Whether the format is that of cli-runtime's printers, not one of the command's own."""
    return line.command.path not in ("explain", "api-resources", "config get-contexts")


def _cascade(line: Invocation) -> Iterator[Complaint]:
    known = ("background", "foreground", "orphan")
    for value in line.values("cascade"):
        if not is_open(value) and value not in (*known, *TRUTHS):
            said = f'invalid cascade value ({value}). Must be "{known[0]}", "{known[1]}", or'
            yield Complaint(f'{said} "{known[2]}"', "cascade", value, known)


def _validate(line: Invocation) -> Iterator[Complaint]:
    known = ("strict", "warn", "ignore")
    for value in line.values("validate"):
        if not is_open(value) and value not in (*known, *TRUTHS):
            said = (
                f'invalid - validate option "{value}"; must be one of:'
                " strict (or true), warn, ignore (or false)"
            )
            yield Complaint(said, "validate", value, known)


_OF_MANY: Final[tuple[Check, ...]] = (
    _files, _resources, _exactly_one_name, _dry_run, _output, _cascade, _validate,
)  # fmt: skip
_OF_ONE: Final[dict[str, tuple[Check, ...]]] = {
    "get": (others.get,),
    "apply": (others.apply,),
    "replace": (others.replace,),
    "delete": (others.delete,),
    "run": (making.run,),
    "create configmap": (making.literals,),
    "create secret generic": (making.literals,),
    "create secret tls": (making.create_tls,),
    "create secret docker-registry": (making.create_registry,),
    "create job": (making.create_job,),
    "create role": (making.create_role,),
    "create clusterrole": (making.create_role,),
    "create rolebinding": (making.binding,),
    "create clusterrolebinding": (making.binding,),
    "create poddisruptionbudget": (making.create_budget,),
    "create service clusterip": (making.create_service,),
    "create service nodeport": (making.create_service,),
    "create service loadbalancer": (making.create_service,),
    "create ingress": (making.create_ingress,),
    "scale": (others.scale,),
    "autoscale": (others.autoscale,),
    "set image": (others.image,),
    "label": (others.updates,),
    "annotate": (others.updates,),
    "taint": (others.updates, others.taint),
    "patch": (others.patch,),
    "logs": (others.logs,),
    "attach": (others.attach,),
    "cp": (others.cp,),
    "port-forward": (others.port_forward,),
    "debug": (others.debug,),
    "explain": (others.explain,),
    "api-resources": (others.no_arguments,),
    "api-versions": (others.no_arguments,),
    "top pod": (others.top,),
    "top node": (others.top,),
    "cordon": (others.node,),
    "uncordon": (others.node,),
    "drain": (others.node,),
    "wait": (others.wait,),
    "auth can-i": (others.can_i,),
    "certificate approve": (others.certificate,),
    "certificate deny": (others.certificate,),
    "config use-context": (others.count(1, 1),),
    "config rename-context": (others.count(2, 2),),
    "config set": (others.count(2, 2),),
    "config unset": (others.count(1, 1),),
    "config set-cluster": (others.count(1, 1),),
    "config set-credentials": (others.count(1, 1),),
    "config set-context": (others.set_context,),
}
# Checks that words nobody knows can't change: they are about what is there.
_SURE: Final[frozenset[Check]] = frozenset(
    (
        _dry_run,
        _output,
        _cascade,
        _validate,
        making.run,
        making.literals,
        others.taint,
        others.autoscale,
        others.scale,
    )
)
