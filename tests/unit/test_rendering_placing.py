"""Fragments land where HTML allows them, and nothing else of the page moves."""

from __future__ import annotations

import pytest

from kdocs_plugin.rendering.placing import insert

BLOCK = "<div>B</div>"
PROBE = "<details>P</details>"
FRAGMENTS = {
    "b0123456789-0": BLOCK,
    "p0123456789-1": PROBE,
    "p0123456789-2": "<details>Q</details>",
}
B = '<i data-kdocs="b0123456789-0"></i>'
P = '<i data-kdocs="p0123456789-1"></i>'
Q = '<i data-kdocs="p0123456789-2"></i>'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param(f"<p>{B}</p>\n<p>x</p>", f"{BLOCK}\n<p>x</p>", id="alone in a paragraph"),
        pytest.param(
            f"<p>a\n{B}\nb</p>", f"<p>a\n</p>\n{BLOCK}<p>\nb</p>\n", id="splits a paragraph"
        ),
        pytest.param(f"<p>a\n{B}</p>", f"<p>a\n</p>\n{BLOCK}", id="at a paragraph's end"),
        pytest.param(
            f"<ul>\n<li>a\n{B}</li>\n</ul>",
            f"<ul>\n<li>a\n{BLOCK}</li>\n</ul>",
            id="in an item",
        ),
        pytest.param(
            f"<p>a <code>x</code>{P} b</p><p>c</p>",
            f"<p>a <code>x</code> b</p>{PROBE}<p>c</p>",
            id="probe in a paragraph",
        ),
        pytest.param(
            f"<li>a <code>x</code>{P} b<ul><li>c {Q}</li></ul></li>",
            f"<li>a <code>x</code> b{PROBE}<ul><li>c <details>Q</details></li></ul></li>",
            id="probe before a nested list",
        ),
        pytest.param(
            f"<li><strong><a href='#'><code>x</code>{P}</a></strong> b</li>",
            f"<li><strong><a href='#'><code>x</code></a></strong> b{PROBE}</li>",
            id="probe in a link",
        ),
        pytest.param(
            f"<table><tr><td><code>x</code>{P}</td><td>y</td></tr></table>",
            f"<table><tr><td><code>x</code>{PROBE}</td><td>y</td></tr></table>",
            id="probe in a cell",
        ),
        pytest.param(
            f"<details><summary>a {P}</summary><p>b</p></details>",
            f"<details><summary>a </summary>{PROBE}<p>b</p></details>",
            id="probe in a summary",
        ),
        pytest.param(
            f"<p>a {P} b {Q}</p>", f"<p>a  b </p>{PROBE}<details>Q</details>", id="two probes"
        ),
        pytest.param(
            '<img alt="&lt;i data-kdocs=&quot;p0123456789-1&quot;&gt;&lt;/i&gt;x">',
            '<img alt="x">',
            id="in an attribute",
        ),
        pytest.param(
            f"<p>open {P}<div>x</div>",
            f"<p>open {PROBE}<div>x</div>",
            id="an open paragraph",
        ),
        pytest.param(
            f"<p>a<br/>b &amp; c &copy; {P}</p>",
            f"<p>a<br/>b &amp; c &copy; </p>{PROBE}",
            id="the rest is kept byte for byte",
        ),
        pytest.param(
            '<i data-kdocs="b9999999999-7"></i>',
            '<i data-kdocs="b9999999999-7"></i>',
            id="another page's token waits for its own page",
        ),
    ],
)
def test_places(html: str, expected: str) -> None:
    assert insert(html, FRAGMENTS) == expected
