"""From an appraised file to a recognition, step by step, as a test needs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from langso.appraisals import actions as appraising
from langso.assessments.models import Assessment
from langso.assessments.moving import claim
from langso.cycles.models import Cycle
from langso.files import actions as files
from langso.recognition import actions, deciding, papering
from langso.recognition.models import Candidate, Council, CouncilMember, CouncilSession, OfficialPaper, Recognition
from langso.units.models import Unit
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, TODAY, fill, hand_in, in_cycle, main_edition, open_cycle, open_net

HELD_ON = TODAY
LATER = AT + timedelta(hours=4)
MEMBERS = (
    ("Nguyễn Văn An", "Phó Chủ tịch Ủy ban nhân dân tỉnh", "chair"),
    ("Lò Thị Mẩy", "Phó Trưởng phòng Chuyển đổi số", "secretary"),
    *((f"Vàng Văn {name}", "Phó Giám đốc Sở", "member") for name in ("Bình", "Chính", "Dần", "Giang", "Hải")),
    ("Lý Thị Kim", "Trưởng phòng", "member"),
    ("Mã Văn Long", "Chuyên viên chính", "member"),
)


@dataclass
class Round:
    """A cycle of three communes, each appraised, and a council of nine."""

    cast: Cast
    country: Country
    cycle: Cycle
    council: Council

    @property
    def by(self) -> int:
        return self.cast.province_admin.id

    def file(self, unit: Unit | None = None) -> Assessment:
        return in_cycle(self.cycle, unit or self.country.merged)

    @property
    def members(self) -> list[CouncilMember]:
        return list(self.council.members.order_by("pk"))

    def session(self, held_on: date = HELD_ON, *, hour: int = 8, is_secret: bool = False) -> CouncilSession:
        return actions.open_session(
            self.council,
            held_on=held_on,
            starts=time(hour),
            place="Phòng họp số 2",
            is_secret=is_secret,
            by=self.by,
            at=AT,
        )

    def attend(self, session: CouncilSession, absent: int = 0) -> None:
        there = [m.pk for m in self.members][: len(MEMBERS) - absent]
        actions.set_attendance(session, there, by=self.by, at=LATER)

    def agree(self, candidate: Candidate, against: int = 0) -> None:
        there = list(
            candidate.session.attendance.filter(present=True).order_by("member").values_list("member", flat=True)
        )
        sheet = [(m, "for" if i >= against else "against") for i, m in enumerate(there)]
        actions.vote(candidate, sheet, by=self.by, at=LATER)

    def passed(self, *units: Unit, against: int = 0, at: datetime = LATER, hour: int = 8) -> CouncilSession:
        """A closed session in which these units were voted on."""
        session = self.session(hour=hour)
        found = [actions.put_before(session, self.file(u), by=self.by, at=AT) for u in units or [self.country.merged]]
        self.attend(session)
        for candidate in found:
            self.agree(candidate, against=against)
        actions.close_session(session, ends=time(hour + 2), by=self.by, at=at)
        return CouncilSession.objects.select_related("council__cycle", "council__unit").get(pk=session.pk)

    def drafted(self, session: CouncilSession, kind: str = "decision") -> OfficialPaper:
        return papering.draft(session, kind, by=self.by, at=LATER)

    def register(self, paper: OfficialPaper, number: str = "12", **more: Any) -> OfficialPaper:
        facts: dict[str, Any] = {"issued_on": TODAY, "at": LATER} | more
        assert paper.pdf is not None
        signed = facts.pop("signed", scanned(files.read(paper.pdf)))
        return deciding.register(
            paper,
            number=number,
            signed=signed,
            name="quyet-dinh-da-ky.pdf",
            by=self.by,
            **facts,
        )

    def recognised(self, *units: Unit, number: str = "12", hour: int = 8) -> list[Recognition]:
        paper = self.register(self.drafted(self.passed(*units, hour=hour)), number)
        return list(paper.recognitions.order_by("certificate"))


def appraise(assessment: Assessment, cast: Cast) -> None:
    """Every criterion as the unit claims it."""
    claim(assessment, by=cast.appraiser.id, at=AT)
    codes = [c.code for c in main_edition().criteria]
    appraising.accept_many(assessment=assessment, criteria=codes, by=cast.appraiser.id, at=AT)
    appraising.conclude(assessment=assessment, by=cast.appraiser.id, at=AT)


def appraised_round(
    cast: Cast, country: Country, units: Sequence[Unit] | None = None, share: int = 90, **more: Any
) -> Round:
    """Everything up to the council."""
    open_net()
    units = list(units or [country.merged])
    cycle = open_cycle(
        country.province, country.merged, country.neighbour, country.split_one, by=cast.province_admin, **more
    )
    for unit in units:
        fill(unit, by=cast.officer, share=share)
        hand_in(in_cycle(cycle, unit), officer=cast.officer, head=cast.head)
        appraise(in_cycle(cycle, unit), cast)
    by = cast.province_admin.id
    council = actions.make_council(
        cycle=cycle, unit=country.province, name="Hội đồng thẩm định mức độ chuyển đổi số", by=by, at=AT
    )
    for full_name, position, role in MEMBERS:
        actions.add_member(council, full_name=full_name, position=position, role=role, by=by, at=AT)
    return Round(cast, country, cycle, council)


def scanned(draft: bytes) -> bytes:
    """The paper as it comes back from the scanner: another file, with no digital signature."""
    place = draft.index(b"%", 5) + 1  # inside the comment that follows the header: nothing moves
    return draft[:place] + bytes([draft[place] ^ 1]) + draft[place + 1 :]
