"""Jobs and CronJobs: pkg/apis/batch's validation."""

from __future__ import annotations

from typing import Final

from kdocs_plugin.validation.objects import cron, formats, metadata, pods, selectors
from kdocs_plugin.validation.objects.fields import (
    NAME,
    REFERENCE,
    SCHEDULE,
    TOGETHER,
    VALUE,
    Error,
    Errors,
    Field,
    invalid,
    invalids,
    not_negative,
    one_of,
    optional,
    required,
)

_RESTARTS: Final = ("OnFailure", "Never")
_LONGEST_CRON_NAME: Final = 52
_LONGEST_JOB_NAME: Final = 63  # of a Job: it becomes a label of its pods
_ACTIONS: Final = ("Count", "FailIndex", "FailJob", "Ignore")


def job(field: Field) -> Errors:
    """A Job."""
    spec, name = field["spec"], field["metadata"]["name"]
    yield from _spec(spec)
    selector = spec["selector"]
    chosen = not selectors.is_empty(selector)
    if selector.given and chosen and not spec["manualSelector"].true:
        yield invalid(TOGETHER, selector, "`selector` not auto-generated")
    if spec["manualSelector"].true:
        yield from selectors.of_template(selector, spec["template"], "job")
    if formats.length(name.text) > _LONGEST_JOB_NAME:
        yield invalid(NAME, name, "must be no more than 63 bytes")
    completions = spec["completions"].integer
    if spec["completionMode"].text == "Indexed" and completions and name.text:
        highest = f"{name.text}-{completions - 1}"
        if formats.dns_label(highest) and not formats.dns_subdomain(name.text):
            detail = f"will not able to create pod with invalid DNS label: {highest}"
            yield invalid(NAME, name, detail)


def cron_job(field: Field) -> Errors:
    """A CronJob."""
    spec, name = field["spec"], field["metadata"]["name"]
    schedule = spec["schedule"]
    if schedule.empty:
        yield required(schedule)
    elif schedule.text:
        yield from invalids(SCHEDULE, schedule, cron.wrong(schedule.text))
    zone = spec["timeZone"]
    if isinstance(zone.value, str):
        yield from invalids(SCHEDULE, zone, cron.wrong_zone(zone.value))
    yield from one_of(spec["concurrencyPolicy"], ("Allow", "Forbid", "Replace"), "Allow")
    limits = ("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit")
    yield from not_negative(*(spec[limit] for limit in limits))
    inner = spec.at("jobTemplate", "spec")
    yield from metadata.of_template(spec["jobTemplate"]["metadata"])
    yield from _spec(inner)
    if inner["selector"].given:
        yield invalid(TOGETHER, inner["selector"], "`selector` will be auto-generated")
    if inner["manualSelector"].true:
        words = 'Unsupported value: true: supported values: "nil", "false"'
        yield Error(VALUE, inner["manualSelector"].path, words)
    if formats.length(name.text) > _LONGEST_CRON_NAME:
        yield invalid(NAME, name, "must be no more than 52 characters")


def _spec(spec: Field) -> Errors:
    if spec.given and not isinstance(spec.value, dict):
        return
    limits = (
        "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit",
        "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes",
    )  # fmt: skip
    yield from not_negative(*(spec[limit] for limit in limits))
    yield from optional(spec["completionMode"], ("NonIndexed", "Indexed"))
    yield from _indexes(spec)
    yield from _replacement(spec)
    manager = spec["managedBy"]
    if manager.given and isinstance(manager.value, str):
        yield from invalids(NAME, manager, formats.domain_prefixed_path(manager.text))
    template = spec["template"]
    yield from pods.template(template)
    policy = template.at("spec", "restartPolicy")
    if policy.value in (None, "", "Always"):
        words = 'Required value: valid values: "OnFailure", "Never"'
        place = policy if policy.given else template["spec"]
        absent = not policy.given
        choices = "`OnFailure`, `Never`"
        yield Error(VALUE, place.path, words, choices=choices, key=absent, absent=absent)
    elif spec["podFailurePolicy"].given and policy.text == "OnFailure":
        detail = 'only "Never" is supported when podFailurePolicy is specified'
        yield invalid(TOGETHER, policy, detail)
    if spec["podFailurePolicy"].given:
        yield from _failures(spec, template)


def _indexes(spec: Field) -> Errors:
    indexed = spec["completionMode"].text == "Indexed"
    failed = spec["maxFailedIndexes"]
    if failed.given and not spec["backoffLimitPerIndex"].given:
        detail = "when maxFailedIndexes is specified"
        yield required(spec["backoffLimitPerIndex"], detail)
    if not indexed:
        for name in ("backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"):
            if spec[name].given:
                words = "Invalid value: requires indexed completion mode"
                yield Error(TOGETHER, spec[name].path, words, key=True)
        return
    completions = spec["completions"]
    if not completions.given:
        yield required(completions, "when completion mode is Indexed")
    pods_at_once = spec["parallelism"].integer
    if pods_at_once is not None and pods_at_once > 100000:
        detail = "must be less than or equal to 100000 when completion mode is Indexed"
        yield invalid(VALUE, spec["parallelism"], detail)
    most = completions.integer
    if failed.integer is not None and most is not None and failed.integer > most:
        yield invalid(VALUE, failed, "must be less than or equal to completions")


def _replacement(spec: Field) -> Errors:
    known = ("Failed",) if spec["podFailurePolicy"].given else ("Failed", "TerminatingOrFailed")
    yield from optional(spec["podReplacementPolicy"], known)
    rules = spec["successPolicy"]["rules"]
    if spec["successPolicy"].given and rules.empty:
        detail = "at least one rules must be specified when the successPolicy is specified"
        yield required(rules, detail)
    for rule in rules.items():
        if not rule["succeededCount"].given and not rule["succeededIndexes"].given:
            detail = "at least one of succeededCount or succeededIndexes must be specified"
            yield required(rule, detail)
        count, all_of = rule["succeededCount"], spec["completions"].integer
        yield from not_negative(count)
        if count.integer is not None and all_of is not None and count.integer > all_of:
            detail = (
                f"must be less than or equal to {all_of} (the number of specified completions)"
            )
            yield invalid(VALUE, count, detail)


def _failures(spec: Field, template: Field) -> Errors:
    names = {
        container["name"].text
        for field in ("containers", "initContainers")
        for container in template["spec"][field].items()
    }
    for rule in spec.at("podFailurePolicy", "rules").items():
        action, codes, conditions = (
            rule[name] for name in ("action", "onExitCodes", "onPodConditions")
        )
        yield from one_of(action, _ACTIONS)
        if action.text == "FailIndex" and not spec["backoffLimitPerIndex"].given:
            yield invalid(TOGETHER, action, "requires the backoffLimitPerIndex to be set")
        both = codes.given + bool(conditions.items())
        if both != 1:
            word = "both" if both else "one of"
            end = "not supported" if both else "required"
            words = f"specifying {word} OnExitCodes and OnPodConditions is {end}"
            yield Error(TOGETHER, rule.path, f"Invalid value: {words}")
        if codes.given:
            yield from _exit_codes(codes, names)
        for condition in conditions.items():
            yield from invalids(
                VALUE, condition["type"], formats.qualified_name(condition["type"].text)
            )
            yield from one_of(condition["status"], ("False", "True", "Unknown"), "True")


def _exit_codes(codes: Field, names: set[str]) -> Errors:
    operator, values, name = codes["operator"], codes["values"], codes["containerName"]
    yield from one_of(operator, ("In", "NotIn"))
    if name.text and name.text not in names:
        detail = "must be one of the container or initContainer names in the pod template"
        yield invalid(REFERENCE, name, detail)
    if values.empty:
        yield invalid(VALUE, values, "at least one value is required")
    numbers = [value.integer for value in values.items() if value.integer is not None]
    for value in values.items():
        if operator.text == "In" and value.integer == 0:
            yield invalid(VALUE, value, "must not be 0 for the In operator")
    if len(set(numbers)) < len(numbers):
        yield Error("KD229", values.path, "Duplicate value")
    elif numbers != sorted(numbers):
        yield invalid(VALUE, values, "must be ordered")
