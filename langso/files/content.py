"""What a file is, told by its bytes: a name only has to agree. Pure; nothing is unpacked without a limit.

A picture is decoded whole, an Office file is unpacked whole under a limit, the end of a PDF is followed to its trailer.
"""

import re
import struct
import warnings
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc

LARGEST = 20 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_ENTRIES = 5_000

OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")  # .doc and .xls, and any Office file under a password
# What a decoder of pictures may raise over bytes from a stranger.
BROKEN = (OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, OverflowError, struct.error, zlib.error)


class FileRefused(Refused):
    """A file that is not taken; `field` is the field it came in."""


class FileEmpty(FileRefused):
    says = "Tệp này trống. Chọn lại tệp."


class FileTooLarge(FileRefused):
    says = "Tệp này lớn hơn {limit} MB. Giảm cỡ ảnh hoặc quét lại ở mức thấp hơn rồi chọn lại."


class FileKindUnknown(FileRefused):
    says = "Tệp này không phải {wanted}. Lưu lại thành một trong các loại ấy rồi chọn lại."


class FileNameLies(FileRefused):
    says = "Tệp tên là {name} mà bên trong là {found}. Đặt lại đuôi tệp là .{suffix} rồi chọn lại."


class PdfBroken(FileRefused):
    says = "Tệp PDF này thiếu phần cuối hoặc bị hỏng. Mở bằng máy, lưu lại thành PDF rồi chọn lại."


class FileLocked(FileRefused):
    says = "Tệp này có mật khẩu, người thẩm định không mở được. Bỏ mật khẩu rồi chọn lại."


class OfficeBroken(FileRefused):
    says = "Tệp này bị hỏng hoặc không phải tệp Word, Excel. Mở bằng máy, lưu lại rồi chọn lại."


class OfficeTooLarge(FileRefused):
    says = "Tệp này mở ra lớn hơn {limit} MB. Lưu thành PDF rồi chọn lại."


class OfficeOld(FileRefused):
    says = (
        "Tệp Word, Excel này kiểu cũ hoặc có mật khẩu. Lưu thành .docx, .xlsx hoặc PDF, không mật khẩu, rồi chọn lại."
    )


class MacroInside(FileRefused):
    says = "Tệp này có chương trình chạy kèm (macro). Lưu thành .docx, .xlsx thường hoặc PDF rồi chọn lại."


class PictureBroken(FileRefused):
    says = "Ảnh này bị hỏng, không mở được. Chọn ảnh khác."


class PictureTooLarge(FileRefused):
    says = "Ảnh này quá {limit} triệu điểm ảnh. Giảm cỡ ảnh rồi chọn lại."


class PictureIsHeic(FileRefused):
    says = "Ảnh này là HEIC, nhiều máy không mở được. Lưu thành JPEG rồi chọn lại."


@dataclass(frozen=True)
class Kind:
    """One sort of file that is taken."""

    word: str
    content_type: str
    suffixes: tuple[str, ...]

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")


PDF = Kind("PDF", "application/pdf", ("pdf",))
DOCX = Kind("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",))
XLSX = Kind("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",))
JPEG = Kind("ảnh JPEG", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif"))
PNG = Kind("ảnh PNG", "image/png", ("png",))
WEBP = Kind("ảnh WebP", "image/webp", ("webp",))
PICTURES = (JPEG, PNG, WEBP)
PAPERS = (PDF, DOCX, XLSX, *PICTURES)


def check(content: bytes, name: str, allowed: tuple[Kind, ...] = PAPERS) -> Kind:
    """The kind of file that the bytes are, opened and not only looked at.

    Refuses: FileRefused, its subclasses above.  Cost: a picture is decoded once, an Office file unpacked once.
    """
    if not content:
        raise FileEmpty()
    if len(content) > LARGEST:
        raise FileTooLarge(limit=LARGEST // 1024 // 1024)
    kind = _kind_of(content)
    if kind not in allowed:
        raise FileKindUnknown(wanted=_either([k.word for k in allowed]))
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if suffix not in kind.suffixes:
        raise FileNameLies(name=clean_name(name)[-60:] or "trống", found=kind.word, suffix=kind.suffixes[0])
    if kind is PDF:
        _open_pdf(content)
    elif kind.is_picture:
        open_picture(content, kind).close()
    else:
        _open_office(content)
    return kind


def clean_name(name: str) -> str:
    """The name of a file without folders and unseen characters."""
    return nfc(name.replace("\\", "/").rpartition("/")[2])


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} hoặc {words[-1]}"


def _kind_of(content: bytes) -> Kind | None:
    head = content[:16]
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis"):
        raise PictureIsHeic()
    if head.startswith(OLD_OFFICE):
        raise OfficeOld()
    if head.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    return None


# ── PDF ──────────────────────────────────────────────────────────────────────


def _open_pdf(content: bytes) -> None:
    """Follow every `startxref` to its trailer: it must name the root, and no trailer may name an encryption."""
    if b"%%EOF" not in content[-2048:]:
        raise PdfBroken()
    trailers = [t for t in _trailers(content) if b"/Root" in t]
    if not trailers:
        raise PdfBroken()
    if any(b"/Encrypt" in t for t in trailers):
        raise FileLocked()


def _trailers(content: bytes) -> Iterator[bytes]:
    for found in deque(re.finditer(rb"startxref\s+(\d{1,10})\s", content), maxlen=32):  # no more: each one is a search
        start = int(found[1])
        if re.match(rb"\s*xref\b", content[start : start + 16]):
            begin = content.find(b"trailer", start, start + LARGEST)
            if begin >= 0:
                yield content[begin : content.find(b"startxref", begin)]
        elif re.match(rb"\s*\d+\s+\d+\s+obj\b", content[start : start + 40]):  # the table as a stream: since PDF 1.5
            yield content[start : content.find(b"stream", start)]


# ── Word, Excel ──────────────────────────────────────────────────────────────


def _office_kind(content: bytes) -> Kind | None:
    if content.count(b"PK\x01\x02") > MOST_ENTRIES:  # before the list of entries is made
        raise OfficeTooLarge(limit=MOST_UNPACKED // 1024 // 1024)
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError) as broken:
        raise OfficeBroken() from broken
    if "word/document.xml" in names:
        return DOCX
    return XLSX if "xl/workbook.xml" in names else None


def _open_office(content: bytes) -> None:
    """Unpack everything once, no further than the limit, whatever sizes the entries claim."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            entries = packed.infolist()
            if any(e.filename.lower().endswith(("vbaproject.bin", "vbadata.xml")) for e in entries):
                raise MacroInside()
            if any(e.flag_bits & 1 for e in entries):
                raise FileLocked()
            if any(e.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for e in entries):
                raise OfficeBroken()
            if sum(e.file_size for e in entries) > MOST_UNPACKED:
                raise OfficeTooLarge(limit=MOST_UNPACKED // 1024 // 1024)
            unpacked = 0
            for entry in entries:
                with packed.open(entry) as inside:
                    while piece := inside.read(1 << 20):
                        unpacked += len(piece)
                        if unpacked > MOST_UNPACKED:
                            raise OfficeTooLarge(limit=MOST_UNPACKED // 1024 // 1024)
            types = packed.read("[Content_Types].xml")
    except (zipfile.BadZipFile, *BROKEN, NotImplementedError, RuntimeError) as broken:
        raise OfficeBroken() from broken
    if b"macroenabled" in types.lower():
        raise MacroInside()


# ── Pictures ─────────────────────────────────────────────────────────────────

_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}


def open_picture(content: bytes, kind: Kind | None = None) -> Image.Image:
    """The picture, decoded; its size is known before a single pixel is.

    Refuses: PictureBroken, PictureTooLarge.
    """
    formats = [_FORMATS[kind]] if kind else list(_FORMATS.values())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the limit here is stricter than the one that warns
            picture = Image.open(BytesIO(content), formats=formats)
        if picture.width * picture.height > MOST_PIXELS:
            raise PictureTooLarge(limit=MOST_PIXELS // 1_000_000)
        picture.load()
    except Image.DecompressionBombError as bomb:
        raise PictureTooLarge(limit=MOST_PIXELS // 1_000_000) from bomb
    except BROKEN as broken:
        raise PictureBroken() from broken
    return picture
