"""Which notes a command is about, and the settings that hold for them.

Works with an mkdocs.yml and without: then the folder itself is the project.
"""

from __future__ import annotations

import os
import posixpath
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from kdocs_plugin import pipeline, source, tree
from kdocs_plugin.config import Settings, settings_for, with_command_line
from kdocs_plugin.errors import SourceError
from kdocs_plugin.model import Page
from kdocs_plugin.values import dataclass, replace

CONFIG_NAMES = ("mkdocs.yml", "mkdocs.yaml")
LEFT_OUT = (".*", "/templates/")  # by MkDocs, unless `exclude_docs` says otherwise


@dataclass(frozen=True, slots=True)
class Project:
    """Settings and notes of one call."""

    settings: Settings
    files: Mapping[str, str]  # pages' paths, and the files as the user named or would name them

    @property
    def notes(self) -> tuple[Path, ...]:
        return tuple(map(Path, self.files.values()))

    def pages(self, joined: bool = True) -> list[Page]:
        """Every note, read and planned. Raises SourceError for one that can't be read."""
        return [self.page(path, joined) for path in self.files.values()]

    def page(self, path: Path | str, joined: bool = True) -> Page:
        """One note, read and planned; without its record where it need not be `joined`."""
        name = self.page_path(path)
        text, problems = source.read(path, name)
        return pipeline.prepare(name, text, self.settings, problems, joined)

    def page_path(self, path: Path | str) -> str:
        """A note's path as pages have it: relative to the docs folder, `..` and all."""
        folder, name = os.path.split(path)
        return posixpath.normpath(f"{_relative(folder, self.settings.docs)}/{name}")

    def as_typed(self, page: Page) -> Page:
        """The page with its findings' paths as the user would type them here."""
        if not page.findings:
            return page
        path = self.shown_path(page.note.path)
        return replace(
            page, findings=tuple(replace(finding, path=path) for finding in page.findings)
        )

    def shown_path(self, page_path: str) -> str:
        """A page's path as the user would type it here."""
        return os.path.relpath(self.settings.docs / page_path).replace(os.sep, "/")


@cache
def _relative(name: str, docs: Path) -> str:
    """A folder as seen from `docs`: asked once for all the files in it.

    A link inside of docs is a folder like any other, as MkDocs has it.
    """
    folder = Path(name)
    absolute = folder.absolute()
    for above in (absolute, *absolute.parents):
        if above.name == docs.name and above.resolve() == docs:
            return absolute.relative_to(above).as_posix()
    return os.path.relpath(folder.resolve(), docs).replace(os.sep, "/")


def open_project(
    paths: Sequence[str],
    manifests: bool = False,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    shard: str | None = None,
    **options: Any,
) -> Project:
    """The project that `paths` belong to; without paths, that of this folder.

    With `manifests` its YAML files are among the notes. `include` and `exclude` hold for
    notes that are named, too; those of mkdocs.yml only for what is found in folders.
    `options` are what the command line gave. Raises ConfigError for an mkdocs.yml or an
    option that can't be used and SourceError for a path that is not there.
    """
    folders = [_is_folder(each) for each in paths]
    start = Path(paths[0]).resolve() if paths else Path.cwd()
    home = home_of(start if start.is_dir() else start.parent)
    project = Project(with_command_line(home.settings, **options), {})
    settings = project.settings

    def ours(path: Path) -> bool:
        """Whether mkdocs.yml wants a note that was found in a folder."""
        page = project.page_path(path)
        if not page.startswith("../") and home.left_out(page):
            return False
        return tree.wants(page, settings.include, settings.exclude)

    def files() -> Iterator[str]:
        for path, is_folder in zip(paths, folders, strict=True):
            if is_folder:
                found = tree.find_notes([Path(path)], manifests, home.skipped, ours)
                yield from map(str, found)
            else:  # a file that is named is a note, whatever its name
                yield path
        if not paths:
            found = tree.find_notes([home.searched], manifests, home.skipped, ours)
            yield from map(str, found)

    by_page = {
        page: path
        for path in files()
        if tree.wants(page := project.page_path(path), include, exclude)
    }
    if shard is not None:
        by_page = tree.shard(by_page, shard)
    return replace(project, files=by_page)


def _is_folder(path: str) -> bool:
    """Whether a path that the user named is one. Raises SourceError where nothing can be."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - there may be a thousand of them
    except FileNotFoundError:
        raise SourceError("source.missing", path=path) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError("source.unreadable", path=path, reason=reason) from error
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):  # /dev/zero has no end
        raise SourceError("source.device", path=path)
    return stat.S_ISDIR(mode)


@dataclass(frozen=True, slots=True)
class Home:
    """What a folder belongs to: a site, or where there is no mkdocs.yml the folder itself."""

    settings: Settings
    searched: Path  # where nobody names notes
    skipped: tuple[Path, ...] = ()  # folders that are not looked into
    left_out: Callable[[str], bool] = lambda _: False  # whether a page is none of the site


def home_of(folder: Path) -> Home:
    """Raises ConfigError for an mkdocs.yml that can't be used."""
    file = find_config(folder)
    if file is None:
        root = find_root(folder)
        return Home(settings_for(root, root, {}), Path())
    from kdocs_plugin.mkdocs_yml import load_config, plugin_options

    data = load_config(file)
    docs = (file.parent / str(data.get("docs_dir") or "docs")).resolve()
    return Home(
        settings_for(file.parent, docs, plugin_options(data.get("plugins"))),
        Path(os.path.relpath(docs)),
        ((file.parent / str(data.get("site_dir") or "site")).resolve(),),
        left_out_by_mkdocs(data.get("exclude_docs")),
    )


def left_out_by_mkdocs(said: Any) -> Callable[[str], bool]:
    """Whether a page is none of the site, by `exclude_docs` of mkdocs.yml.

    Drafts and what is in no `nav` are notes like any others.
    """
    if isinstance(said, str):
        return partial(tree.matches, (*LEFT_OUT, *said.splitlines()))
    return lambda page: page.startswith("templates/")  # and hidden ones, never looked into


def find_root(folder: Path) -> Path:
    """What page paths are relative to where there is no mkdocs.yml, so that a note has one
    record from wherever it is run: the repository, else the working folder if it holds
    `folder`, else that itself."""
    for each in (folder, *folder.parents):
        sys.audit("kdocs.looked", str(each / ".git" / "HEAD"))
        if (each / ".git").exists():
            return each
    here = Path.cwd().resolve()
    return here if here in (folder, *folder.parents) else folder


def find_config(folder: Path) -> Path | None:
    """The mkdocs.yml of this folder or of the nearest one above it."""
    for each in (folder, *folder.parents):
        for name in CONFIG_NAMES:
            sys.audit("kdocs.looked", str(each / name))  # `unchanged` hears of it
            if (each / name).is_file():
                return each / name
    return None
