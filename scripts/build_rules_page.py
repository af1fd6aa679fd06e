"""docs/manual/rules.md, made from the rules themselves (kdocs_plugin/rules).

python scripts/build_rules_page.py
"""

from __future__ import annotations

from pathlib import Path

from kdocs_plugin.rules.pages import page

PAGE = Path(__file__).parents[1] / "docs" / "manual" / "rules.md"

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
