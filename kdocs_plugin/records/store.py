"""Records on disk: JSON, one file a page, output as a list of lines, stable order.

Written atomically: a reader sees the old file or the new one, never half of one.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from kdocs_plugin.errors import RecordError
from kdocs_plugin.messages import text
from kdocs_plugin.model import ClusterInfo, Evidence, ImageInfo, Record, RecordedStep, Status
from kdocs_plugin.records.scene import scene_from_json, scene_to_json

FORMAT = 1
PREFIX, SUFFIX = ".kdocs-", ".tmp"  # of files that are being written
OLD_SECONDS = 600.0  # no run takes this long to write one


def record_path(folder: Path, page: str) -> Path:
    """Where the record of a page stands: the page's path below the records folder.

    A page outside of the docs folder has `..` in its path: that is a folder `_up` here, so
    that no two pages share a record and none stands outside of the folder. So has a page
    that does not end in `.md` its own ending as well.
    """
    parts = [part for part in PurePosixPath(page).parts if part not in ("/", ".")]
    parts = ["_up" if part == ".." else part for part in parts]
    path = folder.joinpath(*parts)
    if path.suffix.lower() == ".md":
        return path.with_suffix(".json")
    return path.with_name(f"{path.name}.json")


def load(folder: Path, page: str) -> Record | None:
    """The record of a page, None where there is none.

    Raises RecordError where the file is not a record of ours.
    """
    path = record_path(folder, page)
    try:
        return from_json(json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        why = f"{type(error).__name__}: {error}"
        raise RecordError("record.unreadable", file=path, why=why) from error


def save(folder: Path, record: Record) -> Path:
    """Write a record; the file is left alone where its bytes would be the same.

    Raises RecordError where it can't be written.
    """
    path = record_path(folder, record.path)
    data = encoded(to_json(record))
    try:
        with contextlib.suppress(FileNotFoundError):
            if path.read_bytes() == data:
                return path
        with owned_by_the_user(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            remove_leftovers(path.parent)
            write(path, data)
    except OSError as error:
        raise RecordError("record.unwritable", file=path, why=str(error)) from error
    return path


@contextlib.contextmanager
def owned_by_the_user(path: Path) -> Iterator[None]:
    """What is made on the way to `path` belongs to the owner of the folder it is made in.

    Only root can run the local cluster, and a record of root's in a user's repository is
    a nuisance.
    """
    made = [path, *(each for each in path.parents if not each.exists())]
    yield
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        owner = made[-1].parent.stat()
        for each in made:
            os.chown(each, owner.st_uid, owner.st_gid)


def encoded(data: dict[str, Any]) -> bytes:
    """JSON in UTF-8, Hangul as it is; lone surrogates, which UTF-8 has not, as escapes."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    try:
        return (text + "\n").encode()
    except UnicodeEncodeError:
        return (json.dumps(data, indent=1) + "\n").encode()


def write(path: Path, data: bytes) -> None:
    """Into a file of its own first, which then takes the place of the old one."""
    handle, name = tempfile.mkstemp(prefix=PREFIX, suffix=SUFFIX, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def remove_leftovers(folder: Path) -> None:
    """Unfinished files of runs that were killed long ago."""
    for each in folder.glob(f"{PREFIX}*{SUFFIX}"):
        with contextlib.suppress(OSError):
            if time.time() - each.stat().st_mtime > OLD_SECONDS:
                each.unlink()


def to_json(record: Record) -> dict[str, Any]:
    """A record as plain values, in the order in which the file has them."""
    data: dict[str, Any] = {
        "kdocs": FORMAT,
        "path": record.path,
        "fingerprint": record.fingerprint,
        "date": record.date,
        "cluster": {"kubernetes": record.cluster.kubernetes, "kind": record.cluster.kind},
        "images": [
            {"name": i.name, "digest": i.digest, "built_locally": i.built_locally}
            | ({"stands_for": list(i.stands_for)} if i.stands_for else {})
            for i in record.images
        ],
    }
    if record.files:
        data["files"] = dict(record.files)
    if record.scene:
        data["scene"] = scene_to_json(record.scene)
    data["steps"] = [step_to_json(step) for step in record.steps]
    return data


def step_to_json(step: RecordedStep) -> dict[str, Any]:
    """A step as plain values; text as a list of lines, which reads well in a diff."""
    data: dict[str, Any] = {"command": step.command.split("\n")}
    if step.ran != step.command:
        data["ran"] = step.ran.split("\n")
    data |= {"key": step.key, "chain": step.chain, "status": str(step.status)}
    data |= {"exit_code": step.exit_code, "duration": step.duration}
    if step.after:
        data["after"] = step.after
    if step.reason:
        data |= {"reason": step.reason, "reason_arguments": dict(step.reason_arguments)}
    data |= {name: value for name in ("ended", "place") if (value := getattr(step, name))}
    if step.cause:
        data |= {"cause": step.cause, "cause_arguments": dict(step.cause_arguments)}
    data["output"] = step.output.split("\n") if step.output else []
    if step.evidence:
        data["evidence"] = [
            {"title": each.title, "text": each.text.split("\n")} for each in step.evidence
        ]
    return data


def from_json(data: Any) -> Record:
    """Raises LookupError, TypeError or ValueError where `data` is not a record."""
    try:
        return _from_json(data)
    except AttributeError as error:  # something else stands where a mapping should
        raise TypeError(str(error)) from error


def _from_json(data: Any) -> Record:
    if data["kdocs"] != FORMAT:
        raise ValueError(f"format {data['kdocs']}, this kdocs reads {FORMAT}")
    return Record(
        path=word(data["path"]),
        fingerprint=word(data["fingerprint"]),
        date=word(data["date"]),
        cluster=cluster_from_json(data["cluster"]),
        images=tuple(
            ImageInfo(
                word(i["name"]),
                word(i["digest"]),
                i["built_locally"] is True,
                tuple(map(word, i.get("stands_for", ()))),
            )
            for i in data["images"]
        ),
        steps=tuple(step_from_json(step) for step in data["steps"]),
        files=tuple((str(name), str(mark)) for name, mark in data.get("files", {}).items()),
        scene=scene_from_json(data.get("scene", ())),
    )


def cluster_from_json(data: Any) -> ClusterInfo:
    """The same for where it ran."""
    kind = data["kind"]
    if kind not in ("local", "context"):
        raise ValueError(f"cluster {kind!r}")
    return ClusterInfo(word(data["kubernetes"]), kind)


def word(value: Any) -> str:
    """The value, a text. Raises TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def told(data: Any, name: str) -> tuple[str, dict[str, Any]]:
    """A message's key and its arguments, ("", {}) where there is none. Raises ValueError for
    what no message is."""
    key, arguments = word(data.get(name, "")), dict(data.get(f"{name}_arguments", {}))
    if key:
        try:
            text(key, "ko", arguments)
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"{name} {key}: {error!r}") from error
    return key, arguments


def text_of(lines: Any) -> str:
    """A list of lines as text. Raises TypeError for anything else."""
    if not isinstance(lines, list):
        raise TypeError("lines are a list")
    return "\n".join(lines)


def step_from_json(data: Any) -> RecordedStep:
    """The same for a step."""
    command = text_of(data["command"])
    reason, reason_arguments = told(data, "reason")
    cause, cause_arguments = told(data, "cause")
    if not isinstance(data["exit_code"], int | None):
        raise TypeError("exit_code")
    return RecordedStep(
        key=word(data["key"]),
        chain=word(data["chain"]),
        command=command,
        ran=text_of(data["ran"]) if "ran" in data else command,
        status=Status(data["status"]),
        exit_code=data["exit_code"],
        output=text_of(data["output"]),
        duration=float(data["duration"]),
        after=word(data.get("after", "")),
        reason=reason,
        reason_arguments=reason_arguments,
        ended=told(data, "ended")[0],
        place=told(data, "place")[0],
        cause=cause,
        cause_arguments=cause_arguments,
        evidence=tuple(
            Evidence(word(each["title"]), text_of(each["text"]))
            for each in data.get("evidence", ())
        ),
    )
