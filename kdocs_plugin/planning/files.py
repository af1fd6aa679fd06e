"""Manifest blocks as files: which name each has, and what every `-f` finds."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Literal

from kdocs_plugin.late import late
from kdocs_plugin.manifests import load
from kdocs_plugin.model import Block, BlockKind, FileBinding, Finding, Note, Severity
from kdocs_plugin.planning.draft import Draft
from kdocs_plugin.planning.options import Options
from kdocs_plugin.planning.policy import EDITORS
from kdocs_plugin.values import dataclass, field

Source = Literal["title", "comment", "editor", "sentence", "apply"]

FILE_NAME = r"(?:[\w.-]+/)*[\w.-]+\.(?:ya?ml|json)"
LABEL = r"(?:(?:file(?:name)?|path|파일명?|경로)\s*:\s*)?"
COMMENT_NAME = late(rf"\s*#+\s*{LABEL}(?:\./)?({FILE_NAME})(?=$|[\s(:,])", re.IGNORECASE)
# Behind the name a particle may stand (`pod.yaml을`), but no Latin letter.
PROSE_NAME = late(rf"(?<![\w/:.-])({FILE_NAME})(?![A-Za-z0-9_-])")
TITLE_NAME = late(r"(?:[\w.-]+/)*[\w.-]+\.\w+")
MANY = 10_000  # folders in one note are no folders
SHOWS_FILE = EDITORS | {"cat"}


def bind_files(
    note: Note,
    drafts: Sequence[Draft],
    mended: Mapping[int, str],
    whole: frozenset[int],
    options: Options,
    provided: Collection[str] = (),
) -> tuple[tuple[FileBinding, ...], tuple[Finding, ...]]:
    """Name every whole manifest block, and set `missing` of drafts whose -f finds nothing.

    `whole` are the indexes of blocks that are complete manifests, `mended` their text
    where tabs were mended. `drafts` are in document order; `before` of a binding counts
    in them. `provided` are files that are there before the note begins.
    """
    binder = Binder(note, drafts, mended, whole, options)
    for name in sorted(provided):
        binder.provide(name)
    blocks = list(binder.blocks)
    for number, draft in enumerate(drafts):
        while blocks and blocks[0].start_line < draft.position.line:
            binder.meet_block(blocks.pop(0), number)
        binder.meet_command(draft, number)
    for block in blocks:
        binder.meet_block(block, len(drafts))
    return tuple(sorted(binder.bindings, key=lambda each: each.before)), tuple(binder.findings)


@dataclass(slots=True)
class Group:
    """Whole manifests without a name, one after the other, and the -f that name them."""

    blocks: list[Block] = field(default_factory=list)
    named: bool = False  # whether a -f has taken names from it already


class Binder:
    """Walks blocks and commands in document order."""

    def __init__(
        self,
        note: Note,
        drafts: Sequence[Draft],
        mended: Mapping[int, str],
        whole: frozenset[int],
        options: Options,
    ) -> None:
        self.note = note
        self.lines = note.text.split("\n")
        self.drafts = drafts
        self.places = [draft.position.line for draft in drafts]
        self.mended = mended
        self.options = options
        self.last_of_block = {d.block: d for d in drafts if d.block is not None}
        outputs = {draft.expected.line for draft in drafts if draft.expected}
        self.by_reading = {bare(name) for draft in drafts for name in only_read(draft)}
        self.blocks = [b for b in note.blocks if self.is_file(b, whole, outputs)]
        self.names = {b.index: found for b in self.blocks if (found := self.own_name(b))}
        self.named: defaultdict[str, list[Block]] = defaultdict(list)
        for block in self.blocks:
            if block.index in self.names:
                self.named[self.names[block.index][0]].append(block)
        self.bindings: list[FileBinding] = []
        self.findings: list[Finding] = []
        self.provided: set[str] = set()
        self.written: set[str] = set()  # by steps: a `cat` of one shows what they made
        self.folders: set[str] = set()  # that something provided stands in
        self.bound: set[int] = set()  # blocks that have been given to a command above them
        self.reported: set[str] = set()
        self.group = Group()

    def is_file(self, block: Block, whole: frozenset[int], outputs: set[int]) -> bool:
        """A whole manifest, or anything else that a title names; never a command's output."""
        first = block.start_line + 1
        if block.commented or any(line in outputs for line in range(first, first + 3)):
            return False
        if block.index in whole or (
            block.kind is BlockKind.OTHER and self.title(block) is not None
        ):
            return True
        return block.kind is not BlockKind.COMMAND and self.read_name(block) is not None

    # --- A block's own name ---

    def own_name(self, block: Block) -> tuple[str, Source] | None:
        """title=, first-line comment, the editor just before, the sentence before."""
        if title := self.title(block):
            return bare(title), "title"
        body = enumerate(block.body.split("\n"))
        first = next((x for n, x in body if x.strip() and n not in block.option_lines), "")
        if match := COMMENT_NAME.match(first):
            return bare(match[1]), "comment"
        previous = self.note.blocks[block.index - 1] if block.index else None
        above = self.lines[previous.end_line if previous else 0 : block.start_line - 1]
        last = self.last_of_block.get(previous.index) if previous else None
        if last is not None and (name := shown_file(last)):
            return bare(name), "editor"
        if name := self.read_name(block):
            return name, "sentence"
        names = PROSE_NAME.findall(sentence_of(above))
        return (bare(names[-1]), "sentence") if names else None

    def read_name(self, block: Block) -> str | None:
        """The file that a command reads otherwise than with -f, and that the block's first line
        or the sentence before it names: nginx.conf, patch.yaml, index.html."""
        if not self.by_reading:
            return None
        previous = self.note.blocks[block.index - 1] if block.index else None
        above = self.lines[previous.end_line if previous else 0 : block.start_line - 1]
        last = self.last_of_block.get(previous.index) if previous else None
        words = last.statement.commands[-1].words if last and last.statement.commands else ()
        if words[:1] and words[0] in EDITORS and bare(words[-1]) in self.by_reading:
            return bare(words[-1])
        first = block.body.split("\n", 1)[0]
        texts = [sentence_of(above), first if first.lstrip().startswith("#") else ""]
        named = (
            name
            for text in texts
            for name in self.by_reading
            if re.search(rf"(?<![\w/.-]){re.escape(name)}(?![A-Za-z0-9_/-]|\.\w)", text)
        )
        return next(named, None)

    def title(self, block: Block) -> str | None:
        """The file name in a block's title: the title itself, or the one name in it."""
        title = block.attributes.get("title") or block.options.get("title") or ""
        if TITLE_NAME.fullmatch(title):
            return title
        names = PROSE_NAME.findall(title)
        return names[0] if len(names) == 1 else None

    # --- The walk ---

    def meet_block(self, block: Block, number: int) -> None:
        """A file block, with `number` commands above it."""
        if self.group.named:
            self.group = Group()
        if block.index in self.names:
            if block.index not in self.bound:
                self.bind(block, *self.names[block.index], number)
        else:
            self.group.blocks.append(block)

    def meet_command(self, draft: Draft, number: int) -> None:
        """A command: what it writes, shows and wants."""
        name = shown_file(draft)
        if (
            name
            and draft.expected
            and not (shows(draft) and bare(name) in self.written)
            and is_whole(draft.expected.text)
            and draft.block is not None
        ):
            self.add(bare(name), draft.expected.text, draft.block, number, "editor")
        for name in draft.effect.writes:
            self.provide(bare(name))
            self.written.add(bare(name))
        for name in also_read(draft):
            if not self.provides(bare(name)):
                self.take_later(bare(name), number)
        missing = [name for name in wanted(draft) if not self.find(name, number)]
        draft.missing = tuple(missing)
        if not draft.is_probe:
            for name in missing:
                self.report(name, draft)

    def find(self, name: str, number: int) -> bool:
        """Whether there is something for -f `name`, giving names to blocks if need be."""
        if name.startswith(("/", "../")):
            return False
        return self.provides(bare(name)) or (
            self.take_later(bare(name), number) or self.take_unnamed(name, number)
        )

    def provides(self, name: str) -> bool:
        """Whether the file, or a folder with files, is there."""
        if name in self.provided or name in self.folders:
            return True
        if name in ("", "."):
            return bool(self.provided)
        found = self.options.read_file(name) is not None
        return found or bool(self.options.read_folder(name))

    def take_later(self, name: str, number: int) -> bool:
        """A block below that has this very name: notes show the command first, too."""
        place = self.drafts[number].position.line
        for block in self.named.get(name, ()):
            if block.start_line > place:
                self.bound.add(block.index)
                self.bind(block, *self.names[block.index], number)
                return True
        return False

    def take_unnamed(self, name: str, number: int) -> bool:
        """The next -f that nothing else provides names the unnamed block before it.

        Consecutive unnamed blocks match consecutive -f in order. Where more blocks stand
        there than -f follow, the last ones are meant: those before are examples. A folder
        takes them all.
        """
        blocks = self.group.blocks
        if not blocks:
            return False
        if is_folder(name):
            for place, block in enumerate(blocks, 1):
                path = "/".join(filter(None, (bare(name), f"{place}.yaml")))
                self.bind(block, path, "apply", number)
            self.group = Group()
            return True
        if not self.group.named:
            self.group.named = True
            wanting = max(1, self.wanting(blocks[-1]))
            if len(blocks) > wanting:
                self.report_ambiguous(name, number, blocks)
            del blocks[:-wanting]
        self.bind(blocks.pop(0), bare(name), "apply", number)
        return True

    def wanting(self, last: Block) -> int:
        """How many distinct unprovided -f stand between here and the next manifest."""
        below = islice(self.note.blocks, last.index + 1, None)
        manifests = (block.start_line for block in below if block.kind is BlockKind.MANIFEST)
        following = next(manifests, len(self.lines) + 1)
        names = {
            bare(name)
            for draft in self.drafts[
                bisect_left(self.places, last.start_line) : bisect_left(self.places, following)
            ]
            for name in wanted(draft)
        }
        return sum(not self.provides(name) for name in names)

    # --- What comes of it ---

    def bind(self, block: Block, name: str, source: Source, number: int) -> None:
        """A block becomes a file that stands before command `number`."""
        text = self.mended.get(block.index, block.body)
        kept = [line for n, line in enumerate(text.split("\n")) if n not in block.option_lines]
        self.add(name, "\n".join(kept), block.index, number, source)

    def add(self, name: str, text: str, block: int, number: int, source: Source) -> None:
        """One more file."""
        content = text.rstrip("\n") + "\n"
        self.bindings.append(FileBinding(name, content, block, number, source))
        self.provide(name)

    def provide(self, name: str) -> None:
        """From here on there is a file of this name."""
        self.provided.add(name)
        while "/" in name and len(self.folders) < MANY:
            name = name.rpartition("/")[0]
            self.folders.add(name)

    def report(self, name: str, draft: Draft) -> None:
        """KD301, once a file. A folder, or a path outside of the note, may well be there."""
        if is_folder(name) or name.startswith(("/", "../")) or name in self.reported:
            return
        self.reported.add(name)
        arguments = {"file": name}
        self.findings.append(
            Finding(
                "KD301", Severity.ERROR, self.note.path, draft.position, arguments, draft.block
            )
        )

    def report_ambiguous(self, name: str, number: int, blocks: Sequence[Block]) -> None:
        """KD303: more than one block could be the file."""
        draft = self.drafts[number]
        arguments = {"file": name, "line": blocks[-1].start_line, "count": len(blocks)}
        self.findings.append(
            Finding(
                "KD303", Severity.INFO, self.note.path, draft.position, arguments, draft.block
            )
        )


def bare(name: str) -> str:
    """A path as the working directory sees it: that is the scenario's home, too."""
    return name.removeprefix("~/").removeprefix("./").rstrip("/")


def sentence_of(above: Sequence[str]) -> str:
    """The last line with text before a fence."""
    return next((x for x in reversed(above) if x.strip() and "<!-- kdocs:" not in x), "")


def is_folder(name: str) -> bool:
    """Whether a path says by itself that it is a folder."""
    return name.endswith("/") or "." not in bare(name).rsplit("/", 1)[-1].lstrip(".")


def is_whole(text: str) -> bool:
    """Whether every document of a text says what it is."""
    filled = [each for each in load(text).documents if each.value is not None]
    return bool(filled) and all(each.api_version and each.kind for each in filled)


def wanted(draft: Draft) -> Iterator[str]:
    """The files that -f names, as far as the words tell."""
    for name in draft.effect.files:
        if name != "-" and "://" not in name and not re.search(r"[<>{}$*]", name):
            yield name


def only_read(draft: Draft) -> Iterator[str]:
    """Files that kubectl reads and that are no manifests of their own."""
    for line in draft.kubectl:
        for value in line.values("--from-file", "--from-env-file", "--patch-file"):
            yield value.split("=", 1)[-1]


def also_read(draft: Draft) -> Iterator[str]:
    """Other files that a command reads: cat's, those of --from-file and of `<`."""
    yield from draft.statement.reads
    if (name := shown_file(draft)) is not None:
        yield name
    yield from only_read(draft)
    for line in draft.kubectl:
        for value in line.values("-k", "--kustomize"):
            yield "/".join(filter(None, (bare(value).removesuffix("."), "kustomization.yaml")))


def shows(draft: Draft) -> bool:
    """Whether a command only shows a file, where an editor may change it."""
    return draft.statement.commands[-1].name == "cat"


def shown_file(draft: Draft) -> str | None:
    """The manifest that `cat` shows or that an editor opens."""
    words = draft.statement.commands[-1].words if draft.statement.commands else ()
    words = words[1:] if words[:1] == ("sudo",) else words
    if len(words) == 2 and words[0] in SHOWS_FILE and re.fullmatch(FILE_NAME, bare(words[1])):
        return words[1]
    return None
