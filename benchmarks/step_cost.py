"""What a shell step costs beside its own work: a session against plain bash and against peers.

The same statements, each a step of its own: in one bash script, through a session, and where
they are installed through markdown-exec (a Python that has it: MARKDOWN_EXEC=python) and
scrut (its binary: SCRUT=scrut). Starting each is left out: it is taken from a run without
statements. Prints microseconds a step, and what is above bash.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from kdocs_plugin.clusters.base import Shell
from kdocs_plugin.execution.shell.session import Session

STEPS = 2000
PEER_STEPS = 200  # theirs cost more: the numbers are those of a step
ROUNDS = 5
FOLDER = Path(tempfile.mkdtemp())
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": str(FOLDER), "LANG": "C.UTF-8"}
STATEMENT = 'N=$((${N:-0} + 1)); echo "step $N"'


def in_bash(count: int) -> float:
    """One script, its output read to the end."""
    script = "\n".join([STATEMENT] * count) + "\n"
    begun = time.perf_counter()
    done = subprocess.run(
        ["bash", "--norc", "--noprofile", "-s"],
        input=script, env=ENVIRONMENT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    taken = time.perf_counter() - begun
    assert done.stdout.count("step") == count
    return taken


def in_session(count: int) -> float:
    """Each a step with an output and an exit status of its own."""
    begun = time.perf_counter()
    with Session(Shell(["bash", "--norc", "--noprofile"], ENVIRONMENT, FOLDER)) as session:
        for number in range(count):
            ran = session.run(STATEMENT, 10)
            assert ran.raw == f"step {number + 1}\n".encode(), ran
    return time.perf_counter() - begun


# A page's blocks one after the other, as its Markdown extension is asked for each.
MARKDOWN_EXEC = """
import json, sys, time
from markdown import Markdown
from markdown_exec import formatter, validator
from pymdownx.superfences import SuperFencesCodeExtension
count, statement = int(sys.argv[1]), sys.argv[2]
md = Markdown(extensions=["pymdownx.superfences"], extension_configs={"pymdownx.superfences": {
    "custom_fences": [{"name": "bash", "class": "bash", "validator": validator,
                       "format": formatter}]}})
text = f'```bash exec="1" session="s"\\n{statement}\\n```\\n\\n' * count
html = md.convert(text)
assert html.count("step 1") >= count, html[:500]
"""


def in_markdown_exec(python: str) -> Callable[[int], float]:
    def take(count: int) -> float:
        begun = time.perf_counter()
        subprocess.run(
            [python, "-c", MARKDOWN_EXEC, str(count), STATEMENT],
            env=ENVIRONMENT, capture_output=True, check=True,
        )  # fmt: skip
        return time.perf_counter() - begun

    return take


def in_scrut(scrut: str) -> Callable[[int], float]:
    def take(count: int) -> float:
        file = FOLDER / "steps.md"
        blocks = [
            f"# {n}\n\n```scrut\n$ {STATEMENT}\nstep {n}\n```\n" for n in range(1, count + 1)
        ]
        file.write_text("\n".join(blocks))
        begun = time.perf_counter()
        subprocess.run(
            [scrut, "test", str(file)], env=ENVIRONMENT, capture_output=True, check=True
        )
        return time.perf_counter() - begun

    return take


def cost(take: Callable[[int], float], count: int) -> list[float]:
    """Microseconds a step, of each round: what `count` steps take above one."""
    take(1)
    return sorted((take(count) - take(1)) / (count - 1) * 1e6 for _ in range(ROUNDS))


def shown(name: str, times: Sequence[float], bash: float) -> str:
    median = statistics.median(times)
    spread = f"{times[0]:.0f} to {times[-1]:.0f}"
    return f"{name:14} {median:8.0f} µs a step ({spread})   {median - bash:8.0f} above bash"


def main() -> None:
    try:
        plain = cost(in_bash, STEPS)
        bash = statistics.median(plain)
        print(shown("bash", plain, bash))
        print(shown("kdocs session", cost(in_session, STEPS), bash))
        if python := os.environ.get("MARKDOWN_EXEC"):
            print(shown("markdown-exec", cost(in_markdown_exec(python), PEER_STEPS), bash))
        if scrut := os.environ.get("SCRUT"):
            print(shown("scrut", cost(in_scrut(scrut), PEER_STEPS), bash))
    finally:
        shutil.rmtree(FOLDER)


if __name__ == "__main__":
    main()
