"""Values that a run put in the place of the note's: the page shows both, copying takes ours.

The outputs are test data; the page, its build and the browser are real.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from kdocs_plugin import pipeline, records
from kdocs_plugin.config import settings_for
from kdocs_plugin.model import ClusterInfo, ImageInfo, Status, StepResult
from tests.browser.browser import NEEDED, chromium, served
from tests.site.builder import CONFIG, Site, make

pytestmark = NEEDED

CLIPBOARD = "navigator.clipboard.readText().then(arguments[0], (e) => arguments[0](String(e)))"
EMPTIED = "navigator.clipboard.writeText('').then(arguments[0])"
CARD = ".kdocs-card:not(#kdocs-cleanup)"
BUTTONS = f"{CARD} pre.kdocs-command > .kdocs-copy"
BOTH = "pre.kdocs-command > code, .kdocs-ran > code"
IMAGES = {"nginx:1.14.2": "nginx:latest"}
OPTIONS = "\n- search\n- kdocs:\n    images: {'nginx:1.14.2': nginx:latest}"
SITE = CONFIG.replace("[search, kdocs]", OPTIONS).replace(
    "name: material", "name: material\n  features: [content.code.copy]"
)
NOTE = """\
# 로그

```bash
$ kubectl create deployment web --image=nginx:1.14.2
deployment.apps/web created
$ kubectl get pods -o wide
NAME                   READY   STATUS    RESTARTS   AGE   IP            NODE
web-5d78c9869d-x7k2p   1/1     Running   0          5s    10.42.0.226   minikube
$ kubectl logs web-5d78c9869d-x7k2p
$ kubectl get deployments
```
"""
RAN = {
    "kubectl create deployment web --image=nginx:1.14.2":
        "kubectl create deployment web --image=nginx:latest",
    "kubectl logs web-5d78c9869d-x7k2p": "kubectl logs web-6b7f6db4d5-zzb44",
}  # fmt: skip


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    site = make(tmp_path_factory.mktemp("site"), SITE, note=NOTE)
    record(site)
    built = site.build("--strict")
    assert built.returncode == 0, built.stderr
    with (
        chromium(tmp_path_factory.mktemp("profile")) as driver,
        served(site.root / "site") as at,
    ):
        driver.execute_cdp_cmd(
            "Browser.grantPermissions",
            {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]},
        )
        driver.get(f"{at}/note/")
        yield driver


def record(site: Site) -> None:
    """What a run would have written."""
    settings = settings_for(site.root, site.root / "docs", {"images": IMAGES})
    scenario = pipeline.prepare("note.md", NOTE, settings).scenario
    results = [
        StepResult(
            step,
            Status.OK,
            RAN.get(step.command, step.command),
            exit_code=0,
            output="test data" if "logs" in step.command else "",
            order=order,
        )
        for order, step in enumerate(scenario.steps, 1)
    ]
    image = ImageInfo("nginx:latest", "sha256:aa", stands_for=("nginx:1.14.2",))
    made = records.make_record(
        scenario, results, ClusterInfo("v1.37.2", "local"), (image,), None
    )
    records.save(settings.records, made)


def test_the_page_shows_the_note_s_text_and_what_was_run(page: Chrome) -> None:
    steps = page.find_elements(By.CSS_SELECTOR, f"{CARD} .kdocs-step")
    shown = [
        tuple(each.text for each in step.find_elements(By.CSS_SELECTOR, BOTH))
        for step in steps
    ]  # fmt: skip
    assert shown == [
        *list(RAN.items())[:1],
        ("kubectl get pods -o wide",),
        *list(RAN.items())[1:],
        ("kubectl get deployments",),
    ]


def test_copying_takes_what_runs(page: Chrome) -> None:
    buttons = page.find_elements(By.CSS_SELECTOR, BUTTONS)
    copied, waiting = [], WebDriverWait(page, 10)
    for button in buttons:
        page.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        waiting.until_not(lambda at: at.find_elements(By.CSS_SELECTOR, ".md-dialog--active"))
        page.execute_async_script(EMPTIED)
        ActionChains(page).move_to_element(button.find_element(By.XPATH, "..")).perform()
        button.click()
        copied.append(waiting.until(lambda at: at.execute_async_script(CLIPBOARD)).strip())
    assert copied == [
        "kubectl create deployment web --image=nginx:latest",
        "kubectl get pods -o wide",
        "kubectl logs web-6b7f6db4d5-zzb44",
        "kubectl get deployments",
    ]


def test_the_page_says_which_image_stood_in(page: Chrome) -> None:
    provenance = page.find_element(By.CSS_SELECTOR, ".kdocs-provenance").text
    assert "nginx:latest (nginx:1.14.2 대신)" in provenance
    assert "바뀜" not in provenance  # the record is that of these settings
    marks = page.find_elements(By.CSS_SELECTOR, ".kdocs-standin")
    assert [each.text for each in marks] == ["대체 이미지로 실행: nginx:1.14.2 → nginx:latest"]
