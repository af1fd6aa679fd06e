"""Objects that a command which does not run would have made.

    helm install web bitnami/nginx      not run
    kubectl get svc web                 would only say that there is none

A later command that names such an object does not run either, and says why. Only names are
looked at, and only those of commands that may make objects: kubectl's own makers, and
programs of which nobody but themselves knows what they do.
"""

from __future__ import annotations

from kdocs_plugin.commands import parse_kubectl
from kdocs_plugin.planning.draft import Draft, Verdict
from kdocs_plugin.planning.objects import MAKING, Objects, is_name

MAKERS = frozenset(
    "helm kustomize terraform ansible istioctl make argocd kubens skaffold".split()
)
# Verbs that make what they name, or ask the API server without an object.
NOT_OF_OBJECTS = frozenset("create apply run explain auth config".split())


class Unmade:
    """The names that commands which did not run have used, each with its command."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def notice(self, draft: Draft) -> None:
        """A command that is shown only: what it names, it may have made."""
        for command in draft.statement.commands:
            line = parse_kubectl(command.words)
            if line is not None and line.verb in MAKING:
                for name in filter(is_name, line.names):
                    self.names.setdefault(name, f"kubectl {line.verb}")
            elif command.name in MAKERS:
                for word in filter(is_name, command.words[1:]):
                    self.names.setdefault(word, command.name)

    def needed_by(self, draft: Draft, alive: Objects) -> Verdict | None:
        """Why a command would find nothing; None where it names nothing of that kind."""
        if not self.names:
            return None
        for line in draft.kubectl:
            if line.verb in NOT_OF_OBJECTS or line.files:
                continue
            for kind, name in line.targets:
                made = any(each.name == name for each in alive.of_kind(kind))
                if name in self.names and not made:
                    return "plan.not_made", {"name": name, "command": self.names[name]}
        return None
