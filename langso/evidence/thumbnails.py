"""Small copies of photos, made once for each checksum, kept beside the files; they can be thrown away at any time."""

from pathlib import Path

from django.conf import settings

from langso.evidence import photos
from langso.files import actions as files
from langso.files.models import StoredFile


def path_of(digest: str) -> Path:
    return Path(settings.HOME) / "thumbnails" / digest[:2] / f"{digest}.jpg"


def thumbnail_of(file: StoredFile) -> bytes:
    """The small copy as JPEG.  Cost: reads one small file; the first time decodes the photo."""
    path = path_of(file.sha256)
    if not path.exists():
        files.write_whole(path, photos.thumbnail(files.read(file)))
    return path.read_bytes()
