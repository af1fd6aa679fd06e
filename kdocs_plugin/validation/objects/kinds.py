"""Which rules hold for which kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kdocs_plugin.validation.objects import (
    access,
    autoscaling,
    claims,
    cluster,
    config,
    definitions,
    jobs,
    metadata,
    networking,
    pods,
    policies,
    services,
    storage,
    workloads,
)
from kdocs_plugin.validation.objects.fields import Errors, Field

Rule = Callable[[Field], Errors]


def _pod_template(field: Field) -> Errors:
    yield from pods.template(field["template"])


# By API group and kind: what the versions of a group refuse is the same.
RULES: Final[Mapping[tuple[str, str], Rule]] = {
    ("", "ConfigMap"): config.config_map,
    ("", "Endpoints"): cluster.endpoints,
    ("", "Namespace"): cluster.namespace,
    ("", "LimitRange"): cluster.limit_range,
    ("", "Node"): cluster.node,
    ("", "PersistentVolume"): storage.volume,
    ("", "PersistentVolumeClaim"): claims.check,
    ("", "Pod"): pods.check,
    ("", "PodTemplate"): _pod_template,
    ("", "ReplicationController"): workloads.replication_controller,
    ("", "ResourceQuota"): cluster.quota,
    ("", "Secret"): config.secret,
    ("", "Service"): services.check,
    ("apps", "DaemonSet"): workloads.daemon_set,
    ("apps", "Deployment"): workloads.deployment,
    ("apps", "ReplicaSet"): workloads.replica_set,
    ("apps", "StatefulSet"): workloads.stateful_set,
    ("autoscaling", "HorizontalPodAutoscaler"): autoscaling.autoscaler,
    ("batch", "CronJob"): jobs.cron_job,
    ("batch", "Job"): jobs.job,
    ("networking.k8s.io", "Ingress"): networking.ingress,
    ("networking.k8s.io", "IngressClass"): networking.ingress_class,
    ("networking.k8s.io", "NetworkPolicy"): networking.network_policy,
    ("policy", "PodDisruptionBudget"): autoscaling.budget,
    ("rbac.authorization.k8s.io", "ClusterRole"): access.cluster_role,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): access.cluster_role_binding,
    ("rbac.authorization.k8s.io", "Role"): access.role,
    ("rbac.authorization.k8s.io", "RoleBinding"): access.role_binding,
    ("apiregistration.k8s.io", "APIService"): cluster.api_service,
    ("certificates.k8s.io", "CertificateSigningRequest"): config.signing_request,
    ("discovery.k8s.io", "EndpointSlice"): cluster.endpoint_slice,
    ("node.k8s.io", "RuntimeClass"): cluster.runtime_class,
    ("scheduling.k8s.io", "PriorityClass"): cluster.priority_class,
    ("storage.k8s.io", "StorageClass"): storage.storage_class,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): definitions.custom_resource,
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): definitions.webhooks,
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): definitions.webhooks,
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"): policies.validating,
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"): policies.binding,
}
# Never created under a name: requests, and parts of other objects.
_NAMELESS: Final = ("Review", "List", "Options", "Status", "Eviction", "Scale", "TokenRequest")


def errors(field: Field, group: str, kind: str) -> Errors:
    """What the server refuses of one object whose kind Kubernetes has."""
    if kind.endswith(_NAMELESS) or not isinstance(field["metadata"].value, dict | None):
        return
    yield from metadata.check(field["metadata"], kind)
    rule = RULES.get((group, kind))
    if rule is not None:
        yield from rule(field)
