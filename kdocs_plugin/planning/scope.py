"""What shape of cluster a page needs: one of its own, where it sees or changes more than a
namespace, and how many nodes."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from kdocs_plugin.commands import Kubectl, find_placeholders
from kdocs_plugin.late import late
from kdocs_plugin.model import MOST_NODES, BlockKind, Finding, Note, Position, Severity
from kdocs_plugin.planning.draft import Draft, mapping

# Kinds that belong to the whole cluster: making or changing one asks for a cluster of its own.
CLUSTER_KINDS = frozenset(
    """
    namespace node persistentvolume storageclass clusterrole clusterrolebinding
    customresourcedefinition priorityclass ingressclass runtimeclass csidriver csinode
    validatingwebhookconfiguration mutatingwebhookconfiguration apiservice
    certificatesigningrequest volumeattachment componentstatus
    """.split()
)
NODES = late(r"\s+[\"']?nodes[\"']?\s*:")
# Any account may read these: the API server's own answers need no namespace.
READABLE = frozenset("version api-resources api-versions explain options help".split())
# What only namespace `default` has: names that end in it, its service `kubernetes`.
OF_DEFAULT = late(
    r"[a-z0-9]\.default(?:\.svc\b|(?![\w.-]))|service/kubernetes\b|^(?:#\s*)?kubernetes\s+ClusterIP",
    re.MULTILINE,
)


def nodes_of(note: Note) -> tuple[int, tuple[Finding, ...]]:
    """How many nodes the page asks for (`kdocs: nodes: 3`); 0 where it does not say.

    What is no such number is a finding, KD304, and as if it were not said.
    """
    value = note.options.get("nodes")
    if value is None:
        return 0, ()
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_NODES:
        return value, ()
    lines = note.text.split("\n")[: note.front_matter_lines]
    line = next((n for n, text in enumerate(lines, 1) if NODES.match(text)), 1)
    column = len(lines[line - 1]) - len(lines[line - 1].lstrip()) + 1 if lines else 1
    arguments = {"value": str(value), "most": MOST_NODES}
    place = Position(line, column)
    return 0, (Finding("KD304", Severity.ERROR, note.path, place, arguments),)


def needs_own_cluster(note: Note, steps: Sequence[Draft]) -> bool:
    """Whether the page changes or sees more than a namespace, or relies on `default`.

    `steps` are those that run.
    """
    for draft in steps:
        ours = {each.text for each in draft.references}
        if any(leaves_namespace(line, ours) for line in draft.kubectl):
            return True
    for draft in steps:
        for obj in draft.creates:
            metadata = mapping(obj.value.get("metadata"))
            if obj.kind in CLUSTER_KINDS or metadata.get("namespace"):
                return True
    blocks = (block for block in note.blocks if not block.commented)
    return bool(steps) and any(
        OF_DEFAULT.search(block.body)
        for block in blocks
        if block.kind is not BlockKind.OTHER or "kubernetes" in block.body
    )


def leaves_namespace(line: Kubectl, ours: Collection[str]) -> bool:
    """Whether a kubectl line looks or reaches beyond the scenario's namespace. For the words
    `ours` a value of the scenario will stand."""
    if line.verb in READABLE:
        return False
    if line.has("-A", "--all-namespaces"):
        return True
    spaces = line.values("-n", "--namespace")
    if any(name not in ours and not find_placeholders(name) for name in spaces):
        return True
    if line.verb in ("taint", "cordon", "uncordon", "drain"):
        return True
    if line.verb == "cluster-info":
        return True  # names the services of kube-system
    if line.resource == "namespace":
        return True  # those of other pages would stand in the list
    return line.mutates and line.resource in CLUSTER_KINDS
