"""What may run without being told: commands known to stay inside the scenario.

Source of the rule: DESIGN, "Policy". Everything is judged by words alone; what the
words do not tell (a program that is not in a table) does not run.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from kdocs_plugin.commands import Command, Kubectl, find_placeholders, parse_kubectl
from kdocs_plugin.planning.draft import Draft

Verdict = tuple[str, Mapping[str, Any]]  # message key and its arguments

BUILTINS = frozenset(
    """
    : . [ [[ alias break cd continue declare echo exit export false getopts hash help let
    local popd printf pushd pwd read readonly return set shift shopt source test true type
    typeset ulimit umask unalias unset wait jobs kill
    """.split()
)
TEXT_TOOLS = frozenset(
    """
    awk base64 basename cat column comm cut date diff dirname egrep expr fgrep find fold
    grep head jq less ls md5sum mkdir more mv cp nl paste rev rm sed seq sha256sum sleep
    sort stat tac tail tee time timeout touch tr tree uname uniq wc which xargs yes yq
    """.split()
) - {"yes"}
EDITORS = frozenset("vi vim nano emacs code gedit notepad".split())
MACHINE = frozenset(
    """
    docker docker-compose minikube kind kubeadm kubelet systemctl service ssh scp rsync apt
    apt-get yum dnf brew snap sudo su git helm kustomize terraform ansible gcloud aws az eksctl
    ifconfig ip iptables mount modprobe sysctl swapoff hostnamectl crictl ctr nerdctl podman
    k3s k3d multipass vagrant virtualbox pip pip3 npm go make istioctl etcdctl
    """.split()
)
# kubectl flags that lead out of the scenario.
ELSEWHERE = (
    "--context",
    "--kubeconfig",
    "--server",
    "-s",
    "--cluster",
    "--user",
    "--token",
    "--as",
)
URL = re.compile(r"^[a-z]+://", re.IGNORECASE)
HOST = re.compile(r"^(?:https?://)?(?:[^@/]*@)?(?P<host>\[[^\]]+\]|[^/:?#]+)", re.IGNORECASE)
CURL_VALUE_FLAGS = frozenset(
    "-H --header -o --output -X --request -d --data -u --user -A --user-agent -m --max-time "
    "--connect-timeout -b --cookie -e --referer --resolve -w --write-out --retry".split()
)


def refusal(draft: Draft, execute: str) -> Verdict | None:
    """Why a command does not run under policy `execute`; None where it does."""
    if execute == "off":
        return "plan.off", {}
    if draft.statement.broken:
        return "plan.syntax", {}
    if not draft.statement.commands and execute == "auto":
        return None  # an assignment or a function: inside the shell
    for command in draft.statement.commands:
        verdict = refuse_command(command, execute)
        if verdict is not None:
            return verdict
    if draft.effect.endless:
        return "plan.endless", {"command": draft.statement.text}
    if draft.missing:
        return "plan.file_missing", {"file": draft.missing[0]}
    return None


def refuse_command(command: Command, execute: str) -> Verdict | None:
    name = command.name.rsplit("/", 1)[-1]
    line = parse_kubectl(command.words)
    if line is not None:
        return refuse_kubectl(line)
    if name in EDITORS:
        return "plan.editor", {"command": name}
    if execute == "on" or name in BUILTINS or name in TEXT_TOOLS or not name:
        return None
    if name in ("curl", "wget"):
        if scenario_addresses(command.words):
            return None
        return "plan.outside", {"command": name}
    if name in MACHINE:
        return "plan.machine", {"command": name}
    return "plan.unknown", {"command": name}


def refuse_kubectl(line: Kubectl) -> Verdict | None:
    if not line.verb:
        return "plan.incomplete", {"command": "kubectl"}
    if line.verb == "config" and not line.reads:
        return "plan.machine", {"command": f"kubectl config {line.subcommand}".strip()}
    if line.verb == "edit":
        return "plan.editor", {"command": "kubectl edit"}
    for flag in ELSEWHERE:
        if line.has(flag):
            return "plan.elsewhere", {"flag": flag}
    for file in line.files:
        if URL.match(file):
            return "plan.network", {"address": file}
    return None


def scenario_addresses(words: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses among curl's words that can only be the scenario's own.

    A placeholder, a variable, loopback. An address literal is the author's own run's,
    and a host name somebody else's.
    """
    found = []
    skip = True  # the program's own name
    for word in words:
        if skip or word.startswith("-"):
            skip = word in CURL_VALUE_FLAGS
            continue
        placeholders = find_placeholders(word)
        match = HOST.match(word)
        host = match["host"] if match else word
        if placeholders:
            inside = any(each.attribute is not None for each in placeholders)
        else:
            inside = "$" in host or host == "localhost" or is_loopback(host)
        if not inside:
            return ()
        found.append(word)
    return tuple(found)


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


# --- Scope ------------------------------------------------------------------------------

# Kinds that belong to the whole cluster: making or changing one asks for a cluster of its own.
CLUSTER_KINDS = frozenset(
    """
    namespace node persistentvolume storageclass clusterrole clusterrolebinding
    customresourcedefinition priorityclass ingressclass runtimeclass csidriver csinode
    validatingwebhookconfiguration mutatingwebhookconfiguration apiservice
    """.split()
)
ALWAYS_THERE = re.compile(r"\.default(?:\.svc|\b)|service/kubernetes\b")


def needs_own_cluster(drafts: list[Draft], text: str) -> bool:
    """Whether the page changes or sees more than a namespace, or relies on `default`."""
    for draft in drafts:
        for line in draft.kubectl:
            if line.has("-A", "--all-namespaces", "-n", "--namespace"):
                return True
            if line.mutates and line.resource in CLUSTER_KINDS:
                return True
            if line.verb in ("taint", "cordon", "uncordon", "drain"):
                return True
        for obj in draft.creates:
            if obj.kind in CLUSTER_KINDS or (obj.value.get("metadata") or {}).get("namespace"):
                return True
    return bool(ALWAYS_THERE.search(text))
