"""A run of the notes in a build, where mkdocs.yml asks for one."""

from __future__ import annotations

from collections.abc import Mapping

from kdocs_plugin import pipeline
from kdocs_plugin.config import Settings
from kdocs_plugin.errors import KdocsError
from kdocs_plugin.model import Page
from kdocs_plugin.plugin.telling import tell_error, tell_run


def after_a_run(pages: Mapping[str, Page], settings: Settings) -> dict[str, Page]:
    """The pages by their names, those anew that were run. What goes wrong is told."""
    done = dict(pages)
    if settings.run == "never" or not settings.cluster:
        return done
    from kdocs_plugin.execution.observer import Silent  # with it all that a run needs

    try:
        force = settings.run == "always"
        for ran in pipeline.run(list(pages.values()), settings, Silent(), force):
            done[ran.page.note.path] = ran.page
            tell_run(ran)
    except KdocsError as error:
        tell_error(error)
    return done
