"""The values that flow through kdocs, from a note's text to a page and a report.

All of them are frozen: a layer receives values, returns new ones, and changes none.
Lines and columns are 1-based; columns count Unicode code points of the note's own
text, so that they point at the right character also inside a quoted or indented fence.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from kdocs_plugin.values import dataclass, field

EMPTY: Mapping[Any, Any] = MappingProxyType({})


def no_items() -> Mapping[Any, Any]:
    """The empty mapping, shared: the default of every mapping below."""
    return EMPTY


# --- The note ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a note: 1-based line, 1-based column in code points."""

    line: int
    column: int


class BlockKind(StrEnum):
    """What a fence holds."""

    MANIFEST = "manifest"  # Kubernetes YAML, whole or a fragment
    COMMAND = "command"  # shell commands, with or without prompts and output
    OTHER = "other"  # anything else: output of its own, Dockerfile, SQL, ...


@dataclass(frozen=True, slots=True)
class Block:
    """One fence of a note.

    `body` is the fence's content as the fence's own language sees it: without the quote
    marks and indentation that belong to the enclosing quote or list, without the final
    newline. Its line k (0-based) stands on the note's line `start_line + 1 + k`.
    """

    index: int  # 0-based among the note's blocks, in document order
    kind: BlockKind
    language: str  # first word of the header, lower case, "" where there is none
    header: str  # the raw text behind the fence's marks
    attributes: Mapping[str, str]  # of the header: title="x" and so on
    options: Mapping[str, str]  # of kdocs annotations, `# kdocs:` line or HTML comment
    body: str
    start_line: int  # the line of the opening fence
    end_line: int  # the line of the closing fence
    prefix: str  # what stands before the opening fence: indentation, quote marks
    fence: str  # the fence's marks: ``` or ~~~~
    offsets: tuple[int, ...]  # for each line of body: code points cut from its left
    option_lines: tuple[int, ...] = ()  # 0-based lines of body that are annotations
    commented: bool = False  # stands in an HTML comment: OTHER, never run, checked or embedded

    def position(self, line: int, column: int) -> Position:
        """Where body's line and column (both 0-based) stand in the note."""
        cut = self.offsets[line] if line < len(self.offsets) else len(self.prefix)
        return Position(self.start_line + 1 + line, cut + column + 1)


@dataclass(frozen=True, slots=True)
class InlineCode:
    """A code span in running text."""

    text: str  # as rendered: one space stripped at each side where both are spaces
    position: Position  # of the first backtick
    end: Position  # just behind the last backtick (same line or a later one)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, ATX or setext."""

    level: int
    text: str  # Markdown source of the heading's text
    line: int  # of the text
    end_line: int  # last line (the underline of a setext heading)


@dataclass(frozen=True, slots=True)
class Callout:
    """A GitHub or Obsidian callout: a quote whose first line is `[!KIND] title`."""

    kind: str  # lower case: tip, note, warning, ...
    title: str  # "" where the note gives none
    fold: Literal["", "+", "-"]  # Obsidian's folding mark
    start_line: int
    end_line: int  # last line of the quote
    prefix: str  # what stands before the first `>`


@dataclass(frozen=True, slots=True)
class Note:
    """A page of Markdown, taken apart."""

    path: str  # as the user knows it, with forward slashes
    text: str
    front_matter: Mapping[str, Any] = field(default_factory=no_items)
    front_matter_lines: int = 0  # how many lines front matter takes, delimiters included
    blocks: tuple[Block, ...] = ()
    codes: tuple[InlineCode, ...] = ()
    headings: tuple[Heading, ...] = ()
    callouts: tuple[Callout, ...] = ()
    problems: tuple[Finding, ...] = ()  # what the scanner itself found wrong
    picture: int = 0  # line of `<!-- kdocs: picture -->`; 0 where there is none

    @property
    def options(self) -> Mapping[str, Any]:
        """The page's own settings: `kdocs:` in the front matter."""
        value = self.front_matter.get("kdocs")
        return value if isinstance(value, Mapping) else EMPTY


# --- Findings ---------------------------------------------------------------------------


class Severity(StrEnum):
    """error: kubectl or the API server refuses it, whatever the cluster's state.
    warning: they accept it and the reader will regret it. info: the rest."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Edit:
    """What stands from `start` up to, and without, `end` becomes `text`."""

    start: Position
    end: Position
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A mend that is sure: edits of the note's text, in its order, that belong together."""

    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a place of a note. Its words come from messages.py by code."""

    code: str  # KD101
    severity: Severity
    path: str
    position: Position
    arguments: Mapping[str, Any] = field(
        default_factory=no_items
    )  # fill the message's and the hint's places
    block: int | None = None  # index of the block it stands in
    fix: Fix | None = None  # where it was asked for and is sure: validation/fixes.py


# --- The scenario -----------------------------------------------------------------------


class Attribute(StrEnum):
    """What of an object a placeholder stands for."""

    NAME = "name"
    IP = "ip"
    NODE = "node"
    PORT = "port"
    NODE_PORT = "node_port"  # known only where the manifest sets it
    CONTAINER = "container"
    NAMESPACE = "namespace"
    IMAGE = "image"
    LABEL = "label"  # the value of one


@dataclass(frozen=True, slots=True)
class Reference:
    """Something in a command that a value of ours stands for. A run resolves it.

    A placeholder (`<pod-name>`, `{노드 이름}`, `$POD_NAME`), or an author's literal: a value
    of the author's own run (`frontend-b2zdv`, `10.42.0.226`).
    """

    text: str  # as written, brackets included
    kind: str  # lower-case kubernetes kind: pod, service, node, ...; "" unknown
    attribute: Attribute | None  # None: not understood, so never bound
    bound: str | None = None  # value known without a run (a name in the note's manifests)
    object_name: str | None = None  # the object whose attribute a run will look up
    start: int = 0  # where it stands in the command, in code points
    literal: bool = False  # a value of the author's own run
    line: int = 0  # of the note: the author's output that shows the literal; 0 for none
    page: str = ""  # the note of that line, where it is one that runs before this one
    of: str = ""  # the author's name of the object whose attribute the literal is
    candidates: tuple[str, ...] = ()  # what an unbound one may mean

    @property
    def is_bound(self) -> bool:
        """Whether a run can put a value in its place."""
        return self.bound is not None or self.object_name is not None


class Decision(StrEnum):
    """What a plan makes of a command."""

    RUN = "run"
    SHOW = "show"  # shown, not run: policy or an unbound placeholder; the reason says why


# What is mended of Markdown as other tools write it, by the names that switch it off.
MARKDOWN = (
    "bold", "breaks", "callouts", "comments", "footnotes", "highlights", "links", "lists",
    "math", "mermaid", "strikethrough", "tables", "tasks", "toggles", "wiki",
)  # fmt: skip
MOST_NODES = 9  # of a local cluster: each is a node's processes on one machine


class Addon(StrEnum):
    """What a cluster may have beyond its bare components, in kube-system."""

    DNS = "dns"  # Services by name
    METRICS = "metrics"  # kubectl top, HorizontalPodAutoscaler
    STORAGE = "storage"  # a default StorageClass that provisions


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that a note needs and the local cluster has not."""

    key: str  # of its message
    position: Position  # of the first place that needs it
    arguments: Mapping[str, Any] = field(default_factory=no_items)


@dataclass(frozen=True, slots=True)
class FileBinding:
    """A manifest block as a file of the scenario's working directory."""

    name: str  # file name or relative path, as commands use it
    content: str  # mended text, ends with a newline
    block: int  # index of the block
    before: int  # index of the step before which it is written
    source: Literal["title", "comment", "editor", "sentence", "apply"]


@dataclass(frozen=True, slots=True)
class AuthorOutput:
    """What the author wrote as a command's output."""

    text: str
    line: int  # the note's line where it begins
    end_line: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a shell statement does, as far as its words tell."""

    mutates: bool = False  # changes objects: the run waits for them to settle
    reads: bool = False
    endless: bool = False  # runs until it is stopped
    interactive: bool = False
    deletes: bool = False
    files: tuple[str, ...] = ()  # values of -f
    writes: tuple[str, ...] = ()  # files that redirections make
    background: bool = False  # ends with &
    terminal: bool = False  # wants a terminal: exec -it
    serves: tuple[int, ...] = ()  # local ports: port-forward, proxy
    loops: bool = False  # `while true`: writes again and again


@dataclass(frozen=True, slots=True)
class Step:
    """One top-level shell statement, or a probe: an inline command that only reads."""

    index: int  # its place in the scenario's order of running
    kind: Literal["step", "probe"]
    position: Position  # of the command's first character
    end_line: int  # the note's last line of the command
    command: str  # the note's text, prompt taken off
    decision: Decision
    reason: str = ""  # message key where it is not run
    reason_arguments: Mapping[str, Any] = field(default_factory=no_items)
    block: int | None = None  # index of the block; None for a probe
    code: int | None = None  # index into Note.codes for a probe
    references: tuple[Reference, ...] = ()
    expected: AuthorOutput | None = None
    effect: Effect = field(default_factory=Effect)
    stdin: str | None = None
    timeout: float = 60.0  # seconds
    returncode: int | None = None  # expected by annotation; None: 0
    wait: str = "settled"  # settled or none
    expect: str = ""  # a state in which objects may settle: ImagePullBackOff
    hidden: bool = False
    confined: bool = True  # may run where the file system is the user's own
    addons: tuple[Addon, ...] = ()  # must be running when it runs
    numbers: bool = False  # shows or uses what pods and nodes consume: waits for the numbers
    uses: tuple[str, ...] = ()  # files beside the note that it reads, besides those of -f
    into: int | None = None  # index of the step that opened the shell it is typed into
    session: str = ""  # of a shell beside the scenario's own
    # What it makes and needs: `pod/web`, `file web.yaml`, `$NAME`, `port 8080`.
    makes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    needs_running: tuple[str, ...] = ()  # of `needs`, those that must be up for it


@dataclass(frozen=True, slots=True)
class Scenario:
    """A page as something that can be run, top to bottom."""

    path: str
    namespace: str
    steps: tuple[Step, ...]  # in order of running; probes stand where they are taken
    files: tuple[FileBinding, ...] = ()
    findings: tuple[Finding, ...] = ()  # what planning itself found
    own_cluster: bool = False  # needs namespace default or cluster-wide changes: a fresh one
    beside: Mapping[str, str] = field(
        default_factory=no_items
    )  # files beside the note that steps use with -f: name as written -> content
    mended: Mapping[int, str] = field(
        default_factory=no_items
    )  # block index -> body with its tabs mended
    lacks: tuple[Lack, ...] = ()  # what it needs and the local cluster has not
    nodes: int = 0  # how many the page asks for; 0 where it does not say
    images: Mapping[str, str] = field(default_factory=no_items)  # its images: what stands in
    before: tuple[Scenario, ...] = ()  # of the pages that it needs: their steps run first

    @property
    def addons(self) -> frozenset[Addon]:
        """The add-ons that its steps need, and those of the pages before it."""
        own = frozenset(addon for step in self.runnable for addon in step.addons)
        return own.union(*(each.addons for each in self.before))

    @property
    def together(self) -> tuple[Scenario, ...]:
        """The pages that run in it, this one last."""
        return (*self.before, self)

    @property
    def runnable(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.decision is Decision.RUN)


# --- Results and records ----------------------------------------------------------------


class Status(StrEnum):
    """How a step ended."""

    OK = "ok"  # exit status as expected
    FAILED = "failed"  # another exit status, or objects settled badly
    TIMEOUT = "timeout"  # stopped at its bound
    BLOCKED = "blocked"  # not tried: what it needs was not made
    SHOWN = "shown"  # the plan did not run it


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a failed step's objects say for themselves, cut to the cause."""

    title: str  # the command that shows it: kubectl describe pod web
    text: str


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step did. `output` holds both streams in their order, cleaned."""

    step: Step
    status: Status
    ran: str | None = None  # what was really run, placeholders bound
    reason: str = ""  # message key for anything but OK
    reason_arguments: Mapping[str, Any] = field(default_factory=no_items)
    exit_code: int | None = None
    output: str = ""
    duration: float = 0.0  # seconds
    order: int | None = None  # 1-based order of running
    after: int | None = None  # for a probe: order of the step it was taken after
    ended: str = ""  # message key: what ended a step that would have gone on for ever
    place: str = ""  # message key: where it ran, if not in the scenario's own shell
    cause: str = ""  # message key: in one sentence, what such a failure usually means
    cause_arguments: Mapping[str, Any] = field(default_factory=no_items)
    evidence: tuple[Evidence, ...] = ()  # of a failure


@dataclass(frozen=True, slots=True)
class ClusterInfo:
    """Where a scenario ran."""

    kubernetes: str  # v1.37.2
    kind: Literal["local", "context"]


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """An image that the scenario's pods ran."""

    name: str  # as the manifest has it
    digest: str  # sha256:...
    built_locally: bool = False  # a stand-in from Debian packages, not the registry's
    stands_for: tuple[str, ...] = ()  # the note's images, where mkdocs.yml puts this one there


@dataclass(frozen=True, slots=True)
class Drawn:
    """An object that a run made, as the page's picture knows it: what it is and whom it goes
    with, never what it holds."""

    kind: str  # Deployment, Pod, ConfigMap; emptyDir and hostPath for volumes without object
    name: str  # "" where it stands for `more`
    generated: str = ""  # the end of the name, as far as the cluster made it up
    state: Literal["", "ready", "done", "waiting", "failed"] = ""
    detail: str = ""  # 3/3 of a workload, type and ports of a Service, size of a claim
    owner: int | None = None  # index of what made it
    node: str = ""  # of a Pod
    images: tuple[str, ...] = ()  # of a Pod's containers, in their order
    links: tuple[int, ...] = ()  # Pods that a Service selects; volumes that a Pod uses
    more: int = 0  # so many more like this are not drawn


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """A step's outcome as records keep it. Matched by `key`, never by line."""

    key: str  # fingerprint of the step's own text
    chain: str  # fingerprint of everything up to and including the step
    command: str
    ran: str
    status: Status
    exit_code: int | None
    output: str
    duration: float
    after: str = ""  # for a probe: the command it was taken after
    reason: str = ""
    reason_arguments: Mapping[str, Any] = field(default_factory=no_items)
    ended: str = ""  # as in StepResult, like the four below
    place: str = ""
    cause: str = ""
    cause_arguments: Mapping[str, Any] = field(default_factory=no_items)
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """The last run of a page."""

    path: str
    fingerprint: str  # of the whole scenario
    date: str  # ISO 8601, UTC, seconds
    cluster: ClusterInfo
    images: tuple[ImageInfo, ...] = ()
    steps: tuple[RecordedStep, ...] = ()
    files: tuple[tuple[str, str], ...] = ()  # names and digests, to tell which one changed
    scene: tuple[Drawn, ...] = ()  # what the run made; owners stand before what they own


# --- What a page shows ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where the author's output and the real one disagree for good."""

    line: int  # 0-based line of the author's output
    column: str  # heading of the table column, "" outside a table
    written: str
    real: str


@dataclass(frozen=True, slots=True)
class Embedded:
    """A step of today's note with what the record has for it."""

    step: Step
    recorded: RecordedStep | None = None  # None: nothing to show
    changed: bool = False  # the source before this step has changed since it was recorded
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """All that is known of one note: what rendering and the reports work from."""

    note: Note
    scenario: Scenario
    findings: tuple[Finding, ...] = ()
    record: Record | None = None
    embedded: tuple[Embedded, ...] = ()  # one for each step of the scenario, same order
    stale: bool = False  # there is something to run that the record does not cover
