"""Where golden cases lie and how they are read: a case is a YAML file of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent


def cases(folder: str) -> list[Any]:
    """A test parameter for each case of a folder, named after its file."""
    return [pytest.param(path, id=path.stem) for path in sorted((HERE / folder).glob("*.yaml"))]


def read_case(path: Path) -> dict[str, Any]:
    case = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(case, dict)
    return case
