"""Note in, Scenario out: what a run would do, bound to what, and what it would not and why.

Reads nothing from disk and runs nothing: files beside the note come through `Options`.
May import source, manifests, commands, outputs and the model.
"""

from kdocs_plugin.planning.claims import claims_of, sees_others
from kdocs_plugin.planning.options import Earlier, Options
from kdocs_plugin.planning.plan import namespace_of, plan

__all__ = ["Earlier", "Options", "claims_of", "namespace_of", "plan", "sees_others"]
