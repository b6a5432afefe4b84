"""Báo cáo tự đánh giá: the paper that the head of a unit signs, and what comes back signed."""

from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from langso.assessments.models import Assessment
from langso.assessments.results import Result
from langso.assessments.submitting import Claim, PaperIsOld, Readiness
from langso.cycles.models import Cycle
from langso.lib.period import Period, day_of
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold
from langso.papers import pdf, signing
from langso.papers.paper import Annex, Block, Bullet, Column, Heading, Office, Paper, Paragraph, Signature, Stamp, Table
from langso.units.queries import Named

LARGEST = 20 * 1024 * 1024


class SignedFileTooLarge(Refused):
    says = "Tệp lớn hơn 20 MB. Chọn đúng bản PDF tự đánh giá đã ký."


def level_words(result: Result) -> str:
    if not result.levels:
        return f"{result.score} điểm" if result.score else "chưa tính được điểm"
    if result.level is None:
        return "chưa đủ số liệu để xét mức"
    return f"mức {result.level}, {result.level_name}" if result.level else "chưa đạt mức 1"


def paper_of(assessment: Assessment, unit: Named, ready: Readiness, claim: Claim, *, written_on: date) -> Paper:
    """The self-assessment as a report; the same claim gives the same paper, until the cycle's calendar changes."""
    edition, result = claim.edition, ready.result
    period = Period.parse(assessment.period)
    office = Office(name=f"Ủy ban nhân dân {unit.name[:1].lower()}{unit.name[1:]}", place=unit.short_name)
    simulated = any(r.is_simulated for r in ready.readings.values()) or bool(
        assessment.cycle and assessment.cycle.is_simulated
    )
    blocks: list[Block] = [
        Heading("I", "Kết quả tự đánh giá"),
        Paragraph(
            f"Đối chiếu {edition.title} (phiên bản {edition.edition}), Ủy ban nhân dân {unit.name} tự đánh giá: "
            f"{level_words(result)}. Đã có số liệu của {len(ready.readings)} trên {len(edition.fields)} chỉ tiêu; "
            "chỉ tiêu chưa có số liệu được để trống, không tính là 0."
        ),
    ]
    for group in result.groups:
        done = sum(row.is_met for row in group.rows)
        reached = f", đạt đến mức {group.level}" if result.levels else ""
        blocks.append(Bullet(f"{group.name}: {done} trên {len(group.rows)} tiêu chí đạt{reached}."))
    blocks += [Heading("II", "Số liệu từng tiêu chí"), _figures(result), Heading("III", "Minh chứng"), _evidence(claim)]
    blocks += [
        Heading("IV", "Cam kết"),
        Paragraph(
            f"Ủy ban nhân dân {unit.name} chịu trách nhiệm về số liệu và minh chứng nêu trên. "
            f"Mã kiểm tra của bản này: {claim.digest}."
        ),
    ]
    return Paper(
        kind="Báo cáo",
        office=office,
        stamp=Stamp(symbol="BC-UBND", written_on=written_on, is_simulated=simulated),
        abstract=f"Kết quả tự đánh giá mức độ chuyển đổi số {period}",
        blocks=tuple(blocks),
        signature=Signature(("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), name=""),
        recipients=(f"{_receiver(assessment.cycle)};", "Lưu: VT."),
        annexes=(_confirmations(claim),) if claim.confirmations else (),
    )


def _receiver(cycle: Cycle | None) -> str:
    return "Bộ Khoa học và Công nghệ" if cycle is None or cycle.unit_id is None else "Sở Khoa học và Công nghệ"


def _figures(result: Result) -> Table:
    words = {"met": "Đạt", "unmet": "Chưa đạt", "unknown": "Chưa có số liệu", "not_applicable": "Không xét"}
    return Table(
        (
            Column("Mã", 1.2),
            Column("Tiêu chí", 5),
            Column("Số liệu", 2.6, "right"),
            Column("Chỉ tiêu", 2, "right"),
            Column("Kết quả", 1.8),
        ),
        tuple(
            (
                row.code,
                row.name,
                f"{row.value}\n{row.fraction}".strip(),
                row.target,
                words.get(row.verdict, row.verdict),
            )
            for group in result.groups
            for row in group.rows
        ),
        empty="Khung này chưa có tiêu chí nào.",
    )


def _evidence(claim: Claim) -> Table:
    seen: dict[tuple[str, str, str, str], list[str]] = {}
    for piece in claim.evidence:
        key = (
            str(piece.get("number") or "Ảnh"),
            str(piece.get("issued_on") or ""),
            str(piece.get("issuer") or ""),
            str(piece.get("title") or ""),
        )
        seen.setdefault(key, []).append(str(piece["criterion"]))
    return Table(
        (
            Column("Số, ký hiệu", 2),
            Column("Ngày", 1.6),
            Column("Cơ quan ban hành", 2.6),
            Column("Trích yếu", 4),
            Column("Dùng cho", 2),
        ),
        tuple(
            (number, _day(day), issuer, title, ", ".join(codes))
            for (number, day, issuer, title), codes in sorted(seen.items())
        ),
        empty="Chưa kèm minh chứng nào.",
    )


def _day(text: str) -> str:
    return f"{date.fromisoformat(text[:10]):%d/%m/%Y}" if text else ""


def _confirmations(claim: Claim) -> Annex:
    how = {"confirmed": "Xác nhận đúng", "corrected": "Đã sửa", "attested": "Cam đoan, chưa có văn bản"}
    return Annex(
        "Người xác nhận từng tiêu chí",
        (
            Table(
                (Column("Tiêu chí", 1.5), Column("Người xác nhận", 3), Column("Cách xác nhận", 3), Column("Lý do", 4)),
                tuple((c["criterion"], c["by"], how.get(c["how"], c["how"]), c["reason"]) for c in claim.confirmations),
            ),
        ),
    )


def trusted_roots() -> list[bytes]:
    """Certificates that this house trusts: the files in its folder `trust`, put there by its keeper."""
    folder = Path(settings.HOME) / "trust"
    return [path.read_bytes() for path in sorted(folder.glob("*.[pcd]e[mr]*"))] if folder.is_dir() else []


class SignerOfAnotherOffice(Refused):
    says = "Chứng thư của {who} thuộc “{office}”, không phải của {unit}. Ký bằng chứng thư của đơn vị."


def check_signed(signed: bytes, unsigned: bytes, *, unit: str, at: datetime) -> str:
    """Who signed this very paper; every signature must hold, and the paper must be the one of the claim as it is now.

    Refuses: SignedFileTooLarge, PaperIsOld, SignerOfAnotherOffice, and what `signing` refuses.
    """
    if len(signed) > LARGEST:
        raise SignedFileTooLarge()
    found = signing.check(signed, trusted_roots=trusted_roots(), at=at)
    if not signed.startswith(unsigned):  # a signature is added after the file, never inside it
        raise PaperIsOld()
    signing.check_only_signed(signed, unsigned)
    for one in found:
        if fold(unit) not in fold(f"{one.organisation} {one.who}"):
            raise SignerOfAnotherOffice(who=one.who, office=one.organisation or "không rõ nơi nào", unit=unit)
    return ", ".join(f"{s.who} ({s.organisation})" if s.organisation else s.who for s in found)


def write(assessment: Assessment, unit: Named, ready: Readiness, claim: Claim) -> tuple[Paper, bytes]:
    """The paper and its PDF; dated by the day on which the file was handed over for signing."""
    at = assessment.state_at or assessment.opened_at
    paper = paper_of(assessment, unit, ready, claim, written_on=day_of(at))
    return paper, pdf.write(paper)
