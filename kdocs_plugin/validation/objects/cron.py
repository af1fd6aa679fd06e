"""Schedules of CronJobs: robfig/cron's standard parser, and time zones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from kdocs_plugin.late import late

_DESCRIPTORS: Final = (
    "@yearly",
    "@annually",
    "@monthly",
    "@weekly",
    "@daily",
    "@midnight",
    "@hourly",
)
_MONTHS: Final = dict(
    zip("jan feb mar apr may jun jul aug sep oct nov dec".split(), range(1, 13), strict=True)
)
_DAYS: Final = dict(zip("sun mon tue wed thu fri sat".split(), range(7), strict=True))
_NONE: Final[Mapping[str, int]] = {}
# Lowest, highest, names.
_FIELDS: Final = (
    (0, 59, _NONE),
    (0, 23, _NONE),
    (1, 31, _NONE),
    (1, 12, _MONTHS),
    (0, 6, _DAYS),
)
_DURATION: Final = late(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+", re.ASCII)
_ZONE_PART: Final = late(r"[A-Za-z.\-_0-9+]{1,14}")
_LONGEST: Final = 1000


def wrong(schedule: str) -> Sequence[str]:
    """What is wrong with a schedule, in the server's words."""
    found = _parse(schedule) if len(schedule) <= _LONGEST else ["too long"]
    if "TZ" in schedule:
        return [*found, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"]
    return found


def _parse(schedule: str) -> list[str]:
    if schedule.startswith(("TZ=", "CRON_TZ=")):
        schedule = schedule.partition(" ")[2].strip()
    if schedule.startswith("@"):
        if schedule in _DESCRIPTORS:
            return []
        if schedule.startswith("@every "):
            every = schedule.removeprefix("@every ")
            return (
                []
                if every == "0" or _DURATION.fullmatch(every)
                else [f"failed to parse duration {schedule}"]
            )
        return [f"unrecognized descriptor: {schedule}"]
    parts = schedule.split()
    if len(parts) != len(_FIELDS):
        return [f"expected exactly 5 fields, found {len(parts)}: {parts}"]
    for part, (low, high, names) in zip(parts, _FIELDS, strict=True):
        for each in part.split(","):
            if each and (found := _range(each, low, high, names)):
                return [found]
    return []


def _range(text: str, low: int, high: int, names: Mapping[str, int]) -> str:
    """`*`, `?`, `5`, `1-5`, any of them with `/2`; what is wrong with it, or ""."""
    span, *steps = text.split("/")
    ends = span.split("-")
    if len(steps) > 1:
        return f"too many slashes: {text}"
    if ends[0] in ("*", "?"):
        first, last = low, high
    else:
        if len(ends) > 2:
            return f"too many hyphens: {text}"
        numbers = [_number(each, names) for each in ends]
        if None in numbers:
            return f"failed to parse int from {span}"
        first, last = (each or 0 for each in (numbers[0], numbers[-1]))
        if steps and len(ends) == 1:
            last = high
    if steps:
        step = _number(steps[0], _NONE)
        if step is None:
            return f"failed to parse int from {steps[0]}"
        if step == 0:
            return f"step of range should be a positive number: {text}"
    if first < low:
        return f"beginning of range ({first}) below minimum ({low}): {text}"
    if last > high:
        return f"end of range ({last}) above maximum ({high}): {text}"
    if first > last:
        return f"beginning of range ({first}) beyond end of range ({last}): {text}"
    return ""


def _number(text: str, names: Mapping[str, int]) -> int | None:
    if text.lower() in names:
        return names[text.lower()]
    digits = text.removeprefix("+")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def wrong_zone(zone: str) -> Sequence[str]:
    """What is wrong with a timeZone."""
    if not zone:
        return ("timeZone must be nil or non-empty string",)
    if zone.lower() == "local":
        return (
            (
                "timeZone must be an explicit time zone as defined in "
                "https://www.iana.org/time-zones"
            ),
        )
    parts = zone.split("/")
    if any(
        part in (".", "..") or part.startswith("-") or not _ZONE_PART.fullmatch(part)
        for part in parts
    ):
        return (f"unknown time zone {zone}",)
    return () if _is_known(zone) else (f"unknown time zone {zone}",)


def _is_known(zone: str) -> bool:
    """By the machine's own table; where it has none, every name passes."""
    import zoneinfo  # 5 ms: few notes have a time zone

    if zone == "UTC":
        return True
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return not zoneinfo.available_timezones()
    return True
