"""What a scenario takes of its cluster that no other can have at the same time.

A namespace keeps scenarios apart in almost everything. Not in ports of the node, fixed
addresses and folders of the node; and who looks at the node itself sees everybody's pods.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kdocs_plugin.commands import Kubectl, parse_kubectl, split
from kdocs_plugin.model import Scenario
from kdocs_plugin.planning.needs import kinds_of

# In manifests, wherever they stand: a file, a here-document, a patch on the command line.
FIELDS = {
    "port": re.compile(r"\b(?:node|host)Port[\"']?\s*:\s*(\d+)|--node-port[= ](\d+)"),
    "address": re.compile(r"\bclusterIP[\"']?\s*:\s*[\"']?(\d+\.\d+\.\d+\.\d+)"),
    "folder": re.compile(
        r"\bhostPath[\"']?\s*:\s*\{?\s*[\"']?path[\"']?\s*:\s*[\"']?([^\s\"'},]+)"
    ),
    "network": re.compile(r"\b(hostNetwork)[\"']?\s*:\s*true"),
}
PROXY_PORT = "8001"  # of `kubectl proxy` where it names none


def claims_of(scenario: Scenario) -> frozenset[str]:
    """Names of what only one scenario at a time can have: `port 30080`."""
    texts = [each.content for each in scenario.files] + list(scenario.beside.values())
    found = set()
    for text in (*texts, *(step.command for step in scenario.runnable)):
        for what, pattern in FIELDS.items():
            found |= {f"{what} {''.join(match.groups(''))}" for match in pattern.finditer(text)}
    for line in kubectl_lines(scenario):
        found |= {f"port {port}" for port in listened(line)}
    return frozenset(found)


def sees_others(scenario: Scenario) -> bool:
    """Whether a step shows what other scenarios have on the same cluster."""
    return any(map(shows_everybody, kubectl_lines(scenario)))


def shows_everybody(line: Kubectl) -> bool:
    """Whether a line's output depends on other namespaces: a node's pods, its use, volumes."""
    if line.verb == "top":
        return line.resource == "node"
    kinds = kinds_of(line)
    return (line.verb == "describe" and "node" in kinds) or (
        line.verb in ("get", "describe") and "persistentvolume" in kinds
    )


def kubectl_lines(scenario: Scenario) -> Iterator[Kubectl]:
    """The kubectl commands of the steps that run."""
    for step in scenario.runnable:
        for statement in split(step.command):
            for command in statement.commands:
                if line := parse_kubectl(command.words):
                    yield line


def listened(line: Kubectl) -> Iterator[str]:
    """The ports that a command listens on, beside its scenario's neighbours."""
    if line.verb == "port-forward":
        for word in line.arguments[1:]:
            if match := re.fullmatch(r"(\d+)(?::\d+)?", word):
                yield match[1]
    elif line.verb == "proxy":
        yield next(iter((*line.values("--port"), *line.values("-p"))), PROXY_PORT)
