"""Search in Korean, in the browser and with Material's own search: what readers type, and
the page that must come first (tests/browser/search/queries.yaml)."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import yaml
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.browser import NEEDED, chromium, served
from tests.site.builder import CONFIG, make

pytestmark = NEEDED

FOLDER = Path(__file__).with_name("search")
QUERIES: Mapping[str, str | list[str]] = {
    str(query): page
    for query, page in yaml.safe_load((FOLDER / "queries.yaml").read_text()).items()
}
RIGHT = 0.95
KOREAN = CONFIG.replace("name: material", "name: material\n  language: ko")

# Types a query; the search answers with a message, so the page tells when it has.
TYPE = """
const [box, query, done] = arguments, list = document.querySelector('.md-search-result__list');
const meta = document.querySelector('.md-search-result__meta');
const type = value => { box.value = value; box.dispatchEvent(new Event('keyup')); };
const first = () => list.querySelector('a')?.getAttribute('href') ?? '';
const next = then => { const seen = new MutationObserver(() => { seen.disconnect(); then(); });
  seen.observe(meta, {childList: true, characterData: true, subtree: true}); };
next(() => { next(() => setTimeout(() => done(first()), 0)); type(query); });
type('\\u2060' + Math.random());
"""


def answers(driver: Chrome, address: str) -> dict[str, str]:
    """The page that comes first for each query, "" where there is none."""
    driver.get(f"{address}/pod/")
    driver.execute_script("document.querySelector('[data-md-toggle=search]').click()")
    box = driver.find_element(By.CSS_SELECTOR, ".md-search__input")
    box.click()
    meta = driver.find_element(By.CSS_SELECTOR, ".md-search-result__meta")
    WebDriverWait(driver, 10).until(lambda _: "초기화" not in meta.text)  # the index is there
    found = {}
    for query in QUERIES:
        link = driver.execute_async_script(TYPE, box, query)
        found[query] = str(link).split("?")[0].split("#")[0].strip("/").rpartition("/")[2]
    return found


def wrong(found: Mapping[str, str]) -> dict[str, str]:
    return {q: page for q, page in found.items() if page not in as_list(QUERIES[q])}


def as_list(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def test_search_finds_what_readers_type(tmp_path: Path) -> None:
    missed = {}
    for name, options in (("ours", ""), ("material", "{search: false}")):
        config = KOREAN.replace("kdocs]", f"kdocs: {options}]" if options else "kdocs]")
        site = make(tmp_path / name, config)
        (site.root / "docs/note.md").unlink()
        shutil.copytree(FOLDER / "notes", site.root / "docs", dirs_exist_ok=True)
        built = site.build()
        assert built.returncode == 0, built.stderr
        with served(site.root / "site") as address, chromium(tmp_path / f"{name}-p") as driver:
            missed[name] = wrong(answers(driver, address))
    assert len(QUERIES) >= 60
    assert len(missed["ours"]) <= (1 - RIGHT) * len(QUERIES), missed["ours"]
    # Material's own separator, on the same pages: the difference is what this is for.
    assert len(missed["material"]) > 3 * len(missed["ours"]), missed["material"]


def test_an_authors_own_separator_stays(tmp_path: Path) -> None:
    config = KOREAN.replace("[search, kdocs]", "[{search: {separator: '[,]+'}}, kdocs]")
    site = make(tmp_path, config)
    assert site.build().returncode == 0
    index = (site.root / "site/search/search_index.json").read_text()
    assert '"separator":"[,]+"' in index
