"""What a scenario made, remembered for the picture at the end of its page.

    seen     what one object says of itself: its state, its volumes; never what it holds
    moment   a look at a state as trees: a workload, what it made, what goes with it
    log      each tree at its fullest, put together and kept small

In: the objects that readiness holds after a step, so that no call is made for it. Out:
`model.Drawn` values, in an order that does not change from run to run.
"""

from kdocs_plugin.execution.scene.log import SceneLog

__all__ = ["SceneLog"]
