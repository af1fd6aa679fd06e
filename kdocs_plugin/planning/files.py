"""Manifest blocks as files: which name each has, and what every `-f` finds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kdocs_plugin.model import Block, BlockKind, FileBinding, Finding, Note, Severity
from kdocs_plugin.planning.draft import Draft
from kdocs_plugin.planning.options import Options
from kdocs_plugin.planning.policy import EDITORS

FILE_NAME = r"(?:[\w.-]+/)*[\w.-]+\.(?:ya?ml|json)"
COMMENT_NAME = re.compile(rf"^\s*#+\s*(?:file(?:name)?:\s*)?({FILE_NAME})\s*$", re.IGNORECASE)
PROSE_NAME = re.compile(rf"(?<![\w/:.-])({FILE_NAME})(?![\w-])")
SHOWS_FILE = EDITORS | {"cat"}


def bind_files(
    note: Note,
    drafts: Sequence[Draft],
    mended: Mapping[int, str],
    whole: frozenset[int],
    options: Options,
) -> tuple[tuple[FileBinding, ...], tuple[Finding, ...]]:
    """Name every whole manifest block, and set `missing` of drafts whose -f finds nothing.

    `whole` are the indexes of blocks that are complete manifests, `mended` their text
    where tabs were mended. `drafts` are steps in document order; `before` of a binding
    counts in them.
    """
    binder = Binder(note, drafts, mended, options)
    items: list[tuple[int, int, Block | Draft]] = [
        (block.start_line, 0, block)
        for block in note.blocks
        if block.index in whole
        or (block.kind is BlockKind.OTHER and block.attributes.get("title"))
    ]
    items += [(draft.place, draft.column, draft) for draft in drafts]
    for _, _, item in sorted(items, key=lambda each: each[:2]):
        if isinstance(item, Block):
            binder.meet_block(item)
        else:
            binder.meet_command(item)
    return tuple(sorted(binder.bindings, key=lambda each: each.before)), tuple(binder.findings)


class Binder:
    """Walks blocks and commands in document order."""

    def __init__(
        self, note: Note, drafts: Sequence[Draft], mended: Mapping[int, str], options: Options
    ) -> None:
        self.note = note
        self.lines = note.text.split("\n")
        self.drafts = drafts
        self.mended = mended
        self.options = options
        self.bindings: list[FileBinding] = []
        self.findings: list[Finding] = []
        self.provided: set[str] = set()
        self.unnamed: list[Block] = []  # whole manifests without a name since the last -f
        self.named_since = False  # whether a -f has taken names from `unnamed` already
        self.last: Draft | None = None

    def meet_block(self, block: Block) -> None:
        if self.named_since:
            self.unnamed, self.named_since = [], False
        found = self.own_name(block)
        if found is None:
            self.unnamed.append(block)
            return
        name, source = found
        self.bind(block, name, source)

    def own_name(self, block: Block) -> tuple[str, str] | None:
        """title=, first-line comment, the editor just before, the sentence before."""
        title = block.attributes.get("title") or block.options.get("title")
        if title and re.fullmatch(r"[\w./-]+", title):
            return title, "title"
        body = [
            line for n, line in enumerate(block.body.split("\n")) if n not in block.option_lines
        ]
        first = next((line for line in body if line.strip()), "")
        if match := COMMENT_NAME.match(first):
            return match[1], "comment"
        previous = self.note.blocks[block.index - 1] if block.index else None
        if self.last is not None and previous is not None and self.last.block == previous.index:
            words = (
                self.last.statement.commands[-1].words if self.last.statement.commands else ()
            )
            if len(words) == 2 and words[0] in SHOWS_FILE and re.fullmatch(FILE_NAME, words[1]):
                return words[1], "editor"
        above = self.lines[previous.end_line if previous else 0 : block.start_line - 1]
        sentence = next((line for line in reversed(above) if line.strip()), "")
        names = PROSE_NAME.findall(sentence)
        return (names[-1], "sentence") if names else None

    def meet_command(self, draft: Draft) -> None:
        if not draft.is_probe:
            self.last = draft
        self.provided |= set(draft.statement.writes)
        wanted = [
            name
            for name in (*draft.effect.files, *draft.statement.reads)
            if name != "-" and "://" not in name and not re.search(r"[<>{}$*]", name)
        ]
        missing = []
        for name in wanted:
            if not self.provides(name) and not self.take_unnamed(name):
                missing.append(name)
        draft.missing = tuple(missing)
        for name in missing:
            self.findings.append(
                Finding(
                    "KD301",
                    Severity.ERROR,
                    self.note.path,
                    draft.position,
                    {"file": name},
                    draft.block,
                )
            )

    def provides(self, name: str) -> bool:
        bare = name.removeprefix("./").rstrip("/")
        if bare in self.provided or name in self.provided:
            return True
        if bare in ("", ".") or any(each.startswith(bare + "/") for each in self.provided):
            return bool(self.provided)
        return self.options.read_file(bare) is not None

    def take_unnamed(self, name: str) -> bool:
        """The next -f that nothing else provides names the unnamed block before it.

        Consecutive unnamed blocks match consecutive -f in order. Where more blocks stand
        there than -f follow, the last ones are meant: those before are examples.
        """
        if not self.unnamed:
            return False
        if not self.named_since:
            self.unnamed = self.unnamed[-max(1, self.following_names(name)) :]
            self.named_since = True
        self.bind(self.unnamed.pop(0), name.removeprefix("./"), "apply")
        return True

    def following_names(self, name: str) -> int:
        """How many distinct unprovided -f stand between here and the next manifest."""
        last = self.unnamed[-1]
        following = next(
            (
                b.start_line
                for b in self.note.blocks[last.index + 1 :]
                if b.kind is BlockKind.MANIFEST
            ),
            10**9,
        )
        names: list[str] = []
        for draft in self.drafts:
            if last.start_line < draft.place < following:
                names += [
                    f for f in draft.effect.files if f not in names and not self.provides(f)
                ]
        return len(names)

    def bind(self, block: Block, name: str, source: str) -> None:
        text = self.mended.get(block.index, block.body)
        kept = [line for n, line in enumerate(text.split("\n")) if n not in block.option_lines]
        before = sum(1 for draft in self.drafts if draft.place < block.start_line)
        self.bindings.append(
            FileBinding(name, "\n".join(kept).rstrip("\n") + "\n", block.index, before, source)  # type: ignore[arg-type]
        )
        self.provided.add(name)
