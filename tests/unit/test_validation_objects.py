"""What the API server refuses of one object. Each case is a manifest and its mistakes; that
the server says the same is what benchmarks/exactness.py and tests/live hold."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kdocs_plugin.manifests import load
from kdocs_plugin.manifests.values import spell
from kdocs_plugin.validation import objects
from kdocs_plugin.validation.objects import cron, formats, quantities

POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  volumes: [{name: data, emptyDir: {}}]
  containers:
  - name: web
    image: nginx
    ports: [{name: http, containerPort: 80}]
    env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
    resources: {requests: {cpu: 100m}, limits: {cpu: 1, memory: 64Mi}}
    volumeMounts: [{name: data, mountPath: /data}]
    livenessProbe: {httpGet: {port: http}}
    securityContext: {runAsUser: 1000, allowPrivilegeEscalation: false}
  tolerations: [{key: a, operator: Exists, effect: NoSchedule}]
"""
DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 25%}}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
"""
STATEFUL_SET = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchExpressions: [{key: app, operator: In, values: [db]}]}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: db, image: db, volumeMounts: [{name: data, mountPath: /data}]}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""
CRON_JOB = """
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec:
  schedule: "*/5 * * * *"
  jobTemplate:
    spec:
      backoffLimit: 1
      template:
        spec: {restartPolicy: Never, containers: [{name: tick, image: busybox}]}
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http, nodePort: 30080}, {name: tls, port: 443}]
"""
INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
  - host: web.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
"""
POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [{port: 80}]}]
"""
CREDENTIALS = """
apiVersion: v1
kind: Secret
metadata: {name: db}
type: kubernetes.io/basic-auth
data: {username: YWRtaW4=}
stringData: {password: 한글}
"""
AUTOSCALER = """
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  minReplicas: 1
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}
"""
VOLUME = """
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  hostPath: {path: /data}
"""
BINDING = """
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: "system:reads"}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: web, namespace: default}]
"""
LIMITS = """
apiVersion: v1
kind: LimitRange
metadata: {name: limits}
spec: {limits: [{type: Container, max: {cpu: 1}, min: {cpu: 100m}, default: {cpu: 500m}}]}
"""
KEY = """
apiVersion: v1
kind: Secret
metadata: {name: key}
type: kubernetes.io/ssh-auth
stringData: {ssh-privatekey: a}
"""
STUDY = """
apiVersion: v1
kind: Namespace
metadata:
  name: study
  labels:
    pod-security.kubernetes.io/enforce: baseline
    pod-security.kubernetes.io/enforce-version: v1.37
    pod-security.kubernetes.io/warn: restricted
    pod-security.kubernetes.io/warn-version: latest
"""
REPLICAS = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: few-replicas}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}
  variables: [{name: replicas, expression: object.spec.replicas}]
  validations: [{expression: variables.replicas <= 5, reason: Invalid}]
"""
BOUND = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: few-replicas}
spec: {policyName: few-replicas, validationActions: [Deny, Audit]}
"""
VALID = (
    POD, DEPLOYMENT, STATEFUL_SET, CRON_JOB, SERVICE, INGRESS, POLICY, CREDENTIALS,
    AUTOSCALER,
    VOLUME, BINDING, LIMITS, KEY, STUDY, REPLICAS, BOUND,
)  # fmt: skip


def found(manifest: Any, version: str = "1.37") -> list[str]:
    """Codes and paths of what is wrong."""
    text = (
        manifest if isinstance(manifest, str) else yaml.safe_dump(manifest, allow_unicode=True)
    )
    return [
        f"{each.problem.code} {each.problem.arguments['path']}"
        for document in load(text).documents
        for each in objects.problems(document, (version,))
    ]


def changed(manifest: str, path: str, value: Any) -> dict[str, Any]:
    """A copy with one value changed (None: taken out)."""
    whole: dict[str, Any] = yaml.safe_load(manifest)
    *parents, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    inner: Any = whole
    for step in parents:
        inner = inner[step]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return whole


@pytest.mark.parametrize("manifest", VALID)
def test_valid(manifest: str) -> None:
    assert found(manifest) == []


_ENFORCE = "pod-security.kubernetes.io/enforce"
_VERSION = f"{_ENFORCE}-version"
# Manifest, place, what is put there (None: nothing), code (and its place, where it is another).
CASES: tuple[tuple[str, str, Any, str], ...] = (
    (POD, "metadata/name", "Web", "KD220"),
    (POD, "metadata/name", None, "KD203"),
    (POD, "metadata/labels/app", "웹 서버", "KD221"),
    (POD, "spec/containers/0/name", "web.1", "KD220"),
    (POD, "spec/containers/0/image", None, "KD203"),
    (POD, "spec/containers/0/image", "nginx ", "KD224"),
    (POD, "spec/containers/0/imagePullPolicy", "Sometimes", "KD224"),
    (POD, "spec/restartPolicy", "always", "KD224"),
    (POD, "spec/dnsPolicy", "None", "KD226 spec.dnsConfig"),
    (POD, "spec/containers/0/ports/0/containerPort", 70000, "KD223"),
    (POD, "spec/containers/0/ports/0/name", "HTTP_PORT", "KD223"),
    (POD, "spec/containers/0/resources/requests/cpu", "1.5cpu", "KD222"),
    (POD, "spec/containers/0/resources/requests/cpu", 2, "KD222"),
    (POD, "spec/containers/0/resources/limits/memroy", "1Gi", "KD222"),
    (POD, "spec/containers/0/volumeMounts/0/name", "date", "KD225"),
    (POD, "spec/volumes/0/hostPath", {"path": "/"}, "KD226"),
    (POD, "spec/containers/0/livenessProbe/httpGet", None,
     "KD226 spec.containers[0].livenessProbe"),
    (POD, "spec/containers/0/livenessProbe/successThreshold", 2, "KD224"),
    (POD, "spec/containers/0/livenessProbe/exec", {"command": ["a"]},
     "KD226 spec.containers[0].livenessProbe.httpGet"),
    (POD, "spec/containers/0/env/0/value", "x", "KD226 spec.containers[0].env[0].valueFrom"),
    (POD, "spec/containers/0/env/0/valueFrom/fieldRef/fieldPath", "metadata.nam", "KD224"),
    (POD, "spec/containers/0/securityContext/privileged", True,
     "KD226 spec.containers[0].securityContext.allowPrivilegeEscalation"),
    (POD, "spec/containers/0/securityContext/runAsUser", -1, "KD224"),
    (POD, "spec/tolerations/0/effect", "NoRun", "KD224"),
    (POD, "spec/ephemeralContainers", [{"name": "a"}], "KD226"),
    (DEPLOYMENT, "spec/template/metadata/labels/app", "wep",
     "KD225 spec.template.metadata.labels"),
    (DEPLOYMENT, "spec/selector", None, "KD203"),
    (DEPLOYMENT, "spec/template/spec/restartPolicy", "Never", "KD224"),
    (DEPLOYMENT, "spec/strategy/type", "Recreate", "KD226 spec.strategy.rollingUpdate"),
    (DEPLOYMENT, "spec/strategy/rollingUpdate", {"maxSurge": 0, "maxUnavailable": 0},
     "KD226 spec.strategy.rollingUpdate.maxUnavailable"),
    (DEPLOYMENT, "spec/replicas", -1, "KD224"),
    (STATEFUL_SET, "spec/volumeClaimTemplates/0/spec/accessModes/0", "RWO", "KD224"),
    (STATEFUL_SET, "spec/serviceName", "db.x", "KD220"),
    (CRON_JOB, "spec/schedule", "0 0 0 * * *", "KD228"),
    (CRON_JOB, "spec/timeZone", "Asia/Soul", "KD228"),
    (CRON_JOB, "spec/jobTemplate/spec/template/spec/restartPolicy", None,
     "KD224 spec.jobTemplate.spec.template.spec"),
    (CRON_JOB, "metadata/name", "a" * 53, "KD220"),
    (SERVICE, "spec/ports/1/name", None, "KD203"),
    (SERVICE, "spec/ports/0/nodePort", 80, "KD223"),
    (SERVICE, "spec/ports/1/port", 80, "KD229 spec.ports[1]"),
    (SERVICE, "spec/type", "Nodeport", "KD224"),
    (SERVICE, "spec/type", "ClusterIP", "KD226 spec.ports[0].nodePort"),
    (INGRESS, "spec/rules/0/http/paths/0/pathType", None, "KD226"),
    (INGRESS, "spec/rules/0/http/paths/0/path", "api", "KD224"),
    (INGRESS, "spec/rules/0/host", "http://a.b", "KD220"),
    (POLICY, "spec/policyTypes/0", "ingress", "KD224"),
    (POLICY, "spec/ingress/0/from/0/ipBlock/except/0", "192.168.0.0/16", "KD224"),
    (CREDENTIALS, "data/username", "admin!", "KD227"),
    (CREDENTIALS, "type", "kubernetes.io/tls", "KD227"),
    (AUTOSCALER, "spec/maxReplicas", 0, "KD203"),
    (AUTOSCALER, "spec/scaleTargetRef/apiVersion", None, "KD224"),
    (VOLUME, "spec/persistentVolumeReclaimPolicy", "Keep", "KD224"),
    (VOLUME, "spec/hostPath", None, "KD226 spec"),
    (BINDING, "subjects/0/kind", "Serviceaccount", "KD224"),
    (BINDING, "metadata/name", "a/b", "KD220"),
    (LIMITS, "spec/limits/0/min/cpu", 2, "KD222"),
    (KEY, "stringData/ssh-privatekey", "", "KD227"),
    (STUDY, "metadata/labels", {_ENFORCE: "strict"}, f"KD224 metadata.labels.{_ENFORCE}"),
    (STUDY, "metadata/labels", {_ENFORCE: None}, f"KD224 metadata.labels.{_ENFORCE}"),
    (STUDY, "metadata/labels", {_VERSION: "1.37"}, f"KD224 metadata.labels.{_VERSION}"),
    (REPLICAS, "spec/failurePolicy", "fail", "KD224"),
    (REPLICAS, "spec/matchConstraints", None, "KD203"),
    (REPLICAS, "spec/matchConstraints/resourceRules", None, "KD203"),
    (REPLICAS, "spec/matchConstraints/resourceRules/0/operations/0", "GET", "KD224"),
    (REPLICAS, "spec/validations", None, "KD226"),
    (REPLICAS, "spec/validations/0/expression", "", "KD226"),
    (REPLICAS, "spec/validations/0/reason", "No", "KD224"),
    (REPLICAS, "spec/variables/0/name", "in", "KD220"),
    (REPLICAS, "spec/variables/0/name", "a-b", "KD220"),
    (BOUND, "spec/policyName", None, "KD203"),
    (REPLICAS, "spec/matchConstraints/resourceRules/0/scope", "All", "KD224"),
    (BOUND, "spec/paramRef", {"name": "a", "selector": {}}, "KD226"),
    (BOUND, "spec/paramRef", {"name": "a"}, "KD203 spec.paramRef.parameterNotFoundAction"),
    (BOUND, "spec/validationActions", [], "KD226"),
    (BOUND, "spec/validationActions/1", "Deny", "KD229"),
    (BOUND, "spec/validationActions/1", "Warn", "KD226 spec.validationActions"),
    (BOUND, "spec/validationActions/0", "deny", "KD224"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("manifest", "path", "value", "expected"),
    CASES,
    ids=[f"{path}={value!r}"[:60] for _, path, value, _ in CASES],
)
def test_mistake(manifest: str, path: str, value: Any, expected: str) -> None:
    code, _, place = expected.partition(" ")
    spelt = spell(tuple(int(step) if step.isdigit() else step for step in path.split("/")))
    assert f"{code} {place or spelt}" in found(changed(manifest, path, value))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from places(each, (*path, index))


@pytest.mark.parametrize("manifest", VALID)
def test_wrong_types_are_the_schemas_affair(manifest: str) -> None:
    whole = yaml.safe_load(manifest)
    for path in places(whole):
        for wrong in (None, True, 7, 1.5, "x", ["x"], [None], [[1]], {"x": 1}, {"x": None}, {}):
            copied = copy.deepcopy(whole)
            inner = copied
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = wrong
            found(copied)  # whatever it finds: it must not fail


def test_versions_differ() -> None:
    service = changed(SERVICE, "metadata/name", "1web")
    assert found(service, "1.37") == []
    assert found(service, "1.35") == ["KD220 metadata.name"]
    policy = changed(POLICY, "spec/ingress/0/from/0/ipBlock/cidr", "10.0.0.1/8")
    assert found(policy, "1.35") == []
    assert found(policy, "1.37") == ["KD224 spec.ingress[0].from[0].ipBlock.cidr"]


def test_what_was_meant() -> None:
    pod = yaml.safe_dump(changed(POD, "spec/containers/0/imagePullPolicy", "ifnotpresent"))
    (problem,) = [each.problem for each in objects.problems(load(pod).documents[0], ("1.37",))]
    assert problem.arguments["suggestion"] == "IfNotPresent"
    assert "`Never`" in problem.arguments["choices"]


@pytest.mark.parametrize(
    "text", ["0", "1.5", "100m", "64Mi", "1e3", "1E", ".5", "5.", "-1", "1e-3"]
)
def test_quantities(text: str) -> None:
    assert quantities.parse(text) is not None


@pytest.mark.parametrize("text", ["", "1.5cpu", "64MB", "Mi", "1 Gi", "1.2.3", "٣", "0x10"])
def test_no_quantities(text: str) -> None:
    assert quantities.parse(text) is None


def test_quantities_are_bounded() -> None:
    assert quantities.parse("9" * 5000) == quantities.parse("1e999999999")
    assert quantities.parse("1e999999999") == (2**63 - 1) * quantities.ONE


@given(
    st.from_regex(
        r"[+-]?([0-9]{1,6}\.?[0-9]{0,9}|\.[0-9]{1,9})(m|u|n|k|Mi|Ei|e-?[12]?[0-9])?",
        fullmatch=True,
    )
)
def test_quantities_are_exact(text: str) -> None:
    """As fractions have it."""
    digits = text.rstrip("munkMEi")
    powers = {"m": Fraction(1, 1000), "u": Fraction(1, 10**6), "n": Fraction(1, 10**9)}
    powers |= {
        "k": Fraction(1000),
        "Mi": Fraction(1024**2),
        "Ei": Fraction(1024**6),
        "": Fraction(1),
    }
    wanted = Fraction(Decimal(digits)) * powers[text.removeprefix(digits)]
    highest = Fraction(2**63 - 1)
    wanted = highest if wanted > highest else max(wanted, -highest)
    assert quantities.parse(text) == wanted * quantities.ONE


@pytest.mark.parametrize(
    "schedule", ["* * * * *", "*/5 0-6 1,15 jan-mar MON", "@daily", "@every 1h30m", "0 0 ? * 0"]
)
def test_schedules(schedule: str) -> None:
    assert cron.wrong(schedule) == []


@pytest.mark.parametrize(
    "schedule",
    ["* * * *", "60 * * * *", "* * * * 7", "*/0 * * * *", "5-1 * * * *", "@often", "a * * * *",
     "CRON_TZ=Asia/Seoul 0 3 * * *"],
)  # fmt: skip
def test_no_schedules(schedule: str) -> None:
    assert cron.wrong(schedule)


def test_names() -> None:
    assert formats.dns_label("web.1") == ("must not contain dots",)
    assert not formats.dns_subdomain("web.1")
    assert formats.dns_subdomain("a" * 254)
    assert formats.qualified_name("a/b/c")
    assert not formats.label_value("")
    assert formats.as_name("Web_Server") == "web-server"
    assert formats.as_name("웹") == ""
