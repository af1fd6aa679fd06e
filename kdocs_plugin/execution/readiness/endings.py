"""Containers whose own words say that they end at once.

Such a container, in a pod that starts it again and again, is Ready for the moment between
its start and its end, and nothing in the API tells. What says nothing of the kind is
believed when it is Ready: nobody waits a second for a server because a script may crash.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

SHELLS = ("sh", "bash", "ash", "dash")
# Images whose own command is a shell, which ends where nobody types.
SHELL_IMAGES = frozenset(
    "busybox alpine ubuntu debian centos fedora rockylinux almalinux amazonlinux bash".split()
)
ENDING = frozenset(
    """
    exit false true echo printf ls date env printenv cp mv rm mkdir touch wget curl nslookup
    dig test [ grep id whoami hostname uname df ps seq ping cat
    """.split()
)
BRIEF_SECONDS = 3.0  # `sleep 2` ends at once, too
LOOPS = re.compile(r"\b(?:while|until|for|exec|wait|tail|trap)\b|&\s*$")


def ends_at_once(container: Mapping[str, Any]) -> bool:
    """Whether a container's command plainly ends, as far as its words tell."""
    if container.get("stdin"):
        return False
    words = [*(container.get("command") or []), *(container.get("args") or [])]
    if not words:
        repository = str(container.get("image", "")).rpartition("/")[2]
        return re.split("[:@]", repository)[0] in SHELL_IMAGES
    if not container.get("command"):
        return False  # arguments of an entrypoint that nobody knows
    program = str(words[0]).rpartition("/")[2]
    if program in SHELLS:
        flags = [word for word in words[1:] if str(word).startswith("-")]
        if len(words) < 3 or not any("c" in flag for flag in flags):
            return False
        return script_ends(str(words[1 + len(flags)]) if len(words) > 1 + len(flags) else "")
    return command_ends([str(word) for word in words])


def script_ends(script: str) -> bool:
    """Whether the last command of a script plainly ends, and no loop keeps it up."""
    if LOOPS.search(script):
        return False
    last = re.split(r"[;\n]|&&|\|\|", script.strip().rstrip(";"))[-1].split()
    naps = re.findall(r"\bsleep +(\d+(?:\.\d+)?)\b", script)
    return sum(map(float, naps)) <= BRIEF_SECONDS and command_ends(last)


def command_ends(words: list[str]) -> bool:
    """Whether a simple command plainly ends."""
    if not words:
        return False
    program = words[0].rpartition("/")[2]
    if program == "sleep":
        nap = words[1] if len(words) == 2 else ""
        return bool(re.fullmatch(r"\d+(?:\.\d+)?", nap)) and float(nap) <= BRIEF_SECONDS
    if program == "ping":
        return "-c" in words
    if program == "cat":
        return len(words) > 1
    return program in ENDING
