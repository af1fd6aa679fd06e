"""The picture of what a page's commands made, as readers meet it: on a phone, in the dark,
with the keyboard, on paper. The scene is test data; the page and the browser are real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from kdocs_plugin import records
from kdocs_plugin.config import settings_for
from kdocs_plugin.model import Drawn
from tests.browser.browser import NEEDED, chromium, screen, served
from tests.browser.test_proof import AUTHORS, AXE, JUDGE, MATERIALS
from tests.site.builder import make

pytestmark = NEEDED
CONFIG = """\
site_name: 노트
theme:
  name: material
  language: ko
  palette: {scheme: default}
plugins: [search, kdocs]
"""
NOTE = "# 웹\n\n```bash\nkubectl get pods\n```\n"
SCENE = (
    Drawn("Deployment", "web", state="waiting", detail="1/9"),
    Drawn("ReplicaSet", "web-5d78c9869d", "5d78c9869d", "waiting", "1/9", owner=0),
    Drawn("Pod", "web-5d78c9869d-x7k2p", "5d78c9869d-x7k2p", "ready", owner=1, node="node-1",
          images=("nginx:latest",), links=(7,)),
    Drawn("Pod", "web-5d78c9869d-b2zdv", "5d78c9869d-b2zdv", "failed", owner=1, node="node-2"),
    Drawn("Pod", "", owner=1, more=7),
    Drawn("Service", "web", detail="ClusterIP 80", links=(2, 3)),
    Drawn("Service", "typo", detail="ClusterIP 80"),
    Drawn("ConfigMap", "pages"),
)  # fmt: skip
# Contrast of a text of an SVG against the box that it stands in, and what is behind that.
CONTRAST = """
const lum = c => { const v = c.map(x => { x /= 255;
    return x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
const parse = s => { const c = document.createElement('canvas').getContext('2d');
  c.fillStyle = s; c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data]; };
const over = (back, s) => { const c = parse(s), a = c[3] / 255;
  return back.map((x, i) => c[i] * a + x * (1 - a)); };
const box = arguments[0].closest('g').querySelector('rect');
let back = over([255, 255, 255], getComputedStyle(document.body).backgroundColor);
const fill = getComputedStyle(box).fill;
if (fill !== 'none') back = over(back, fill);
const text = over(back, getComputedStyle(arguments[0]).fill);
const [hi, lo] = [lum(text), lum(back)].sort((x, y) => y - x);
return (hi + 0.05) / (lo + 0.05);
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    site = make(tmp_path_factory.mktemp("site"), CONFIG, note=NOTE)
    site.record("note.md", {"kubectl get pods": "test data\n"})
    settings = settings_for(site.root, site.root / "docs", {})
    record = records.load(settings.records, "note.md")
    assert record is not None
    records.save(settings.records, replace(record, scene=SCENE))
    built = site.build("--strict")
    assert built.returncode == 0, built.stderr
    with (
        chromium(tmp_path_factory.mktemp("profile")) as driver,
        served(site.root / "site") as address,
    ):
        driver.get(f"{address}/note/")
        yield driver


def test_on_a_desktop_it_is_seen_whole(page: Chrome) -> None:
    screen(page, 1280)
    view = page.find_element(By.CSS_SELECTOR, ".kdocs-scene-view")
    assert page.execute_script(
        "return arguments[0].scrollWidth <= arguments[0].clientWidth", view
    )
    size = page.execute_script(
        "const t = document.querySelector('.kdocs-scene-name');"
        "return t.getScreenCTM().a * parseFloat(getComputedStyle(t).fontSize)"
    )
    assert size >= 11.5  # CSS pixels on the screen


def test_on_a_phone_it_scrolls_in_its_own_box_also_by_keyboard(page: Chrome) -> None:
    screen(page, 390)
    assert page.execute_script("return document.documentElement.scrollWidth") <= 390
    view = page.find_element(By.CSS_SELECTOR, ".kdocs-scene-view")
    assert page.execute_script(
        "return arguments[0].scrollWidth > arguments[0].clientWidth", view
    )
    view.send_keys(Keys.END, Keys.ARROW_RIGHT)
    assert page.switch_to.active_element == view
    assert view.accessible_name == "이 글의 명령이 만든 오브젝트"


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_every_word_in_it_can_be_read(page: Chrome, scheme: str) -> None:
    screen(page, 1280, scheme)
    words = page.find_elements(By.CSS_SELECTOR, ".kdocs-scene text, .kdocs-scene tspan")
    assert len(words) > 20
    low = [
        (word.text, ratio)
        for word in words
        if (ratio := page.execute_script(CONTRAST, word)) < 4.5
    ]
    assert low == []


def test_no_word_leaves_its_box(page: Chrome) -> None:
    screen(page, 1280)
    outside = page.execute_script(
        "return [...document.querySelectorAll('.kdocs-scene-box text')].filter(t => {"
        " const b = t.closest('g').querySelector('rect').getBBox(), w = t.getBBox();"
        " return w.x < b.x || w.x + w.width > b.x + b.width || w.y + w.height > b.y + b.height;"
        "}).map(t => t.textContent)"
    )
    assert outside == []


def test_who_does_not_see_it_reads_the_same(page: Chrome) -> None:
    picture = page.find_element(By.CSS_SELECTOR, ".kdocs-scene svg")
    assert picture.aria_role in ("img", "image")
    assert picture.accessible_name == "이 글의 명령이 만든 오브젝트"
    page.find_element(By.CSS_SELECTOR, ".kdocs-scene-text > summary").click()
    text = page.find_element(By.CSS_SELECTOR, ".kdocs-scene-text").text
    for said in ("web-5d78c9869d-b2zdv: 실패, 노드 node-2", "외 7개", "고르는 파드 없음"):
        assert said in text


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(page: Chrome, width: int, scheme: str) -> None:
    screen(page, width, scheme)
    page.execute_script("document.querySelectorAll('details').forEach(e => { e.open = true; })")
    page.execute_script(AXE.read_text("utf-8"))
    page.set_script_timeout(60)
    assert page.execute_async_script(JUDGE, MATERIALS, AUTHORS) == []


def test_it_is_printed(page: Chrome) -> None:
    screen(page, 700, media="print")
    picture = page.find_element(By.CSS_SELECTOR, ".kdocs-scene svg")
    assert 0 < picture.size["width"] <= 700
    assert not page.find_element(By.CSS_SELECTOR, ".kdocs-scene-text").is_displayed()
