"""securityContext of pods and containers: ValidateSecurityContext of pkg/apis/core."""

from __future__ import annotations

from typing import Final

from kdocs_plugin.late import late
from kdocs_plugin.validation.objects import formats
from kdocs_plugin.validation.objects.fields import (
    TOGETHER,
    VALUE,
    Errors,
    Field,
    between,
    duplicate,
    invalid,
    invalids,
    one_of,
    optional,
    required,
)

_HIGHEST_ID: Final = 2**31 - 1
_PROFILES: Final = ("Localhost", "RuntimeDefault", "Unconfined")
_SYSCTL: Final = late(
    r"(?:[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?"
)
# Kernel settings that live in a namespace of their own (component-helpers' sysctl).
_NETWORK: Final = "net."
_IPC: Final = ("kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.")


def of_container(context: Field, host_users: bool) -> Errors:
    """A container's securityContext; `host_users` unless the pod has users of its own."""
    if not context.given:
        return
    yield from _ids(context["runAsUser"], context["runAsGroup"])
    mount = context["procMount"]
    yield from optional(mount, ("Default", "Unmasked"))
    if mount.text == "Unmasked" and host_users:
        yield invalid(TOGETHER, mount, "`hostUsers` must be false to use `Unmasked`")
    yield from _profiles(context)
    escalation = context["allowPrivilegeEscalation"]
    if escalation.value is False:
        if context["privileged"].true:
            detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"
            yield invalid(TOGETHER, escalation, detail)
        for capability in context.at("capabilities", "add").items():
            if capability.text == "CAP_SYS_ADMIN":
                detail = (
                    "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` "
                    "CAP_SYS_ADMIN"
                )
                yield invalid(TOGETHER, capability, detail)


def of_pod(spec: Field) -> Errors:
    """A pod's securityContext, from its spec."""
    context = spec["securityContext"]
    if not context.given:
        return
    groups = context["supplementalGroups"].items()
    yield from _ids(context["runAsUser"], context["runAsGroup"], context["fsGroup"], *groups)
    yield from optional(context["fsGroupChangePolicy"], ("Always", "OnRootMismatch"))
    yield from optional(context["supplementalGroupsPolicy"], ("Merge", "Strict"))
    yield from optional(context["seLinuxChangePolicy"], ("MountOption", "Recursive"))
    yield from _profiles(context)
    names: set[str] = set()
    for setting in context["sysctls"].items():
        yield from _sysctl(setting["name"], spec, names)


def _sysctl(name: Field, spec: Field, names: set[str]) -> Errors:
    if name.empty:
        yield required(name)
    elif not name.text:
        return
    elif len(name.text) > 253 or not _SYSCTL.fullmatch(name.text):
        detail = "must have at most 253 characters and match the names of kernel settings"
        yield invalid(VALUE, name, detail)
    elif name.text in names:
        yield duplicate(name)
    elif spec["hostNetwork"].true and name.text.startswith(_NETWORK):
        yield invalid(TOGETHER, name, "may not be specified when 'hostNetwork' is true")
    elif spec["hostIPC"].true and name.text.startswith(_IPC):
        yield invalid(TOGETHER, name, "may not be specified when 'hostIPC' is true")
    names.add(name.text)


def _ids(*fields: Field) -> Errors:
    for field in fields:
        yield from between(field, 0, _HIGHEST_ID)


def _profiles(context: Field) -> Errors:
    for name in ("seccompProfile", "appArmorProfile"):
        profile = context[name]
        if not profile.given:
            continue
        yield from one_of(profile["type"], _PROFILES)
        local = profile["localhostProfile"]
        kind = "seccomp" if name == "seccompProfile" else "AppArmor"
        if profile["type"].text == "Localhost":
            if not local.given:
                yield required(local, f"must be set when {kind} type is Localhost")
            elif name == "seccompProfile":
                yield from invalids(VALUE, local, formats.local_path(local.text))
        elif local.given:
            yield invalid(TOGETHER, local, f"can only be set when {kind} type is Localhost")
