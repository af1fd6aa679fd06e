"""A built site before its readers: axe, console, layout, keyboard, paper, a strict policy.

The notes' records are those of a real run (proof/README.md). axe-core judges the whole page but
for parts of Material's own that it finds wrong on any site.
"""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.browser import NEEDED, chromium, screen, served
from tests.site.builder import CONFIG, Site

pytestmark = NEEDED

HERE = Path(__file__).parent
PAGES = ["web-server/", "differs/", "fails/", "kdocs/status/"]
AXE = files("axe_selenium_python") / "node_modules" / "axe-core" / "axe.min.js"
# Material's own: its search has no name, its footer and its search's hint too little contrast.
MATERIALS = [".md-search", ".md-copyright"]
# The first heading is the page's title, whatever its level; those below are the author's.
AUTHORS = "heading-order"
JUDGE = """
const [without, rule, done] = [arguments[0], arguments[1], arguments[2]];
const options = {resultTypes: ['violations'], rules: {[rule]: {enabled: false}}};
axe.run({exclude: without.map((each) => [each])}, options).then((found) =>
  done(found.violations.map((each) => [each.id, each.nodes.map((node) => node.html)])));
"""
OPEN = """
document.querySelectorAll('details').forEach((each) => { each.open = true; });
document.querySelectorAll('.kdocs-button[aria-expanded=false]').forEach((each) => each.click());
"""
WATCH = """
window.shifts = []; window.refused = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries()
  .filter((each) => !each.hadRecentInput).map((each) => each.value)))
  .observe({type: 'layout-shift', buffered: true});
addEventListener('securitypolicyviolation', (event) => window.refused.push(
  [event.violatedDirective, event.sourceFile, event.target.outerHTML ?? '',
   Boolean(event.target.closest?.('article'))]));
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("site"))
    palette = CONFIG.replace("  font", "  language: ko\n  palette: {scheme: default}\n  font")
    features = palette.replace("  font", "  features: [content.code.copy]\n  font")
    site.write("mkdocs.yml", features + "site_url: https://notes.example/\n")
    shutil.copytree(HERE / "proof" / "notes", site.root / "docs")
    shutil.copy(HERE.parent / "notes" / "web-server.md", site.root / "docs")
    shutil.copytree(HERE / "proof" / "records", site.root / "records")
    built = site.build()
    assert built.returncode == 0, built.stderr
    return site


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        driver.set_script_timeout(60)
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        # The window's own scrollbar comes when half of a page is there, and moves all of it.
        driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
        yield driver


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    with served(site.root / "site") as address:
        yield address


def test_the_records_are_those_of_the_notes(site: Site) -> None:
    for page in PAGES[:3]:
        html = site.article(f"{page}index.html")
        assert "kdocs-output" in html and "바뀜" not in html and "바뀌기 전" not in html


def test_everything_of_ours_is_small(site: Site) -> None:
    folder = site.root / "site" / "assets" / "kdocs"
    ours = [each for each in folder.rglob("*") if each.suffix in (".css", ".js")]
    assert len(ours) >= 2
    assert sum(len(gzip.compress(each.read_bytes())) for each in ours) < 30_000


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing(
    driver: Chrome, address: str, page: str, width: int, scheme: str
) -> None:
    driver.get(f"{address}/{page}")
    screen(driver, width, scheme)
    driver.execute_script(OPEN)
    driver.execute_script(AXE.read_text("utf-8"))
    assert driver.execute_async_script(JUDGE, MATERIALS, AUTHORS) == []
    inner = driver.execute_script("return document.documentElement.scrollWidth")
    assert inner <= width


def test_axe_would_find_something(driver: Chrome, address: str) -> None:
    driver.get(f"{address}/{PAGES[0]}")
    driver.execute_script("document.querySelector('.kdocs-button').textContent = ''")
    driver.execute_script(
        "document.querySelector('.kdocs-button').removeAttribute('aria-label')"
    )
    driver.execute_script(AXE.read_text("utf-8"))
    assert driver.execute_async_script(JUDGE, MATERIALS, AUTHORS)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page", PAGES)
def test_nothing_moves_on_load_and_nothing_complains(
    driver: Chrome, address: str, page: str, width: int
) -> None:
    screen(driver, width)
    driver.get_log("browser")  # type: ignore[no-untyped-call]
    driver.get(f"{address}/{page}")
    assert driver.execute_async_script(
        "requestAnimationFrame(() => requestAnimationFrame(() => arguments[0](window.shifts)))"
    ) in ([], [0])
    console = driver.get_log("browser")  # type: ignore[no-untyped-call]
    assert [each for each in console if "favicon" not in each["message"]] == []


def test_a_long_output_is_folded_to_a_height_of_its_own(driver: Chrome, address: str) -> None:
    screen(driver, 1280)
    driver.get(f"{address}/differs/")
    label = driver.find_element(By.CSS_SELECTOR, ".kdocs-all")
    output = driver.find_element(By.CSS_SELECTOR, ".kdocs-output:has(+ .kdocs-all)")
    assert "줄 모두 보기" in label.text
    folded = output.size["height"]
    box = label.find_element(By.TAG_NAME, "input")
    box.send_keys(Keys.SPACE)
    assert output.size["height"] > 2 * folded
    assert driver.execute_script("return window.shifts") in ([], [0])


def test_everything_of_ours_is_reached_in_order_and_is_seen(
    driver: Chrome, address: str
) -> None:
    screen(driver, 1280)
    driver.get(f"{address}/fails/")
    stops = driver.execute_script(
        "const all = document.querySelectorAll('article :is(a[href], button, summary, input, "
        "[tabindex])'); const stops = [...all].filter((each) => each.tabIndex >= 0 && "
        "each.checkVisibility()); stops.forEach((each, n) => { each.dataset.stop = n; });"
        "stops[0].focus(); return stops.length"
    )
    assert stops > 12
    reached, unseen = [], []
    for _ in range(stops):
        active = driver.switch_to.active_element
        reached.append(active.get_attribute("data-stop"))
        kind, width = driver.execute_script(
            "const style = getComputedStyle(arguments[0]);"
            "return [style.outlineStyle, style.outlineWidth]",
            active,
        )
        if len(reached) > 1 and (kind == "none" or width == "0px"):
            unseen.append(active.get_attribute("outerHTML"))
        ActionChains(driver).send_keys(Keys.TAB).perform()
    assert reached == [str(n) for n in range(stops)]
    assert unseen == []


def test_cards_and_states_have_names(driver: Chrome, address: str) -> None:
    driver.get(f"{address}/fails/")
    for card in driver.find_elements(By.CSS_SELECTOR, "article > .kdocs-card"):
        assert card.accessible_name and card.aria_role == "group"
    for button in driver.find_elements(By.CSS_SELECTOR, ".kdocs-card :is(button, a[download])"):
        assert button.accessible_name
    failed = driver.find_element(By.CSS_SELECTOR, ".kdocs-mark--failed")
    assert failed.text.startswith("실패")


@pytest.mark.parametrize("page", PAGES)
def test_paper_has_everything_and_no_buttons(driver: Chrome, address: str, page: str) -> None:
    driver.get(f"{address}/{page}")
    screen(driver, 700, media="print")
    seen: dict[str, list[bool]] = driver.execute_script(
        "const seen = (each) => each.checkVisibility({contentVisibilityAuto: true});"
        "const all = (what) => [...document.querySelectorAll(what)].map(seen);"
        "return {buttons: all('article :is(button, .kdocs-button, .kdocs-all, .kdocs-mine)'),"
        "texts: all('article :is(.kdocs-output, .kdocs-evidence pre, .kdocs-note li)')}"
    )
    assert not any(seen["buttons"]) and seen["texts"] and all(seen["texts"])
    cut = driver.execute_script(
        "return [...document.querySelectorAll('article pre, article pre code')]"
        ".filter((each) => each.scrollWidth > each.clientWidth + 1)"
        ".map((each) => each.outerHTML)"
    )
    assert cut == []


@pytest.mark.parametrize("page", PAGES)
def test_a_strict_policy_refuses_nothing_of_ours(driver: Chrome, site: Site, page: str) -> None:
    with served(site.root / "site", "default-src 'self'; img-src 'self' data:") as address:
        driver.get(f"{address}/{page}")
        refused: list[Any] = driver.execute_script("return window.refused")
    assert refused  # Material's own inline script, so the policy holds
    ours = [each for each in refused if each[3] or "kdocs.js" in each[1] or "kdocs-" in each[2]]
    assert ours == []
    assert page.startswith("kdocs") or driver.find_elements(By.CSS_SELECTOR, ".kdocs-button")


def test_without_a_script_the_page_lacks_only_its_buttons(driver: Chrome, address: str) -> None:
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        driver.get(f"{address}/fails/")
        card = driver.find_element(By.CSS_SELECTOR, ".kdocs-file")
        assert "kubectl apply -f https://notes.example/fails/web-service.yaml" in card.text
        link = card.find_element(By.CSS_SELECTOR, "a[download]")
        assert (link.get_attribute("href") or "").endswith("/fails/web-service.yaml")
        assert not driver.find_elements(By.CSS_SELECTOR, ".kdocs-card button")
        driver.find_element(By.CSS_SELECTOR, ".kdocs-evidence > summary").click()
        assert "no-such-image" in driver.find_element(By.CSS_SELECTOR, ".kdocs-evidence").text
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
