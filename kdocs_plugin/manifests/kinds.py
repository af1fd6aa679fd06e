"""Kinds and their API versions: served, on the way out, gone, or nobody's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kdocs_plugin.late import late
from kdocs_plugin.manifests import pack, spelling, versions
from kdocs_plugin.manifests.documents import Document, Path, Problem
from kdocs_plugin.manifests.lifecycle import is_off, lifecycle, successor

_STABLE: Final = late(r"v(\d+)(?:(alpha|beta)(\d+))?$")

# What the API server and its webhooks say to each other; nobody applies it.
_EXCHANGED: Final = frozenset({"AdmissionReview", "ConversionReview", "ImageReview"})


class Kinds:
    """The kinds of one version of Kubernetes: apiVersion -> kind -> definition."""

    def __init__(self, version: str, kinds: Mapping[str, Mapping[str, str]]) -> None:
        self._minor = versions.minor(version)
        self._kinds = kinds

    def age(
        self, document: Document, path: Path, api_version: str, kind: str
    ) -> Iterator[Problem]:
        """KD208 and KD212: served, but not for long, or not by every server."""
        arguments = {"apiVersion": api_version, "kind": kind}
        if is_off(api_version, kind):
            place = document.position((*path, "apiVersion"))
            yield Problem("KD212", *place, arguments | self._successor(api_version, kind))
            return
        known = lifecycle(api_version, kind)
        if known is not None and 0 < known.deprecated <= self._minor:
            place = document.position((*path, "apiVersion"))
            arguments |= {"deprecated": f"1.{known.deprecated}"}
            arguments |= {"removed": f"1.{known.removed}"} if known.removed else {}
            yield Problem("KD208", *place, arguments | self._successor(api_version, kind))

    def unknown(self, document: Document, path: Path, api_version: str, kind: str) -> Problem:
        """Gone, another version's, a CRD's, or a mistake: only Kubernetes' own groups have
        no dot in their name."""
        arguments: dict[str, Any] = {"kind": kind, "apiVersion": api_version}
        place = document.position((*path, "apiVersion"))
        known = lifecycle(api_version, kind)
        gone = known is not None and 0 < known.removed <= self._minor
        if known is not None and gone and kind not in _EXCHANGED:
            arguments |= {"removed": f"1.{known.removed}"}
            return Problem("KD207", *place, arguments | self._successor(api_version, kind))
        if having := _versions_having(api_version, kind):
            later = versions.minor(having[0]) > self._minor
            arguments |= {"since": having[0]} if later else {"until": having[-1]}
            return Problem("KD205", *place, arguments)
        if kind in _EXCHANGED:
            return Problem("KD204", *place, arguments)
        group = api_version.rpartition("/")[0]
        homes = [home for home, kinds in self._kinds.items() if kind in kinds]
        homes.sort(key=_rank, reverse=True)
        own = any(home.rpartition("/")[0] == group for home in self._kinds)
        if not own and (not homes or "." in group):
            return Problem("KD204", *place, arguments)
        suggestion = ""
        if not homes:
            near = self._kinds.get(api_version) or {
                k: "" for v in self._kinds.values() for k in v
            }
            suggestion = spelling.nearest(kind, near)
        place = document.position((*path, "apiVersion" if homes else "kind"))
        arguments |= {"expected": homes[0] if homes else "", "suggestion": suggestion}
        return Problem("KD205", *place, arguments)

    def _successor(self, api_version: str, kind: str) -> dict[str, str]:
        """What to write instead: `expected` in apiVersion, `suggestion` where the kind
        has another name there. Both empty where nothing follows."""
        expected, other = successor(api_version, kind, self._kinds)
        if not expected:
            homes = [
                home
                for home, kinds in self._kinds.items()
                if kind in kinds and home != api_version and not is_off(home, kind)
            ]
            expected, other = max(homes, key=_rank, default=""), kind
        return {"expected": expected, "suggestion": other if other != kind else ""}


def _versions_having(api_version: str, kind: str) -> list[str]:
    return [
        version
        for version in versions.ALL
        if kind in pack.definitions(version).kinds.get(api_version, {})
    ]


def _rank(api_version: str) -> tuple[int, int, int]:
    match = _STABLE.search(api_version)
    if match is None:
        return (0, 0, 0)
    stage = {None: 3, "beta": 2, "alpha": 1}[match[2]]
    return stage, int(match[1]), int(match[3] or 0)
