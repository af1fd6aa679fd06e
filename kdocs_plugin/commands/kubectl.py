"""kubectl's command line: verb, resource, names, flags.

Where a flag's value is a word of its own, only a table tells it from a name. The table
below has every such flag of kubectl 1.37 (each verb's help and `kubectl options`); all
others are switches or carry `=`.
"""

from __future__ import annotations

from collections.abc import Mapping

from kdocs_plugin.values import dataclass

VALUE_FLAGS = frozenset(
    """
    -c -e -f -k -l -L -n -o -p -P -r -s -u -v -w
    --accept-hosts --accept-paths --address --aggregation-rule --annotation --annotations
    --api-group --api-prefix --api-version --as --as-group --as-uid --as-user-extra --audience
    --auth-provider --auth-provider-arg --clusterip --detach-keys --exec-api-version --exec-arg
    --exec-command --exec-env --exec-interactive-mode --external-name --helm-api-versions
    --helm-command --helm-kube-version --kuberc --max-depth --namespaces --output-directory
    --preemption-policy --proxy-url --reorder
    --bound-object-kind --bound-object-name --bound-object-uid --cache-dir --categories --cert
    --certificate-authority --chunk-size --class --client-certificate --client-key --cluster
    --cluster-ip --clusterrole --concurrency --container --containers --context --copy-to
    --cpu --cpu-percent --current-replicas --custom --default-backend --description
    --docker-email --docker-password --docker-server --docker-username --duration --env
    --external-ip --field-manager --field-selector --filename --for --from --from-env-file
    --from-file --from-literal --grace-period --group --hard --image --image-pull-policy
    --keepalive --key --keys --kubeconfig --kustomize --label-columns --labels --limit-bytes
    --limits --load-balancer-ip --load-restrictor --log-flush-frequency --max
    --max-log-requests --max-unavailable --memory --min --min-available --mount --name
    --namespace --network-name --node-port --non-resource-url --output --override-type
    --overrides --password --patch --patch-file --pod-running-timeout --pod-selector --port
    --prefix --profile --profile-output --protocol --prune-allowlist --raw --reject-methods
    --reject-paths --replicas --request-timeout --requests --resource --resource-name
    --resource-version --restart --retries --revision --role --rule --schedule --scopes
    --selector --server --serviceaccount --session-affinity --set-image --since --since-time
    --skip-wait-for-delete-timeout --sort-by --subresource --tail --target --target-port --tcp
    --template --timeout --tls-server-name --to-revision --token --type --types --unix-socket
    --user --username --v --value --verb --verbs --vmodule --www --www-prefix
    """.split()
)
# Flags of the table that are switches of some verbs.
SWITCHES_BY_VERB: Mapping[str, frozenset[str]] = {
    "logs": frozenset({"-f", "-p", "--prefix"}),
    "log": frozenset({"-f", "-p", "--prefix"}),
    "top": frozenset({"--containers"}),
    "config": frozenset({"--raw"}),
    "get": frozenset({"-w"}),
    "events": frozenset({"-w"}),
    "rollout": frozenset({"-w"}),
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
    """
    get describe logs log explain api-resources api-versions version cluster-info top diff
    events wait options help completion kustomize
    """.split()
)
READING_SUBCOMMANDS = {
    "rollout": ("status", "history"),
    "config": ("view", "get-contexts", "current-context", "get-clusters", "get-users"),
    "auth": ("can-i", "whoami"),
    "apply": ("view-last-applied",),
    "plugin": ("list",),
}
MUTATES = frozenset(
    """
    create apply delete run expose scale label annotate set patch replace edit autoscale
    rollout taint cordon uncordon drain cp certificate debug
    """.split()
)
# Verbs that leave objects as they are and yet are no plain reading.
OTHERS = frozenset("exec attach port-forward proxy".split())
VERBS = READS | MUTATES | OTHERS | READING_SUBCOMMANDS.keys()
ON_PODS = frozenset("exec logs log attach port-forward cp run debug".split())
ON_NODES = frozenset("cordon uncordon drain".split())

# kind: its plural and its short names (`kubectl api-resources`).
RESOURCES: Mapping[str, str] = {
    "apiservice": "apiservices",
    "certificatesigningrequest": "certificatesigningrequests csr",
    "clusterrole": "clusterroles",
    "clusterrolebinding": "clusterrolebindings",
    "componentstatus": "componentstatuses cs",
    "configmap": "configmaps cm",
    "controllerrevision": "controllerrevisions",
    "cronjob": "cronjobs cj",
    "csidriver": "csidrivers",
    "csinode": "csinodes",
    "customresourcedefinition": "customresourcedefinitions crd crds",
    "daemonset": "daemonsets ds",
    "deployment": "deployments deploy",
    "endpoints": "endpoint ep",
    "endpointslice": "endpointslices",
    "event": "events ev",
    "horizontalpodautoscaler": "horizontalpodautoscalers hpa",
    "ingress": "ingresses ing",
    "ingressclass": "ingressclasses",
    "job": "jobs",
    "lease": "leases",
    "limitrange": "limitranges limits",
    "mutatingwebhookconfiguration": "mutatingwebhookconfigurations",
    "namespace": "namespaces ns",
    "networkpolicy": "networkpolicies netpol",
    "node": "nodes no",
    "persistentvolume": "persistentvolumes pv",
    "persistentvolumeclaim": "persistentvolumeclaims pvc",
    "pod": "pods po",
    "poddisruptionbudget": "poddisruptionbudgets pdb",
    "priorityclass": "priorityclasses pc",
    "replicaset": "replicasets rs",
    "replicationcontroller": "replicationcontrollers rc",
    "resourcequota": "resourcequotas quota",
    "role": "roles",
    "rolebinding": "rolebindings",
    "runtimeclass": "runtimeclasses",
    "secret": "secrets",
    "service": "services svc",
    "serviceaccount": "serviceaccounts sa",
    "statefulset": "statefulsets sts",
    "storageclass": "storageclasses sc",
    "validatingwebhookconfiguration": "validatingwebhookconfigurations",
    "volumeattachment": "volumeattachments",
}
KIND_OF_RESOURCE = {
    word: kind for kind, words in RESOURCES.items() for word in (kind, *words.split())
}


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
        """Whether the flag stands there; a switch that is set to false does not count."""
        return any(
            value.lower() != "false" for name in names for value in self.flags.get(name, ())
        )

    @property
    def files(self) -> tuple[str, ...]:
        """What -f names, comma lists taken apart."""
        if "-f" in SWITCHES_BY_VERB.get(self.verb, ()):
            return ()
        values = self.values("-f", "--filename")
        return tuple(name for value in values for name in value.split(",") if name)

    @property
    def reads(self) -> bool:
        """Whether the verb leaves every object as it is."""
        if self.verb in READING_SUBCOMMANDS:
            return self.subcommand in READING_SUBCOMMANDS[self.verb]
        return self.verb in READS

    @property
    def dry(self) -> bool:
        """Whether it only says what it would do."""
        return any(value not in ("none", "false") for value in self.values("--dry-run"))

    @property
    def mutates(self) -> bool:
        """Whether it changes objects."""
        return self.verb in MUTATES and not self.reads and not self.dry

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
        """Whether it reads what a person types."""
        return self.verb == "edit" or (
            self.verb in ("exec", "run", "attach", "debug") and self.has("-i", "--stdin")
        )

    @property
    def resource(self) -> str:
        """Lower-case kind that the arguments name, "" where they name none."""
        first = self.arguments[0] if self.arguments else ""
        word, slash, _ = first.partition("/")
        if self.verb in ON_PODS:
            return kind_of(word) if slash and self.verb != "cp" else "pod"
        if self.verb in ON_NODES:
            return "node"
        if self.verb == "top":
            return kind_of(self.subcommand)
        return kind_of(word.split(",", 1)[0])

    @property
    def targets(self) -> tuple[tuple[str, str], ...]:
        """Kind and name of every object that the arguments give by name."""
        arguments = self.arguments
        if self.verb in ON_PODS - {"run", "cp"}:
            arguments = arguments[:1]
        elif self.verb == "cp":
            arguments = tuple(a.split(":", 1)[0] for a in arguments if ":" in a)
        elif self.verb not in (*ON_NODES, "run", "top") and not any(
            "/" in a for a in arguments[:1]
        ):
            arguments = arguments[1:]
            if self.verb == "create" and self.resource in ("service", "secret"):
                arguments = arguments[1:]  # create service clusterip NAME
            if self.verb == "create":
                arguments = arguments[:1]
        if self.verb == "cp":
            return tuple((self.resource, argument) for argument in arguments)
        found = []
        for argument in arguments:
            kind, slash, name = argument.rpartition("/")
            if not is_assignment(self.verb, argument):
                found.append((kind_of(kind) if slash else self.resource, name))
        return tuple(found)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of objects that the arguments give, kinds taken off."""
        return tuple(name for _, name in self.targets)


def is_assignment(verb: str, argument: str) -> bool:
    """`app=web` and `app-` behind label, annotate, taint and set are no names."""
    if verb in ("label", "annotate", "taint"):
        return "=" in argument or argument.endswith("-")
    return verb == "set" and ("=" in argument or argument.endswith("-"))


def kind_of(word: str) -> str:
    """The kind that a resource word names: `po` is pod. Unknown words stay themselves."""
    word = word.lower().split(".", 1)[0]
    return KIND_OF_RESOURCE.get(word, word)


def parse_kubectl(words: tuple[str, ...]) -> Kubectl | None:
    """A simple command's words as kubectl reads them; None if it is not kubectl."""
    if not words or words[0].rsplit("/", 1)[-1] not in ("kubectl", "k", "kubectl.exe"):
        return None
    rest, has_dashes = words[1:], "--" in words
    command: tuple[str, ...] = ()
    if has_dashes:
        at = rest.index("--")
        rest, command = rest[:at], rest[at + 1 :]
    flags: dict[str, list[str]] = {}
    positional: list[str] = []
    pending = iter(rest)
    for word in pending:
        if not word.startswith("-") or word == "-":
            positional.append(word)
            continue
        verb = positional[0] if positional else ""
        for name, value in read_flags(word, SWITCHES_BY_VERB.get(verb, frozenset())):
            taken = next(pending, "") if value is None else value
            flags.setdefault(name, []).append(taken)
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


def read_flags(word: str, switches: frozenset[str]) -> list[tuple[str, str | None]]:
    """The flags of one word with their values: "" for a switch, None for "the next word"."""
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        if equals:
            return [(name, value)]
        return [(name, None if name in VALUE_FLAGS and name not in switches else "")]
    found: list[tuple[str, str | None]] = []
    for at, letter in enumerate(word[1:], 2):  # -it, -owide, -itc web, -n=web
        name = "-" + letter
        if word[at : at + 1] == "=":
            return [*found, (name, word[at + 1 :])]
        if name in VALUE_FLAGS and name not in switches:
            return [*found, (name, word[at:] or None)]
        found.append((name, ""))
    return found
