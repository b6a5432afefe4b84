"""ODK Collect over the test client: lists forms, loads them, sends fillings in one or several posts."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4
from xml.etree.ElementTree import Element

import defusedxml.ElementTree
from django.test import Client

BOUNDARY = "----collect7MA4YWxkTrZu0gW"
JPEG = b"\xff\xd8\xff\xe0" + b"\x00\x10JFIF" + bytes(range(256)) * 4


def filling(code: str, version: str, inner: str, uid: UUID | str, *, old: UUID | None = None) -> bytes:
    deprecated = f"<deprecatedID>uuid:{old}</deprecatedID>" if old else ""
    return (
        f'<?xml version=\'1.0\' ?><data id="{code}" version="{version}" xmlns:orx="http://openrosa.org/xforms">'
        f"{inner}<orx:meta><orx:instanceID>uuid:{uid}</orx:instanceID>{deprecated}</orx:meta></data>"
    ).encode()


def multipart(xml: bytes, files: dict[str, bytes] | None = None) -> bytes:
    out = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="a.xml"\r\n'
        "Content-Type: text/xml\r\n\r\n"
    ).encode() + xml
    for name, content in (files or {}).items():
        out += (
            f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
            "Content-Type: image/jpeg\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        ).encode() + content
    return out + f"\r\n--{BOUNDARY}--\r\n".encode()


@dataclass
class Collect:
    token: str
    client: Client

    def get(self, path: str) -> Any:
        return self.client.get(f"/odk/{self.token}/{path}", headers={"X-OpenRosa-Version": "1.0"})

    def xml(self, path: str) -> Element:
        answer = self.get(path)
        assert answer.status_code == 200, answer.content.decode()
        found: Element = defusedxml.ElementTree.fromstring(answer.content)
        return found

    def send(self, xml: bytes, files: dict[str, bytes] | None = None, **headers: str) -> Any:
        return self.client.post(
            f"/odk/{self.token}/submission",
            multipart(xml, files),
            content_type=f"multipart/form-data; boundary={BOUNDARY}",
            headers={"X-OpenRosa-Version": "1.0", **headers},
        )

    def send_raw(self, body: bytes, content_type: str = f"multipart/form-data; boundary={BOUNDARY}") -> Any:
        return self.client.post(f"/odk/{self.token}/submission", body, content_type=content_type)


def visit(household: UUID, *, uid: UUID | None = None, old: UUID | None = None, **more: str) -> bytes:
    said = {
        "start": "2026-11-20T08:50:00.000+07:00", "end": "2026-11-20T08:58:00.000+07:00", "ho": str(household),
        "ngay": "2026-11-20", "viec": "vneid dvc", "ket_qua": "able", "ghi_chu": "",
    } | more  # fmt: skip
    inner = "".join(f"<{name}>{text}</{name}>" if text else f"<{name}/>" for name, text in said.items())
    return filling("luot-den-ho", "2026112901", inner, uid or uuid4(), old=old)
