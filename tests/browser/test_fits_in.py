"""The site away from a root of its own: below a path, and from a folder, offline."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.browser import NEEDED, chromium, log, served
from tests.site.builder import NOTE, make

pytestmark = NEEDED
OFFLINE = """\
site_name: 노트
theme: material
use_directory_urls: false
plugins: [search, offline, kdocs]
"""
BELOW = """\
site_name: 노트
site_url: https://example.org/책/노트/
theme: {name: material, features: [navigation.instant]}
plugins: [search, kdocs]
"""
FACES = """return document.fonts.ready.then(() => document.fonts.check('16px "KDocs Text"'))"""
CARD = ".kdocs-card"


def wrong(driver: Chrome) -> list[str]:
    """What the browser complains of, but for a search worker's shim that Material loads from
    another host, for pages that lie in a folder."""
    said = [each["message"] for each in log(driver, "browser") if each["level"] == "SEVERE"]
    return [each for each in said if "/iframe-worker/shim" not in each]


def is_whole(driver: Chrome) -> None:
    """Our style, our faces and our script are there."""
    wait = WebDriverWait(driver, 20)
    wait.until(lambda d: d.find_elements(By.CSS_SELECTOR, f"{CARD} button"))
    assert driver.execute_script(FACES)
    card = driver.find_element(By.CSS_SELECTOR, CARD)
    assert card.value_of_css_property("border-top-style") == "solid"


def test_from_a_folder(tmp_path: Path) -> None:
    site = make(tmp_path, OFFLINE, **{"1장/노트": NOTE, "index": "# 처음\n"})
    site.record("1장/노트.md")
    assert site.build().returncode == 0
    with chromium(tmp_path / "profile") as driver:
        driver.get(f"file://{quote(str(tmp_path / 'site/1장/노트.html'))}")
        is_whole(driver)
        assert wrong(driver) == []
        links = driver.find_elements(By.CSS_SELECTOR, ".kdocs-provenance a")
        links[0].click()
        assert driver.find_element(By.TAG_NAME, "h1").text == "검증 현황"
        assert wrong(driver) == []


def test_below_a_path(tmp_path: Path) -> None:
    """As a project's pages stand on a host that others share, with instant navigation."""
    site = make(tmp_path / "made", BELOW, 노트=NOTE, index="# 처음\n\n[글](노트.md)\n")
    site.record("노트.md")
    assert site.build().returncode == 0
    root = tmp_path / "served"
    (root / "책").mkdir(parents=True)
    (root / "책" / "노트").symlink_to(tmp_path / "made" / "site")
    with served(root) as url, chromium(tmp_path / "profile") as driver:
        here = f"{url}/{quote('책')}/{quote('노트')}/"
        driver.get(here)
        driver.find_element(By.LINK_TEXT, "글").click()
        is_whole(driver)
        assert wrong(driver) == []
        asked = [json.loads(each["message"])["message"] for each in log(driver, "performance")]
        urls = [each["params"]["request"]["url"] for each in asked
                if each["method"] == "Network.requestWillBeSent"]  # fmt: skip
        assert urls
        assert [
            each for each in urls if not each.startswith((here, "data:", "blob:", "chrome:"))
        ] == []
