"""Bytes that a step printed, made fit for a record and a page."""

from __future__ import annotations

import re

LIMIT = 64 * 1024  # bytes of output kept for one step
# ECMA-48: CSI sequences, OSC strings, and two-byte escapes.
ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean(raw: bytes, limit: int = LIMIT) -> tuple[str, bool]:
    """Text without escape sequences and control characters, and whether it was cut.

    Invalid UTF-8 becomes U+FFFD. A carriage return without a line feed overwrites its
    line, as a terminal would show it. A cut falls on a line's end where there is one.
    """
    cut = len(raw) > limit
    if cut:
        head = raw[:limit]
        raw = head[: head.rfind(b"\n") + 1] or head
    text = ANSI.sub("", raw.decode("utf-8", "replace")).replace("\r\n", "\n")
    lines = [line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n")]
    return CONTROL.sub("", "\n".join(lines)).rstrip("\n"), cut
