"""Records on disk: JSON, one file a page, output as a list of lines, stable order.

Written atomically: a reader sees the old file or the new one, never half of one.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

from kdocs_plugin.errors import RecordError
from kdocs_plugin.model import ClusterInfo, ImageInfo, Record, RecordedStep, Status

FORMAT = 1


def record_path(folder: Path, page: str) -> Path:
    """Where the record of a page stands: the page's path below the records folder."""
    parts = [part for part in PurePosixPath(page).parts if part not in ("/", "..", ".")]
    return folder.joinpath(*parts).with_suffix(".json")


def load(folder: Path, page: str) -> Record | None:
    """The record of a page, None where there is none.

    Raises RecordError where the file is not a record of ours.
    """
    path = record_path(folder, page)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return from_json(data)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecordError(
            "record.unreadable", file=path, why=f"{type(error).__name__}: {error}"
        ) from error


def save(folder: Path, record: Record) -> Path:
    """Write a record; the file is left alone where its bytes would be the same."""
    path = record_path(folder, record.path)
    data = (json.dumps(to_json(record), ensure_ascii=False, indent=1) + "\n").encode()
    with contextlib.suppress(FileNotFoundError):
        if path.read_bytes() == data:
            return path
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".kdocs-", suffix=".tmp", dir=path.parent)
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
    return path


def to_json(record: Record) -> dict[str, Any]:
    return {
        "kdocs": FORMAT,
        "path": record.path,
        "fingerprint": record.fingerprint,
        "date": record.date,
        "cluster": {"kubernetes": record.cluster.kubernetes, "kind": record.cluster.kind},
        "images": [
            {"name": i.name, "digest": i.digest, "built_locally": i.built_locally}
            for i in record.images
        ],
        "steps": [step_to_json(step) for step in record.steps],
    }


def step_to_json(step: RecordedStep) -> dict[str, Any]:
    data: dict[str, Any] = {"command": step.command.split("\n")}
    if step.ran != step.command:
        data["ran"] = step.ran.split("\n")
    data |= {"key": step.key, "chain": step.chain, "status": str(step.status)}
    data |= {"exit_code": step.exit_code, "duration": step.duration}
    if step.after:
        data["after"] = step.after
    if step.reason:
        data |= {"reason": step.reason, "reason_arguments": dict(step.reason_arguments)}
    data["output"] = step.output.split("\n") if step.output else []
    return data


def from_json(data: Any) -> Record:
    """Raises KeyError, TypeError or ValueError where `data` is not a record."""
    if data["kdocs"] != FORMAT:
        raise ValueError(f"format {data['kdocs']}, this kdocs reads {FORMAT}")
    return Record(
        path=str(data["path"]),
        fingerprint=str(data["fingerprint"]),
        date=str(data["date"]),
        cluster=ClusterInfo(data["cluster"]["kubernetes"], data["cluster"]["kind"]),
        images=tuple(
            ImageInfo(i["name"], i["digest"], i["built_locally"]) for i in data["images"]
        ),
        steps=tuple(step_from_json(step) for step in data["steps"]),
    )


def step_from_json(data: Any) -> RecordedStep:
    command = "\n".join(data["command"])
    return RecordedStep(
        key=data["key"],
        chain=data["chain"],
        command=command,
        ran="\n".join(data["ran"]) if "ran" in data else command,
        status=Status(data["status"]),
        exit_code=data["exit_code"],
        output="\n".join(data["output"]),
        duration=float(data["duration"]),
        after=data.get("after", ""),
        reason=data.get("reason", ""),
        reason_arguments=data.get("reason_arguments", {}),
    )
