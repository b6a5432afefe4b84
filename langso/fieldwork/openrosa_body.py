"""What ODK Collect sends: a multipart body, an XML document in it, and what of it identifies the filling. Pure.

The XML is a stranger's: no document type, no entities, bounded in bytes, elements and depth.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, ParseError, fromstring  # what has a <! goes to defusedxml

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from langso.fieldwork.rules import FieldRefused, read_moment
from langso.questionnaires.engine import Form

LARGEST = 10 * 1024 * 1024  # of one request, as told to Collect
LARGEST_XML = 1024 * 1024
LARGEST_FILE = 6 * 1024 * 1024
MOST_FILES = 40
MOST_ELEMENTS = 30_000
DEEPEST = 20
_BOUNDARY = re.compile(r'boundary="?([^";,]{1,200})"?', re.IGNORECASE)
_NAMED = re.compile(rb'(?:^|[;\s])(name|filename)="([^"\r\n]{0,300})"', re.IGNORECASE)
_UUID = re.compile(r"(?:uuid:)?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})")
_OTHER_IDS = UUID("0d6b9b1e-2f0c-5c0e-8f0a-6c616e67736f")
PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}


class OpenRosaRefused(FieldRefused):
    """A request of Collect that cannot be taken; the words are shown on the phone."""


class NotMultipart(OpenRosaRefused):
    says = "Gói gửi lên không đúng kiểu OpenRosa. Cập nhật ODK Collect rồi gửi lại."


class BodyTooBig(OpenRosaRefused):
    says = "Gói gửi lên lớn hơn {limit} MB. Đặt cỡ ảnh nhỏ lại trong ODK Collect rồi gửi lại."


class XmlMissing(OpenRosaRefused):
    says = "Gói gửi lên thiếu phần phiếu. Gửi lại từ ODK Collect."


class XmlBroken(OpenRosaRefused):
    says = "Phiếu gửi lên không đọc được. Mở phiếu trong ODK Collect, lưu lại rồi gửi."


class XmlHostile(OpenRosaRefused):
    says = "Phiếu gửi lên có phần khai báo không được phép. Không nhận."


class InstanceMissing(OpenRosaRefused):
    says = "Phiếu gửi lên không có mã của lần điền. Tải lại phiếu trong ODK Collect rồi điền lại."


class FileKindWrong(OpenRosaRefused):
    says = "Tệp kèm {name} không phải ảnh JPEG, PNG hay WebP nên không nhận. Chụp lại rồi gửi."


class FileTooBig(OpenRosaRefused):
    says = "Tệp kèm {name} lớn hơn {limit} MB. Chụp lại ở cỡ nhỏ hơn rồi gửi."


class FileDiffers(OpenRosaRefused):
    says = "Tệp kèm {name} của phiếu này đã nhận với nội dung khác. Bản đã nhận vẫn giữ."


@dataclass(frozen=True)
class Attached:
    name: str
    content: bytes
    content_type: str
    sha256: str


@dataclass(frozen=True)
class Sent:
    """One filling of a form as it came. `digest` is the same however the XML was spaced."""

    code: str
    version: str
    uid: UUID
    corrects: UUID | None
    root: Element
    digest: bytes
    files: tuple[Attached, ...] = ()


@dataclass(frozen=True)
class Said:
    """The answers by question, and when the phone says the form was finished."""

    answers: dict[str, Any]
    made_at: datetime | None
    meta: Mapping[str, str] = field(default_factory=dict)


# ── Multipart ────────────────────────────────────────────────────────────────


def read_parts(body: bytes, content_type: str) -> tuple[bytes, tuple[Attached, ...]]:
    """The XML and the files beside it.

    Refuses: NotMultipart, XmlMissing, BodyTooBig, FileKindWrong, FileTooBig.
    """
    found = _BOUNDARY.search(content_type)
    if not content_type.lower().startswith("multipart/") or found is None:
        raise NotMultipart()
    mark = b"\r\n--" + found[1].strip().encode("latin-1", "replace")
    parts = (b"\r\n" + body).split(mark)
    if len(parts) < 2 or len(parts) > MOST_FILES + 3:
        raise NotMultipart()
    xml: bytes | None = None
    files: list[Attached] = []
    for part in parts[1:]:
        if part.startswith(b"--"):
            break
        head, gap, content = part.partition(b"\r\n\r\n")
        if not gap:
            continue
        names = {key.lower(): value for key, value in _NAMED.findall(head)}
        if names.get(b"name") == b"xml_submission_file":
            xml = content
        elif b"filename" in names or b"\r\nContent-Type: image" in head:
            files.append(_attached(names.get(b"filename") or names.get(b"name", b""), content))
    if xml is None:
        raise XmlMissing()
    if len(xml) > LARGEST_XML:
        raise BodyTooBig(limit=LARGEST_XML // 1024 // 1024)
    return xml, tuple(files)


def _attached(name: bytes, content: bytes) -> Attached:
    said = unicodedata.normalize("NFC", name.decode("utf-8", "replace")).replace("\\", "/").rpartition("/")[2]
    said = re.sub(r"[\x00-\x1f\x7f]", "", said)[-120:] or "tep"
    if len(content) > LARGEST_FILE:
        raise FileTooBig(name=said, limit=LARGEST_FILE // 1024 // 1024)
    kind = PICTURES.get(content[:3]) or PICTURES.get(content[:4], "")
    if not kind or (kind == "image/webp" and content[8:12] != b"WEBP"):
        raise FileKindWrong(name=said)
    return Attached(said, content, kind, hashlib.sha256(content).hexdigest())


# ── XML ──────────────────────────────────────────────────────────────────────


def parse(xml: bytes) -> Element:
    """The document. Only what declares nothing is read by the quick parser.

    Refuses: XmlBroken, XmlHostile.
    """
    if xml.count(b"<") > MOST_ELEMENTS * 2:
        raise XmlBroken()
    try:
        if b"<!" in xml or b"\x00" in xml or re.search(rb"""encoding=["'](?!utf-8)""", xml[:200], re.IGNORECASE):
            root: Element = defusedxml.ElementTree.fromstring(xml, forbid_dtd=True)
        else:
            root = fromstring(xml)  # noqa: S314  # nothing in it can declare an entity
    except DefusedXmlException as hostile:
        raise XmlHostile() from hostile
    except (ParseError, ValueError, LookupError) as broken:
        raise XmlBroken() from broken
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise XmlHostile()
        level = [child for element in level for child in element]
    return root


def _plain(tag: str) -> str:
    return tag.rpartition("}")[2]


def read_sent(xml: bytes, files: tuple[Attached, ...] = ()) -> Sent:
    """Refuses: XmlBroken, XmlHostile, InstanceMissing."""
    root = parse(xml)
    meta = next((child for child in root if _plain(child.tag) == "meta"), None)
    ids = {_plain(child.tag): (child.text or "").strip() for child in meta} if meta is not None else {}
    instance = ids.get("instanceID") or root.get("instanceID", "")
    if not instance:
        raise InstanceMissing()
    old = ids.get("deprecatedID", "")
    lines = [f"{_plain(e.tag)}\x1f{len(e)}\x1f{(e.text or '').strip()}" for e in root.iter()]
    said = "\x1e".join((root.get("id", ""), root.get("version", ""), *lines))
    if not said.isascii():
        said = unicodedata.normalize("NFC", said)
    return Sent(
        root.get("id", "")[:60],
        root.get("version", "")[:40],
        uid_of(instance),
        uid_of(old) if old else None,
        root,
        hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest(),
        files,
    )


def uid_of(instance: str) -> UUID:
    """`uuid:…` is that; anything else that another client made up gives one of its own."""
    found = _UUID.fullmatch(instance)
    return UUID(found[1]) if found else uuid5(_OTHER_IDS, instance[:500])


def read_answers(root: Element, form: Form) -> Said:
    """The answers by the names of the questions. What is not in the XML was not answered: no default stands in."""
    template = form.blank
    answers: dict[str, Any] = dict(template[""])
    meta: dict[str, str] = {}
    _read_into(root, form, answers, meta, template)
    metas = form.definition.get("meta", {})
    moment = next((read_moment(meta[n]) for kind in ("end", "start") if (n := metas.get(kind, "")) in meta), None)
    return Said(answers, moment, meta)


def _read_into(
    holder: Element, form: Form, into: dict[str, Any], meta: dict[str, str], template: Mapping[str, Mapping[str, Any]]
) -> None:
    for child in holder:
        name = child.tag if child.tag[:1] != "{" else _plain(child.tag)
        place = form.places.get(name)
        if place is None:
            if not len(child):
                meta[name] = (child.text or "").strip()
        elif place.kind == "group":
            _read_into(child, form, into, meta, template)
        elif place.kind == "repeat":
            row = dict(template[name])
            _read_into(child, form, row, meta, template)
            rows = into.get(name)
            if rows is None:
                into[name] = [row]
            else:
                rows.append(row)
        else:
            into[name] = child.text


def envelope(says: str, *, nature: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?><OpenRosaResponse xmlns="http://openrosa.org/http/response">'
    return f'{head}<message nature="{nature}">{escaped(says)}</message></OpenRosaResponse>'.encode()


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
