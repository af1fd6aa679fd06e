"""Versions of Kubernetes: the pack, ranges, and the course of API versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from kdocs_plugin.manifests import Document, load, pack, ranges, versions
from kdocs_plugin.manifests.lifecycle import is_off, lifecycle, successor
from kdocs_plugin.manifests.pack import FILE, Definitions

MANY = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - {name: web, image: nginx, imgae: x, resizePolicy: [], ports: [{containerPort: "80"}]}
"""


def document(text: str) -> Document:
    (only,) = load(text).documents
    return only


def test_the_pack_holds_the_versions_that_it_should_and_is_small() -> None:
    assert pack.versions() == versions.ALL
    packed = Path(pack.__file__).with_name(FILE)
    assert packed.stat().st_size < 100_000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", ("1.37",)),
        (None, ("1.37",)),
        ("1.36", ("1.36",)),
        (1.36, ("1.36",)),
        (1.3, ("1.30",)),  # YAML's reading of a bare 1.30
        ("v1.36.3", ("1.36",)),
        ("1.35-1.37", ("1.35", "1.36", "1.37")),
        ("1.36 – 1.37", ("1.36", "1.37")),
    ],
)
def test_targets(value: object, expected: tuple[str, ...]) -> None:
    assert versions.targets(value) == expected


@pytest.mark.parametrize(
    "value", ["1.24", "1.38", "1.37-1.36", "newest", "2.0", "1.3", ["1.37"]]
)
def test_no_targets(value: object) -> None:
    with pytest.raises(ValueError, match=r".*"):
        versions.targets(value)


def test_spans() -> None:
    assert versions.spans(["1.30", "1.26", "1.25", "1.29"]) == "1.25–1.26, 1.29–1.30"


def test_a_range_says_what_its_versions_say_one_by_one() -> None:
    manifest = document(MANY)
    told = ranges.errors(manifest, versions.ALL)
    for version in versions.ALL:
        alone = {(each.code, each.column) for each in ranges.errors(manifest, (version,))}
        of_it = {
            (each.code, each.column)
            for each in told
            if version
            in _versions(str(each.arguments.get("versions", versions.spans(versions.ALL))))
        }
        assert of_it == alone


def _versions(text: str) -> list[str]:
    return [each for part in text.split(", ") for each in versions.targets(part)]


def test_definitions_that_are_the_same_are_the_same() -> None:
    old, new = pack.definitions("1.36"), pack.definitions("1.37")
    assert closure(old, "v1", "ConfigMap") == closure(new, "v1", "ConfigMap")
    assert closure(old, "v1", "Pod") != closure(new, "v1", "Pod")


def closure(definitions: Definitions, api_version: str, kind: str) -> frozenset[str]:
    return definitions.closure(definitions.kinds[api_version][kind])


def test_what_is_gone_is_in_no_later_pack() -> None:
    for version in versions.ALL:
        for api_version, kinds in pack.definitions(version).kinds.items():
            for kind in kinds:
                known = lifecycle(api_version, kind)
                if known is not None and known.removed and not is_off(api_version, kind):
                    assert versions.minor(version) < known.removed, (version, api_version, kind)


def test_successors_are_there() -> None:
    kinds = pack.definitions("1.37").kinds
    assert successor("extensions/v1beta1", "Deployment", kinds) == ("apps/v1", "Deployment")
    assert successor("apps/v1alpha1", "PetSet", kinds) == ("apps/v1", "StatefulSet")
    chain = successor("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema", kinds)
    assert chain == ("flowcontrol.apiserver.k8s.io/v1", "FlowSchema")
    assert successor("policy/v1beta1", "PodSecurityPolicy", kinds) == ("", "")
