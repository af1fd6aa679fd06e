"""What kubectl says to arguments that it can't take: a sentence, and what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from kdocs_plugin.commands.invocation import Invocation

MIXED: Final = (
    "there is no need to specify a resource type as a separate argument when passing arguments"
    " in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of"
    " 'kubectl get resource resource/<resource_name>'"
)
NO_RESOURCE: Final = "You must provide one or more resources by argument or filename."


class Complaint(NamedTuple):
    """What kubectl says. With `flag` it is about that flag's value (KD308)."""

    said: str
    flag: str = ""  # its long name
    value: str = ""
    known: tuple[str, ...] = ()  # the values that it takes


Check = Callable[[Invocation], Iterator[Complaint]]
