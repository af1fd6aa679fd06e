"""Where the `kdocs` command begins, and `python -m kdocs_plugin`.

A plain `kdocs check` goes straight to work, a `kdocs run` that has nothing to do says so;
everything else is click's, in `cli`.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line."""
    command, arguments = sys.argv[1:2], sys.argv[2:]
    # On Windows click expands file patterns; under completion it must answer itself.
    if command == ["check"] and os.name != "nt" and "_KDOCS_COMPLETE" not in os.environ:
        # A check makes next to no cycles, and the collector would look for them all the time.
        gc.set_threshold(200_000)
        from kdocs_plugin import checking, ending, options

        values = options.parse(checking.OPTIONS, arguments)
        if values is not None:
            ending.at_once(lambda: checking.check(**values))
    if command == ["run"]:
        from kdocs_plugin import unchanged

        if (known := unchanged.answer(arguments)) is not None:
            sys.stdout.write(known.out)
            sys.stdout.flush()
            sys.stderr.write(known.err)
            sys.exit(known.status)
    from kdocs_plugin import cli

    cli.main()


if __name__ == "__main__":
    main()
