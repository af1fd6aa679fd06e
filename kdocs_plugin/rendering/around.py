"""What a reader needs before a page, and what is to be cleaned up after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kdocs_plugin.model import Addon, Page, Status
from kdocs_plugin.planning.files import bare
from kdocs_plugin.planning.images import images_of
from kdocs_plugin.planning.leftovers import leftovers
from kdocs_plugin.rendering.commands import colour
from kdocs_plugin.rendering.manifests import refused_blocks
from kdocs_plugin.rendering.options import Link, RenderOptions
from kdocs_plugin.rendering.templates import fill, words

_OWN = "kdocs-cleanup"  # the card's anchor


def prerequisites(page: Page, options: RenderOptions) -> str:
    """One line: the notes that come first, the cluster, images that no other line names; ""
    for a page that runs nothing."""
    scenario, language = page.scenario, options.language
    if not any("kubectl" in step.command for step in scenario.runnable) and not scenario.before:
        return ""
    cluster = []
    if scenario.nodes > 1:
        cluster.append(words("render.nodes", language, {"count": scenario.nodes}))
    for addon, key in ((Addon.METRICS, "metrics"), (Addon.STORAGE, "storage")):
        if addon in scenario.addons:
            cluster.append(words(f"render.{key}", language))
    return fill(
        "needs",
        language,
        notes=[
            options.site.pages.get(each.path, Link(each.path, "")) for each in scenario.before
        ],
        cluster=", ".join(cluster),
        images=list(_images(page)),
    )


def _images(page: Page) -> Iterator[str]:
    """The images of the page's own pods, those left out that the provenance names."""
    told = {image.name for image in page.record.images} if page.record else set()
    found = dict.fromkeys(i for each in images_of(page.scenario).values() for i in each)
    return (image for image in found if image not in told)


def cleanup(page: Page, options: RenderOptions) -> str:
    """A card of the commands that delete what the page leaves, "" where it leaves nothing."""
    commands = leftovers(page.note, page.scenario, set(_made_nothing(page)))
    if not commands:
        return ""
    return fill(
        "cleanup",
        options.language,
        anchor=_OWN,
        script=options.script,
        commands=[colour(command) for command in commands],
        followers=options.site.followers,
    )


def _made_nothing(page: Page) -> Iterator[int]:
    """Steps of which the record says that they made nothing; without one, those that use a
    file which kubectl refuses."""
    refused = refused_blocks(page)
    wrong = {file.name for file in page.scenario.files if file.block in refused}
    for each in page.embedded:
        recorded = each.recorded
        if recorded is None:
            failed = any(bare(name) in wrong for name in each.step.effect.files)
        else:
            failed = recorded.status is Status.BLOCKED or bool(recorded.exit_code)
        if failed:
            yield each.step.index


def followers_of(page: Page, pages: Sequence[Page]) -> list[str]:
    """Paths of the pages that go on from this one."""
    return [
        each.note.path
        for each in pages
        if any(before.path == page.note.path for before in each.scenario.before)
    ]
