"""kubectl's command line: verb, resource, names, flags.

Where a flag's value is a word of its own, only a table tells it from a name; the table
below holds the flags that notes use. Rule of the grammar: kubectl 1.37, `kubectl options`
and each verb's help.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kdocs_plugin.commands.placeholders import KIND_OF_WORD

# Flags that take a value as the next word. All others are switches or carry `=`.
VALUE_FLAGS = frozenset(
    """
    -n --namespace -f --filename -k --kustomize -o --output -l --selector -c --container
    --context --kubeconfig --cluster --user --token -s --server --as --as-group
    --field-selector --sort-by --image --port --target-port --type --name --replicas
    --current-replicas --env --restart --overrides --labels --min --max --cpu-percent --cpu
    --timeout --for --tail --since --since-time --limits --requests --from-literal
    --from-file --from-env-file --dry-run --grace-period --cascade --template --protocol
    --external-ip --cluster-ip --load-balancer-ip --session-affinity --to-revision
    --revision --schedule --class --rule --default-backend --clusterrole --role
    --serviceaccount --group --verb --resource --resource-name --docker-server
    --docker-username --docker-password --docker-email --cert --key --tcp -p --patch
    --patch-file --subresource --chunk-size -L --label-columns --pod-running-timeout
    --request-timeout -v --v --address --overwrite-file --field-manager --validate
    --api-group --api-version --types --image-pull-policy --hard --scopes --description
    --value --node-port --audience --duration --keys --target --profile --copy-to
    --containers --raw --max-log-requests --dest --retries --prefix-log --resource-version
    """.split()
)  # fmt: skip
# `-p` of logs is --previous; `-f` of logs is --follow; `-t`, `-i`, `-w`, `-A` are switches.
SWITCHES_BY_VERB: Mapping[str, frozenset[str]] = {
    "logs": frozenset({"-f", "-p"}),
    "attach": frozenset(),
}
SUBCOMMANDS = {
    "rollout": ("status", "history", "undo", "restart", "pause", "resume"),
    "config": (
        "view", "get-contexts", "current-context", "use-context", "set-context", "set",
        "set-cluster", "set-credentials", "unset", "delete-context", "get-clusters",
        "get-users", "delete-cluster", "delete-user", "rename-context", "use",
    ),
    "auth": ("can-i", "whoami", "reconcile"),
    "top": ("pod", "pods", "po", "node", "nodes", "no"),
    "set": ("image", "env", "resources", "selector", "serviceaccount", "sa", "subject"),
    "cluster-info": ("dump",),
    "apply": ("view-last-applied", "edit-last-applied", "set-last-applied"),
    "certificate": ("approve", "deny"),
    "plugin": ("list",),
}  # fmt: skip

READS = frozenset(
    "get describe logs log explain api-resources api-versions version cluster-info top diff "
    "events wait options help".split()
)
READING_SUBCOMMANDS = {
    "rollout": ("status", "history"),
    "config": ("view", "get-contexts", "current-context", "get-clusters", "get-users"),
    "auth": ("can-i", "whoami"),
    "apply": ("view-last-applied",),
}
MUTATES = frozenset(
    "create apply delete run expose scale label annotate set patch replace edit autoscale "
    "rollout taint cordon uncordon drain cp certificate debug".split()
)


@dataclass(frozen=True, slots=True)
class Kubectl:
    """A kubectl command line, read. Empty strings and tuples where a part is absent."""

    verb: str
    subcommand: str
    arguments: tuple[str, ...]  # behind verb and subcommand, flags taken out
    flags: Mapping[str, tuple[str, ...]]  # as spelled, "" as value of a switch
    command: tuple[str, ...]  # behind `--`
    has_dashes: bool  # whether `--` stands there

    def values(self, *names: str) -> tuple[str, ...]:
        """Values of a flag under any of its spellings."""
        return tuple(value for name in names for value in self.flags.get(name, ()))

    def has(self, *names: str) -> bool:
        return any(name in self.flags for name in names)

    @property
    def files(self) -> tuple[str, ...]:
        """What -f names, comma lists taken apart."""
        if "-f" in SWITCHES_BY_VERB.get(self.verb, ()):
            return ()
        return tuple(
            name
            for value in self.values("-f", "--filename")
            for name in value.split(",")
            if name
        )

    @property
    def reads(self) -> bool:
        """Whether the verb leaves every object as it is."""
        if self.verb in READING_SUBCOMMANDS:
            return self.subcommand in READING_SUBCOMMANDS[self.verb]
        return self.verb in READS

    @property
    def mutates(self) -> bool:
        if self.verb not in MUTATES or self.reads:
            return False
        return not any(value != "none" for value in self.values("--dry-run"))

    @property
    def endless(self) -> bool:
        """Whether it runs until somebody stops it."""
        if self.verb in ("logs", "log"):
            return self.has("-f", "--follow")
        if self.verb in ("port-forward", "proxy", "attach"):
            return True
        return self.verb in ("get", "events") and self.has("-w", "--watch", "--watch-only")

    @property
    def interactive(self) -> bool:
        return self.verb == "edit" or (
            self.verb in ("exec", "run", "attach", "debug") and self.has("-i", "--stdin")
        )

    @property
    def resource(self) -> str:
        """Lower-case kind that the arguments name, "" where they name none."""
        if self.verb in ("exec", "logs", "log", "attach", "port-forward", "cp", "run", "debug"):
            first = self.arguments[0] if self.arguments else ""
            return kind_of(first.split("/", 1)[0]) if "/" in first else "pod"
        if self.verb in ("cordon", "uncordon", "drain"):
            return "node"
        if self.verb == "top":
            return kind_of(self.subcommand)
        if not self.arguments:
            return ""
        return kind_of(self.arguments[0].split("/", 1)[0].split(",", 1)[0])

    @property
    def names(self) -> tuple[str, ...]:
        """Names of objects that the arguments give, kinds taken off."""
        arguments = self.arguments
        if self.verb in ("exec", "logs", "log", "attach", "port-forward", "debug"):
            arguments = arguments[:1]
        elif self.verb in ("run", "cordon", "uncordon", "drain", "top"):
            pass
        elif arguments and "/" not in arguments[0]:
            arguments = arguments[1:]
            if (
                self.verb == "create"
                and arguments
                and self.arguments[0] in ("service", "secret", "svc")
            ):
                arguments = arguments[1:]  # create service clusterip NAME
        return tuple(
            argument.rsplit("/", 1)[-1]
            for argument in arguments
            if not is_assignment(self.verb, argument)
        )


def is_assignment(verb: str, argument: str) -> bool:
    """`app=web` and `app-` behind label, annotate, taint and set are no names."""
    if verb in ("label", "annotate", "taint"):
        return "=" in argument or argument.endswith("-")
    return verb == "set" and "=" in argument


def kind_of(word: str) -> str:
    """The kind that a resource word names: `po` is pod. Unknown words stay themselves."""
    word = word.lower().split(".", 1)[0]
    return KIND_OF_WORD.get(word, word)


def parse_kubectl(words: tuple[str, ...]) -> Kubectl | None:
    """A simple command's words as kubectl reads them; None if it is not kubectl."""
    if not words or words[0].rsplit("/", 1)[-1] not in ("kubectl", "k"):
        return None
    rest = list(words[1:])
    command: tuple[str, ...] = ()
    has_dashes = "--" in rest
    if has_dashes:
        at = rest.index("--")
        rest, command = rest[:at], tuple(rest[at + 1 :])
    flags: dict[str, list[str]] = {}
    positional: list[str] = []
    verb = next((word for word in rest if not word.startswith("-")), "")
    switches = SWITCHES_BY_VERB.get("logs" if verb == "log" else verb, frozenset())
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word == "-":
            positional.append(word)
        elif "=" in word:
            name, value = word.split("=", 1)
            flags.setdefault(name, []).append(value)
        elif word in VALUE_FLAGS and word not in switches:
            flags.setdefault(word, []).append(rest.pop(0) if rest else "")
        elif not word.startswith("--") and len(word) > 2:
            if word[:2] in VALUE_FLAGS and word[:2] not in switches:
                flags.setdefault(word[:2], []).append(word[2:])  # -owide, -nkube-system
            else:
                for letter in word[1:]:  # -it
                    flags.setdefault("-" + letter, []).append("")
        else:
            flags.setdefault(word, []).append("")
    verb = positional.pop(0) if positional else ""
    subcommand = ""
    if positional and positional[0] in SUBCOMMANDS.get(verb, ()):
        subcommand = positional.pop(0)
    return Kubectl(
        verb,
        subcommand,
        tuple(positional),
        {name: tuple(values) for name, values in flags.items()},
        command,
        has_dashes,
    )
