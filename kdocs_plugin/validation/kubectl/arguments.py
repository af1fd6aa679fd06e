"""KD310 and KD308: what a kubectl command demands beyond the types of its flags.

Each check below is one of kubectl's own (Complete, Validate and the resource builder of
k8s.io/kubectl and cli-runtime, 1.34 to 1.37), with its words; the live tests hold them
against kubectl itself. All of them hold whatever the cluster holds. A line with words that
nobody knows (`$NAME`, `<pod>`) is judged only where those can't make a difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from kdocs_plugin.commands.invocation import TRUTHS, Invocation, is_open


class Complaint(NamedTuple):
    """What kubectl says. With `flag` it is about that flag's value (KD308)."""

    said: str
    flag: str = ""  # its long name
    value: str = ""
    known: tuple[str, ...] = ()  # the values that it takes


Check = Callable[[Invocation], Iterator[Complaint]]

_ROLLOUTS: Final = ("status", "history", "undo", "pause", "resume", "restart")
# Commands whose arguments are read by cli-runtime's resource builder and by nothing else.
BUILDERS: Final = frozenset(
    "get describe delete edit expose scale autoscale patch wait".split()
) | {f"rollout {each}" for each in _ROLLOUTS}
_SELECTING: Final = frozenset("get describe delete".split())
_MIXED: Final = (
    "there is no need to specify a resource type as a separate argument when passing arguments"
    " in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of"
    " 'kubectl get resource resource/<resource_name>'"
)
_NO_RESOURCE: Final = "You must provide one or more resources by argument or filename."
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
        yield Complaint(_MIXED)
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
        yield Complaint(_NO_RESOURCE)


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


# --- Of one command ---------------------------------------------------------------------


def _get(line: Invocation) -> Iterator[Complaint]:
    if line.values("raw") and line.arguments:
        yield Complaint("arguments may not be passed when --raw is specified")
    if line.has("output-watch-events") and not line.has("watch", "watch-only"):
        yield Complaint(
            "--output-watch-events option can only be used with --watch or --watch-only"
        )


def _apply(line: Invocation) -> Iterator[Complaint]:
    if line.has("force-conflicts") and not line.has("server-side"):
        yield Complaint("--force-conflicts only works with --server-side")


def _replace(line: Invocation) -> Iterator[Complaint]:
    if line.values("grace-period") and not line.has("force"):
        yield Complaint("--grace-period must have --force specified")


def _delete(line: Invocation) -> Iterator[Complaint]:
    if line.has("now") and line.values("grace-period"):
        yield Complaint("--now and --grace-period cannot be specified together")
    if line.has("all") and line.values("selector"):
        yield Complaint("setting 'all' parameter but found a non empty selector.")


def _run(line: Invocation) -> Iterator[Complaint]:
    attached = line.has("stdin", "attach")
    if not line.before and not line.loose:
        yield Complaint("NAME is required for run")
    if line.has("rm") and not attached:
        yield Complaint("--rm should only be used for attached containers")
    if line.has("tty") and not line.has("stdin"):
        yield Complaint("-i/--stdin is required for containers with -t/--tty=true")
    if line.has("expose") and not line.values("port"):
        yield Complaint("--port must be set when exposing a service")
    yield from _enum(line, "restart", "Always OnFailure Never", "invalid restart policy")
    yield from _enum(
        line, "image-pull-policy", "Always IfNotPresent Never", "invalid image pull policy"
    )
    for value in line.values("port"):
        if not is_open(value) and not re.fullmatch(r"[-+]?\d+", value):
            yield Complaint("--port must be a number", "port", value)
    for value in line.values("env"):
        if not is_open(value) and "=" not in value:
            yield Complaint(f"invalid env: {value}", "env", value)
    for value in line.values("labels"):
        for pair in value.split(",") if value and not is_open(value) else ():
            if "=" not in pair:
                yield Complaint(f"unexpected label spec: {pair}", "labels", value)


def _enum(line: Invocation, flag: str, known: str, said: str) -> Iterator[Complaint]:
    for value in line.values(flag):
        if value and not is_open(value) and value not in known.split():
            listed = ", ".join(known.split())
            whole = f"{said}: {value}, valid values are: {listed}"
            yield Complaint(whole, flag, value, tuple(known.split()))


def _literals(line: Invocation) -> Iterator[Complaint]:
    for value in line.values("from-literal"):
        if not is_open(value) and "=" not in value:
            said = f"invalid literal source {value}, expected key=value"
            yield Complaint(said, "from-literal", value)


def _create_job(line: Invocation) -> Iterator[Complaint]:
    if not line.values("image") and not line.values("from"):
        yield Complaint("either --image or --from must be specified")


def _create_role(line: Invocation) -> Iterator[Complaint]:
    if line.values("aggregation-rule"):
        return
    if not line.values("verb"):
        yield Complaint("at least one verb must be specified")
    elif not line.values("resource") and not line.values("non-resource-url"):
        yield Complaint("at least one resource must be specified")


def _binding(line: Invocation) -> Iterator[Complaint]:
    roles = len(line.values("role")) + len(line.values("clusterrole"))
    if line.command.path == "create rolebinding" and roles != 1:
        yield Complaint("exactly one of clusterrole or role must be specified")
    for value in line.values("serviceaccount"):
        for each in value.split(","):
            if not is_open(each) and (each.count(":") != 1 or "" in each.split(":")):
                said = "serviceaccount must be <namespace>:<name>"
                yield Complaint(said, "serviceaccount", each)


def _create_budget(line: Invocation) -> Iterator[Complaint]:
    if not line.values("selector"):
        yield Complaint("a selector must be specified")
    elif not line.values("min-available") and not line.values("max-unavailable"):
        yield Complaint("one of min-available or max-unavailable must be specified")


def _create_service(line: Invocation) -> Iterator[Complaint]:
    headless = line.values("clusterip") == ["None"]
    if not line.values("tcp") and not headless:
        yield Complaint("at least one tcp port specifier must be provided")
    for value in line.values("tcp"):
        port = value.partition(":")[0]
        if not is_open(value) and not port.isdigit():
            said = f'strconv.ParseUint: parsing "{port}": invalid syntax'
            yield Complaint(said, "tcp", value)


def _create_ingress(line: Invocation) -> Iterator[Complaint]:
    if not line.values("rule") and not line.values("default-backend"):
        yield Complaint(
            "not enough information provided: every ingress has to either specify a"
            " default-backend (which catches all traffic) or a list of rules"
            " (which catch specific paths)"
        )


def _create_tls(line: Invocation) -> Iterator[Complaint]:
    if not line.values("key") or not line.values("cert"):
        yield Complaint("key and cert must be specified")


def _create_registry(line: Invocation) -> Iterator[Complaint]:
    needed = ("docker-username", "docker-password")
    if not line.values("from-file") and not all(line.values(each) for each in needed):
        yield Complaint(
            "either --from-file or the combination of --docker-username, --docker-password and"
            " --docker-server is required"
        )


def _scale(line: Invocation) -> Iterator[Complaint]:
    for value in line.values("replicas"):
        if value.startswith("-"):
            said = "The --replicas=COUNT flag is required, and COUNT must be"
            yield Complaint(f"{said} greater than or equal to 0", "replicas", value)


def _autoscale(line: Invocation) -> Iterator[Complaint]:
    most, least = _number(line, "max"), _number(line, "min")
    if most is not None and most < 1:
        yield Complaint(f"--max=MAXPODS is required and must be at least 1, max: {most}")
    elif most is not None and least is not None and most < least:
        yield Complaint(
            f"--max=MAXPODS must be larger or equal to --min=MINPODS, max: {most}, min: {least}"
        )


def _number(line: Invocation, flag: str) -> int | None:
    value = next(reversed(line.values(flag)), "")
    return int(value) if re.fullmatch(r"-?\d{1,9}", value) else None


def _updates(line: Invocation) -> Iterator[Complaint]:
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


def _taint(line: Invocation) -> Iterator[Complaint]:
    for word in line.arguments:
        match = re.fullmatch(r"[^:=\s]+=[^:\s]*(?::(\w+))?", word.text)
        if match is None or is_open(word.text):
            continue
        if match[1] is None:
            yield Complaint(f"invalid taint spec: {word.text}")
        elif match[1] not in ("NoSchedule", "PreferNoSchedule", "NoExecute"):
            yield Complaint(f"invalid taint effect: {match[1]}, unsupported taint effect")


def _image(line: Invocation) -> Iterator[Complaint]:
    """set image (TYPE NAME | TYPE/NAME) CONTAINER=IMAGE..."""
    words = [word.text for word in line.arguments]
    named = [word for word in words if "=" not in word]
    if line.has("filename", "kustomize"):
        return
    if not named:
        yield Complaint(_NO_RESOURCE)
    elif "/" in named[0] and any("/" not in word for word in named):
        yield Complaint(_MIXED)


def _patch(line: Invocation) -> Iterator[Complaint]:
    if not any(line.values("patch")) and not line.values("patch-file"):
        yield Complaint(
            "must specify --patch or --patch-file containing the contents of the patch"
        )
    for value in line.values("type"):
        if not is_open(value) and value.lower() not in ("json", "merge", "strategic"):
            said = f'--type must be one of [json merge strategic], not "{value}"'
            yield Complaint(said, "type", value, ("json", "merge", "strategic"))


def _logs(line: Invocation) -> Iterator[Complaint]:
    count = len(line.arguments)
    if line.values("selector"):
        if count:
            yield Complaint("only a selector (-l) or a POD name is allowed")
    elif not 1 <= count <= 2:
        yield Complaint("expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.")


def _attach(line: Invocation) -> Iterator[Complaint]:
    if not line.arguments:
        yield Complaint("at least 1 argument is required for attach")


def _cp(line: Invocation) -> Iterator[Complaint]:
    if len(line.arguments) != 2:
        yield Complaint("source and destination are required")
        return
    remote = [":" in word.text for word in line.arguments]
    if not any(remote):
        yield Complaint("one of src or dest must be a remote file specification")
    elif all(remote) and not any(re.match(r"[A-Za-z]:\\", w.text) for w in line.arguments):
        yield Complaint("one of src or dest must be a local file specification")


def _port_forward(line: Invocation) -> Iterator[Complaint]:
    if len(line.arguments) < 2:
        yield Complaint("TYPE/NAME and list of ports are required for port-forward")


def _debug(line: Invocation) -> Iterator[Complaint]:
    if not line.before and not line.values("filename"):
        yield Complaint("NAME or filename is required for debug")


def _explain(line: Invocation) -> Iterator[Complaint]:
    if not line.arguments:
        yield Complaint(
            "You must specify the type of resource to explain. Use"
            ' "kubectl api-resources" for a complete list of supported resources.'
        )
    elif len(line.arguments) > 1:
        yield Complaint("We accept only this format: explain RESOURCE")


def _no_arguments(line: Invocation) -> Iterator[Complaint]:
    if line.arguments:
        yield Complaint(
            f"unexpected arguments: [{' '.join(word.text for word in line.arguments)}]"
        )


def _top(line: Invocation) -> Iterator[Complaint]:
    if len(line.arguments) > 1:
        yield Complaint(f"{line.command.path.split()[1]} [NAME | -l label]")
    for value in line.values("sort-by"):
        if not is_open(value) and value not in ("cpu", "memory", ""):
            said = "--sort-by accepts only cpu or memory"
            yield Complaint(said, "sort-by", value, ("cpu", "memory"))


def _node(line: Invocation) -> Iterator[Complaint]:
    if not line.arguments and not line.has("selector"):
        yield Complaint(f"{line.command.path} NODE")


def _wait(line: Invocation) -> Iterator[Complaint]:
    shape = re.compile(r"(?i)create$|delete$|condition=.|jsonpath=.")
    if not line.values("for"):
        yield Complaint("unrecognized condition: []")
    for value in line.values("for"):
        if not is_open(value) and not shape.match(value):
            yield Complaint(f'unrecognized condition: "{value}"', "for", value)


def _can_i(line: Invocation) -> Iterator[Complaint]:
    if not line.has("list") and len(line.arguments) not in (2, 3):
        yield Complaint(
            "you must specify two arguments: verb resource or verb resource/resourceName."
        )


def _certificate(line: Invocation) -> Iterator[Complaint]:
    if not line.arguments and not line.has("filename", "kustomize"):
        yield Complaint("one or more CSRs must be specified as <name> or -f <filename>")


def _count(least: int, most: int) -> Check:
    def check(line: Invocation) -> Iterator[Complaint]:
        if not least <= len(line.arguments) <= most:
            yield Complaint(
                f"Unexpected args: [{' '.join(word.text for word in line.arguments)}]"
            )

    return check


def _set_context(line: Invocation) -> Iterator[Complaint]:
    if not line.arguments and not line.has("current"):
        yield Complaint("you must specify a non-empty context name or --current")


_OF_MANY: Final[tuple[Check, ...]] = (
    _files, _resources, _exactly_one_name, _dry_run, _output, _cascade, _validate,
)  # fmt: skip
_OF_ONE: Final[dict[str, tuple[Check, ...]]] = {
    "get": (_get,),
    "apply": (_apply,),
    "replace": (_replace,),
    "delete": (_delete,),
    "run": (_run,),
    "create configmap": (_literals,),
    "create secret generic": (_literals,),
    "create secret tls": (_create_tls,),
    "create secret docker-registry": (_create_registry,),
    "create job": (_create_job,),
    "create role": (_create_role,),
    "create clusterrole": (_create_role,),
    "create rolebinding": (_binding,),
    "create clusterrolebinding": (_binding,),
    "create poddisruptionbudget": (_create_budget,),
    "create service clusterip": (_create_service,),
    "create service nodeport": (_create_service,),
    "create service loadbalancer": (_create_service,),
    "create ingress": (_create_ingress,),
    "scale": (_scale,),
    "autoscale": (_autoscale,),
    "set image": (_image,),
    "label": (_updates,),
    "annotate": (_updates,),
    "taint": (_updates, _taint),
    "patch": (_patch,),
    "logs": (_logs,),
    "attach": (_attach,),
    "cp": (_cp,),
    "port-forward": (_port_forward,),
    "debug": (_debug,),
    "explain": (_explain,),
    "api-resources": (_no_arguments,),
    "api-versions": (_no_arguments,),
    "top pod": (_top,),
    "top node": (_top,),
    "cordon": (_node,),
    "uncordon": (_node,),
    "drain": (_node,),
    "wait": (_wait,),
    "auth can-i": (_can_i,),
    "certificate approve": (_certificate,),
    "certificate deny": (_certificate,),
    "config use-context": (_count(1, 1),),
    "config rename-context": (_count(2, 2),),
    "config set": (_count(2, 2),),
    "config unset": (_count(1, 1),),
    "config set-cluster": (_count(1, 1),),
    "config set-credentials": (_count(1, 1),),
    "config set-context": (_set_context,),
}
# Checks that words nobody knows can't change: they are about what is there.
_SURE: Final[frozenset[Check]] = frozenset(
    (_dry_run, _output, _cascade, _validate, _run, _literals, _taint, _autoscale, _scale)
)
