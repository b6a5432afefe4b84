"""Signatures: two in a row hold, anything changed after is told, every fault has its sentence."""

import io
import random
import re
from datetime import UTC, datetime, timedelta

import pypdf
import pytest
from pyhanko.sign.signers import Signer

from langso.lib.refusal import Refused
from langso.papers import pdf, signing
from langso.papers.trial_certificates import TrialRoot, trial_root
from tests.papers import examples

START, STOP = datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
AT = datetime(2026, 1, 6, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def root() -> TrialRoot:
    return trial_root(start=START, stop=STOP)


@pytest.fixture(scope="module")
def paper() -> bytes:
    return pdf.write(examples.taking_back())


@pytest.fixture(scope="module")
def one(root: TrialRoot, paper: bytes) -> bytes:
    (room,) = pdf.rooms(examples.taking_back())
    return signing.sign(paper, signer(root, "Nguyễn Thị Ặng"), reason="Trình", place="Vinh Quang", at=AT, room=room)


@pytest.fixture(scope="module")
def two(root: TrialRoot, one: bytes) -> bytes:
    by = signer(root, "Lê Văn Bình", "Ủy ban nhân dân tỉnh Tuyên Quang")
    return signing.sign(one, by, reason="Duyệt", place="Tuyên Quang", at=AT + timedelta(hours=1), field="ChuKy2")


def signer(root: TrialRoot, name: str, organisation: str = "Ủy ban nhân dân xã Vinh Quang") -> Signer:
    return signing.load_pkcs12(root.signer(name, organisation, password="mật khẩu"), "mật khẩu")


def test_a_signature_tells_who_where_when_and_why(root: TrialRoot, one: bytes) -> None:
    (found,) = signing.signatures(one, trusted_roots=[root.certificate], at=AT)
    assert found.who == "Nguyễn Thị Ặng (CHỨNG THƯ THỬ NGHIỆM)"
    assert found.organisation == "Ủy ban nhân dân xã Vinh Quang"
    assert (found.reason, found.place, found.at) == ("Trình", "Vinh Quang", AT)
    assert (found.whole, found.trusted, found.holds) == (True, True, True)
    assert "đã ký lúc 16:30 ngày 06/01/2026" in found.words


def test_the_visible_line_stands_on_the_page(one: bytes) -> None:
    page = pypdf.PdfReader(io.BytesIO(one)).pages[0]
    (line,) = (annotation.get_object() for annotation in page["/Annots"])  # type: ignore[attr-defined]
    (room,) = pdf.rooms(examples.taking_back())
    assert tuple(round(float(side)) for side in line["/Rect"]) == room.box


def test_the_signature_is_pades(one: bytes) -> None:
    assert b"/ETSI.CAdES.detached" in one


def test_a_second_signature_keeps_the_first(root: TrialRoot, one: bytes, two: bytes) -> None:
    assert two.startswith(one)
    found = signing.check(two, trusted_roots=[root.certificate], at=AT)
    assert [one.field for one in found] == ["ChuKy1", "ChuKy2"]
    assert all(one.whole for one in found)


def test_one_changed_byte_is_told(root: TrialRoot, paper: bytes, two: bytes) -> None:
    at = len(paper) // 2
    changed = two[:at] + bytes([two[at] ^ 1]) + two[at + 1 :]
    found = signing.signatures(changed, trusted_roots=[root.certificate], at=AT)
    assert [one.whole for one in found] == [False, False]
    with pytest.raises(signing.AlteredAfterSigning, match="đã bị sửa sau khi Nguyễn Thị Ặng"):
        signing.check(changed, trusted_roots=[root.certificate], at=AT)


def test_a_page_added_after_signing_is_told_although_the_signed_bytes_stand(root: TrialRoot, one: bytes) -> None:
    writer = pypdf.PdfWriter(io.BytesIO(one), incremental=True)
    writer.add_blank_page()
    out = io.BytesIO()
    writer.write(out)
    assert out.getvalue().startswith(one)
    (found,) = signing.signatures(out.getvalue(), trusted_roots=[root.certificate], at=AT)
    assert not found.whole
    with pytest.raises(signing.AlteredAfterSigning):
        signing.sign(out.getvalue(), signer(root, "B"), reason="", place="", at=AT, field="ChuKy2")


def test_what_is_put_into_the_hole_of_a_signature_is_told(root: TrialRoot, one: bytes) -> None:
    """The bytes of the signature itself are the only ones not covered: a wrong one must not pass."""
    found = re.search(rb"/Contents <([0-9A-Fa-f]{200,})", one)
    assert found is not None
    middle = found.start(1) + 400
    changed = one[:middle] + (b"0" if one[middle : middle + 1] != b"0" else b"1") + one[middle + 1 :]
    with pytest.raises(Refused):
        signing.check(changed, trusted_roots=[root.certificate], at=AT)


def test_whatever_byte_is_changed_no_signature_holds_as_before(root: TrialRoot, two: bytes) -> None:
    """Each signature has one hole, its own bytes padded with zeros; anything else that changes must be told."""
    holes = [(found.start(), found.end()) for found in re.finditer(rb"/Contents <[0-9A-Fa-f]{200,}>", two)]
    chance = random.Random(20260106)
    tried = 0
    while tried < 60:
        at = chance.randrange(len(two))
        if any(start <= at < stop for start, stop in holes):
            continue
        tried += 1
        changed = two[:at] + bytes([two[at] ^ (1 << chance.randrange(8))]) + two[at + 1 :]
        with pytest.raises(Refused):
            signing.check(changed, trusted_roots=[root.certificate], at=AT)


def test_an_issuer_that_is_not_trusted_is_named(one: bytes) -> None:
    stranger = trial_root(start=START, stop=STOP, name="Gốc khác")
    with pytest.raises(signing.UnknownIssuer, match="do “Gốc thử nghiệm"):
        signing.check(one, trusted_roots=[stranger.certificate], at=AT)
    (found,) = signing.signatures(one, trusted_roots=[], at=AT)
    assert (found.whole, found.trusted, found.holds) == (True, False, False)


def test_a_certificate_past_its_days_is_refused_when_signing_and_when_read(
    root: TrialRoot, paper: bytes, one: bytes
) -> None:
    late = STOP + timedelta(days=1)
    with pytest.raises(signing.CertificateExpired, match="từ 01/01/2025 đến 01/01/2027"):
        signing.sign(paper, signer(root, "A"), reason="", place="", at=late)
    with pytest.raises(signing.CertificateExpired):
        signing.check(one, trusted_roots=[root.certificate], at=late)
    with pytest.raises(signing.CertificateExpired):
        signing.sign(paper, signer(root, "A"), reason="", place="", at=START - timedelta(days=1))


def test_a_certificate_for_another_use_does_not_sign(root: TrialRoot, paper: bytes) -> None:
    data = root.signer("A", "B", password="c", for_signing=False)
    with pytest.raises(signing.NotForSigning, match="không cấp để ký văn bản"):
        signing.sign(paper, signing.load_pkcs12(data, "c"), reason="", place="", at=AT)


def test_a_paper_without_signatures_says_so(paper: bytes) -> None:
    with pytest.raises(signing.NotSigned, match="chưa có chữ ký số"):
        signing.signatures(paper, trusted_roots=[], at=AT)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"%PDF-1.7\n", b"%PDF-1.7\n" + b"x" * 3000, b"<html>"])
def test_a_file_that_is_no_pdf_says_so(root: TrialRoot, data: bytes) -> None:
    with pytest.raises(signing.NotAPdf, match="không phải PDF"):
        signing.signatures(data, trusted_roots=[], at=AT)
    with pytest.raises(signing.NotAPdf):
        signing.sign(data, signer(root, "A"), reason="", place="", at=AT)


def test_a_file_cut_short_is_refused(root: TrialRoot, two: bytes) -> None:
    with pytest.raises(Refused):
        signing.check(two[: len(two) // 2], trusted_roots=[root.certificate], at=AT)


def test_a_pdf_with_a_password_says_so(paper: bytes) -> None:
    writer = pypdf.PdfWriter(io.BytesIO(paper))
    writer.encrypt("bí mật", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(signing.EncryptedPdf, match="có mật khẩu"):
        signing.signatures(out.getvalue(), trusted_roots=[], at=AT)


def test_a_field_signs_once(root: TrialRoot, one: bytes) -> None:
    with pytest.raises(signing.FieldTaken, match="“ChuKy1” đã có chữ ký"):
        signing.sign(one, signer(root, "B"), reason="", place="", at=AT)


def test_a_wrong_password_says_so(root: TrialRoot) -> None:
    with pytest.raises(signing.WrongPassword, match="mật khẩu sai"):
        signing.load_pkcs12(root.signer("A", "B", password="đúng"), "sai")
    with pytest.raises(signing.WrongPassword):
        signing.load_pkcs12(b"not a key file", "x")


def test_a_token_that_is_not_there_says_so() -> None:
    with pytest.raises(signing.TokenUnreachable, match="Không dùng được thiết bị ký"):
        signing.token_signer("/no/such/driver.so", "1234")


def test_a_signed_certificate_holds_too(root: TrialRoot) -> None:
    wall = examples.on_the_wall()
    (room,) = pdf.rooms(wall)
    data = signing.sign(pdf.write(wall), signer(root, "A"), reason="Cấp", place="Tuyên Quang", at=AT, room=room)
    assert len(signing.check(data, trusted_roots=[root.certificate], at=AT)) == 1
