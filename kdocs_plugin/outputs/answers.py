"""What a dialogue answered, without what was typed into it."""

from __future__ import annotations


def answers(output: str, typed: str) -> str:
    """The output's lines but for those that show a typed line behind a prompt, in order."""
    lines = [line.strip() for line in typed.split("\n")]
    waiting = [line for line in lines if line and not line.startswith("^")]  # no keys
    kept = []
    for line in output.split("\n"):
        prompt, _, _ = line.partition(waiting[0]) if waiting else ("", "", "")
        shows = bool(waiting) and line.rstrip().endswith(waiting[0]) and is_prompt(prompt)
        if shows:
            waiting.pop(0)
        kept.append("" if shows else line)
    return "\n".join(kept)


def is_prompt(text: str) -> bool:
    """Whether a typed line may stand behind it: a prompt, or nothing, as behind `cat`."""
    return text.rstrip().endswith(("#", "$", ">", "%", "❯")) or not text.strip()
