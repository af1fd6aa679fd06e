"""The rules: each one's code and how grave it is, and in texts/ the page that tells of it.

In: a code. Out: its severity (`SEVERITIES`), and from `pages` what and why, a wrong and a
right example, for the manual, `kdocs rule` and SARIF. A rule is a line here, a file
`texts/KD104.md` (title, text, examples) and a sentence in messages.py; docs/manual/rules.md
is made from the first two (scripts/build_rules_page.py). Texts are read when one is asked
for, never by a check. May import: model.
"""

from __future__ import annotations

from typing import Final

from kdocs_plugin.model import Severity

SEVERITIES: Final[dict[str, Severity]] = {
    "KD001": Severity.WARNING,  # front matter that is no YAML
    "KD002": Severity.ERROR,  # bytes that are not UTF-8
    "KD003": Severity.WARNING,  # a fence without an end
    "KD004": Severity.WARNING,  # a fence's header that Markdown does not take
    "KD005": Severity.WARNING,  # zsh's `%` behind an output
    "KD006": Severity.WARNING,  # an annotation that is none
    "KD007": Severity.WARNING,  # an annotation's key that there is not
    "KD008": Severity.WARNING,  # a fence cut off by its indentation
    "KD009": Severity.WARNING,  # an annotation without a block
    "KD010": Severity.WARNING,  # an annotation's value that its key can't have
    "KD011": Severity.WARNING,  # a wiki link that leads nowhere (only in a build)
    "KD012": Severity.WARNING,  # a wiki link to a heading that there is not (only in a build)
    "KD013": Severity.INFO,  # a diagram that nothing draws (only in a build)
    "KD101": Severity.ERROR,  # YAML syntax
    "KD102": Severity.ERROR,  # tabs, with their mend
    "KD103": Severity.ERROR,  # tabs that nobody can mend for sure
    "KD104": Severity.WARNING,  # repeated key: kubectl takes the last one in silence
    "KD105": Severity.ERROR,  # aliases without end
    "KD106": Severity.ERROR,  # too large, too deep
    "KD107": Severity.ERROR,  # no JSON for it
    "KD108": Severity.ERROR,  # the language's name inside the block
    "KD201": Severity.ERROR,  # unknown field
    "KD202": Severity.ERROR,  # wrong type
    "KD203": Severity.ERROR,  # missing field
    "KD204": Severity.INFO,  # a kind of somebody else's
    "KD205": Severity.ERROR,  # no such kind in this group of Kubernetes' own
    "KD206": Severity.INFO,  # a template
    "KD207": Severity.ERROR,  # an API version that is gone
    "KD208": Severity.WARNING,  # an API version that is on its way out
    "KD209": Severity.WARNING,  # a field, an annotation or a label on its way out
    "KD210": Severity.ERROR,  # the API server refuses it (only where it is asked)
    "KD211": Severity.WARNING,  # called invalid, and the API server takes it
    "KD212": Severity.WARNING,  # an API version that servers don't serve by default
    "KD213": Severity.ERROR,  # a value that a CRD's schema refuses
    "KD214": Severity.ERROR,  # no version of Kubernetes that we know
    "KD215": Severity.INFO,  # a CRD's CEL rules, which only a server evaluates
    "KD220": Severity.ERROR,  # a name that is none
    "KD221": Severity.ERROR,  # a label, an annotation's key, a selector's value
    "KD222": Severity.ERROR,  # a quantity, a resource's name, a request over its limit
    "KD223": Severity.ERROR,  # a port's number or name
    "KD224": Severity.ERROR,  # a value out of those that are possible
    "KD225": Severity.ERROR,  # what the object itself does not have: a volume, a label
    "KD226": Severity.ERROR,  # fields that exclude or need each other
    "KD227": Severity.ERROR,  # keys, base64 and contents of ConfigMaps and Secrets
    "KD228": Severity.ERROR,  # a schedule, a time zone
    "KD229": Severity.ERROR,  # the same name, path or port twice
    "KD301": Severity.ERROR,  # -f of a file that nothing provides
    "KD302": Severity.ERROR,  # exec without a command
    "KD303": Severity.INFO,  # -f of a file that more than one block may be
    "KD304": Severity.ERROR,  # a number of nodes that is none
    "KD305": Severity.ERROR,  # exec without `--`
    "KD306": Severity.ERROR,  # no such command of kubectl
    "KD307": Severity.ERROR,  # no such flag
    "KD308": Severity.ERROR,  # a flag's value, or none
    "KD309": Severity.ERROR,  # a command, a flag or a resource that is gone
    "KD310": Severity.ERROR,  # arguments that the command does not take
    "KD311": Severity.WARNING,  # a flag or a resource on its way out
    "KD312": Severity.WARNING,  # a resource one slip away from one that there is
    "KD313": Severity.ERROR,  # a verb that does not fit the kind
    "KD314": Severity.WARNING,  # a name one slip away from one that the note makes
    "KD321": Severity.ERROR,  # needs: a page that is not there
    "KD322": Severity.ERROR,  # needs: round in a circle
    "KD401": Severity.WARNING,  # a selector that chooses none of the note's pods
    "KD402": Severity.WARNING,  # a port that nothing it leads to has
    "KD403": Severity.WARNING,  # an object that the note never makes
    "KD404": Severity.WARNING,  # a key that the ConfigMap or Secret has not
    "KD405": Severity.ERROR,  # a later apply changes what can't be changed
    "KD406": Severity.WARNING,  # the same object twice in one block
    "KD901": Severity.WARNING,  # a record that can't be read
    "KD911": Severity.ERROR,  # an image that nobody has
}
