"""KD302, KD305 to KD314: would kubectl take the line, whatever the cluster holds.

In: a note, its plan, the versions that it is held against. Out: findings, at the word that
is wrong.

    lines       every kubectl line of a plan, and where each of its words stands
    usage       KD305 to KD309, KD311: exec, commands, flags, values, what is gone
    gone        what older kubectl had, until when, and what does it now
    arguments   KD310, KD308: what commands demand of their arguments; `making` and
                `others` have the checks of single commands
    kinds       KD312, KD313: resources that there are not, verbs that don't fit a kind
    names       KD314: names that are one slip away from what the note makes

kubectl is the judge: what it takes is never an error here. A line whose output, as the
author wrote it, is kubectl's refusal is left alone: it is what the note is about.
"""
