"""Scenario and cluster in, step results out.

One bash a scenario, one namespace, one short-lived identity; readiness by watch; bounds
on everything. May import clusters, planning's values, commands, outputs, the model.
"""

from kdocs_plugin.execution.observer import Observer, Silent
from kdocs_plugin.execution.run import Cleanup, Outcome, run_scenario

__all__ = ["Cleanup", "Observer", "Outcome", "Silent", "run_scenario"]
