"""`images:` of mkdocs.yml: which image stands in, where it is put, and what that changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from kdocs_plugin.config import settings_for
from kdocs_plugin.errors import ConfigError
from kdocs_plugin.planning import Options, plan
from kdocs_plugin.planning.swaps import in_command, in_file, in_text, stand_in
from kdocs_plugin.records import fingerprints_of
from kdocs_plugin.source import scan

PAIRS = (
    ("nginx:1.14.2", "nginx:latest"),
    ("nginx:*", "nginx:1.22"),
    ("registry.example/*", "busybox"),
)
SWAPS = {"nginx:1.14.2": "nginx:latest", "nginx:1.16.1": "nginx:1.22"}


@pytest.mark.parametrize(
    ("image", "other"),
    [
        ("nginx:1.14.2", "nginx:latest"),
        ("docker.io/library/nginx:1.14.2", "nginx:latest"),
        ("nginx:1.16.1", "nginx:1.22"),
        ("nginx:1.22", None),  # it stands in for itself
        ("nginx", "nginx:1.22"),  # latest, as every name without a tag
        ("nginxinc/nginx:1.14.2", None),
        ("registry.example/team/app:3", "busybox"),
        ("redis", None),
    ],
)
def test_which_image_stands_in(image: str, other: str | None) -> None:
    assert stand_in(image, PAIRS) == other


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("    image: nginx:1.14.2\n", "    image: nginx:latest\n"),
        ("  - image: 'nginx:1.14.2' # old\n", "  - image: 'nginx:latest' # old\n"),
        ("{name: web, image: nginx:1.14.2, x: 1}", "{name: web, image: nginx:latest, x: 1}"),
        ('{"image":"nginx:1.16.1"}', '{"image":"nginx:1.22"}'),
        ("    image: nginx:1.14.22\n", "    image: nginx:1.14.22\n"),
        ("    image: other/nginx:1.14.2\n", "    image: other/nginx:1.14.2\n"),
        ("# nginx:1.14.2\nname: nginx:1.14.2\n", "# nginx:1.14.2\nname: nginx:1.14.2\n"),
    ],
)
def test_in_a_file(text: str, wanted: str) -> None:
    assert in_file(text, SWAPS) == wanted


@pytest.mark.parametrize(
    "command",
    [
        "kubectl run web --image=OLD",
        "kubectl run web --image OLD -l a=b",
        'kubectl create deploy web --image="OLD"',
        "kubectl set image deploy/web web=OLD --record",
        "kubectl set image deploy/web *=OLD",
        "cat <<EOF | kubectl apply -f -\nimage: OLD\nEOF",
        "sed -i 's/OLD/OLD/' web.yaml",
        'kubectl patch deploy web -p \'{"image":"OLD"}\'',
    ],
)
def test_in_a_command(command: str) -> None:
    for old, new in SWAPS.items():
        assert in_command(command.replace("OLD", old), SWAPS) == command.replace("OLD", new)


@pytest.mark.parametrize(
    "command",
    ["kubectl annotate deploy web change-cause=nginx:1.16.1", "echo nginx:1.14.2", "ls"],
)
def test_what_is_no_image_stays(command: str) -> None:
    assert in_command(command, SWAPS) == command


def test_what_the_author_wrote_is_compared_with_what_ran() -> None:
    written = "Image:  nginx:1.14.2\nImages: nginx:1.14.2,other/nginx:1.14.2"
    assert (
        in_text(written, SWAPS)
        == "Image:  nginx:latest\nImages: nginx:latest,other/nginx:1.14.2"
    )


NOTE = """```yaml title="web.yaml"
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: nginx:1.14.2}]}
```
```bash
kubectl apply -f web.yaml
kubectl run other --image=nginx:1.16.1
kubectl run third --image=redis
```
"""


def test_a_plan_knows_the_images_that_change_and_its_record_depends_on_them() -> None:
    note = scan("a.md", NOTE)
    without = plan(note)
    scenario = plan(note, Options(images=PAIRS))
    assert dict(scenario.images) == {
        "nginx:1.14.2": "nginx:latest",
        "nginx:1.16.1": "nginx:1.22",
    }
    # The note's own words stay: what runs is put together at the run.
    assert [s.command for s in scenario.steps] == [s.command for s in without.steps]
    assert scenario.files == without.files
    before, after = fingerprints_of(without), fingerprints_of(scenario)
    assert after.whole != before.whole
    assert after.keys == before.keys
    unused = plan(note, Options(images=(("mysql:5.7", "mariadb"),)))
    assert fingerprints_of(unused) == before


def test_the_option(tmp_path: Path) -> None:
    given = {"nginx:1.14.2": "nginx:latest", "mysql:*": "registry.local:5000/db/mariadb:10"}
    settings = settings_for(tmp_path, tmp_path, {"images": given})
    assert settings.images == tuple(given.items())
    assert settings_for(tmp_path, tmp_path, {}).images == ()
    for wrong in (
        "nginx",
        ["nginx"],
        {"nginx": 1},
        {"nginx:1.14": ""},
        {"ng inx": "x"},
        {"a": "b*"},
    ):
        with pytest.raises(ConfigError) as caught:
            settings_for(tmp_path, tmp_path, {"images": wrong})
        assert caught.value.arguments["name"] == "images"
