"""Findings as JUnit XML: a suite a note, a case a block, and one for the text around.

A case fails by errors, and by warnings where they count (`--strict`); what does not fail it
stands in its `system-out`.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET  # only written, never parsed
from collections.abc import Sequence

from kdocs_plugin.messages import Language, text
from kdocs_plugin.model import BlockKind, Page, Severity
from kdocs_plugin.reports.entries import Entry, entries_of

_CHECKED = (BlockKind.MANIFEST, BlockKind.COMMAND)


def junit(
    pages: Sequence[Page], paths: Sequence[str], language: Language, strict: bool = False
) -> str:
    """The whole document. `paths` are the pages' as the user would type them."""
    failing = (Severity.ERROR, Severity.WARNING) if strict else (Severity.ERROR,)
    root = ET.Element("testsuites", name="kdocs check")
    for page, path in zip(pages, paths, strict=True):
        root.append(_suite(page, path, language, failing))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(
    page: Page, path: str, language: Language, failing: tuple[Severity, ...]
) -> ET.Element:
    found = entries_of(page, language)
    suite = ET.Element("testsuite", name=_clean(path))
    known = {block.index for block in page.note.blocks if block.kind in _CHECKED}
    rest = [each for each in found if each.block not in known]
    suite.append(_case(path, text("report.note", language, {}), rest, failing))
    for block in page.note.blocks:
        if block.index in known:
            arguments = {"line": block.start_line, "language": block.language}
            name = text("report.block", language, arguments)
            mine = [each for each in found if each.block == block.index]
            suite.append(_case(path, name.strip(), mine, failing))
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(sum(case.find("failure") is not None for case in suite)))
    suite.set("errors", "0")
    suite.set("skipped", "0")
    suite.set("time", "0")
    return suite


def _case(
    path: str, name: str, found: Sequence[Entry], failing: tuple[Severity, ...]
) -> ET.Element:
    case = ET.Element("testcase", classname=_clean(path), name=_clean(name), time="0")
    bad = [each for each in found if each.severity in failing]
    other = [each for each in found if each.severity not in failing]
    if bad:
        said = _clean(f"{bad[0].code} {bad[0].message}")
        failure = ET.SubElement(case, "failure", message=said, type=bad[0].code)
        failure.text = _told(bad)
    if other:
        ET.SubElement(case, "system-out").text = _told(other)
    return case


def _told(found: Sequence[Entry]) -> str:
    lines = []
    for each in found:
        place = f"{each.path}:{each.line}:{each.column}"
        lines.append(f"{place}: {each.severity.value}[{each.code}] {each.message}")
        lines += [f"    {each.hint}"] if each.hint else []
    return _clean("\n".join(lines))


def _clean(words: str) -> str:
    """Without the characters that XML 1.0 has not (production 2, Char)."""
    return "".join(
        char if (char >= " " and char not in "\ufffe\uffff") or char in "\t\n" else "\ufffd"
        for char in words.encode("utf-8", "replace").decode("utf-8")
    )
