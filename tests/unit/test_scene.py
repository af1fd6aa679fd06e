"""What a scenario made: remembered from its objects, kept in its record, drawn on its page.

The objects are written by hand, as small as the API server's can be.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kdocs_plugin.errors import RecordError
from kdocs_plugin.execution.scene import SceneLog
from kdocs_plugin.model import ClusterInfo, Drawn, Record, Scenario, Status, StepResult
from kdocs_plugin.planning import plan
from kdocs_plugin.records import load, make_record, save
from kdocs_plugin.rendering.scene import figure
from kdocs_plugin.rendering.scene.layout import Box, lay_out
from kdocs_plugin.source import scan
from tests.unit.test_rendering import convert, page, words

Json = dict[str, Any]
READY = {"conditions": [{"type": "Ready", "status": "True"}], "phase": "Running"}
LOCAL = ClusterInfo("v1.37.2", "local")


def thing(name: str, owner: str = "", spec: Json | None = None, **status: Any) -> Json:
    metadata: Json = {"name": name, "uid": name, "namespace": "n", "labels": {"app": "web"}}
    if owner:
        metadata["ownerReferences"] = [{"uid": owner, "name": owner, "controller": True}]
    return {"metadata": metadata, "spec": spec or {}, "status": status}


def pod(name: str, owner: str = "", node: str = "node-1", **spec: Any) -> Json:
    containers = [{"name": "c", "image": "nginx:latest"}]
    return thing(name, owner, {"nodeName": node, "containers": containers, **spec}, **READY)


def web(count: int, suffix: str = "2zvq", hash_: str = "7f449ccdb7") -> dict[str, list[Json]]:
    """A Deployment of so many Pods, and the Service before them."""
    ready = {"readyReplicas": count}
    each = {"replicas": count}
    made = f"web-{hash_}"
    volumes = [{"name": "v", "configMap": {"name": "pages"}}]
    pods = [pod(f"{made}-{'bcdfg'[n % 5]}{n}{suffix}"[:20], made, volumes=volumes)
            for n in range(count)]  # fmt: skip
    service = {"type": "ClusterIP", "ports": [{"port": 80}], "selector": {"app": "web"}}
    return {
        "Deployment": [thing("web", "", each, **ready)],
        "ReplicaSet": [thing(made, "web", each, **ready)],
        "Pod": pods,
        "Service": [thing("web", spec=service)],
    }


def state(kinds: Mapping[str, Sequence[Json]]) -> dict[str, dict[str, Json]]:
    return {
        kind: {each["metadata"]["name"]: each for each in items}
        for kind, items in kinds.items()
    }


def seen(*moments: Mapping[str, Sequence[Json]]) -> tuple[Drawn, ...]:
    log = SceneLog()
    for each in moments:
        log.look(state(each))
    return log.drawn(lambda text: text)


def told(scene: Sequence[Drawn]) -> list[str]:
    """Each object in a word, with what it goes with."""
    names = [f"{each.kind}/{each.name}" if each.name else f"+{each.more}" for each in scene]
    return [
        " ".join(
            [
                name,
                *([] if each.owner is None else [f"of {names[each.owner]}"]),
                *(f"-> {names[link]}" for link in each.links),
            ]
        )
        for name, each in zip(names, scene, strict=True)
    ]


# --- Remembering ---


def test_owners_selectors_and_volumes_are_seen() -> None:
    first, second = (f"Pod/web-7f449ccdb7-{n}2zv" for n in ("b0", "c1"))
    assert told(seen(web(2))) == [
        "Deployment/web",
        "ReplicaSet/web-7f449ccdb7 of Deployment/web",
        f"{first} of ReplicaSet/web-7f449ccdb7 -> ConfigMap/pages",
        f"{second} of ReplicaSet/web-7f449ccdb7 -> ConfigMap/pages",
        f"Service/web -> {first} -> {second}",
        "ConfigMap/pages",
    ]


def test_each_is_drawn_at_its_fullest_in_the_order_of_its_making() -> None:
    shared = {"emptyDir": {}, "name": "s"}
    mount = {"name": "c", "image": "i", "volumeMounts": [{"name": "s"}]}
    clock = pod("clock", volumes=[shared], containers=[mount, {**mount, "name": "d"}])
    scene = seen(web(1), web(3), web(2), {"Pod": [clock]}, {})
    assert [each.detail for each in scene if each.kind == "Deployment"] == ["3/3"]
    roots = [each.name for each in scene if each.owner is None and each.kind != "ConfigMap"]
    assert roots == ["web", "clock", "web", "s"]
    assert told(scene)[5] == "Pod/clock -> emptyDir/s"


def test_what_is_well_is_preferred_to_what_is_more() -> None:
    broken = web(3)
    broken["Pod"][0]["status"] = {
        "phase": "Pending",
        "containerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff"}}}],
    }
    assert [e.state for e in seen(broken) if e.kind == "Pod"] == ["failed", "ready", "ready"]
    assert [e.state for e in seen(broken, web(2)) if e.kind == "Pod"] == ["ready", "ready"]


def test_one_crash_is_an_experiment_many_are_a_trouble() -> None:
    def restarted(times: int) -> list[str]:
        now = web(1)
        now["Pod"][0]["status"] = {**READY, "containerStatuses": [{"restartCount": times}]}
        return [each.state for each in seen(now) if each.kind == "Pod"]

    assert [restarted(times) for times in (0, 1, 5)] == [["ready"], ["ready"], ["failed"]]


def test_what_is_going_or_left_behind_is_not_drawn() -> None:
    now = web(2)
    now["Pod"][0]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    now["ReplicaSet"].append(thing("web-old", "web", {"replicas": 0}))
    assert [e.name for e in seen(now) if e.kind in ("Pod", "ReplicaSet")] == [
        "web-7f449ccdb7",
        "web-7f449ccdb7-c12zv",
    ]


def test_a_large_one_is_cut() -> None:
    scene = seen(web(16))
    assert [each.more for each in scene if each.more] == [12]
    assert sum(each.kind == "Pod" and bool(each.name) for each in scene) == 4
    many = [{"Pod": [pod(f"p{n}") for n in range(n + 1)]} for n in range(30)]
    assert len(seen(web(1), *many)) < 20
    assert seen(web(1), *many)[-1].more == 23


def test_one_object_alone_is_no_picture() -> None:
    assert seen({"Pod": [pod("web")]}) == ()
    assert seen({"Pod": [pod("a"), pod("b")]}) == ()


def test_of_a_secret_only_its_name_is_seen() -> None:
    variable = {"name": "P", "valueFrom": {"secretKeyRef": {"name": "key", "key": "word"}}}
    container = {
        "name": "c",
        "image": "i",
        "env": [variable, {"name": "Q", "value": "geheim"}],
        "command": ["geheim"],
    }
    scene = seen({"Pod": [pod("a", containers=[container])]})
    assert told(scene) == ["Pod/a -> Secret/key", "Secret/key"]
    assert "geheim" not in repr(scene)
    log = SceneLog()
    log.look(state({"Pod": [pod("a", containers=[container])]}))
    hidden = log.drawn(lambda text: text.replace("key", "[redacted]"))
    assert hidden[1].name == "[redacted]"


def test_how_often_a_job_has_tried_is_chance() -> None:
    failed = [
        {**pod(name, "job"), "status": {"phase": "Failed"}} for name in ("job-b", "job-c")
    ]
    job = thing(
        "job", spec={"completions": 1}, conditions=[{"type": "Failed", "status": "True"}]
    )
    scene = seen({"Job": [job], "Pod": failed})
    assert [(each.kind, each.state) for each in scene] == [("Job", "failed"), ("Pod", "failed")]


def test_which_names_are_made_up() -> None:
    cron = thing("daily", spec={"schedule": "0 3 * * *"})
    by_hand = thing("now", "daily", conditions=[{"type": "Complete", "status": "True"}])
    scene = seen({"CronJob": [cron], "Job": [by_hand], "Pod": [pod("now-x7k2p", "now")]})
    assert [each.generated for each in scene] == ["", "", "x7k2p"]
    assert [each.generated for each in seen(web(1))][:3] == [
        "",
        "7f449ccdb7",
        "7f449ccdb7-b02zv",
    ]
    counted = [pod(f"db-{n}", "db", node=f"node-{9 - n}") for n in range(3)]
    scene = seen({"StatefulSet": [thing("db", spec={"replicas": 3})], "Pod": counted})
    assert [(each.name, each.generated) for each in scene] == [
        ("db", ""),
        ("db-0", ""),
        ("db-1", ""),
        ("db-2", ""),
    ]


# --- The record ---


def recorded(scene: Sequence[Drawn], previous: Record | None = None) -> Record:
    scenario = _scenario()
    [step] = scenario.steps
    result = StepResult(step, Status.OK, step.command, exit_code=0, order=1)
    return make_record(scenario, [result], LOCAL, (), previous, scene)


def _scenario() -> Scenario:
    return plan(scan("note.md", "```bash\nkubectl get pods\n```\n"))


def test_a_record_keeps_the_scene(tmp_path: Path) -> None:
    record = recorded(seen(web(16)))
    path = save(tmp_path, record)
    assert load(tmp_path, "note.md") == record
    assert json.loads(path.read_text())["kdocs"] == 1
    bare = recorded(())
    assert "scene" not in json.loads(save(tmp_path, bare).read_text())


def unwell(state: Any, detail: str) -> tuple[Drawn, ...]:
    return (Drawn("Deployment", "a", state=state, detail=detail), Drawn("Pod", "p", owner=0))


def test_another_run_s_names_and_nodes_change_no_record() -> None:
    old = replace(recorded(seen(web(3))), date="2026-01-01T00:00:00Z")
    again = web(3, suffix="k9w4", hash_="5d78c9869d")
    for each, node in zip(again["Pod"], ("node-2", "node-3", "node-1"), strict=True):
        each["spec"]["nodeName"] = node
    assert recorded(seen(again), old) is old
    assert recorded(seen(web(2)), old) is not old
    broken = recorded(unwell("waiting", "0/3"))
    assert recorded(unwell("failed", "1/3"), broken) is broken
    more = web(3)
    more["Service"].append(thing("other", spec={"selector": {"app": "web"}}))
    assert recorded(seen(more), old) is not old


@pytest.mark.parametrize(
    "broken",
    [
        [{"name": "no kind"}],
        [{"kind": "Pod", "name": "a", "owner": 0}],
        [{"kind": "Pod", "name": "a", "links": [7]}],
        [{"kind": "Pod", "name": "a", "state": "<b>"}],
    ],
)
def test_a_scene_that_is_none_is_told(tmp_path: Path, broken: Any) -> None:
    path = save(tmp_path, recorded(seen(web(1))))
    data = json.loads(path.read_text())
    path.write_text(json.dumps({**data, "scene": broken}))
    with pytest.raises(RecordError):
        load(tmp_path, "note.md")


# --- The picture ---


def svg(scene: Sequence[Drawn]) -> ET.Element:
    found = re.search(r"<svg.*</svg>", figure(scene, "ko"), re.DOTALL)
    assert found
    return ET.fromstring(found[0])  # noqa: S314 - our own


def test_the_picture_and_its_text_say_the_same() -> None:
    html = figure(seen(web(6)), "ko")
    picture, text = html.split("</svg>")
    assert "외 2개" in picture and "외 2개" in text
    for name in ("Deployment", "ReplicaSet", "ConfigMap", "Service", "노드 node-1"):
        assert name in picture and name in text
    assert "Service web: ClusterIP 80, Pod web-7f449ccdb7-b02zv" in text
    assert "style=" not in html and "<script" not in html
    named = svg(seen(web(6)))
    assert named.get("role") == "img"
    assert [child.tag for child in named][:2] == ["title", "desc"]
    assert (
        named[1].text == "Deployment 1개, ReplicaSet 1개, Pod 6개, Service 1개, ConfigMap 1개"
    )


def test_names_of_others_are_no_markup() -> None:
    scene = (Drawn("Pod", "<b>&", links=(1,)), Drawn("ConfigMap", '"><script>'))
    assert "<b>" not in figure(scene, "ko") and "<script" not in figure(scene, "ko")


def crossed(points: Sequence[tuple[float, float]], box: Box) -> bool:
    """Whether a line runs through the inside of a box."""
    for (x1, y1), (x2, y2) in pairwise(points):
        across = min(x1, x2) < box.right - 1 and max(x1, x2) > box.x + 1
        down = min(y1, y2) < box.bottom - 1 and max(y1, y2) > box.y + 1
        if across and down:
            return True
    return False


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Drawn, ...]:
    """Scenes of some workloads with Pods on some nodes, Services and volumes."""
    objects: list[Drawn] = []
    for n in range(draw(st.integers(0, 4))):
        objects.append(Drawn("Deployment", f"d{n}"))
        root = len(objects) - 1
        for _ in range(draw(st.integers(0, 2))):
            objects.append(Drawn("ReplicaSet", f"d{n}-x", owner=root))
            owner = len(objects) - 1
            for _ in range(draw(st.integers(0, 3))):
                node = draw(st.sampled_from(["", "a", "b"]))
                objects.append(Drawn("Pod", "p", owner=owner, node=node, images=("i",)))
            if draw(st.booleans()):
                objects.append(Drawn("Pod", "", owner=owner, more=3))
    for _ in range(draw(st.integers(0, 2))):
        node = draw(st.sampled_from(["", "a", "b"]))
        objects.append(Drawn("Pod", "bare", node=node))
    pods = [at for at, each in enumerate(objects) if each.kind == "Pod" and each.name]
    some = st.lists(st.sampled_from(pods), unique=True) if pods else st.just([])
    services = range(draw(st.integers(0, 3)))
    objects += [Drawn("Service", f"s{n}", links=tuple(draw(some))) for n in services]
    for n in range(draw(st.integers(0, 3)) if pods else 0):
        objects.append(Drawn("ConfigMap", f"c{n}"))
        for at in draw(st.lists(st.sampled_from(pods), unique=True, min_size=1)):
            links = (*objects[at].links, len(objects) - 1)
            objects[at] = replace(objects[at], links=links)
    return tuple(objects)


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_boxes_stand_apart_and_no_line_crosses_one(scene: tuple[Drawn, ...]) -> None:
    if not scene:
        return
    picture = lay_out(scene)
    assert len(picture.boxes) == len(scene)
    for one, other in combinations(picture.boxes, 2):
        apart = one.right <= other.x or other.right <= one.x
        assert apart or one.bottom <= other.y or other.bottom <= one.y, (one, other)
    for upper, lower in combinations(picture.bands, 2):
        assert upper.y + upper.height <= lower.y
    for line in picture.lines:
        for box in picture.boxes:
            assert not crossed(line.points, box), (line, box)
    for box in picture.boxes:
        assert box.x >= 0 and box.right <= picture.width and box.bottom <= picture.height
    assert lay_out(scene) == picture


# --- The page ---

NOTE = """\
# 웹

```bash
kubectl get pods
```

그 뒤의 글.

## 다음

끝.
"""


def with_scene(text: str, scene: Sequence[Drawn], **more: Any) -> Any:
    ours = page(text, {"kubectl get pods": "NAME\nweb\n"})
    assert ours.record
    return replace(ours, record=replace(ours.record, scene=tuple(scene)), **more)


def test_the_picture_stands_where_the_part_with_commands_ends() -> None:
    html = convert(with_scene(NOTE, seen(web(1))))
    places = [html.index(each) for each in ("그 뒤의 글", "kdocs-scene", "다음</h2>")]
    assert places == sorted(places)
    html = convert(with_scene(NOTE.partition("## ")[0], seen(web(1))))
    assert html.index("그 뒤의 글") < html.index("kdocs-scene")


@pytest.mark.parametrize(
    ("marker", "around"),
    [("<!-- kdocs: picture -->", "body"), ("> <!-- kdocs: picture -->", "blockquote")],
)
def test_the_author_can_say_where_it_stands(marker: str, around: str) -> None:
    text = NOTE.replace("끝.", f"앞.\n\n{marker}\n\n뒤.")
    html = convert(with_scene(text, seen(web(1))))
    places = [html.index(each) for each in ("다음</h2>", "앞.", "kdocs-scene", "뒤.")]
    assert places == sorted(places)
    assert html.count('class="kdocs-scene"') == 1
    inside = re.search(r"<blockquote>.*?</blockquote>", html, re.DOTALL)
    assert (inside is not None and "kdocs-scene" in inside[0]) == (around == "blockquote")


@pytest.mark.parametrize(
    ("text", "options"),
    [(NOTE, {"pictures": False}), ("---\nkdocs: {pictures: false}\n---\n" + NOTE, {})],
)
def test_pictures_can_be_switched_off(text: str, options: Any) -> None:
    assert "kdocs-scene" in convert(with_scene(NOTE, seen(web(1))))
    assert "kdocs-scene" not in convert(with_scene(text, seen(web(1))), **options)


def test_a_picture_of_an_older_note_says_so() -> None:
    html = convert(with_scene(NOTE, seen(web(1)), stale=True))
    assert "노트가 바뀌기 전" in words(html[html.index("<figcaption") :])


def test_without_an_output_of_its_commands_there_is_no_picture() -> None:
    ours = with_scene(NOTE, seen(web(1)))
    ours = replace(ours, embedded=tuple(replace(e, recorded=None) for e in ours.embedded))
    assert "kdocs-scene" not in convert(ours)
