"""Files that lie beside a note or in the configured folders, in every form of kubectl's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from kdocs_plugin import pipeline
from kdocs_plugin.config import Settings
from kdocs_plugin.model import Decision, Page
from kdocs_plugin.records import fingerprints_of


def pod(name: str) -> str:
    container = "{containers: [{name: web, image: nginx}]}"
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {container}\n"


FILES = {
    "docs/pod.yaml": pod("beside"),
    "docs/web/a.yaml": pod("a"),
    "docs/web/b.yml": pod("b"),
    "docs/web/notes.txt": "not a manifest",
    "docs/web/deep/c.yaml": pod("c"),
    "docs/web/.hidden/d.yaml": pod("d"),
    "docs/conf/app.conf": "color=blue\n",
    "docs/app.properties": "a=b\n",
    "docs/base/kustomization.yaml": "resources: [pod.yaml]\nnamePrefix: dev-\n",
    "docs/base/pod.yaml": pod("based"),
    "docs/over/kustomization.yaml": "resources: [../base]\nnameSuffix: -x\n",
    "manifests/far.yaml": pod("far"),
    "manifests/set/e.yaml": pod("e"),
    "outside.yaml": pod("outside"),
}


def page(root: Path, command: str, files: Mapping[str, str] = FILES) -> Page:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    settings = Settings(root, root / "docs", root / "records", files=(root / "manifests",))
    note = f"```bash\n{command}\nkubectl logs <pod-name>\n```\n"
    return pipeline.prepare("note.md", note, settings)


@pytest.mark.parametrize(
    ("command", "beside", "pods"),
    [
        ("kubectl apply -f pod.yaml", ["pod.yaml"], ["beside"]),
        ("kubectl apply -f ./pod.yaml", ["./pod.yaml"], ["beside"]),
        ("kubectl apply -f far.yaml", ["far.yaml"], ["far"]),
        ("kubectl apply -f pod.yaml -f far.yaml", ["far.yaml", "pod.yaml"], ["beside", "far"]),
        ("kubectl apply -f pod.yaml,far.yaml", ["far.yaml", "pod.yaml"], ["beside", "far"]),
        (
            "kubectl apply -f web/",
            ["web/a.yaml", "web/b.yml", "web/deep/c.yaml", "web/notes.txt"],
            ["a", "b"],
        ),
        ("kubectl create -f ./set", ["set/e.yaml"], ["e"]),
        ("kubectl apply -k base", ["base/kustomization.yaml", "base/pod.yaml"], ["dev-based"]),
        (
            "kubectl apply -k ./over/",
            ["base/kustomization.yaml", "base/pod.yaml", "over/kustomization.yaml"],
            ["dev-based-x"],
        ),
        ("kubectl create configmap c --from-file=conf/", ["conf/app.conf"], []),
        ("kubectl create configmap c --from-file=k=app.properties", ["app.properties"], []),
        ("kubectl create configmap c --from-env-file=app.properties", ["app.properties"], []),
        ("cat app.properties", [], []),
    ],
)
def test_what_a_command_finds(
    command: str, beside: list[str], pods: list[str], tmp_path: Path
) -> None:
    found = page(tmp_path, command)
    assert sorted(found.scenario.beside) == beside
    first, logs = found.scenario.steps
    assert first.decision is Decision.RUN
    assert {*first.effect.files, *first.uses}.issuperset(beside)
    (reference,) = logs.references
    bound = [reference.bound] if reference.bound else [c[4:] for c in reference.candidates]
    assert bound == pods
    assert not found.findings


@pytest.mark.parametrize("name", ["../outside.yaml", "nowhere/"])
def test_what_is_not_there(name: str, tmp_path: Path) -> None:
    found = page(tmp_path, f"kubectl apply -f {name}")
    assert not found.scenario.beside
    assert found.scenario.steps[0].reason == "plan.file_missing"


def test_a_record_depends_on_what_is_in_them(tmp_path: Path) -> None:
    before = fingerprints_of(page(tmp_path, "kubectl apply -k over").scenario)
    changed = {**FILES, "docs/base/pod.yaml": pod("based").replace("nginx", "httpd")}
    after = fingerprints_of(page(tmp_path, "kubectl apply -k over", changed).scenario)
    assert after.keys[0] != before.keys[0]
    unused = {**FILES, "docs/web/a.yaml": pod("other")}
    assert fingerprints_of(page(tmp_path, "kubectl apply -k over", unused).scenario) == before
