"""mkdocs.yml, read for our own options alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from kdocs_plugin.errors import ConfigError
from kdocs_plugin.libyaml import yaml


class TolerantLoader(yaml.SafeLoader):
    """Reads mkdocs.yml for our own options: tags that name Python objects stay unmade."""


def ignore_tag(loader: TolerantLoader, suffix: str, node: yaml.Node) -> None:  # noqa: ARG001
    """A value that only MkDocs can make is none to us."""
    return


def environment_tag(loader: TolerantLoader, node: yaml.Node) -> Any:
    """`!ENV NAME` and `!ENV [NAME, default]`, as MkDocs reads them."""
    if isinstance(node, yaml.ScalarNode):
        return os.environ.get(str(loader.construct_scalar(node)))
    if isinstance(node, yaml.SequenceNode):
        names = loader.construct_sequence(node, deep=True)
        fallback = names.pop() if len(names) > 1 else None
        return next(
            (os.environ[str(name)] for name in names if str(name) in os.environ), fallback
        )
    return None


TolerantLoader.add_multi_constructor("tag:yaml.org,2002:python/", ignore_tag)
TolerantLoader.add_multi_constructor("!", ignore_tag)
TolerantLoader.add_constructor("!ENV", environment_tag)


def load_config(file: Path, heirs: tuple[Path, ...] = ()) -> dict[str, Any]:
    """An mkdocs.yml with what it inherits. Raises ConfigError where one can't be read.

    `heirs` are the files that inherit from this one.
    """
    try:
        if file in heirs:
            raise ValueError("INHERIT goes round in circles")
        data = yaml.load(file.read_text(encoding="utf-8-sig"), TolerantLoader)
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        raise ConfigError("config.unreadable", file=file, why=str(error)) from error
    if not isinstance(data, dict):
        return {}
    if isinstance(parent := data.get("INHERIT"), str):
        inherited = load_config((file.parent / parent).resolve(), (*heirs, file))
        data = {**inherited, **data}
    return data


def plugin_options(plugins: Any) -> dict[str, Any]:
    """The options of `kdocs` among MkDocs' plugins, which may be a list or a mapping."""
    entries = plugins if isinstance(plugins, list) else [plugins]
    for entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get("kdocs"), dict):
            return dict(entry["kdocs"])
    return {}
