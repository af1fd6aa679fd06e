"""What `run` and `create` demand. KD310, KD308."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kdocs_plugin.commands.invocation import Invocation, is_open
from kdocs_plugin.validation.kubectl.complaint import Complaint


def run(line: Invocation) -> Iterator[Complaint]:
    """run NAME --image=IMAGE, and values that a pod takes."""
    attached = line.has("stdin", "attach")
    if not line.before and not line.loose:
        yield Complaint("NAME is required for run")
    if line.has("rm") and not attached:
        yield Complaint("--rm should only be used for attached containers")
    if line.has("tty") and not line.has("stdin"):
        yield Complaint("-i/--stdin is required for containers with -t/--tty=true")
    if line.has("expose") and not line.values("port"):
        yield Complaint("--port must be set when exposing a service")
    yield from enum(line, "restart", "Always OnFailure Never", "invalid restart policy")
    yield from enum(
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


def enum(line: Invocation, flag: str, known: str, said: str) -> Iterator[Complaint]:
    """A value that is one of a few words."""
    for value in line.values(flag):
        if value and not is_open(value) and value not in known.split():
            listed = ", ".join(known.split())
            whole = f"{said}: {value}, valid values are: {listed}"
            yield Complaint(whole, flag, value, tuple(known.split()))


def literals(line: Invocation) -> Iterator[Complaint]:
    """--from-literal=KEY=VALUE."""
    for value in line.values("from-literal"):
        if not is_open(value) and "=" not in value:
            said = f"invalid literal source {value}, expected key=value"
            yield Complaint(said, "from-literal", value)


def create_job(line: Invocation) -> Iterator[Complaint]:
    """An image, or a CronJob to take it from."""
    if not line.values("image") and not line.values("from"):
        yield Complaint("either --image or --from must be specified")


def create_role(line: Invocation) -> Iterator[Complaint]:
    """Verbs, and what they are about."""
    if line.values("aggregation-rule"):
        return
    if not line.values("verb"):
        yield Complaint("at least one verb must be specified")
    elif not line.values("resource") and not line.values("non-resource-url"):
        yield Complaint("at least one resource must be specified")


def binding(line: Invocation) -> Iterator[Complaint]:
    """One role; service accounts as NAMESPACE:NAME."""
    roles = len(line.values("role")) + len(line.values("clusterrole"))
    if line.command.path == "create rolebinding" and roles != 1:
        yield Complaint("exactly one of clusterrole or role must be specified")
    for value in line.values("serviceaccount"):
        for each in value.split(","):
            if not is_open(each) and (each.count(":") != 1 or "" in each.split(":")):
                said = "serviceaccount must be <namespace>:<name>"
                yield Complaint(said, "serviceaccount", each)


def create_budget(line: Invocation) -> Iterator[Complaint]:
    """A selector, and one of the two limits."""
    if not line.values("selector"):
        yield Complaint("a selector must be specified")
    elif not line.values("min-available") and not line.values("max-unavailable"):
        yield Complaint("one of min-available or max-unavailable must be specified")


def create_service(line: Invocation) -> Iterator[Complaint]:
    """A port, but for a headless Service."""
    headless = line.values("clusterip") == ["None"]
    if not line.values("tcp") and not headless:
        yield Complaint("at least one tcp port specifier must be provided")
    for value in line.values("tcp"):
        port = value.partition(":")[0]
        if not is_open(value) and not port.isdigit():
            said = f'strconv.ParseUint: parsing "{port}": invalid syntax'
            yield Complaint(said, "tcp", value)


def create_ingress(line: Invocation) -> Iterator[Complaint]:
    """A rule or a default backend."""
    if not line.values("rule") and not line.values("default-backend"):
        yield Complaint(
            "not enough information provided: every ingress has to either specify a"
            " default-backend (which catches all traffic) or a list of rules"
            " (which catch specific paths)"
        )


def create_tls(line: Invocation) -> Iterator[Complaint]:
    """Both files."""
    if not line.values("key") or not line.values("cert"):
        yield Complaint("key and cert must be specified")


def create_registry(line: Invocation) -> Iterator[Complaint]:
    """Who logs in, or a file that says so."""
    needed = ("docker-username", "docker-password")
    if not line.values("from-file") and not all(line.values(each) for each in needed):
        yield Complaint(
            "either --from-file or the combination of --docker-username, --docker-password and"
            " --docker-server is required"
        )
