"""Bytes that a step printed, made fit for a record and a page."""

from __future__ import annotations

from kdocs_plugin.late import late

LIMIT = 64 * 1024  # bytes of output kept for one step
# ECMA-48: CSI sequences, OSC strings, escapes with intermediates, and two-byte escapes.
ANSI = late(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|\x1b[ -/]+[0-~]|\x1b[0-~]"
)
SAMPLE = 8192  # bytes by which binary output is told
BINARY = 0.3  # so much of it that no terminal could show
CONTROL = late(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clean(raw: bytes, limit: int = LIMIT) -> tuple[str, bool]:
    """Text without escape sequences and control characters, and whether it was cut.

    Invalid UTF-8 becomes U+FFFD. A carriage return without a line feed overwrites its
    line, as a terminal would show it. A cut falls on the end of the last line that fits,
    if a good part of what fits stands before it.
    """
    kept = raw if len(raw) <= limit else cut(raw, limit)
    text = ANSI.sub("", kept.decode("utf-8", "replace")).replace("\r\n", "\n")
    lines = [line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n")]
    return CONTROL.sub("", "\n".join(lines)).rstrip("\n"), kept is not raw


def is_binary(raw: bytes) -> bool:
    """Whether these bytes are no text: an image, an archive, noise."""
    head = ANSI.sub("", raw[:SAMPLE].decode("utf-8", "replace"))
    strange = len(CONTROL.findall(head.replace("\r", ""))) + head.count("\ufffd")
    return strange > 4 and strange > BINARY * len(head)


def cut(raw: bytes, limit: int) -> bytes:
    """The beginning of `raw`, at most `limit` bytes, no character broken."""
    head = raw[:limit]
    line_end = head.rfind(b"\n") + 1
    if line_end > limit // 2:
        return head[:line_end]
    while head and raw[len(head)] & 0xC0 == 0x80 and len(head) > limit - 4:
        head = head[:-1]
    return head
