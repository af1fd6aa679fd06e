"""When what a step has changed has come to rest, and whether it has come to rest well.

A step's words and kubectl's own (`named`) say which kinds to look at; those are listed and
then watched (`world`). `judge` tells for every object whether it is well, on its way, or
failed for good: `pods`, `workloads`, `services`, `others`, after the rules of kstatus
(sigs.k8s.io/cli-utils), `events` where an object is silent, `endings` where it deceives.
`ledger` knows which step has to answer for what, `expected` what the author means to show,
`condition` what a step is told to wait for; `wait` puts them together.

In: the API and a step that has run. Out: `Settled`. May import clusters, commands, the model.
"""

from kdocs_plugin.execution.readiness.judge import Judgement, judge
from kdocs_plugin.execution.readiness.trouble import Trouble
from kdocs_plugin.execution.readiness.wait import Readiness, Settled
from kdocs_plugin.execution.readiness.world import RESOURCES

__all__ = ["RESOURCES", "Judgement", "Readiness", "Settled", "Trouble", "judge"]
