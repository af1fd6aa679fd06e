"""The page's script: what is copied, a reader's own output compared, and the same verdicts
as outputs/compare gives (tests/golden/comparison)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from kdocs_plugin.outputs.recognise import DOCUMENT
from kdocs_plugin.rendering.script import module
from tests.browser.browser import NEEDED, chromium, served
from tests.golden.cases import HERE, read_case
from tests.site.builder import OUTPUTS, make

pytestmark = NEEDED

CLIPBOARD = "navigator.clipboard.readText().then(arguments[0], (e) => arguments[0](String(e)))"
COMPARE = """
const [cases, done] = arguments;
import('/compare.mjs').then(({compare}) => done(cases.map(([a, b]) => compare(a, b))));
"""
MINE = """\
me@laptop:~$ kubectl apply -f web-pod.yaml
pod/web unchanged
me@laptop:~$
"""
PODS = """\
NAME   READY   STATUS             RESTARTS   AGE
web    0/1     ImagePullBackOff   0          5m
"""


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def test_the_browser_judges_as_outputs_does(driver: Chrome, tmp_path: Path) -> None:
    (tmp_path / "compare.mjs").write_text(module(), "utf-8")
    (tmp_path / "index.html").write_text("<!doctype html><title>-</title>", "utf-8")
    cases: dict[str, Any] = {}
    for path in sorted((HERE / "comparison").glob("*.yaml")):
        case = read_case(path)
        # Documents are compared field by field, which the browser does not offer.
        if not path.stem.startswith(("describe_", "json_", "yaml_")):
            assert not DOCUMENT.match(case["real"])
            cases[path.stem] = case
    assert len(cases) >= 20
    texts = [[c[side].rstrip("\n") for side in ("written", "real")] for c in cases.values()]
    with served(tmp_path) as address:
        driver.get(f"{address}/")
        found = driver.execute_async_script(COMPARE, texts)
    said = {
        name: [{**each, "line": each["line"] + 1} for each in differences]
        for name, differences in zip(cases, found, strict=True)
    }
    assert said == {name: case["differences"] for name, case in cases.items()}


@pytest.fixture
def page(driver: Chrome, tmp_path: Path) -> Iterator[Chrome]:
    note = "```bash\n$ kubectl apply -f web-pod.yaml\n$ kubectl get pods\n```\n"
    manifest = "```yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n"
    note = manifest + "  containers: [{name: web, image: nginx}]\n```\n\n" + note
    site = make(tmp_path, note=note)
    site.record("note.md", OUTPUTS)
    assert site.build().returncode == 0
    with served(site.root / "site") as address:
        driver.get(f"{address}/note/")
        driver.execute_cdp_cmd(
            "Browser.grantPermissions",
            {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]},
        )
        yield driver


def copied(page: Chrome, button: WebElement) -> str:
    """What a click on the button puts into the clipboard."""
    button.click()
    WebDriverWait(page, 10).until(lambda _: "복사됨" in button.text)
    return str(page.execute_async_script(CLIPBOARD))


def paste(page: Chrome, number: int, text: str) -> str:
    """What the page says to an output pasted below its command of that number."""
    button = page.find_element(By.CSS_SELECTOR, ".kdocs-button[aria-expanded]")
    if button.get_attribute("aria-expanded") == "false":
        boxes = page.find_elements(By.CSS_SELECTOR, ".kdocs-mine")
        assert not any(box.is_displayed() for box in boxes)
        button.click()
    folded = page.find_elements(By.CSS_SELECTOR, ".kdocs-mine")[number]
    if not folded.get_attribute("open"):
        folded.find_element(By.TAG_NAME, "summary").click()
    box = page.find_elements(By.CSS_SELECTOR, ".kdocs-mine > textarea")[number]
    page.execute_script(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))",
        box,
        text,
    )
    return page.find_elements(By.CSS_SELECTOR, ".kdocs-verdict")[number].text


def test_copying_takes_what_runs(page: Chrome) -> None:
    terminal = page.find_element(By.CSS_SELECTOR, ".kdocs-card:not(.kdocs-file)")
    button = terminal.find_element(By.CSS_SELECTOR, ".kdocs-button:not([aria-expanded])")
    assert copied(page, button) == "kubectl apply -f web-pod.yaml\nkubectl get pods\n"


def test_a_manifest_is_copied_and_its_address_is_the_site_s(page: Chrome) -> None:
    card = page.find_element(By.CSS_SELECTOR, ".kdocs-file")
    whole, apply = card.find_elements(By.CSS_SELECTOR, "button")
    text = copied(page, whole)
    assert text.startswith("apiVersion: v1\nkind: Pod\n") and text.endswith("nginx}]\n")
    line = copied(page, apply)
    assert line == f"kubectl apply -f {page.current_url}web-pod.yaml\n"
    found = page.execute_async_script(
        "fetch(arguments[0]).then((a) => a.text()).then(arguments[1])", line.split()[-1]
    )
    assert found == text


def test_lines_of_a_manifest_are_chosen_with_the_keyboard(page: Chrome) -> None:
    first = page.find_element(By.CSS_SELECTOR, ".kdocs-line")
    page.execute_script("arguments[0].focus()", first)
    first.send_keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    line = page.switch_to.active_element
    assert line.get_attribute("aria-label") == "3번째 줄"
    line.send_keys(Keys.ENTER)
    assert page.current_url.endswith("#" + (line.get_attribute("id") or "?"))


def test_a_readers_output_is_compared(page: Chrome) -> None:
    said = paste(page, 0, MINE)
    assert "1곳이 다릅니다" in said and "pod/web unchanged" in said
    said = paste(page, 1, PODS)
    assert "STATUS ImagePullBackOff Running" in said and "이미지 이름" in said
    assert "다르게 나오는 것이 정상인 항목: AGE" in said
    said = paste(page, 1, PODS.replace("ImagePullBackOff", "Running         "))
    assert "같습니다" in said and "READY" in said
    same = OUTPUTS["kubectl get pods"].replace("2s", "9d")
    assert "같습니다" in paste(page, 1, same)


def test_what_is_pasted_stays_text(page: Chrome) -> None:
    paste(page, 0, "<img src=x onerror=alert(1)>")
    assert not page.find_elements(By.CSS_SELECTOR, ".kdocs-verdict img")


def test_nothing_is_sent_and_no_error_is_logged(page: Chrome) -> None:
    page.get_log("performance")  # type: ignore[no-untyped-call]
    paste(page, 1, PODS)
    sent = page.get_log("performance")  # type: ignore[no-untyped-call]
    assert not [each for each in sent if "Network.requestWillBeSent" in each["message"]]
    console = page.get_log("browser")  # type: ignore[no-untyped-call]
    ours = [each for each in console if "favicon" not in each["message"]]
    assert not [each for each in ours if each["level"] == "SEVERE"]
