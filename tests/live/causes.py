"""Notes that fail, each for one cause that readers of notes meet, and what is said of it.

The live test runs them; `record_causes.py` records what the API server had of each.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """The last step that fails of `text` has this cause."""

    name: str
    text: str
    cause: str
    arguments: dict[str, object]
    evidence: str = ""  # stands somewhere in it


def bash(*lines: str) -> str:
    return "```bash\n" + "\n".join(lines) + "\n```\n"


def pod(name: str, container: str, more: str = "") -> str:
    """A manifest of one pod, applied."""
    return (
        f'```yaml title="{name}.yaml"\napiVersion: v1\nkind: Pod\n'
        f"metadata: {{name: {name}, labels: {{app: {name}}}}}\nspec:\n{more}"
        f"  containers:\n  - {{name: c, {container}}}\n```\n"
    ) + bash(f"kubectl apply -f {name}.yaml")


def made(kind: str, name: str, version: str, spec: str) -> str:
    """A manifest of one workload, applied."""
    return (
        f'```yaml title="{name}.yaml"\napiVersion: {version}\nkind: {kind.capitalize()}\n'
        f"metadata: {{name: {name}}}\nspec:\n{spec}\n```\n"
    ) + bash(f"kubectl apply -f {name}.yaml")


def claim(name: str, more: str) -> str:
    """A claim's manifest, applied."""
    return (
        f'```yaml title="{name}.yaml"\napiVersion: v1\nkind: PersistentVolumeClaim\n'
        f"metadata: {{name: {name}}}\nspec:\n  {more}\n  accessModes: [ReadWriteOnce]\n"
        "  resources: {requests: {storage: 1Gi}}\n```\n"
    ) + bash(f"kubectl apply -f {name}.yaml")


PORT = "image: nginx, ports: [{containerPort: 80, hostPort: 18080}]"
TEMPLATE = (
    "  selector: {{matchLabels: {{app: web}}}}\n  template:\n"
    "    metadata: {{labels: {{app: web}}}}\n    spec:\n{}"
)
BUSY = "image: busybox, command: [sh, -c, "
WEB = bash("kubectl run web --image=nginx --labels=app=web")

STATES = (
    Case("image", bash("kubectl run p --image=nginx:nope"), "cause.image",
         {"image": "nginx:nope"}, "Failed to pull image"),
    Case("image_name", pod("p", 'image: "Nginx"'), "cause.image_name", {"image": "Nginx"},
         "must be lowercase"),
    Case("image_never", pod("p", "image: nginx:1, imagePullPolicy: Never"),
         "cause.image_never", {"image": "nginx:1"}, "ErrImageNeverPull"),
    Case("crash", pod("p", BUSY + '"echo no database; exit 3"]'), "cause.crash",
         {"container": "c", "code": 3}, "no database"),
    Case("completed", pod("p", BUSY + '"echo bye"]'), "cause.completed",
         {"container": "c", "code": 0}, "bye"),
    Case("command_missing", pod("p", BUSY + '"nothere; exit 127"]'), "cause.command_missing",
         {"container": "c", "code": 127}, "not found"),
    Case("not_executable", pod("p", BUSY + '"touch /x; /x; exit 126"]'),
         "cause.not_executable", {"container": "c", "code": 126}, "Permission denied"),
    Case("killed", pod("p", BUSY + '"kill -9 $$; exit 137"]'), "cause.killed",
         {"container": "c", "code": 137}),
    Case("segfault", pod("p", BUSY + '"kill -11 $$; exit 139"]'), "cause.segfault",
         {"container": "c", "code": 139}),
    Case("terminated", pod("p", BUSY + '"exit 143"]'), "cause.terminated",
         {"container": "c", "code": 143}),
    Case("program", pod("p", "image: busybox, command: [nothere]"), "cause.program",
         {"program": "nothere", "container": "c"}),
    Case("resources", pod("p", 'image: nginx, resources: {requests: {cpu: "500"}}'),
         "cause.resources", {"name": "p", "what": "cpu"}, "Insufficient cpu"),
    Case("selector", pod("p", "image: nginx", "  nodeSelector: {disk: ssd}\n"),
         "cause.selector", {"name": "p"}, "0/1 nodes are available"),
    Case("claim_absent", pod("p", "image: nginx", "  volumes:\n  - {name: v, "
         "persistentVolumeClaim: {claimName: data}}\n"), "cause.claim_absent",
         {"name": "p", "what": "data"}, "not found"),
    Case("config", pod("p", "image: nginx, envFrom: [{configMapRef: {name: settings}}]"),
         "cause.config", {"name": "p", "what": "ConfigMap settings"}, "not found"),
    Case("secret", pod("p", "image: nginx, volumeMounts: [{name: v, mountPath: /v}]",
         "  volumes:\n  - {name: v, secret: {secretName: keys}}\n"), "cause.config",
         {"name": "p", "what": "Secret keys"}, "not found"),
    Case("key_absent", bash("kubectl create configmap some --from-literal=a=b")
         + pod("p", "image: nginx, env: [{name: A, valueFrom: {configMapKeyRef: "
               "{name: some, key: z}}}]"), "cause.key_absent",
         {"name": "p", "key": "z", "what": "ConfigMap some"}),
    Case("quota", bash("kubectl create quota tight --hard=pods=0",
                       "kubectl create deployment web --image=nginx"), "cause.quota",
         {"what": "tight"}, "exceeded quota"),
    Case("job", bash("kubectl create job fails --image=busybox -- sh -c 'echo no; exit 1'"),
         "cause.crash", {"code": 1}, "no"),
    Case("claim_class", claim("data", "storageClassName: nobody"), "cause.claim_class",
         {"name": "data", "what": "nobody"}, "not found"),
    Case("host_port", pod("p", PORT) + pod("q", PORT), "cause.host_port", {"name": "q"},
         "free ports"),
    Case("spread", made("deployment", "web", "apps/v1", "  replicas: 2\n" + TEMPLATE.format(
        "      affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
        "[{labelSelector: {matchLabels: {app: web}}, topologyKey: kubernetes.io/hostname}]}}\n"
        "      containers: [{name: c, image: nginx}]")), "cause.spread", {}, "anti-affinity"),
    Case("claim_nobody", claim("old", "storageClassName: ''") + pod(
        "p", "image: nginx", "  volumes:\n  - {name: v, persistentVolumeClaim: "
        "{claimName: old}}\n"), "cause.claim_nobody", {"name": "old"}, "unbound"),
    Case("memory", pod("p", 'image: busybox, command: [tail, /dev/zero], '
                            'resources: {limits: {memory: 16Mi}}') + bash("sleep 5"),
         "cause.memory", {"container": "c", "code": 137}, "OOMKilled"),
    Case("limits", '```yaml title="l.yaml"\napiVersion: v1\nkind: LimitRange\n'
         "metadata: {name: tight}\nspec:\n  limits:\n  - {type: Container, max: {cpu: 1m}}\n"
         "```\n"
         + bash("kubectl apply -f l.yaml")
         + made("deployment", "web", "apps/v1", TEMPLATE.format(
             '      containers: [{name: c, image: nginx, resources: {requests: {cpu: 5m}, '
             "limits: {cpu: 5m}}}]")), "cause.limits", {}, "maximum cpu usage"),
    Case("account", made("deployment", "web", "apps/v1", TEMPLATE.format(
        "      serviceAccountName: nobody\n      containers: [{name: c, image: nginx}]")),
         "cause.account", {"what": "nobody"}, "not found"),
    Case("job_late", made("job", "slow", "batch/v1", "  activeDeadlineSeconds: 2\n  template:\n"
         "    spec: {restartPolicy: Never, containers: [{name: c, image: busybox, "
         "command: [sleep, '100']}]}"), "cause.job_late", {"name": "slow"}, "DeadlineExceeded"),
    Case("progress", made("deployment", "web", "apps/v1", "  progressDeadlineSeconds: 3\n"
         + TEMPLATE.format("      containers: [{name: c, image: nginx, readinessProbe: "
                           "{httpGet: {path: /no, port: 80}, periodSeconds: 1}}]")),
         "cause.progress", {"name": "web"}, "progress"),
)  # fmt: skip

COMMANDS = (
    Case("no_endpoints", WEB + bash(
        "kubectl create service clusterip none --tcp=80:80",
        "kubectl exec web -- curl -s --max-time 3 http://none"), "cause.no_endpoints",
        {"service": "none", "selector": "app=none"}),
    Case("target_port", WEB + bash(
        "kubectl expose pod web --name=site --port=80 --target-port=8080",
        "kubectl exec web -- curl -sS --max-time 3 http://site"), "cause.target_port",
        {"service": "site", "name": "web", "port": "8080"}),
    Case("no_such_port", WEB + bash(
        "kubectl expose pod web --name=site --port=80",
        "kubectl exec web -- curl -s --max-time 3 http://site:99"), "cause.no_such_port",
        {"service": "site", "port": "99", "have": "80"}),
    Case("pod_port", WEB + bash(
        "curl -s --max-time 3 \"$(kubectl get pod web -o jsonpath='{.status.podIP}')\":81",
        "kubectl exec web -- curl -sS --max-time 3 http://localhost:82"), "cause.refused",
        {"address": "localhost:82"}),
    Case("dns", WEB + bash("kubectl exec web -- curl -sS --max-time 3 http://nobody"),
         "cause.dns", {"host": "nobody"}),
    Case("not_found", bash("kubectl get pod nothing"), "cause.not_found",
         {"kind": "pods", "name": "nothing"}),
    Case("exists", bash("kubectl create configmap a --from-literal=b=c",
                        "kubectl create configmap a --from-literal=b=c"), "cause.exists",
         {"name": "a"}),
    Case("no_kind", bash("kubectl get nothings"), "cause.no_kind", {"kind": "nothings"}),
    Case("forbidden", bash("kubectl get secrets -n kube-system"), "cause.forbidden",
         {"verb": "list", "what": "secrets"}),
    Case("not_in_image", bash("kubectl run box --image=busybox --command -- sleep 3600",
                              "kubectl exec box -- bash"), "cause.not_in_image",
         {"program": "bash"}),
    Case("no_command", WEB + bash("kubectl exec web -- sh -c nothere"), "cause.no_command",
         {"program": "nothere"}),
    Case("finalizer", '```yaml title="f.yaml"\napiVersion: v1\nkind: Service\nmetadata: '
         "{name: held, finalizers: [example.com/nobody]}\nspec: {ports: [{port: 80}]}\n```\n"
         + bash("kubectl apply -f f.yaml", "kubectl delete service held --timeout=2s"),
         "cause.finalizer", {"name": "held"}),
    Case("claim_used", claim("data", "") + pod(
        "p", "image: nginx, volumeMounts: [{name: v, mountPath: /v}]", "  volumes:\n"
        "  - {name: v, persistentVolumeClaim: {claimName: data}}\n")
         + bash("kubectl delete pvc data --timeout=2s"), "cause.claim_used", {"name": "data"}),
    Case("waited", WEB + bash(
        "kubectl wait --for=delete pod/web --timeout=1s"), "cause.waited", {}),
)  # fmt: skip
