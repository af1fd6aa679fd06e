"""`kdocs check` without a reader of command lines: `check`, and its `OPTIONS` as a table.

In: values of options. Out: findings on standard output, and an exit status. `mending` is
`--fix` and `--diff`, `changed` is `--changed-since`. May import all but `cli` and `plugin`;
what only some calls need is imported where they need it.
"""

from kdocs_plugin.checking.command import OPTIONS, check

__all__ = ["OPTIONS", "check"]
