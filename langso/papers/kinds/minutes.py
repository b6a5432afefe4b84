"""Biên bản họp hội đồng: who was there, how they voted, what came of it."""

from dataclasses import dataclass
from datetime import datetime

from langso.lib.period import VIETNAM
from langso.lib.refusal import Refused
from langso.papers.kinds.facts import Level, Place, capital, numbered
from langso.papers.paper import (
    Bullet,
    Column,
    Heading,
    Office,
    Paper,
    Paragraph,
    Signature,
    Signatures,
    Stamp,
    Table,
    ended,
    written_day,
)


class VotesDoNotAddUp(Refused):
    says = "Phiếu cho {place} cộng lại được {counted}, nhưng có {present} thành viên dự họp. Kiểm lại số phiếu."


class MeetingEndsBeforeItStarts(Refused):
    says = "Cuộc họp ghi kết thúc lúc {end:%H:%M %d/%m/%Y}, trước lúc bắt đầu {start:%H:%M %d/%m/%Y}. Sửa lại giờ."


@dataclass(frozen=True)
class Member:
    name: str
    post: str  # "Giám đốc Sở Khoa học và Công nghệ"
    role: str = "Ủy viên"
    why_absent: str = ""


@dataclass(frozen=True)
class Ballot:
    """The votes for one candidate; whether it passed is decided by the rules of the council, not here."""

    place: Place
    level: Level
    agreed: int
    refused: int
    blank: int
    passed: bool


@dataclass(frozen=True)
class Minutes:
    council: str  # "Hội đồng thẩm định …"
    round_name: str
    starts_at: datetime
    ends_at: datetime
    place: str
    chair: Member
    secretary: Member
    present: tuple[Member, ...]  # chair and secretary among them, when they are members
    absent: tuple[Member, ...]
    needed: int  # how many members must be there
    discussed: tuple[str, ...]
    ballots: tuple[Ballot, ...]
    conclusion: str


def minutes(facts: Minutes, *, office: Office, stamp: Stamp, recipients: tuple[str, ...] = ()) -> Paper:
    """Refuses: VotesDoNotAddUp, MeetingEndsBeforeItStarts."""
    _check(facts)
    whole = len(facts.present) + len(facts.absent)
    return Paper(
        kind="Biên bản",
        office=office,
        stamp=stamp,
        abstract=f"Họp {facts.council} {facts.round_name}",
        blocks=(
            Paragraph(_moment(facts.starts_at), lead="Thời gian bắt đầu:"),
            Paragraph(facts.place, lead="Địa điểm:"),
            Heading("I", "Thành phần"),
            Paragraph(f"{facts.chair.name}, {facts.chair.post}", lead="Chủ trì:"),
            Paragraph(f"{facts.secretary.name}, {facts.secretary.post}", lead="Thư ký:"),
            Paragraph(_quorum(facts, whole)),
            _members_table("Thành viên có mặt", facts.present),
            *([_members_table("Thành viên vắng mặt", facts.absent, absent=True)] if facts.absent else []),
            Heading("II", "Nội dung"),
            *(Bullet(one) for one in ended(facts.discussed)),
            Heading("III", "Kết quả bỏ phiếu"),
            _ballots_table(facts.ballots),
            Heading("IV", "Kết luận"),
            Paragraph(facts.conclusion),
            Paragraph(
                f"Cuộc họp kết thúc vào {_moment(facts.ends_at)}. "
                "Biên bản đã được đọc lại, các thành viên dự họp thống nhất nội dung./."
            ),
            Signatures(
                left=Signature(("Thư ký",), facts.secretary.name), right=Signature(("Chủ trì",), facts.chair.name)
            ),
        ),
        recipients=recipients,
    )


def _check(facts: Minutes) -> None:
    if facts.ends_at < facts.starts_at:
        raise MeetingEndsBeforeItStarts(
            start=facts.starts_at.astimezone(VIETNAM), end=facts.ends_at.astimezone(VIETNAM)
        )
    for ballot in facts.ballots:
        counted = ballot.agreed + ballot.refused + ballot.blank
        if counted != len(facts.present):
            raise VotesDoNotAddUp(place=ballot.place.words, counted=counted, present=len(facts.present))


def _quorum(facts: Minutes, whole: int) -> str:
    there = len(facts.present)
    enough = "đủ số thành viên để họp" if there >= facts.needed else "chưa đủ số thành viên để họp"
    return f"Có mặt {there} trên {whole} thành viên, vắng {len(facts.absent)}; cần ít nhất {facts.needed}: {enough}."


def _moment(at: datetime) -> str:
    local = at.astimezone(VIETNAM)
    return f"{local.hour} giờ {local.minute:02d} phút, {written_day(local.date(), year=local.year)}"


def _members_table(caption: str, members: tuple[Member, ...], *, absent: bool = False) -> Table:
    columns = (
        Column("STT", 7, "center"),
        Column("Họ và tên", 26),
        Column("Chức vụ", 41),
        Column("Lý do vắng" if absent else "Vai trò", 26),
    )
    rows = numbered((m.name, m.post, (m.why_absent or "Chưa ghi lý do") if absent else m.role) for m in members)
    return Table(columns, rows, caption=caption, empty="Không có thành viên nào.")


def _ballots_table(ballots: tuple[Ballot, ...]) -> Table:
    columns = (
        Column("STT", 6, "center"),
        Column("Xã, phường, đặc khu", 26),
        Column("Mức đề nghị", 20),
        Column("Đồng ý", 10, "right"),
        Column("Không đồng ý", 11, "right"),
        Column("Phiếu trắng", 10, "right"),
        Column("Kết quả", 17, "center"),
    )
    rows = numbered(
        (
            capital(b.place.words),
            b.level.words,
            str(b.agreed),
            str(b.refused),
            str(b.blank),
            "Thông qua" if b.passed else "Không thông qua",
        )
        for b in ballots
    )
    return Table(columns, rows, empty="Cuộc họp không bỏ phiếu cho đơn vị nào.")
