"""Every rule has a section in the manual, and the manual has no rule that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from kdocs_plugin.messages import CATALOGUE

RULES = Path(__file__).parents[2] / "docs" / "manual" / "rules.md"


def test_the_manual_has_every_rule() -> None:
    codes = {key for key in CATALOGUE if re.fullmatch(r"KD\d{3}", key)}
    headings = re.findall(
        r"(?m)^### (KD\d{3}) .*\{ #(kd\d{3}) \}$", RULES.read_text(encoding="utf-8")
    )
    assert {code for code, _ in headings} == codes
    assert all(anchor == code.lower() for code, anchor in headings)


def test_every_sentence_speaks_both_languages() -> None:
    for key, message in CATALOGUE.items():
        assert message.ko, key
        assert message.en, key
        assert bool(message.hint_ko) == bool(message.hint_en), key
        places = [set(re.findall(r"\{(\w+)", text)) for text in (message.ko, message.en)]
        assert places[0] == places[1], key
