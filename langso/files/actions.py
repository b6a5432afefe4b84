"""Keeping a file, and finding it again."""

import os
import tempfile
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from langso.files import content as contents
from langso.files.models import StoredFile
from langso.units.models import Unit


def path_of(digest: str) -> Path:
    return Path(settings.HOME) / "files" / digest[:2] / digest


def write_whole(path: Path, content: bytes) -> None:
    """All the bytes are there under the name, or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
        draft.write(content)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).replace(path)


def store(
    *, content: bytes, name: str, content_type: str, unit: Unit, by: int | None, at: datetime, needs: str = ""
) -> StoredFile:
    """Write the bytes under their checksum, whole or not at all, and the line that names them.

    `needs`: the right that a reader must have at the unit, for files with persons in them.
    """
    digest = sha256(content).hexdigest()
    path = path_of(digest)
    if not path.exists():
        write_whole(path, content)
    return StoredFile.objects.create(
        unit=unit,
        name=name[-200:],
        content_type=content_type,
        size=len(content),
        sha256=digest,
        stored_by_id=by,
        stored_at=at,
        needs=needs,
    )


def read(file: StoredFile) -> bytes:
    return path_of(file.sha256).read_bytes()


def keep(
    *,
    content: bytes,
    name: str,
    unit: Unit,
    by: int | None,
    at: datetime,
    allowed: tuple[contents.Kind, ...] = contents.PAPERS,
) -> StoredFile:
    """Store what a person handed in, once its bytes have shown what it is. The type kept is the one found, not claimed.

    Refuses: FileRefused; nothing is written then.
    """
    kind = contents.check(content, name, allowed)
    return store(
        content=content, name=contents.clean_name(name), content_type=kind.content_type, unit=unit, by=by, at=at
    )
