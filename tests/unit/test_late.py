"""Patterns that are compiled when they are used."""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import re
import subprocess
import sys

import pytest

import kdocs_plugin
from kdocs_plugin.digest import sha256
from kdocs_plugin.late import late


def test_is_the_pattern() -> None:
    pattern = late(r"(?P<word>\w+)=", re.ASCII)
    for _ in range(2):
        found = pattern.search("-- key=value")
        assert found is not None
        assert found["word"] == "key"
    assert pattern.pattern == r"(?P<word>\w+)="
    assert pattern.flags == re.compile(pattern.pattern, re.ASCII).flags
    assert pattern.groups == 1
    assert pattern.sub(":", "a=b") == ":b"


def test_a_mistake_is_told_when_it_is_used() -> None:
    with pytest.raises(re.error):
        late("(").match("")


def test_every_pattern_compiles() -> None:
    seen = 0
    for module in pkgutil.walk_packages(kdocs_plugin.__path__, "kdocs_plugin."):
        if ".clusters." not in module.name and module.name != "kdocs_plugin.__main__":
            for value in vars(importlib.import_module(module.name)).values():
                if type(value).__name__ == "_Late":
                    seen += bool(value.pattern)
    assert seen > 100


def test_the_quick_digest_is_hashlib_s() -> None:
    for data in (b"", "파드".encode(), bytes(1000)):
        assert sha256(data).hexdigest() == hashlib.sha256(data).hexdigest()


def test_yaml_compiles_nothing_that_nobody_asks_for() -> None:
    program = """
import re, _io
at_once = re.compile
from kdocs_plugin.libyaml import yaml
assert re.compile is at_once
names = [type(yaml.reader.Reader.NON_PRINTABLE).__name__]
assert yaml.safe_load("{a: 2026-11-25, b: 0x1f, c: yes, d: 1_000}")["b"] == 31
assert str(yaml.safe_load("2026-11-25 01:02:03Z")) == "2026-11-25 01:02:03+00:00"
try:
    yaml.safe_load(chr(7))
except yaml.reader.ReaderError as error:
    names.append(error.reason)
print(names)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "['_Late', 'special characters are not allowed']\n", done.stderr
