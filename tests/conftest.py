"""What all tests share.

A test that can't run on a machine skips with its reason. Where KDOCS_REQUIRE_ALL_TESTS is
set, as in CI, such a skip is a failure: nothing is silently left out there.

Hypothesis tries the same examples each time, so that a change is judged by what it changed;
`pytest --hypothesis-profile=search` looks for others.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True)
settings.register_profile("search", settings.get_profile("default"))
settings.load_profile("same")

# No test asks a registry of the world; those that pull name one on loopback.
os.environ["KDOCS_REGISTRIES"] = "none"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report: pytest.TestReport = yield  # type: ignore[assignment]
    needs_machine = item.get_closest_marker("live") or item.get_closest_marker("browser")
    if report.skipped and needs_machine and os.environ.get("KDOCS_REQUIRE_ALL_TESTS"):
        report.outcome = "failed"
        report.longrepr = f"skipped where all tests must run: {report.longrepr}"
    return report  # type: ignore[return-value]
