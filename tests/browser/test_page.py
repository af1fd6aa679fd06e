"""A page as its readers meet it: on a phone, in the dark, with the keyboard, on paper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.browser import NEEDED, chromium, log, screen, served
from tests.site.builder import CONFIG, NOTE, OUTPUTS, make

pytestmark = NEEDED

WIDE = {**OUTPUTS, "kubectl apply -f web-pod.yaml": "pod/web created " + "x" * 200 + "\n"}


# Contrast of an element's text against what is painted behind it.
CONTRAST = """
const lum = c => { const v = c.map(x => { x /= 255;
    return x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
const parse = s => { const c = document.createElement('canvas').getContext('2d');
  c.fillStyle = s; c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data]; };
let back = [255, 255, 255], chain = [];
for (let e = arguments[0]; e; e = e.parentElement) chain.unshift(e);
for (const e of chain) { const b = parse(getComputedStyle(e).backgroundColor), a = b[3] / 255;
  back = back.map((x, i) => b[i] * a + x * (1 - a)); }
const ink = parse(getComputedStyle(arguments[0]).color), a = ink[3] / 255;
const text = back.map((x, i) => ink[i] * a + x * (1 - a));
const [hi, lo] = [lum(text), lum(back)].sort((x, y) => y - x);
return (hi + 0.05) / (lo + 0.05);
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    config = CONFIG.replace("  font", "  palette: {scheme: default}\n  font")
    site = make(tmp_path_factory.mktemp("site"), config)
    site.record("note.md", WIDE)
    # Something has changed since, something is shown and not run.
    site.write("docs/note.md", NOTE.replace("image: nginx:latest", "image: nginx:1"))
    built = site.build()
    assert built.returncode == 0, built.stderr
    with served(site.root / "site") as address:
        yield f"{address}/note/"


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture(autouse=True)
def _page(driver: Chrome, site: str) -> None:
    driver.get(site)
    screen(driver, 1280)


@pytest.mark.parametrize("width", [1280, 390, 320])
@pytest.mark.parametrize("opened", [False, True])
def test_nothing_is_wider_than_the_page(driver: Chrome, width: int, opened: bool) -> None:
    screen(driver, width)
    driver.execute_script(
        "document.querySelectorAll('details').forEach(e => e.open = arguments[0])", opened
    )
    inner = driver.execute_script("return document.documentElement.scrollWidth")
    assert inner <= width
    output = driver.find_element(By.CSS_SELECTOR, ".kdocs-output[tabindex]")
    assert driver.execute_script(
        "return arguments[0].scrollWidth > arguments[0].clientWidth", output
    )


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_every_word_of_ours_can_be_read(driver: Chrome, scheme: str) -> None:
    screen(driver, 1280, scheme)
    driver.execute_script("document.querySelectorAll('details').forEach(e => e.open = true)")
    words = driver.find_elements(
        By.CSS_SELECTOR,
        ".kdocs-provenance, .kdocs-front dt, .kdocs-front dd, .kdocs-mended, .kdocs-head span,"
        ".kdocs-command code, .kdocs-output samp, .kdocs-empty, .kdocs-mark b, .kdocs-after,"
        ".kdocs-ran, .kdocs-probe > summary",
    )
    assert len(words) > 10
    low = [
        (word.get_attribute("class"), word.text, ratio)
        for word in words
        if (ratio := driver.execute_script(CONTRAST, word)) < 4.5
    ]
    assert low == []


def test_a_selection_holds_no_prompt(driver: Chrome) -> None:
    text = driver.execute_script(
        "const card = document.querySelector('article > .kdocs-card:not(.kdocs-file)');"
        "getSelection().selectAllChildren(card); return getSelection().toString()"
    )
    assert "kubectl apply -f web-pod.yaml" in text and "$" not in text


def test_a_probe_opens_with_the_keyboard(driver: Chrome) -> None:
    summary = driver.find_element(By.CSS_SELECTOR, ".kdocs-probe > summary")
    driver.execute_script("arguments[0].focus()", summary)
    summary.send_keys(Keys.ENTER)
    assert driver.find_element(
        By.CSS_SELECTOR, ".kdocs-probe[open] .kdocs-output"
    ).is_displayed()


def test_a_wide_output_can_be_scrolled_with_the_keyboard(driver: Chrome) -> None:
    output = driver.find_element(By.CSS_SELECTOR, ".kdocs-output[tabindex]")
    output.send_keys(Keys.END, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert output.get_attribute("aria-label") == "출력"
    assert driver.switch_to.active_element == output


def test_paper_shows_folded_outputs_in_full(driver: Chrome) -> None:
    screen(driver, 700, media="print")
    driver.execute_script("document.querySelectorAll('details').forEach(e => e.open = false)")
    heights = driver.execute_script(
        "return [...document.querySelectorAll('.kdocs-probe .kdocs-output')]"
        ".map(e => e.getBoundingClientRect().height)"
    )
    assert heights and all(height > 0 for height in heights)
    wide = driver.find_element(By.CSS_SELECTOR, ".kdocs-output[tabindex]")
    assert driver.execute_script(
        "return arguments[0].scrollWidth <= arguments[0].clientWidth", wide
    )


def test_state_has_a_word_and_an_icon(driver: Chrome) -> None:
    mark = driver.find_element(By.CSS_SELECTOR, ".kdocs-mark--changed")
    assert mark.text and mark.find_element(By.TAG_NAME, "svg").is_displayed()


def test_nothing_is_loaded_from_elsewhere_and_nothing_complains(
    driver: Chrome, site: str
) -> None:
    driver.get(site)
    assert [e["message"] for e in log(driver, "browser") if e["level"] == "SEVERE"] == []
    asked = [json.loads(e["message"])["message"] for e in log(driver, "performance")]
    urls = [
        e["params"]["request"]["url"]
        for e in asked
        if e["method"] == "Network.requestWillBeSent"
    ]
    assert urls
    assert [url for url in urls if not url.startswith((site[:16], "data:", "chrome:"))] == []


def test_the_browser_reads_the_page_as_it_was_written(driver: Chrome) -> None:
    """A parser that has to repair a page makes empty paragraphs."""
    empty = driver.execute_script(
        "return [...document.querySelectorAll('article p')]"
        ".filter(p => !p.textContent.trim() && !p.children.length).length"
    )
    assert empty == 0


@pytest.fixture(scope="module", autouse=True)
def _pictures(site: str, driver: Chrome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures to look at, in pytest's folder."""
    folder = tmp_path_factory.mktemp("pictures")
    for width in (1280, 390):
        for scheme in ("default", "slate"):
            driver.get(site)
            screen(driver, width, scheme)
            driver.save_screenshot(str(folder / f"{width}-{scheme}.png"))
    return folder
