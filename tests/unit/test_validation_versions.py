"""Which Kubernetes, and whose custom kinds, a project's notes are held against."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kdocs_plugin.config import settings_for
from kdocs_plugin.errors import ConfigError

POD = """\
# 노트

```yaml
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  resources: {limits: {cpu: 1}}
  containers: [{name: web, image: nginx}]
```
"""
DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: notes.study.example.com}
spec:
  group: study.example.com
  scope: Namespaced
  names: {kind: Note, plural: notes, singular: note}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: {spec: {type: object, properties: {level: {type: string}}}}
"""
CUSTOM = """\
# 노트

```yaml
apiVersion: study.example.com/v1
kind: Note
metadata: {name: first}
spec: {levle: easy}
```
"""


def call(*words: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "kdocs"), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def check(note: Path, *options: str) -> list[tuple[str, str]]:
    """Codes and hints of what `kdocs check` finds."""
    done = call("check", str(note), "--format", "json", "--lang", "ko", *options)
    assert done.returncode in (0, 1), done.stderr
    return [
        (each["code"], each.get("hint") or "") for each in json.loads(done.stdout)["findings"]
    ]


def project(folder: Path, note: str, options: str = "") -> Path:
    """A project with one note; `options` are lines of the plugin's settings."""
    (folder / "docs").mkdir()
    lines = "".join(f"      {line}\n" for line in options.splitlines())
    plugin = f"  - kdocs:\n{lines}" if lines else "  - kdocs\n"
    (folder / "mkdocs.yml").write_text(f"site_name: x\nplugins:\n{plugin}", "utf-8")
    path = folder / "docs" / "note.md"
    path.write_text(note, "utf-8")
    return path


def test_without_a_word_it_is_the_newest(tmp_path: Path) -> None:
    assert check(project(tmp_path, POD)) == []


def test_a_range_in_mkdocs_yml(tmp_path: Path) -> None:
    ((code, hint),) = check(project(tmp_path, POD, 'kubernetes: "1.30-1.37"'))
    assert code == "KD201"
    assert "1.32부터" in hint
    assert "1.30–1.31에서만" in hint


def test_the_command_line_wins(tmp_path: Path) -> None:
    note = project(tmp_path, POD, 'kubernetes: "1.30-1.37"')
    assert check(note, "--kubernetes", "1.32-1.37") == []
    ((code, hint),) = check(note, "--kubernetes", "1.31")
    assert code == "KD201"
    assert "에서만" not in hint


def test_an_unknown_version_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        settings_for(tmp_path, tmp_path, {"kubernetes": "1.24"})
    assert raised.value.arguments["known"] == "1.25–1.37"
    done = call("check", str(tmp_path), "--kubernetes", "1.99")
    assert done.returncode == 2
    assert "1.25–1.37" in done.stderr


def test_a_range_s_cluster_is_its_newest(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, tmp_path, {"kubernetes": "1.34-1.36"})
    assert settings.kubernetes == "1.36"
    assert settings.checked == ("1.34", "1.35", "1.36")


def test_a_bare_number_is_1_30(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, tmp_path, {"kubernetes": 1.3})
    assert (settings.kubernetes, settings.checked) == ("1.30", ("1.30",))


def test_custom_kinds_of_a_configured_folder(tmp_path: Path) -> None:
    note = project(tmp_path, CUSTOM, "files: manifests")
    assert [code for code, _ in check(note)] == ["KD204"]
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "crd.yaml").write_text(DEFINITION, "utf-8")
    ((code, hint),) = check(note)
    assert code == "KD201"
    assert "`level`" in hint


def test_custom_kinds_of_a_file_beside_the_note(tmp_path: Path) -> None:
    applies = "\n```bash\nkubectl apply -f crd.yaml\n```\n"
    note = project(tmp_path, CUSTOM + applies)
    (note.parent / "crd.yaml").write_text(DEFINITION, "utf-8")
    assert [code for code, _ in check(note)] == ["KD201"]
