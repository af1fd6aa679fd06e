"""What may run without being told: commands known to stay inside the scenario.

Source of the rule: DESIGN, "Policy". Everything is judged by words alone; what the
words do not tell (a program that is not in a table) does not run.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from typing import Any

from kdocs_plugin.commands import (
    VERBS,
    Command,
    Kubectl,
    Placeholder,
    find_placeholders,
    opens_shell,
    parse_kubectl,
)
from kdocs_plugin.late import late
from kdocs_plugin.planning.draft import Draft, Verdict

BUILTINS = frozenset(
    """
    : . [ [[ alias break builtin cd continue declare dirs disown echo exit export false fg
    getopts hash help jobs kill let local popd printf pushd pwd read readonly return set shift
    shopt source test trap true type typeset ulimit umask unalias unset wait
    """.split()
)
TEXT_TOOLS = frozenset(
    """
    awk base64 basename cat column comm cut date diff dirname egrep envsubst expr fgrep find
    fold gawk grep head jq less ls md5sum mkdir mktemp more mv cp nl paste printenv rev rm
    rmdir sed seq sha256sum sleep sort stat tac tail tee touch tr tree uname uniq wc which
    yes yq
    """.split()
)
# Text tools that only pass text on: what may stand behind a probe's pipe.
FILTERS = frozenset(
    """
    awk base64 cat column cut egrep fgrep fold gawk grep head jq less more nl paste rev sed
    sort tac tail tr uniq wc yq
    """.split()
)
# Programs that run another one: it is that one which is judged.
WRAPPERS = frozenset("command env exec nice nohup time timeout watch xargs".split())
EDITORS = frozenset("vi vim nano emacs code gedit notepad".split())
MACHINE = frozenset(
    """
    docker docker-compose minikube kind kubeadm kubelet systemctl service ssh scp rsync apt
    apt-get yum dnf brew snap sudo su git helm kustomize terraform ansible gcloud aws az eksctl
    ifconfig ip iptables mount modprobe sysctl swapoff hostnamectl crictl ctr nerdctl podman
    k3s k3d multipass vagrant virtualbox pip pip3 npm go make istioctl etcdctl kubectx kubens
    """.split()
)
# kubectl flags that lead out of the scenario.
ELSEWHERE = (
    "--context --kubeconfig --server -s --cluster --user --token --as --as-group "
    "--client-certificate --certificate-authority"
).split()
URL = late(r"[a-z]+://|github\.com/", re.IGNORECASE)
HOST = late(r"(?:https?://)?(?:[^@/]*@)?(?P<host>\[[^\]]+\]|[^/:?#]+)", re.IGNORECASE)
SETS_KUBECONFIG = late(r"(?<![\w-])KUBECONFIG=")
CURL_VALUE_FLAGS = frozenset(
    """
    -A --user-agent -b --cookie -c --cookie-jar --cacert --cert --connect-timeout -d --data
    --data-binary --data-raw -e --referer -E -F --form -H --header --key -m --max-time -o
    --output -r --range --resolve --retry --retry-delay -T --upload-file -u --user -w
    --write-out -x --proxy -X --request
    """.split()
)
WGET_VALUE_FLAGS = frozenset("-O -o -T -t -U --header --timeout --tries --user-agent".split())
VALUE_FLAGS = {
    "nslookup": frozenset[str](),
    "ping": frozenset("-c -i -s -t -w -W -I".split()),
    "wget": WGET_VALUE_FLAGS,
}


def policy(value: Any, default: str) -> str:
    """A setting `execute` as auto, on or off: YAML reads a bare `on` as a boolean."""
    if isinstance(value, bool):
        return "on" if value else "off"
    word = str(value).lower()
    word = {"true": "on", "yes": "on", "false": "off", "no": "off"}.get(word, word)
    return word if word in ("auto", "on", "off") else default


def refusal(draft: Draft, execute: str, functions: Collection[str]) -> Verdict | None:
    """Why a command does not run under policy `execute`; None where it does.

    `functions` are those that the note's own shell has made.
    """
    if draft.windows:
        return "plan.windows", {}
    if execute == "off":
        return "plan.off", {}
    if draft.opener is not None:
        why = draft.opener.refused
        return ("plan.typed", {}) if why is not None else None
    if draft.inside:
        return "plan.typed", {}  # into a shell that nothing here opens
    if draft.statement.broken:
        return "plan.syntax", {}
    ours = {each.text for each in draft.references if each.is_bound}
    if SETS_KUBECONFIG.search(draft.statement.text):
        return "plan.elsewhere", {"flag": "KUBECONFIG"}
    for command in draft.statement.commands:
        verdict = refuse_command(command, execute, functions, ours)
        if verdict is not None:
            return verdict
    if draft.is_probe and opens_shell(draft.statement.text):
        return "plan.interactive", {}
    if draft.missing:
        return "plan.file_missing", {"file": draft.missing[0]}
    return None


# Programs that ask an address. Pings and questions to the cluster's DNS are a pod's, too.
ASKS = frozenset("curl nslookup ping wget".split())
FROM_A_POD = frozenset("nslookup ping".split())
# A name that only the cluster's DNS knows.
IN_CLUSTER = late(r"[a-z0-9-]\.svc(?:\.cluster\.local)?\.?$")
# Files of a machine's own cluster, which is not the one that the note runs on.
MACHINE_FILES = late(
    r"(?:/etc/(?:kubernetes|cni|containerd|docker|fstab|hosts$)|/var/(?:lib|log|run/(?!secrets))"
    r"|/opt/cni|/proc/sys|(?:~|\$HOME|\$\{HOME\}|/root|/home/[\w.-]+)/\.kube)\b"
)


# On a machine that is somebody's own: no program but these besides kubectl, and no path
# that leads out of the working directory.
PLAIN = FILTERS | frozenset(
    """
    : [ [[ cd date echo exit export false printf pwd read seq set sleep test true unset wait
    """.split()
)
OUTWARD = late(r"""(?:^|[\s"'=<>(:,@])(?:~|\.\.|/(?!dev/null\b))""")
IN_POD = late(r"\s--\s.*", re.DOTALL)
RAW = late(r"--raw[ =]\S+")
AWK_RUNS = late(r"\bsystem\s*\(|\bgetline\b|\|\s*[\"&]")
# sed's command `e`, alone, behind an address, or as a flag of `s`.
SED_RUNS = late(r"(?:^|[;{\d$/!]|\n)\s*e(?:\s|$|;)|/[gpiIm0-9]*e[gpiIm0-9]*(?:$|;|})")


def is_confined(draft: Draft) -> bool:
    """Whether a command may run outside of a root of our own, under any policy.

    Only kubectl and text filters, no path of the machine's, no filter that runs programs.
    What a pod runs (behind `--`) is the pod's. Held against words, not against malice: a
    cluster of one's own isolates, this does not. What asks an address of the scenario's
    runs in a pod there.
    """
    ours = {each.text for each in draft.references if each.is_bound}
    asked: list[str] = []
    for command in draft.statement.commands:
        words = unwrapped(command.words)
        line = parse_kubectl(words)
        if line is not None:
            if refuse_kubectl(line) is not None or line.verb == "cp":
                return False
        elif words and words[0] in ASKS and (found := scenario_addresses(words, ours)):
            asked += found
        elif words and (words[0] not in PLAIN or runs_others(words)):
            return False
    text = RAW.sub("", IN_POD.sub("", draft.statement.text))
    for address in asked:
        text = text.replace(address, "")
    return not OUTWARD.search(text)


def refuse_command(
    command: Command, execute: str, functions: Collection[str], ours: Collection[str] = ()
) -> Verdict | None:
    """Why one simple command may not run. For the words `ours` a value of ours will stand."""
    words = unwrapped(command.words)
    name = words[0].rsplit("/", 1)[-1] if words else ""
    line = parse_kubectl(words)
    if line is not None:
        return refuse_kubectl(line)
    if name in EDITORS:
        return "plan.editor", {"command": name}
    if execute == "auto" and runs_others(words):
        return "plan.unknown", {"command": " ".join(words[:2])}
    if execute == "auto" and any(MACHINE_FILES.match(word) for word in words[1:]):
        return "plan.machine", {"command": name}
    if (
        execute == "on"
        or name in BUILTINS
        or name in TEXT_TOOLS
        or name in functions
        or not name
    ):
        return None
    if name in ASKS:
        if not scenario_addresses(words, ours):
            return "plan.outside", {"command": name}
        if name == "ping" and not {"-c", "-w"} & {word[:2] for word in words}:
            return "plan.endless", {"command": name}
        return None
    if name in MACHINE:
        return "plan.machine", {"command": name}
    return "plan.unknown", {"command": name}


def runs_others(words: tuple[str, ...]) -> bool:
    """Whether a text tool or a built-in would run a program that its words name or hide."""
    name, rest = (words[0], words[1:]) if words else ("", ())
    if name == "find":
        return bool({"-exec", "-execdir", "-ok", "-okdir"} & set(rest))
    if name in ("awk", "gawk"):
        return any(AWK_RUNS.search(word) for word in rest)
    if name == "sed":
        return any(SED_RUNS.search(word) for word in rest)
    return name in ("source", ".", "trap", "xargs")


def unwrapped(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of the program that is run in the end: `timeout 5 curl ...` is curl."""
    while words and words[0] in WRAPPERS:
        wrapper, words = words[0], words[1:]
        while words and (words[0].startswith("-") or (wrapper == "env" and "=" in words[0])):
            takes = words[0] in ("-n", "-I", "-P", "-L", "-d", "-s", "-k", "-u")
            words = words[2:] if takes else words[1:]
        if wrapper == "timeout":
            words = words[1:]
    return words


def refuse_kubectl(line: Kubectl) -> Verdict | None:
    """Why a kubectl line may not run."""
    if not line.verb:
        return "plan.incomplete", {"command": "kubectl"}
    if line.verb not in VERBS:
        return "plan.unknown", {"command": f"kubectl {line.verb}"}
    if line.verb == "config" and not line.reads and not sets_namespace(line):
        return "plan.machine", {"command": f"kubectl config {line.subcommand}".strip()}
    if line.verb == "edit":
        return "plan.editor", {"command": "kubectl edit"}
    for flag in ELSEWHERE:
        if line.verb != "config" and line.has(flag):
            return "plan.elsewhere", {"flag": flag}
    for file in (*line.files, *line.values("-k", "--kustomize")):
        if URL.match(file):
            return "plan.network", {"address": file}
    return None


def sets_namespace(line: Kubectl) -> bool:
    """`config set-context --current --namespace=x` changes the scenario's own kubeconfig."""
    return line.subcommand == "set-context" and set(line.flags) <= {"--current", "--namespace"}


def scenario_addresses(words: tuple[str, ...], ours: Collection[str] = ()) -> tuple[str, ...]:
    """Addresses among curl's words that can only be the scenario's own.

    A placeholder, a variable, loopback, and what is bound to an address of ours. Any other
    address literal is the author's own run's, and a host name somebody else's.
    """
    found = []
    value_flags = VALUE_FLAGS.get(words[0].rsplit("/", 1)[-1], CURL_VALUE_FLAGS)
    skip = True  # the program's own name
    for word in words:
        if skip or word.startswith("-"):
            # Of short flags in one word the last may take a value: -so /dev/null.
            last = f"-{word[-1]}" if re.fullmatch(r"-[A-Za-z]+", word) else word
            skip = not skip and (word in value_flags or last in value_flags)
            continue
        match = HOST.match(word)
        host = match["host"] if match else word
        placeholders = find_placeholders(word)
        inside = host in ours or is_inside(host, placeholders)
        if not inside and not (words[0] in FROM_A_POD and IN_CLUSTER.search(host)):
            return ()
        found.append(word)
    return tuple(found)


def only_asks_itself(draft: Draft) -> bool:
    """Whether a command is a request to this machine's own address and nothing else."""
    first = draft.statement.commands[0].words if draft.statement.commands else ()
    if not first or first[0] not in ("curl", "wget"):
        return False
    addresses = scenario_addresses(first)
    hosts = [match["host"] for each in addresses if (match := HOST.match(each))]
    return bool(hosts) and all(host == "localhost" or is_loopback(host) for host in hosts)


def may_serve(line: Kubectl) -> bool:
    """Whether a kubectl line may make something that answers at this machine's own address:
    an object, or a way to one."""
    return line.mutates or line.verb in ("port-forward", "proxy")


def is_inside(host: str, placeholders: tuple[Placeholder, ...]) -> bool:
    """Whether a host is the scenario's own."""
    if placeholders:
        return all(each.attribute is not None for each in placeholders) and (
            host.startswith(("<", "{", "$")) or host == "localhost"
        )
    return host.startswith("$") or host == "localhost" or is_loopback(host)


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own, as every machine has it."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
