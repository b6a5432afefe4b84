"""Documents, photos and decisions of the demo's cycles: real files that open, each marked as simulated."""

from datetime import date, datetime, time, timedelta
from io import BytesIO

import numpy as np
from PIL import Image

from langso.assessments.judging import edition_of
from langso.assessments.models import Assessment
from langso.assessments.moving import move
from langso.assessments.states import State
from langso.criteria.edition import Edition
from langso.criteria.reasons import lower_first
from langso.cycles.models import Cycle
from langso.evidence import actions as evidence
from langso.files import actions as files
from langso.lib.period import VIETNAM, Period, day_of
from langso.lib.workdays import workday_from
from langso.papers import pdf, signing
from langso.papers.paper import Office, Paper, Paragraph, Signature, Stamp
from langso.papers.trial_certificates import TrialRoot
from langso.recognition import actions as meeting
from langso.recognition import deciding, papering
from langso.recognition.drafting import Signer
from langso.recognition.models import OfficialPaper
from langso.units.models import Unit
from langso.units.queries import Named

Kind = OfficialPaper.Kind

# Number, what it is about, and the criteria of which groups it is cited for.
DOCUMENTS = (
    (
        "BC-UBND",
        "Kết quả giải quyết thủ tục hành chính và xử lý văn bản trên môi trường mạng",
        ("CQ.1", "CQ.2", "CQ.3", "CQ.4"),
    ),
    ("KH-UBND", "Kế hoạch chuyển đổi số và phân công thành viên Ban chỉ đạo", ("C.1", "C.2", "C.3")),
    (
        "TH-VHXH",
        "Tổng hợp điện thoại thông minh, tài khoản thanh toán, hồ sơ sức khỏe điện tử",
        ("XH.1", "XH.2", "XH.3", "KT.1", "KT.2"),
    ),
)


def give_evidence(assessment: Assessment, commune: Named, *, by: int, at: datetime, place: int) -> None:
    """Documents cited for several criteria each; every third commune has a photo, and one photo was used before."""
    period = Period.parse(assessment.period)
    edition = edition_of(assessment.framework, assessment.edition)
    known = {c.code for c in edition.criteria}
    for k, (symbol, title, codes) in enumerate(DOCUMENTS):
        number = f"{31 + place * 3 + k * 17}/{symbol}"
        content = (
            paper(commune, symbol=symbol, number=number.split("/")[0], title=title, on=day_of(at))
            if place < 8
            else None
        )
        piece = evidence.add_document(
            unit=assessment.unit,
            number=number,
            issuer=f"UBND {lower_first(commune.name)}",
            issued_on=day_of(at) - timedelta(days=3 + k),
            title=f"{title} năm {period.code[:4]}",
            content=content,
            name=f"{number.replace('/', '-')}.pdf",
            by=by,
            at=at,
        )
        for code in codes:
            if code in known:
                evidence.cite(
                    evidence=piece, framework=assessment.framework, period=period, criterion=code, by=by, at=at
                )
    if place % 4 != 3:  # the rest leave some criteria without a paper, and hear of it
        summary = evidence.add_document(
            unit=assessment.unit,
            number=f"{90 + place}/BC-UBND",
            issuer=f"UBND {lower_first(commune.name)}",
            issued_on=day_of(at) - timedelta(days=2),
            title=f"Tổng hợp số liệu phục vụ tự đánh giá năm {period.code[:4]}",
            by=by,
            at=at,
        )
        for code in sorted(known - {code for *_, codes in DOCUMENTS for code in codes}):
            evidence.cite(evidence=summary, framework=assessment.framework, period=period, criterion=code, by=by, at=at)
    if place % 3 == 0 and place < 12:
        photo = evidence.add_photo(
            unit=assessment.unit,
            content=picture(1 if place in (3, 9) else place + 100),
            name="nha-van-hoa.jpg",
            title="Buổi hướng dẫn tại nhà văn hóa thôn (ảnh mô phỏng)",
            place=f"Nhà văn hóa thôn 1, {commune.name}",
            by=by,
            at=at,
        )
        evidence.cite(
            evidence=photo,
            framework=assessment.framework,
            period=period,
            criterion=first_code(edition, "XH"),
            by=by,
            at=at,
        )


def first_code(edition: Edition, prefix: str) -> str:
    return next((c.code for c in edition.criteria if c.code.startswith(prefix)), edition.criteria[0].code)


def paper(commune: Named, *, symbol: str, number: str, title: str, on: date) -> bytes:
    return pdf.write(
        Paper(
            kind="Kế hoạch" if symbol.startswith("KH") else "Báo cáo",
            office=Office(name=f"Ủy ban nhân dân {lower_first(commune.name)}", place=commune.short_name),
            stamp=Stamp(symbol=symbol, number=number, written_on=on, issued_on=on, is_simulated=True),
            abstract=title,
            blocks=(
                Paragraph("Văn bản này do bản dùng thử tạo ra để minh họa cách dẫn minh chứng. Số liệu là mô phỏng."),
            ),
            signature=Signature(("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), name=""),
            recipients=("Như trên;", "Lưu: VT."),
        )
    )


def picture(seed: int) -> bytes:
    """A hillside of terraces under a sky, drawn from a seed; no photograph of anyone."""
    rng = np.random.default_rng(seed)
    height, width = 480, 640
    y, x = np.mgrid[0:height, 0:width]
    sky = np.stack([190 - y * 0.1, 215 - y * 0.08, 230 - y * 0.05], axis=-1)
    phase, bend, steps = rng.uniform(0, 6), rng.uniform(20, 60), int(rng.integers(6, 14))
    ridge = height * rng.uniform(0.25, 0.45) + bend * np.sin(x / rng.uniform(60, 140) + phase)
    band = np.floor((y - ridge) / (height - ridge) * steps)
    hues = rng.uniform(70, 200, (steps + 1, 3))
    land = hues[np.clip(band, 0, steps).astype(int)]
    image = np.where((y > ridge)[..., None], land, sky) + rng.normal(0, 4, (height, width, 1))
    buffer = BytesIO()
    Image.fromarray(np.clip(image, 0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


MEMBERS = (
    ("Hoàng Gia Long", "Phó Chủ tịch UBND tỉnh", "chair"),
    ("Nguyễn Thu Hằng", "Giám đốc Sở Khoa học và Công nghệ", "vice"),
    ("Vũ Minh Tuấn", "Chuyên viên Sở Khoa học và Công nghệ", "secretary"),
    ("Trần Văn Đại", "Phó Giám đốc Sở Nội vụ", "member"),
    ("Ma Thị Thúy", "Phó Giám đốc Sở Nông nghiệp và Môi trường", "member"),
    ("Lê Quang Trung", "Phó Giám đốc Sở Tài chính", "member"),
    ("Hà Văn Núng", "Phó Giám đốc Công an tỉnh", "member"),
)


def decide(cycle: Cycle, province: Unit, root: TrialRoot, *, by: int, admin: int, at: datetime) -> None:
    """Council, votes, minutes, the decision signed and back with its number, and certificates; all simulated."""
    council = meeting.make_council(
        cycle=cycle, unit=province, name="Hội đồng thẩm định mức độ chuyển đổi số cấp xã", by=admin, at=at
    )
    people = [
        meeting.add_member(council, full_name=name, position=position, role=role, by=admin, at=at)
        for name, position, role in MEMBERS
    ]
    session = meeting.open_session(
        council, held_on=day_of(at), starts=time(14, 0), place="Phòng họp số 2, UBND tỉnh", by=by, at=at
    )
    meeting.put_all(session, by=by, at=at)
    for file in cycle.assessments.filter(state=State.APPRAISED):
        move(file, "dismiss", by=by, at=at, reason="Kết quả thẩm định chưa đạt mức 1 nên chưa có mức để công nhận.")
    meeting.set_attendance(session, [m.pk for m in people[:6]], by=by, at=at)
    meeting.vote_for_all(session, by=by, at=at + timedelta(hours=1))
    meeting.close_session(session, ends=time(16, 30), by=by, at=at + timedelta(hours=2, minutes=30))
    later = at + timedelta(days=1)
    chair = Signer("KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH", MEMBERS[0][0])
    for kind in (Kind.PROPOSAL, Kind.MINUTES, Kind.ROUND_REPORT):
        papering.draft(session, kind, by=by, at=later)
    decision = papering.draft(session, Kind.DECISION, signer=chair, by=admin, at=later)
    issued = workday_from(day_of(later) + timedelta(days=5))
    when = datetime.combine(issued, time(10, 0), VIETNAM)
    assert decision.pdf is not None
    key = root.signer(MEMBERS[0][0], "UBND tỉnh Tuyên Quang", password="quyet-dinh")  # noqa: S106  # made and thrown away
    signed = signing.sign(
        files.read(decision.pdf),
        signing.load_pkcs12(key, "quyet-dinh"),
        reason="Ban hành quyết định",
        place="Tuyên Quang",
        at=when,
    )
    paper = deciding.register(
        decision, number="412", issued_on=issued, signed=signed, name="412-qd-ubnd.pdf", by=admin, at=when
    )
    for recognition in paper.recognitions.order_by("certificate")[:3]:
        papering.draft_certificate(recognition, signer=chair, by=admin, at=when)
