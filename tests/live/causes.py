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
    Case("claim_class", '```yaml title="c.yaml"\napiVersion: v1\n'
         "kind: PersistentVolumeClaim\nmetadata: {name: data}\nspec:\n"
         "  storageClassName: nobody\n  accessModes: [ReadWriteOnce]\n"
         "  resources: {requests: {storage: 1Gi}}\n```\n" + bash("kubectl apply -f c.yaml"),
         "cause.claim_class", {"name": "data", "what": "nobody"}, "not found"),
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
    Case("waited", WEB + bash(
        "kubectl wait --for=delete pod/web --timeout=1s"), "cause.waited", {}),
)  # fmt: skip
