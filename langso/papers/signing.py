"""Digital signatures on a PDF: sign it (PAdES B-B) and tell in words whether a signature holds.

A signer is a key with its certificate. Two ways to one:

- `load_pkcs12(data, password)`: a key file (.p12, .pfx), for a server seal and for trials.
- `token_signer(library, pin)`: a USB token or a hardware module through PKCS#11, whose key never leaves it. Needs the
  optional packages of `langso[token]` and the driver of the token's maker (a `.so` or `.dll`). It is written after the
  documents of pyHanko and was NOT tried with a token of Ban Cơ yếu Chính phủ or of a public CA: try it before relying
  on it.

What is not done: no time-stamp authority is asked (level B-B), so the time of signing is what the signer's clock said;
no revocation list is fetched, so a certificate revoked yesterday still reads as trusted. Both need the network.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import pem, x509  # type: ignore[import-untyped]
from pyhanko.pdf_utils.content import ImportedPdfPage
from pyhanko.pdf_utils.generic import DictionaryObject, StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import CMSExtractionError, SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer, SimpleSigner
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext

from langso.lib.period import VIETNAM, write_day
from langso.lib.refusal import Refused
from langso.papers.lettering import clean
from langso.papers.pdf import Room, signature_line

FIELD = "ChuKy1"
# What reading a stranger's file may raise.
_BROKEN = (PdfError, CMSExtractionError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
_USES = {"non_repudiation", "digital_signature"}
_HARMLESS = {ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING}


class NotAPdf(Refused):
    says = "Tệp này không phải PDF hoặc đã hỏng. Lưu thành PDF rồi chọn lại."


class EncryptedPdf(Refused):
    says = "Tệp PDF này có mật khẩu nên không ký và không kiểm tra được. Bỏ mật khẩu rồi chọn lại."


class NotSigned(Refused):
    says = "Tệp PDF này chưa có chữ ký số. Ký số rồi chọn lại."


class AlteredAfterSigning(Refused):
    says = "Tệp PDF đã bị sửa sau khi {who} ký. Lấy bản gốc đã ký rồi chọn lại."


class BrokenSignature(Refused):
    says = "Một chữ ký trong tệp PDF đã hỏng, không đọc được ai ký. Lấy bản gốc đã ký rồi chọn lại."


class ChangedBeforeSigning(Refused):
    says = "Tệp đã bị sửa trước khi ký, không còn là bản tải về. Tải lại bản PDF, ký ngay trên bản ấy rồi gửi."


class UnknownIssuer(Refused):
    says = (
        "Chứng thư của {who} do “{issuer}” cấp, không có trong danh sách tin cậy. "
        "Kiểm tra chứng thư hoặc nhờ quản trị thêm nơi cấp."
    )


class CertificateExpired(Refused):
    says = "Chứng thư của {who} chỉ có giá trị từ {start} đến {stop}. Ký bằng chứng thư còn hạn."


class NotForSigning(Refused):
    says = "Chứng thư của {who} không cấp để ký văn bản. Chọn chứng thư ký số khác."


class CertificateRevoked(Refused):
    says = "Chứng thư của {who} đã bị thu hồi. Ký bằng chứng thư khác."


class WrongPassword(Refused):
    says = "Không mở được tệp khóa: mật khẩu sai hoặc tệp hỏng. Nhập lại mật khẩu."


class NoKeyInside(Refused):
    says = "Tệp khóa không có khóa bí mật hoặc chứng thư. Xuất lại tệp .p12 kèm khóa bí mật."


class FieldTaken(Refused):
    says = "Ô ký “{name}” đã có chữ ký. Ký vào ô khác."


class TokenUnreachable(Refused):
    says = "Không dùng được thiết bị ký: {why}. Cắm lại thiết bị, kiểm tra trình điều khiển và mã PIN."


@dataclass(frozen=True)
class Signature:
    """What a signature says of itself and whether it may be believed; `problem` is its first fault."""

    field: str
    who: str
    organisation: str
    issuer: str
    at: datetime | None
    reason: str
    place: str
    whole: bool  # the signed bytes are as they were, and what came after them changes nothing but further signatures
    trusted: bool  # the certificate leads to a given root and is in force
    problem: Refused | None = None

    @property
    def holds(self) -> bool:
        return self.problem is None

    @property
    def words(self) -> str:
        if self.problem is not None:
            return self.problem.sentence
        when = f" lúc {self.at.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y} (theo máy của người ký)" if self.at else ""
        return f"{self.who} đã ký{when}. Tệp còn nguyên từ khi ký; chứng thư do “{self.issuer}” cấp."


def load_pkcs12(data: bytes, password: str) -> Signer:
    """Refuses: WrongPassword, NoKeyInside."""
    try:
        signer: Signer = SimpleSigner.load_pkcs12_data(data, other_certs=[], passphrase=password.encode())
    except ValueError as cause:
        raise WrongPassword from cause
    except (AttributeError, TypeError, NotImplementedError) as cause:  # the file opens, but a part of it is missing
        raise NoKeyInside from cause
    return signer


def token_signer(library: str, pin: str, *, certificate: str | None = None, key: str | None = None) -> Signer:
    """A signer in a USB token: `library` is the driver's file, `certificate` and `key` are labels inside the token.

    Refuses: TokenUnreachable.
    """
    try:
        from pyhanko.sign import pkcs11
    except ImportError as cause:
        raise TokenUnreachable(why="máy chủ chưa cài gói python-pkcs11") from cause
    from pkcs11.exceptions import PKCS11Error  # type: ignore[import-not-found, import-untyped, unused-ignore]

    try:
        session = pkcs11.open_pkcs11_session(library, user_pin=pin)
        signer = pkcs11.PKCS11Signer(session, cert_label=certificate, key_label=key or certificate)
        if signer.signing_cert is None:
            raise TokenUnreachable(why="trong thiết bị không có chứng thư này")
    except (PKCS11Error, SigningError, OSError, RuntimeError) as cause:
        raise TokenUnreachable(why=type(cause).__name__) from cause
    return signer


def sign(
    pdf: bytes, signer: Signer, *, reason: str, place: str, at: datetime, field: str = FIELD, room: Room | None = None
) -> bytes:
    """The file with one more signature, added after what is there so that earlier signatures hold.

    `place` is where one signs ("Tuyên Quang"); `room` is where the visible line stands (`pdf.rooms(paper)`), none for
    a signature that is only in the signature panel.

    Refuses: NotAPdf, EncryptedPdf, NotForSigning, CertificateExpired, FieldTaken, AlteredAfterSigning,
    BrokenSignature.
    """
    certificate = signer.signing_cert
    if certificate is None:
        raise NoKeyInside
    if not _may_sign(certificate):
        raise NotForSigning(who=_name(certificate))
    _check_days(certificate, at)
    reader = _opened(pdf)
    for before in reader.embedded_regular_signatures:
        if before.field_name == field:
            raise FieldTaken(name=field)
        read = _read(before, [], at)
        if not read.whole and read.problem is not None:
            raise read.problem
    who = _name(certificate)
    facts = PdfSignatureMetadata(
        field_name=field,
        name=who,
        reason=clean(reason),
        location=clean(place),
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
    )
    if room is None:
        return _signed(pdf, _SignerAt(facts, signer, new_field_spec=SigFieldSpec(field)), at)
    left, bottom, right, top = room.box
    line = signature_line(_visible(certificate, at), width=right - left, height=top - bottom)
    style = StaticStampStyle(border_width=0, background=_Line(line))
    spec = SigFieldSpec(field, on_page=room.page, box=room.box)
    return _signed(pdf, _SignerAt(facts, signer, stamp_style=style, new_field_spec=spec), at)


def signatures(pdf: bytes, *, trusted_roots: Iterable[bytes], at: datetime) -> list[Signature]:
    """Every signature in the order of signing; `trusted_roots` are certificates in DER or PEM, `at` is now.

    Refuses: NotAPdf, EncryptedPdf, NotSigned.
    """
    reader = _opened(pdf)
    roots = [_certificate(root) for root in trusted_roots]
    found = reader.embedded_regular_signatures
    if not found:
        raise NotSigned
    return [_read(one, roots, at) for one in sorted(found, key=lambda one: one.signed_revision)]


def check(pdf: bytes, *, trusted_roots: Iterable[bytes], at: datetime) -> list[Signature]:
    """The signatures of a file in which every one holds.

    Refuses: NotAPdf, EncryptedPdf, NotSigned, BrokenSignature, AlteredAfterSigning, NotForSigning, CertificateRevoked,
    CertificateExpired, UnknownIssuer.
    """
    found = signatures(pdf, trusted_roots=trusted_roots, at=at)
    for one in found:
        if one.problem is not None:
            raise one.problem
    return found


def check_only_signed(signed: bytes, unsigned: bytes) -> None:
    """Nothing but signatures came after the first file: no page repainted before signing, no bytes after the last one.

    Refuses: ChangedBeforeSigning.
    """
    reader = _opened(signed)
    count = len(reader.embedded_regular_signatures)
    tail = signed[signed.rindex(b"%%EOF") + 5 :]
    if reader.xrefs.total_revisions != _opened(unsigned).xrefs.total_revisions + count or tail.strip():
        raise ChangedBeforeSigning
    before = reader.xrefs.total_revisions - count
    then, now = reader.get_historical_resolver(before - 1), reader.get_historical_resolver(before - 1 + count)
    about = then.trailer_view.raw_get("/Info") if "/Info" in then.trailer_view else None  # who wrote the file, and when
    old = {ref for n in range(before) for ref in reader.xrefs.explicit_refs_in_revision(n)}
    for n in range(before, before + count):
        for ref in (reader.xrefs.explicit_refs_in_revision(n) & old) - {getattr(about, "reference", None)}:
            if not _is_only_signed(then.get_object(ref), now.get_object(ref)):
                raise ChangedBeforeSigning


def _is_only_signed(then: Any, now: Any) -> bool:
    """An object of the first file that a later revision wrote anew: the catalogue may gain a form, a page may gain
    signature fields, and all else stays.
    """
    if not isinstance(then, DictionaryObject) or not isinstance(now, DictionaryObject):
        return bool(then == now)
    kind = str(then.get("/Type", ""))
    if kind == "/Metadata":
        return True
    free = {"/Catalog": {"/AcroForm", "/Extensions", "/DSS", "/Version"}, "/Page": {"/Annots", "/Tabs"}}.get(
        kind, set()
    )
    if any(then.raw_get(key) != now.raw_get(key) for key in then.keys() & now.keys() - free):
        return False
    if (then.keys() ^ now.keys()) - free or (isinstance(now, StreamObject) and now.data != getattr(then, "data", None)):
        return False
    annotations = now.get("/Annots", []) if kind == "/Page" else []
    known = len(then.get("/Annots", [])) if kind == "/Page" else 0
    return all(one.get_object().get("/Subtype") == "/Widget" for one in list(annotations)[known:])


class _SignerAt(PdfSigner):
    """A signing whose time is an argument."""

    at: datetime

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.at
        return session


class _Line(ImportedPdfPage):
    """The visible line, from bytes instead of a file."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__(file_name="")  # type: ignore[no-untyped-call]
        self._pdf = pdf

    def render(self) -> bytes:
        from pyhanko.pdf_utils.layout import BoxConstraints

        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)))
        self.resources.xobject["/DongKy"] = page
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        return b"/DongKy Do"


def _signed(pdf: bytes, by: _SignerAt, at: datetime) -> bytes:
    by.at = at
    made: io.BytesIO = by.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)))
    return made.getvalue()


def _opened(pdf: bytes) -> PdfFileReader:
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        if reader.encrypted:
            raise EncryptedPdf
        _ = reader.root["/Pages"]["/Count"], reader.embedded_signatures
    except _BROKEN as cause:
        raise NotAPdf from cause
    return reader


def _read(one: Any, roots: Sequence[x509.Certificate], at: datetime) -> Signature:
    try:
        return _understood(one, roots, at)
    except (SignatureValidationError, *_BROKEN):
        return Signature(str(one.field_name), "", "", "", None, "", "", False, False, BrokenSignature())


def _understood(one: Any, roots: Sequence[x509.Certificate], at: datetime) -> Signature:
    certificate = one.signer_cert
    whole = trusted = revoked = False
    try:
        # No usage is asked for here, so that a certificate for another use still tells whether the file is whole.
        status = validate_pdf_signature(one, _context(roots, at), key_usage_settings=KeyUsageConstraints())
        whole, trusted, revoked = _is_whole(status), bool(status.trusted), bool(status.revoked)
    except (SignatureValidationError, *_BROKEN):
        whole = False  # what cannot be followed to its end is not believed
    entry = one.sig_object
    return Signature(
        field=one.field_name,
        who=_name(certificate),
        organisation=_of(certificate.subject, "organization_name"),
        issuer=_name_of(certificate.issuer),
        at=one.self_reported_timestamp,
        reason=clean(str(entry.get("/Reason", ""))),
        place=clean(str(entry.get("/Location", ""))),
        whole=whole,
        trusted=trusted,
        problem=_problem(certificate, at, whole=whole, trusted=trusted, revoked=revoked),
    )


def _problem(
    certificate: x509.Certificate, at: datetime, *, whole: bool, trusted: bool, revoked: bool
) -> Refused | None:
    who = _name(certificate)
    if not whole:
        return AlteredAfterSigning(who=who)
    if not _may_sign(certificate):
        return NotForSigning(who=who)
    if revoked:
        return CertificateRevoked(who=who)
    try:
        _check_days(certificate, at)
    except CertificateExpired as expired:
        return expired
    return None if trusted else UnknownIssuer(who=who, issuer=_name_of(certificate.issuer))


def _check_days(certificate: x509.Certificate, at: datetime) -> None:
    start, stop = certificate.not_valid_before, certificate.not_valid_after
    if not start <= at.astimezone(UTC) <= stop:
        day = [write_day(moment.astimezone(VIETNAM).date()) for moment in (start, stop)]
        raise CertificateExpired(who=_name(certificate), start=day[0], stop=day[1])


def _may_sign(certificate: x509.Certificate) -> bool:
    usage = certificate.key_usage_value
    return usage is None or bool(_USES & usage.native)


def _is_whole(status: Any) -> bool:
    return bool(
        status.intact
        and status.valid
        and status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION
        and status.modification_level in _HARMLESS
        and status.docmdp_ok
    )


def _context(roots: Sequence[x509.Certificate], at: datetime) -> ValidationContext:
    return ValidationContext(trust_roots=list(roots), moment=at.astimezone(UTC), allow_fetching=False)


def _certificate(data: bytes) -> x509.Certificate:
    if pem.detect(data):
        _, _, data = pem.unarmor(data)
    return x509.Certificate.load(data)


def _visible(certificate: x509.Certificate, at: datetime) -> tuple[str, ...]:
    unit = _of(certificate.subject, "organization_name")
    lines = [f"Người ký: {_name(certificate)}"]
    lines += [f"Cơ quan: {unit}"] if unit else []
    return (*lines, f"Thời gian ký: {at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S %z}")


def _name(certificate: x509.Certificate) -> str:
    return _name_of(certificate.subject)


def _name_of(subject: x509.Name) -> str:
    return _of(subject, "common_name") or _of(subject, "organization_name") or clean(subject.human_friendly)


def _of(subject: x509.Name, part: str) -> str:
    value = subject.native.get(part, "")
    return clean(", ".join(value) if isinstance(value, list) else str(value))
