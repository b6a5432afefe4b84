"""A small house for the walks of the field app: the shell as it was built, and an API that does what the test wants.

It keeps the contract of docs/teams-and-field.md with nothing behind it, so that a walk can make it disappear, speak
like a captive portal, revoke a phone or come back from an older backup at will. The real house is walked in
tests/browser/test_field_app.py too.
"""

import gzip
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from langso.fieldwork.rules import to_base64url
from langso.fieldwork.shell import BUILT, CSP, PERMISSIONS, TYPES

SPACE = UUID("0192f000-0000-7000-8000-000000000000")
COLUMNS = [
    "uid", "village", "head", "members", "needs", "skills", "consent", "version", "last_on", "last_result", "done",
    "next_on", "next",
]  # fmt: skip
TOPICS = {
    "dvc": "Nộp hồ sơ trực tuyến",
    "vneid": "VNeID mức 2",
    "tien-dien": "Trả tiền điện không dùng tiền mặt",
    "suc-khoe": "Sổ sức khỏe điện tử",
    "chu-ky-so": "Chữ ký số cá nhân",
    "ban-hang": "Bán hàng trên sàn",
    "an-toan": "An toàn trên mạng",
    "khac": "Việc khác",
}
SKILLS = {"dien-thoai": "Có điện thoại thông minh", "zalo": "Biết dùng Zalo", "vneid": "Đã có VNeID mức 2"}
HEADS = ("Vàng Thị Dín", "Lù Seo Páo", "Phàn Mùi Khé", "Cháng Văn Đức", "Long Thị Sen", "Lù Thị Xay")
FAMILIES = ("Lù", "Vàng", "Phàn", "Cháng", "Long", "Hoàng", "Xin", "Ly")
NAMES = ("A Páo", "Thị Mai", "Văn Sơn", "Mùi Pham", "Seo Chúng", "Thị Sú", "Văn Lềnh")
PEOPLE = {"K7M2P9QX": ("Lù Văn Sính", "anh", "leader"), "B4T8W3RE": ("Phàn Thị Mẩy", "chị", "member")}


def uid(name: str) -> str:
    return str(uuid5(SPACE, name))


@dataclass
class House:
    """What the house knows, and how it behaves: `mode` is ok, portal, portal-json, gone, busy, revoked, left (the term
    ended: nobody's household is handed out) or long-left (the weeks for sending the rest are over)."""

    mode: str = "ok"
    epoch: str = "e1"
    codes: dict[str, tuple[str, str, str]] = field(default_factory=lambda: dict(PEOPLE))
    tokens: dict[str, str] = field(default_factory=dict)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)  # uid → what it is told instead of „written“
    photos: dict[str, bytes] = field(default_factory=dict)
    parcels: list[dict[str, Any]] = field(default_factory=list)
    batches: list[dict[str, Any]] = field(default_factory=list)
    poison: str = ""  # a batch that holds this text is not taken at all
    venom: str = ""  # a batch that holds this text brings the house down
    households: int = 48
    skew: timedelta = timedelta(0)
    shell: dict[str, bytes] = field(default_factory=dict)  # files in place of the built ones
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    address: str = ""

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.skew

    def window(self, token: str, since: str) -> dict[str, Any]:
        whole = since != f"{self.epoch}.1"
        name, address, role = PEOPLE[self.tokens[token]]
        if self.mode == "left":
            whole = True
        said: dict[str, Any] = {
            "at": self.now.isoformat(), "epoch": self.epoch, "cursor": f"{self.epoch}.1", "whole": whole,
            "households": {"columns": COLUMNS if whole else [], "rows": self._rows() if whole else []}, "gone": [],
            "requests": [], "colleagues": [], "records": [
                {"uid": u, **a} for u, a in self.answers.items() if u in self.records
            ],
        }  # fmt: skip
        if self.mode == "left":
            said["households"] = {"columns": COLUMNS, "rows": []}
            return said | {"villages": [], "topics": [{"code": c, "label": w} for c, w in TOPICS.items()]}
        if role == "leader":
            said["colleagues"] = [{"name": "Phàn Thị Mẩy", "unsent": 2, "spoke_at": self.now.isoformat()}]
        if whole:
            today = (self.now + timedelta(hours=7)).date()
            said |= {
                "me": {"uid": uid(name), "name": name, "address": address, "role": role},
                "team": {"uid": uid("team"), "name": "Tổ thôn Bản Luốc"},
                "villages": [{"uid": uid("village"), "name": "Thôn Bản Luốc"}],
                "topics": [{"code": c, "label": w} for c, w in TOPICS.items()],
                "skills": [{"code": c, "label": w} for c, w in SKILLS.items()],
                "campaigns": [
                    {
                        "uid": uid("campaign"), "title": "Tháng VNeID", "topics": ["vneid"], "target": 0.8,
                        "from": (today - timedelta(days=9)).isoformat(), "to": (today + timedelta(days=20)).isoformat(),
                        "form": "khao-sat", "scripts": [{"title": "Cài VNeID mức 2", "steps": [
                            "Hỏi bà con đã có căn cước gắn chip chưa.", "Mở ứng dụng VNeID, bấm Đăng nhập.",
                            "Nhập mã mà công an xã đã cấp.", "Thử mở mục Ví giấy tờ, đọc to cho bà con nghe."]}],
                    }
                ],
                "forms": [FORM],
                "requests": [
                    {
                        "uid": uid("request"), "village": uid("village"), "name": HEADS[0], "phone": "0912000111",
                        "topic": "dvc", "text": "nộp hồ sơ khai sinh cho cháu", "due_on": today.isoformat(),
                        "state": "open",
                    }
                ],
            }  # fmt: skip
        return said

    def _rows(self) -> list[list[Any]]:
        today = (self.now + timedelta(hours=7)).date()
        rows = []
        for i in range(self.households):
            extra = f"{FAMILIES[i % 8]} {NAMES[i % 7]} {i}"
            head = HEADS[i] if i < len(HEADS) else extra
            last = None if i % 3 == 0 else (today - timedelta(days=20 + i)).isoformat()
            promised = (today - timedelta(days=1)).isoformat() if i == 1 else None
            needs = ["vneid"] if i in (2, 3) else []
            known = [uid(f"h{i}"), uid("village"), head, 2 + i % 5, needs, ["zalo"], "yes", 1]
            rows.append([*known, last, last and "more", [], promised, "cài VNeID" if promised else ""])
        return rows


FORM = {
    "id": "khao-sat", "version": "1", "title": "Khảo sát điện thoại của hộ", "definition": {
        "v": 1, "id": "khao-sat", "version": "1", "title": "Khảo sát điện thoại của hộ",
        "choices": {"co": [{"name": "co", "label": "Có"}, {"name": "khong", "label": "Không"}]},
        "items": [
            {
                "type": "select_one", "name": "may", "label": "Nhà có điện thoại thông minh?", "list": "co",
                "required": True,
            },
            {"type": "integer", "name": "so", "label": "Mấy chiếc?", "relevant": ["=", ["q", "may"], "co"]},
        ],
    },
}  # fmt: skip


def proof(token: str, text: str) -> str:
    return hmac.new(hashlib.sha256(token.encode()).digest(), text.encode(), hashlib.sha256).hexdigest()


class Door(BaseHTTPRequestHandler):
    house: House
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        path, _, query = self.path.partition("?")
        house = self.house
        if house.mode == "gone":
            self.close_connection = True
            return None
        if path.startswith("/app/api/"):
            if house.mode == "portal":
                return self._answer(200, b"<html><body>Welcome to free wifi</body></html>", "text/html")
            if house.mode == "portal-json":
                return self._json({"status": "ok", "v": 1, "answers": []})
            if house.mode == "busy":
                return self._answer(502, b"<h1>Bad gateway</h1>", "text/html")
            return self._api(path.removeprefix("/app/api/"), query, body)
        if path == "/":
            return self._answer(200, b"<!doctype html><title>x</title>", "text/html")
        name = path.removeprefix("/app/") or "index.html"
        file = BUILT / Path(name).name
        content = house.shell.get(name) or (file.read_bytes() if file.is_file() else None)
        if content is None:
            return self._answer(404, b"", "text/plain")
        return self._answer(
            200, content, TYPES[file.suffix], {"Content-Security-Policy": CSP, "Permissions-Policy": PERMISSIONS}
        )

    def _answer(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-cache",
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _json(self, said: dict[str, Any], status: int = 200) -> None:
        self._answer(status, json.dumps({"v": 1, **said}, default=str).encode(), "application/json")

    def _fault(self, status: int, code: str, says: str) -> None:
        self._json({"code": code, "says": says}, status)

    def _api(self, call: str, query: str, body: bytes) -> None:
        house = self.house
        if call == "ghi-danh/":
            return self._enroll(json.loads(body))
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in house.tokens or house.mode == "revoked":
            return self._fault(
                401, "PhoneRevoked", "Xã đã thu hồi máy này ngày 29/11/2026. Xin xã mã ghi danh mới để gửi."
            )
        if house.mode == "long-left":
            return self._fault(
                401, "MemberLeft", "Anh, chị đã thôi tham gia Tổ thôn Bản Luốc từ ngày 20/10/2026. Báo xã để được nhận."
            )
        if call == "gui/":
            return self._batch(token, json.loads(body), body.decode())
        if call == "so/":
            return self._json(house.window(token, query.removeprefix("tu=")))
        if call == "goi/":
            house.parcels += json.loads(body)["parcels"]
            return self._json(
                {
                    "answers": [
                        {"parcel": p["parcel"], "state": "delivered", "count": 1, "receipt": "G-1", "says": ""}
                        for p in json.loads(body)["parcels"]
                    ]
                }
            )
        if found := re.fullmatch(r"anh/([0-9a-f-]{36})/", call):
            return self._photo(found[1], query, body)
        return self._json({"left": True})

    def _enroll(self, said: dict[str, Any]) -> None:
        house = self.house
        code = said["code"].replace("-", "")
        if code not in house.codes:
            return self._fault(422, "CodeWrong", "Mã ghi danh không đúng. Xem lại từng chữ, hoặc xin xã mã mới.")
        token = f"token-{code}-{len(house.tokens)}"
        house.tokens[token] = code
        name, address, role = house.codes[code]
        point = house.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return self._json({
            "token": token, "seat": uid(f"seat {token}"), "at": house.now.isoformat(), "place": "Xã Hoàng Su Phì",
            "member": {"uid": uid(name), "name": name, "address": address, "role": role},
            "team": {"uid": uid("team"), "name": "Tổ thôn Bản Luốc"}, "epoch": house.epoch, "key": to_base64url(point),
        })  # fmt: skip

    def _batch(self, token: str, batch: dict[str, Any], text: str) -> None:
        house = self.house
        if house.venom and house.venom in text:
            self._answer(500, b"<h1>Server Error</h1>", "text/html")
            return
        if house.poison and house.poison in text:
            self._fault(422, "BodyUnreadable", "Gói gửi lên không đọc được.")
            return
        house.batches.append(batch)
        answers = []
        for item in batch["items"]:
            again = item["uid"] in house.records
            house.records[item["uid"]] = item
            answer = {"state": "already" if again else "written", "receipt": f"HSP-0412-{len(house.records):04}"}
            answers.append({"uid": item["uid"], **answer, **house.answers.get(item["uid"], {})})
        lines = "".join(f"{a['uid']} {a['state']} {a['receipt']}\n" for a in answers)
        self._json({
            "batch": batch["batch"], "at": house.now.isoformat(), "epoch": house.epoch, "answers": answers,
            "proof": proof(token, f"{batch['batch']}\n{lines}"),
        })  # fmt: skip

    def _photo(self, name: str, query: str, body: bytes) -> None:
        note = next(
            (p for r in self.house.records.values() for p in r["body"].get("photos") or [] if p["uid"] == name), None
        )
        if note is None:
            return self._fault(409, "TextFirst", "Phần chữ của ảnh này chưa tới. Gửi chữ trước, ảnh sau.")
        have = self.house.photos.get(name, b"")
        if body and int(query.removeprefix("tu=") or 0) == len(have):
            have = self.house.photos[name] = have + body
        return self._json({"uid": name, "have": len(have), "size": note["size"], "done": len(have) == note["size"]})


@contextmanager
def small_house() -> Iterator[House]:
    """A house of its own, at `address`, from here to the end of the block."""
    house = House()
    door = type("DoorOfHouse", (Door,), {"house": house})
    server = ThreadingHTTPServer(("127.0.0.1", 0), door)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    house.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield house
    finally:
        server.shutdown()
        server.server_close()
