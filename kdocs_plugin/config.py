"""Every setting, once: for mkdocs.yml, the command line and the environment.

Page front matter (`kdocs:`) sets `execute`, `timeout`, `bind`, `needs`, `nodes`, `ignore`,
`validate` and `pictures` for its page; planning, validation and rendering read those from the
note. What a run may touch (`run`, `cluster`) can never come from front matter.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kdocs_plugin import selection
from kdocs_plugin.errors import ConfigError
from kdocs_plugin.late import late
from kdocs_plugin.manifests import versions
from kdocs_plugin.messages import Language
from kdocs_plugin.model import MARKDOWN, MOST_NODES
from kdocs_plugin.values import dataclass, replace

EXECUTE = ("auto", "on", "off")
RUN = ("never", "stale", "always")
LANGUAGES = ("ko", "en")
TEXTS = {"files": "manifests, [k8s, conf]", "cluster": "local, kind-kind", "records": "records"}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force. Paths are absolute."""

    root: Path  # folder of mkdocs.yml, or the one that the command works in
    docs: Path  # what page paths are relative to
    records: Path
    execute: str = "auto"  # auto, on, off: what of a note may run
    run: str = "never"  # never, stale, always: what a build runs
    cluster: str = ""  # local, or the name of a context; "" for none
    cluster_allowed: bool = False  # the user named the cluster outside the repository
    timeout: float = 60.0  # seconds a step may take
    language: Language = "ko"  # of what the site says to its readers
    files: tuple[Path, ...] = ()  # folders in which -f may find files
    images: tuple[tuple[str, str], ...] = ()  # names or patterns, and what stands in at a run
    kubernetes: str = ""  # of the local cluster: 1.36, v1.36.3; "" for the newest
    nodes: int = 0  # of the local cluster; 0 where nobody says, which is one
    checked: tuple[str, ...] = versions.ALL[-1:]  # versions that notes are held against
    jobs: int = 0  # pages that run at once; 0: as many as suits the machine
    include: tuple[str, ...] = ()  # patterns of pages that are ours; none: all are
    exclude: tuple[str, ...] = ()  # patterns of pages that are not
    ignore: tuple[str, ...] = ()  # rules, or how their codes begin, that nobody is told of
    status: bool = True  # the site has a page that tells what is verified
    public_findings: bool = False  # and that page tells the readers of findings, too
    pictures: bool = True  # a page ends with a picture of what its commands made
    script: bool = True  # cards have buttons: copy, compare with mine
    manifest_cards: bool = True  # manifests are cards: name, copy, download
    downloads: bool = True  # the site has the manifests as files
    line_anchors: bool = True  # lines of manifests have addresses
    fonts: bool = True  # the site serves Korean faces of its own, unless theme.font is set
    typography: bool = True  # words are kept whole, lines are as long and apart as reads well
    accent: bool = True  # Kubernetes' blue, unless theme.palette names a colour
    site_language: bool = True  # the theme speaks `language`, unless theme.language is set
    side_by_side: bool = True  # an author's output that differs stands beside the real one
    prerequisites: bool = True  # a line at the top: what a reader needs
    cleanup: bool = True  # a card at the end: what deletes what the page made
    search: bool = True  # Material's search splits Korean as rendering/search.py says
    markdown: tuple[str, ...] = MARKDOWN  # parts of it that are mended


# Names that mkdocs.yml knows, with their defaults.
OPTIONS: Mapping[str, Any] = {
    "execute": "auto",
    "run": "never",
    "cluster": "",
    "timeout": 60.0,
    "language": "ko",
    "records": "records",
    "files": [],
    "images": {},
    "kubernetes": "",
    "nodes": 0,
    "jobs": "auto",
    "include": [],
    "exclude": [],
    "ignore": [],
    "status": True,
    "public_findings": False,
    "pictures": True,
    "script": True,
    "manifest_cards": True,
    "downloads": True,
    "line_anchors": True,
    "fonts": True,
    "typography": True,
    "accent": True,
    "site_language": True,
    "side_by_side": True,
    "prerequisites": True,
    "cleanup": True,
    "search": True,
    "markdown": True,
}
# Those that are on or off, and nothing else; of Markdown's parts some may be on.
SWITCHES = [name for name, default in OPTIONS.items()
            if isinstance(default, bool) and name != "markdown"]  # fmt: skip


def settings_for(root: Path, docs: Path, options: Mapping[str, Any]) -> Settings:
    """Settings from mkdocs.yml's options, the environment on top.

    KDOCS_RUN and KDOCS_CLUSTER win over the file. Raises ConfigError for an unknown
    name or an unusable value.
    """
    for name in options:
        if name not in OPTIONS:
            import difflib  # only for a mistake

            close = difflib.get_close_matches(str(name), OPTIONS, 1)
            if not close:
                raise ConfigError("config.unknown_one", name=name, known=", ".join(OPTIONS))
            raise ConfigError("config.unknown", name=name, close=close[0])
    given = {name: value for name, value in options.items() if value is not None}
    values = {**OPTIONS, **given}
    execute = policy_word(values["execute"])
    run = os.environ.get("KDOCS_RUN") or values["run"]
    cluster = os.environ.get("KDOCS_CLUSTER") or values["cluster"]
    check_choice("execute", execute, EXECUTE)
    check_choice("run", run, RUN)
    check_choice("language", values["language"], LANGUAGES)
    folders = values["files"] if isinstance(values["files"], list) else [values["files"]]
    texts = {"files": folders, "cluster": [cluster], "records": [values["records"]]}
    for name, words in texts.items():
        if not all(isinstance(word, str) for word in words):
            raise ConfigError(
                "config.value", name=name, value=values[name], choices=TEXTS[name]
            )
    settings = Settings(
        root=root,
        docs=docs,
        records=(root / str(values["records"])).resolve(),
        execute=execute,
        run=str(run),
        cluster=str(cluster),
        cluster_allowed=bool(os.environ.get("KDOCS_CLUSTER")),
        timeout=positive("timeout", values["timeout"]),
        language=values["language"],
        files=tuple((root / str(folder)).resolve() for folder in folders),
        images=stand_ins(values["images"]),
        kubernetes=kubernetes_version(values["kubernetes"]),
        nodes=node_count(values["nodes"]) if values["nodes"] else 0,
        checked=checked_versions(values["kubernetes"]),
        jobs=job_count(values["jobs"]),
        include=patterns("include", values["include"]),
        exclude=patterns("exclude", values["exclude"]),
        ignore=selection.codes("ignore", values["ignore"]),
        markdown=parts("markdown", values["markdown"]),
    )
    switches: dict[str, Any] = {name: switch(name, values[name]) for name in SWITCHES}
    return replace(settings, **switches)


IMAGE = late(r"[a-z0-9][\w./-]*(?::[0-9]+/[\w./-]+)?(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?")


def stand_ins(value: Any) -> tuple[tuple[str, str], ...]:
    """`{"nginx:1.14.2": "nginx:latest", "busybox:*": busybox}`: images and those that stand in
    for them. Raises ConfigError for what is no such mapping."""
    if not value:
        return ()
    pairs = list(value.items()) if isinstance(value, dict) else [(value, "")]
    for name, other in pairs:
        usable = isinstance(name, str) and isinstance(other, str)
        if (
            not usable
            or not IMAGE.fullmatch(name.replace("*", "x"))
            or not IMAGE.fullmatch(other)
        ):
            raise ConfigError(
                "config.value",
                name="images",
                value=f"{name}: {other}",
                choices='{"nginx:1.14.2": "nginx:latest", "busybox:*": "busybox:latest"}',
            )
    return tuple(pairs)


def policy_word(value: Any) -> Any:
    """YAML reads a bare `on` and `off` as booleans."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return value


def check_choice(name: str, value: Any, choices: tuple[str, ...]) -> None:
    """Raises ConfigError for a value that is none of the choices."""
    if value not in choices:
        raise ConfigError("config.value", name=name, value=value, choices=", ".join(choices))


def switch(name: str, value: Any) -> bool:
    """On or off. Raises ConfigError for anything else."""
    if isinstance(value, bool):
        return value
    raise ConfigError("config.value", name=name, value=value, choices="true, false")


def parts(name: str, value: Any) -> tuple[str, ...]:
    """All of MARKDOWN, none, or `{wiki: false}`: all but some. Raises ConfigError for what
    is neither."""
    if isinstance(value, bool):
        return MARKDOWN if value else ()
    switches = value if isinstance(value, dict) else {str(value): None}
    for part, on in switches.items():
        if part not in MARKDOWN or not isinstance(on, bool):
            choices = f"true, false, {{{MARKDOWN[0]}: false}}: {', '.join(MARKDOWN)}"
            raise ConfigError("config.value", name=name, value=f"{part}: {on}", choices=choices)
    return tuple(part for part in MARKDOWN if switches.get(part, True))


def kubernetes_version(value: Any) -> str:
    """A version of Kubernetes, with or without its patch; YAML reads `1.36` as a number.

    Of a range, which is for checking (`1.30-1.37`), a cluster has the newer end. Which
    versions there are is asked when a cluster starts. Raises ConfigError for what is none.
    """
    newest = "1.30" if value == 1.3 else str(value).rpartition("-")[2].strip()
    if newest and not re.fullmatch(r"v?1\.\d{1,3}(?:\.\d{1,3})?", newest):
        raise ConfigError(
            "config.value", name="kubernetes", value=value, choices="1.37, v1.37.2"
        )
    return newest


def checked_versions(value: Any) -> tuple[str, ...]:
    """The versions that `1.37` or `1.30-1.37` names, oldest first; "" is the newest one.

    Raises ConfigError for what names none, or one that there is no schema of.
    """
    try:
        return versions.targets(value)
    except ValueError:
        raise ConfigError("config.kubernetes", value=value, known=versions.SPAN) from None


def node_count(value: Any) -> int:
    """How many nodes a local cluster has. Raises ConfigError for what is no such number."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_NODES:
        return value
    raise ConfigError("config.value", name="nodes", value=value, choices=f"1–{MOST_NODES}")


def job_count(value: Any) -> int:
    """How many pages run at once, 0 for `auto`. Raises ConfigError for what is neither."""
    if value == "auto":
        return 0
    number = int(value) if re.fullmatch(r"[1-9]\d{0,2}", str(value)) else 0
    if number and not isinstance(value, bool):
        return number
    raise ConfigError("config.value", name="jobs", value=value, choices="auto, 1, 2, 4")


def patterns(name: str, value: Any) -> tuple[str, ...]:
    """Patterns as .gitignore has them: a list, or one a line as `exclude_docs` of MkDocs.

    Raises ConfigError for what is neither.
    """
    lines = value.splitlines() if isinstance(value, str) else value
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise ConfigError("config.value", name=name, value=value, choices="drafts/, *.old.md")
    return tuple(line for line in lines if line.strip())


def positive(name: str, value: Any) -> float:
    """A number of seconds. Raises ConfigError for what is none, or no bound."""
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else 0
    if not 0 < number < math.inf:
        raise ConfigError("config.value", name=name, value=value, choices="> 0")
    return float(number)


def with_command_line(settings: Settings, **values: Any) -> Settings:
    """Settings with what the command line gave; None leaves a setting alone."""
    given = {name: value for name, value in values.items() if value is not None}
    if given.get("cluster"):
        given["cluster_allowed"] = True
    if "timeout" in given:
        given["timeout"] = positive("timeout", given["timeout"])
    if "kubernetes" in given:
        given["checked"] = checked_versions(given["kubernetes"])
        given["kubernetes"] = kubernetes_version(given["kubernetes"])
    if "nodes" in given:
        given["nodes"] = node_count(given["nodes"])
    if "jobs" in given:
        given["jobs"] = job_count(given["jobs"])
    return replace(settings, **given)
