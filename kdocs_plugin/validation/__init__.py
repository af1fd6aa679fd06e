"""Note and Scenario -> Findings: what kubectl or the API server would refuse, and more.

In: a scanned note and its plan. Out: findings, sorted, each root cause once. One module a
family of rules:

    yaml_rules      KD101 to KD107: can kubectl read the block at all
    schema_rules    KD201 to KD214: would the API server take its fields, and for how long
    object_rules    KD220 to KD229: and their values, by the rules of `objects`
    scenario        KD401 to KD406: what the note's objects are to each other
    command_rules   KD302, KD305 to KD314: would kubectl take the command line (KD301,
                    KD303 and KD304 come from planning); its families are in kubectl/

`reading` is a block as kubectl reads it, `ignores` knows what the author has silenced; how
grave a rule is, and its page, is in kdocs_plugin/rules. May import planning's and all lower
layers; needs no cluster and no network.
"""

from kdocs_plugin.validation.check import check
from kdocs_plugin.validation.options import Options

__all__ = ["Options", "check"]
