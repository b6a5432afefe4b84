"""Keeping a file, and finding it again."""

import os
import tempfile
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from langso.files.models import StoredFile
from langso.units.models import Unit


def path_of(digest: str) -> Path:
    return Path(settings.HOME) / "files" / digest[:2] / digest


def store(*, content: bytes, name: str, content_type: str, unit: Unit, by: int | None, at: datetime) -> StoredFile:
    """Write the bytes under their checksum, whole or not at all, and the line that names them."""
    digest = sha256(content).hexdigest()
    path = path_of(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
        Path(draft.name).replace(path)
    return StoredFile.objects.create(
        unit=unit,
        name=name[-200:],
        content_type=content_type,
        size=len(content),
        sha256=digest,
        stored_by_id=by,
        stored_at=at,
    )


def read(file: StoredFile) -> bytes:
    return path_of(file.sha256).read_bytes()
