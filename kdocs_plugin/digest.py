"""SHA-256 by Python's own code: hashlib's import loads OpenSSL, 5 ms for a name's few bytes."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final


def _find() -> Callable[[bytes], Any]:
    # Python 3.12 and newer, 3.11, and where it is built without them.
    for home in ("_sha2", "_sha256"):
        try:
            found: Callable[[bytes], Any] = import_module(home).sha256
        except ImportError:
            continue
        return found
    import hashlib

    return hashlib.sha256


sha256: Final = _find()
