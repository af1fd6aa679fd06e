"""What people write for what they cut: `...`, `# (생략)`, `<중략>`, `spec: ...`.

No regular expressions: a note can hold a line of a hundred thousand blanks.
"""

from __future__ import annotations

from typing import Final

_AROUND: Final = " \t.…⋮~·-#*()<>[]"
_WORDS: Final = frozenset(
    {"생략", "생략됨", "생략함", "중략", "후략", "전략", "snip", "omitted"}
)
_SIGNS: Final = ("..", "…", "⋮", "략")  # one of them is in every mark but the English words
_BEFORE: Final = ("이하", "중간", "나머지", "나머지는", "아래", "내용")
_VALUES: Final = ("...", "…", "[...]", "{...}", "[…]", "{…}")


def may_be_cut(text: str) -> bool:
    """A quick no for the many texts from which nothing was cut."""
    if ".." in text or (not text.isascii() and any(sign in text for sign in _SIGNS)):
        return True
    lowered = text.lower()
    return "snip" in lowered or "omitted" in lowered


def is_cut_line(line: str) -> bool:
    """Whether the whole line stands for lines that were cut, as a comment or bare."""
    text = line.strip()
    if text.startswith("#"):
        return _is_cut_comment(text)
    return bool(text) and text[0] in _AROUND and _is_cut(text.removeprefix("- "))


def ends_in_cut(line: str) -> bool:
    """Whether a line's value or its comment stands for something that was cut."""
    value, mark, comment = line.partition(" #")
    if mark and _is_cut_comment(comment):
        return True
    value = value.rstrip()
    return any(value.endswith((f": {each}", f"- {each}")) for each in _VALUES)


def _is_cut_comment(text: str) -> bool:
    bare = text.lstrip("# \t")
    return bare.startswith(("...", "…")) or _is_cut(bare)


def _is_cut(text: str) -> bool:
    core = text.strip(_AROUND)
    if not core:
        return ".." in text or "…" in text or "⋮" in text
    for word in _BEFORE:
        core = core.removeprefix(word).strip()
    return core.lower() in _WORDS
