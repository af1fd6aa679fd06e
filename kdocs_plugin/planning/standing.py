"""What stands at one point of a scenario: objects, files, the shell's state, what was shown.

A page that goes on from another one (`needs:`) begins with what that page leaves.
"""

from __future__ import annotations

from kdocs_plugin.commands import variables_of
from kdocs_plugin.planning.draft import Draft, Obj
from kdocs_plugin.planning.files import bare
from kdocs_plugin.planning.literals import Shown
from kdocs_plugin.planning.objects import Objects
from kdocs_plugin.planning.policy import may_serve
from kdocs_plugin.values import dataclass, field


@dataclass(slots=True, eq=False)
class Standing:
    """All of it."""

    page: str = ""  # whose commands take effect
    objects: Objects = field(default_factory=Objects)
    written: dict[str, tuple[Obj, ...]] = field(default_factory=dict)  # objects by file
    files: set[str] = field(default_factory=set)  # names of every file
    functions: set[str] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)
    shown: Shown = field(default_factory=Shown)
    drafts: list[Draft] = field(default_factory=list)  # the steps that run
    serves: bool = False  # something may answer at this machine's own address
    makes: bool = False  # there is an object to look at

    def on(self, page: str) -> Standing:
        """The same, to go on from with a page."""
        return Standing(
            page, self.objects.copy(), dict(self.written), set(self.files), set(self.functions),
            set(self.variables), self.shown.copy(), list(self.drafts), self.serves, self.makes,
        )  # fmt: skip

    def after(self, draft: Draft) -> None:
        """Let a command take effect, if it runs; what the author wrote stands anyway."""
        if draft.refused is None and draft.opener is None:
            self.functions.update(draft.statement.defines)
            self.variables.update(variables_of(draft.statement))
            self.files.update(bare(name) for name in draft.effect.writes)
            self.serves = self.serves or any(map(may_serve, draft.kubectl))
            self.makes = self.makes or bool(draft.creates)
            self.objects.after(draft)
        if draft.refused is None:
            self.drafts.append(draft)
        self.shown.see(draft, self.page)
