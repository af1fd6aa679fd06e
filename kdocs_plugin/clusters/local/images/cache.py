"""What real registries gave, kept: manifests and blobs by digest, tags with their time.

In: a `Remote`. Out: in the images folder, blobs among the others, each verified by its
digest while it was written, and `cached/REGISTRY/REPOSITORY/_tags/TAG`, which says what a
tag stood for and when the registry said so. Nothing here is older than the registry's
own answer where it answers: a tag is asked for each time, with HEAD.

A blob reaches its readers while it is still arriving. The last byte waits until the
digest has been checked, so nobody gets the whole of a blob that is wrong.
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import io
import json
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from kdocs_plugin.clusters.local.images import store
from kdocs_plugin.clusters.local.images.remote import OutOfReach, Refused, Remote

BEGUN = ("docker.io", "registry.k8s.io")  # looked for when the cluster starts
ARRIVE_SECONDS = 60.0  # for the next bytes of a blob; the writer's own bound is shorter
ROOM = 200 << 20  # bytes of the disk that are left to others
PIECE = 1 << 18


class Cache:
    """The pull-through cache over one images folder. Safe to use from several threads."""

    def __init__(self, folder: Path, remote: Remote) -> None:
        self.folder = folder
        self.remote = remote
        self._arriving: dict[str, Arriving] = {}
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Find out in the background which registries can be reached."""
        self.remote.begin(*BEGUN)

    # --- Tags and manifests ---------------------------------------------------------------

    def resolve(self, registry: str, repository: str, reference: str) -> str:
        """The digest that the real registry has for a tag or digest; its manifest is here.

        Raises OutOfReach where the registry does not answer, Refused where it says no.
        """
        digest = reference
        if not reference.startswith("sha256:"):
            digest = self.remote.digest(registry, repository, reference)
        if store.blob(self.folder, digest) is None:
            manifest = self.remote.manifest(registry, repository, digest or reference)
            store.Store(self.folder).add(io.BytesIO(manifest.body))
            digest = manifest.digest
        self._note(registry, repository, reference, digest)
        return digest

    def recall(self, registry: str, repository: str, reference: str) -> str | None:
        """The digest that the registry had when it was last asked, where all of that image
        is here."""
        try:
            said = json.loads(self._tag(registry, repository, reference).read_text())
            digest = str(said["digest"])
        except (OSError, ValueError, KeyError):
            return None
        return digest if store.complete(self.folder, digest) else None

    def _note(self, registry: str, repository: str, reference: str, digest: str) -> None:
        path = self._tag(registry, repository, reference)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{os.getpid()}-{threading.get_ident()}")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        partial.write_text(json.dumps({"digest": digest, "asked": now}))
        partial.replace(path)

    def _tag(self, registry: str, repository: str, reference: str) -> Path:
        return self.folder / store.CACHED / registry / repository / "_tags" / reference

    # --- Blobs ----------------------------------------------------------------------------

    def fetch(self, registry: str, repository: str, digest: str) -> Arriving | None:
        """A blob on its way here; None where it has come by now.

        Two who want the same one at once get the same one. What goes wrong is told by
        the Arriving: OutOfReach, Refused, and OSError where it can't be kept.
        """
        with self._lock:
            if store.blob(self.folder, digest) is not None:
                return None
            arriving = self._arriving.get(digest)
            if arriving is None:
                arriving = self._arriving[digest] = Arriving(self.folder, digest)
                threading.Thread(
                    target=self._write, args=(arriving, registry, repository), daemon=True
                ).start()
            return arriving

    def _write(self, arriving: Arriving, registry: str, repository: str) -> None:
        digest = arriving.digest
        try:
            with (
                self.remote.blob(registry, repository, digest) as response,
                store.half(self.folder) as file,
            ):
                length = response.headers.get("Content-Length")
                size = int(length) if length else None
                if size:
                    # A full disk is told before anything is promised, and no note's
                    # image takes the machine's last room.
                    if shutil.disk_usage(self.folder).free < size + ROOM:
                        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                    os.posix_fallocate(file.fileno(), 0, size)
                arriving.start(file.name, size)
                hashed, written = hashlib.sha256(), 0
                while piece := response.read1(PIECE):
                    hashed.update(piece)
                    file.write(piece)
                    file.flush()
                    written += len(piece)
                    arriving.arrived(written)
                if size is not None and written != size:
                    raise OutOfReach(f"{registry}: cut off after {written} of {size} bytes")
                if f"sha256:{hashed.hexdigest()}" != digest:
                    raise Refused(502, f"{registry} sent a blob with another digest: {digest}")
                store.keep(file, self.folder, digest)
            arriving.end(None)
        except (OutOfReach, Refused) as error:
            arriving.end(error)
        except http.client.HTTPException as error:
            arriving.end(OutOfReach(f"{registry}: {error}"))
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                print(f"no space left in {self.folder} for {digest}", file=sys.stderr)  # noqa: T201
                arriving.end(error)
            else:
                arriving.end(OutOfReach(f"{registry}: {error}"))
        except BaseException as error:
            arriving.end(OutOfReach(f"{registry}: {error!r}"))
            raise
        finally:
            with self._lock:
                self._arriving.pop(digest, None)


class Arriving:
    """A blob that is being written: one writer, any number of readers."""

    def __init__(self, folder: Path, digest: str) -> None:
        self.digest = digest
        self.size: int | None = None  # bytes, None where the registry doesn't say
        self._folder = folder
        self._name = ""  # of the half blob, once there is one
        self._written = 0
        self._over = False
        self._error: Exception | None = None
        self._changed = threading.Condition()

    # --- The writer's side ----------------------------------------------------------------

    def start(self, name: str, size: int | None) -> None:
        with self._changed:
            self._name, self.size = name, size
            self._changed.notify_all()

    def arrived(self, written: int) -> None:
        with self._changed:
            self._written = written
            self._changed.notify_all()

    def end(self, error: Exception | None) -> None:
        with self._changed:
            self._over, self._error = True, error
            self._changed.notify_all()

    # --- The readers' side ----------------------------------------------------------------

    def open(self) -> io.FileIO:
        """Wait until it is known how the registry answered. Raises what went wrong.

        Without a buffer, which would read ahead of what has been written.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._name or self._over, ARRIVE_SECONDS)
            if self._error is not None:
                raise self._error
            if not self._name:
                raise OutOfReach("no answer in time")
            try:
                return Path(self._name).open("rb", buffering=0)
            except FileNotFoundError:  # complete just now, under its own name
                path = store.blob(self._folder, self.digest)
                if path is None:
                    raise OutOfReach("it was removed while it came") from None
                return path.open("rb", buffering=0)

    def read(self, file: io.FileIO) -> Iterator[bytes]:
        """Its bytes from what `open` gave, as they come. Raises what cuts them off."""
        sent, over = 0, False
        while not over:
            ready, over = self._await_more(sent)
            while sent < ready:
                piece = file.read(min(PIECE, ready - sent))
                sent += len(piece)
                yield piece

    def _await_more(self, sent: int) -> tuple[int, bool]:
        """How many bytes may be passed on, and whether they are all.

        One is held back until all have proved right.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._over or self._written - 1 > sent, ARRIVE_SECONDS
            )
            if self._error is not None:
                raise self._error
            if not self._over and self._written - 1 <= sent:
                raise OutOfReach("nothing more has come")
            return (self._written if self._over else self._written - 1), self._over
