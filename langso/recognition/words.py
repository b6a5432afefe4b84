"""The sentences of the pages of recognition. No database beyond what is handed in."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from langso.assessments.words import hill_of, shown_groups
from langso.lib.period import write_day
from langso.recognition import rules
from langso.recognition.models import OfficialPaper, Recognition
from langso.recognition.queries import SessionPage
from langso.recognition.register import RecognitionPage
from langso.recognition.rules import ConditionState, Standing


def standing_words(recognition: Recognition, on: date) -> str:
    """Whether it counts, in one plain sentence."""
    standing = recognition.standing(on)
    if standing == Standing.REVOKED and recognition.revoked_on is not None:
        return (
            f"Công nhận này đã bị thu hồi từ ngày {write_day(recognition.revoked_on)} "
            f"theo Quyết định {recognition.revocation_number}."
        )
    if standing == Standing.REPLACED and recognition.superseded_on is not None:
        return f"Từ ngày {write_day(recognition.superseded_on)} đã có quyết định công nhận mới thay quyết định này."
    if standing == Standing.EXPIRED:
        return f"Công nhận này đã hết hạn ngày {write_day(recognition.last_day)}. Không bị thu hồi."
    if standing == Standing.AHEAD:
        return f"Công nhận này có giá trị từ ngày {write_day(recognition.starts_on)}."
    if recognition.revoked_on is not None:
        return f"Công nhận này còn hiệu lực đến hết ngày {write_day(recognition.last_day)}, sau đó bị thu hồi."
    return f"Công nhận này còn hiệu lực đến hết ngày {write_day(recognition.last_day)}, chưa bị thu hồi."


def place_words(recognition: Recognition, on: date) -> str:
    """For the page of a place: recognised at which level, by which decision."""
    standing = recognition.standing(on)
    said = f"Đã được công nhận {recognition.level_words} theo {recognition.decision_words}"
    if standing == Standing.VALID:
        return f"{said}, có giá trị đến hết ngày {write_day(recognition.last_day)}."
    return f"{said}. {standing_words(recognition, on)}"


def row_of(recognition: Recognition, on: date) -> dict[str, Any]:
    standing = recognition.standing(on)
    in_force = standing in (Standing.VALID, Standing.AHEAD)
    return {"recognition": recognition, "shape": standing.shape, "standing": standing.label, "in_force": in_force}


def of_recognition(page: RecognitionPage, *, on: date) -> dict[str, Any]:
    recognition = page.recognition
    standing = recognition.standing(on)
    facts = [
        ("Đơn vị", f"{recognition.unit_name}, {recognition.province_name}".rstrip(", ")),
        ("Số giấy công nhận", recognition.certificate),
        ("Quyết định", recognition.decision_words),
        ("Có giá trị từ ngày", write_day(recognition.starts_on)),
        ("Đến hết ngày", write_day(recognition.last_day)),
        ("Khung tiêu chí", f"{page.edition.title}, phiên bản {page.edition.edition}"),
        ("Kỳ số liệu", str(page.period)),
    ]
    if recognition.revoked_on is not None:
        facts += [
            ("Thu hồi", f"Quyết định {recognition.revocation_number}, từ ngày {write_day(recognition.revoked_on)}"),
            ("Lý do thu hồi", recognition.reason),
            ("Căn cứ thu hồi", recognition.rule),
        ]
    elif recognition.superseded_on is not None:
        facts.append(("Theo quyết định thì đến trước ngày", write_day(recognition.stops_on)))
    return {
        "sentence": standing_words(recognition, on),
        "shape": standing.shape,
        "standing": standing.label,
        "facts": facts,
        "hill": hill_of(page.result),
        "groups": shown_groups(page.result),
        "history": [row_of(r, on) for r in page.history],
        "lineage": _lineage(page),
        "trail": [("Cả nước", "/"), ("Sổ công nhận", "/so-cong-nhan/")],
    }


def _lineage(page: RecognitionPage) -> str:
    """What the unit was made of and went into, and who of them was recognised."""
    recognised = {r.unit_id for r in page.history}
    parts = []
    if page.made_of:
        names = ", ".join(
            k.unit.name + ("" if k.unit.id in recognised else " (chưa từng được công nhận)") for k in page.made_of
        )
        parts.append(f"{page.recognition.unit_name} hình thành từ {names}.")
    if page.became:
        names = ", ".join(k.unit.name for k in page.became)
        parts.append(f"Nay thuộc về {names}; công nhận này là của đơn vị cũ.")
    return " ".join(parts)


def quorum_words(page: SessionPage) -> str:
    present, members = len(page.present), len(page.members)
    if not page.attendance:
        return f"Hội đồng có {members} thành viên, cần từ {page.needed} người có mặt. Chưa ghi người có mặt."
    says = f"Có mặt {present} trên {members}, cần từ {page.needed}."
    return says if page.is_quorate else f"{says} Chưa họp được."


def pass_words(page: SessionPage) -> str:
    """How many votes one needs, as numbers."""
    cycle = page.cycle
    whole = len(page.members) if cycle.counts_absent else len(page.present)
    of = "tổng số thành viên" if cycle.counts_absent else "thành viên có mặt"
    if not whole:
        return ""
    return (
        f"Được thông qua khi có từ {rules.needed(whole, cycle.pass_share)} trên {whole} phiếu đồng ý, tính trên {of}."
    )


def counts_words(counts: dict[str, int]) -> str:
    return f"{counts['for']} đồng ý, {counts['against']} không đồng ý, {counts['blank']} trắng"


def unmet_words(conditions: Sequence[ConditionState]) -> str:
    return "; ".join(f"{c.condition.label}: {c.words}" for c in conditions if not c.met)


def paper_state(paper: OfficialPaper) -> tuple[str, str]:
    """Shape and word."""
    return ("done", "Đã ban hành") if paper.number else ("draft", "Dự thảo")


def signature_words(paper: OfficialPaper) -> str:
    if not paper.number:
        return ""
    return paper.signature or "Bản quét, không có chữ ký số để kiểm tra. Đối chiếu với bản giấy khi cần."
