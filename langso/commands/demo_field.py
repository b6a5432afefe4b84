"""The demo's teams and field work, all simulated: the network of one province at its real size (1,871 teams, 10,257
members in old Tuyên Quang), and two communes whose households, visits, gatherings, requests and conflicts were written
through the same actions as in real life.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from django.db import connections, transaction
from django.utils import timezone

from langso.campaigns import actions as campaigns
from langso.campaigns.actions import CampaignFacts
from langso.campaigns.models import Campaign
from langso.commands import names, nation
from langso.commands.demo_words import ASKED, CAMPAIGNS, GATHERED, NEXT, NOTES
from langso.fieldwork.models import Enrollment, Phone
from langso.legal.models import LegalDocument
from langso.lib.period import VIETNAM, day_of
from langso.people.demo import STAR
from langso.people.models import Person
from langso.people.permits import enter_as_machine
from langso.questionnaires import shipped
from langso.teams import paying
from langso.teams.models import Member, Team, TeamVillage
from langso.teams.network import refresh_networks
from langso.units.models import Level, Unit
from langso.units.queries import Named, unit_by_code, units_on
from langso.villages.household_rules import nameless
from langso.villages.incoming import Writer
from langso.villages.models import Household, Village
from langso.villages.topics import SKILLS, TOPICS
from langso.visits import asking, spotting
from langso.visits.actions import IncomingVisit, write_visits
from langso.visits.desk_writing import give_codes
from langso.visits.gatherings import IncomingGathering, write_gatherings
from langso.visits.rules import GatheringFacts, VisitFacts

PROVINCE = "08"
NEIGHBOUR = "01084"
VILLAGES, TEAMS, MEMBERS = 2_104, 1_871, 10_257
SPACE = UUID("6c616e67-736f-4064-8e6d-6f2d66696c64")
GUIDED = [code for code in TOPICS if code != "khac"]


def is_built() -> bool:
    return Team.objects.exists()


def build(*, say: Callable[[str], None] = lambda line: None) -> int:
    """Write it all; returns how many visits.  Cost: some ten seconds on the reference machine."""
    now = timezone.now()
    today = day_of(now)
    communes = units_on(today, level=Level.COMMUNE, province_code=PROVINCE)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        network = nation.Network(communes, VILLAGES, TEAMS, MEMBERS)
        network.write(cursor, say)
    with transaction.atomic():
        enter_as_machine(on=today)
        refresh_networks([c.id for c in communes], on=today)
        admin = Person.objects.get(account__username="quan-tri-tinh").pk
        officer = Person.objects.get(account__username="can-bo").pk
        province = Unit.objects.get(pk=communes[0].province_id or 0)
        _rates(admin, today, now)
        shipped.install(unit=None, by=None, at=now)
        _campaigns(province, admin, today, now)
        say("Hộ, lượt đến hộ, buổi hướng dẫn của hai xã")
        made = 0
        for code in (STAR, NEIGHBOUR):
            stage = Commune(next(c for c in communes if c.code == code), random.Random(code), today, now)  # noqa: S311  # a story, not a secret
            stage.settle(officer)
            made += stage.work()
            stage.ask()
            if code == STAR:
                stage.phones()
                stage.two_at_once()
                stage.check(officer)
    return made


def _rates(admin: int, today: date, now: datetime) -> None:
    """Two real resolutions, as dated facts."""
    for code, number, issued, amount, since, until in (
        ("48", "26/2025/NQ-HĐND", date(2025, 12, 10), 300_000, date(2026, 1, 1), "Thành phố Đà Nẵng"),
        ("42", "119/2023/NQ-HĐND", date(2023, 12, 8), 600_000, date(2025, 7, 1), "tỉnh Hà Tĩnh"),
    ):
        document, _ = LegalDocument.objects.get_or_create(
            number=number,
            issuer=f"Hội đồng nhân dân {until[:1].lower()}{until[1:]}",
            issued_on=issued,
            defaults={"title": "Quy định mức hỗ trợ Tổ công nghệ số cộng đồng"},
        )
        unit = unit_by_code(code, today)
        paying.add_rate(
            unit=unit, per="team_month", amount_vnd=amount, start=since, document=document, by=admin, at=now
        )
    document, _ = LegalDocument.objects.get_or_create(
        number="00/NQ-HĐND", issuer="Hội đồng nhân dân tỉnh Tuyên Quang", issued_on=date(2025, 12, 9),
        defaults={"title": "Mức hỗ trợ Tổ công nghệ số cộng đồng (mô phỏng)"},
    )  # fmt: skip
    rate = paying.add_rate(
        unit=unit_by_code(PROVINCE, today),
        per="team_month",
        amount_vnd=300_000,
        start=date(2026, 1, 1),
        document=document,
        by=admin,
        at=now,
    )
    type(rate).objects.filter(pk=rate.pk).update(is_simulated=True)


def _campaigns(province: Unit, admin: int, today: date, now: datetime) -> None:
    for n, said in enumerate(CAMPAIGNS):
        facts = CampaignFacts(
            title=said.title,
            topics=said.topics,
            first=today - timedelta(days=40 + 3 * n),
            last=today + timedelta(days=20 + 9 * n),
            target_share=said.target,
            about=said.about,
            form_id=said.form,
        )
        made = campaigns.draft_campaign(unit=province, facts=facts, uid=uuid5(SPACE, said.title), by=admin, at=now)
        for order, (title, steps) in enumerate(said.scripts, 1):
            campaigns.write_script(campaign=made, order=order, title=title, steps="\n".join(steps), by=admin, at=now)
        campaigns.open_campaign(campaign=made, by=admin, at=now)
        Campaign.objects.filter(pk=made.pk).update(is_simulated=True)


@dataclass
class Commune:
    """One commune: its teams know their households, and have been at work since January."""

    place: Named
    rng: random.Random
    today: date
    now: datetime

    def __post_init__(self) -> None:
        self.unit = Unit.objects.get(pk=self.place.id)
        self.villages = list(Village.objects.filter(unit=self.unit).order_by("pk"))
        self.members: dict[int, list[Member]] = {}
        served = TeamVillage.objects.filter(unit=self.unit).values_list("village_id", "team_id")
        teams = dict(served)
        for member in Member.objects.filter(unit=self.unit).order_by("pk"):
            self.members.setdefault(member.team_id, []).append(member)
        self.team_of = {v.pk: teams[v.pk] for v in self.villages if v.pk in teams}

    def settle(self, officer: int) -> None:
        """The households of each village, with a code on their card; one volunteer has an account of her own."""
        made: list[Household] = []
        for v in self.villages:
            count = 24 + self.rng.randrange(18)
            Village.objects.filter(pk=v.pk).update(households_count=count, counted_on=self.today - timedelta(days=60))
            for _ in range(count):
                n = len(made) + 1
                woman = self.rng.random() < 0.35
                name = names.person_name("nui", self.rng.randrange(10_000), woman=woman)
                consent = "yes" if self.rng.random() < 0.9 else self.rng.choice(["unasked", "no"])
                uid = uuid5(SPACE, f"{self.place.code} {n}")
                made.append(
                    Household(
                        uid=uid,
                        unit=self.unit,
                        village=v,
                        province_code=PROVINCE,
                        head_name=f"{'Bà' if woman else 'Ông'} {name}" if consent != "no" else nameless(uid),
                        members_count=self.rng.choice([2, 3, 4, 4, 5, 5, 6, 7]),
                        skills=self.rng.getrandbits(len(SKILLS)) & self.rng.getrandbits(len(SKILLS)),
                        needs=self.rng.getrandbits(7) & (self.rng.getrandbits(7) | 2),
                        consent=consent,
                        is_simulated=True,
                    )
                )
        Household.objects.bulk_create(made, batch_size=1000)
        give_codes(unit=self.unit.pk, by=officer, at=self.now)
        refresh_networks([self.unit.pk], on=self.today)
        if self.place.code == STAR:
            person = Person.objects.get(account__username="tinh-nguyen")
            first = self.members[self.team_of[self.villages[0].pk]][0]
            Member.objects.filter(pk=first.pk).update(
                person=person, full_name=person.full_name, address="chị", role="leader", is_listed=True
            )
            first.refresh_from_db()

    def _writer(self, member: Member) -> Writer:
        return Writer(self.unit.pk, PROVINCE, member.team_id, member.pk, None, "simulated")

    def work(self) -> int:
        """Visits of a year, most households once or twice; gatherings once a quarter."""
        households: dict[int, list[Household]] = {}
        for h in Household.objects.filter(unit=self.unit).order_by("pk"):
            households.setdefault(h.village_id, []).append(h)
        made = 0
        for v in self.villages:
            if v.pk not in self.team_of:
                continue
            by: dict[int, list[IncomingVisit]] = {}
            crew = self.members[self.team_of[v.pk]]
            for h in households.get(v.pk, []):
                for k in range(self.rng.choice([0, 1, 1, 1, 2, 2, 3])):
                    who = self.rng.randrange(len(crew))
                    by.setdefault(who, []).append(self._visit(h, k))
            for who, visits in by.items():
                visits.sort(key=lambda one: one.facts.on)
                write_visits(visits, by=self._writer(crew[who]), at=self.now)
                made += len(visits)
            write_gatherings(self._gatherings(v), by=self._writer(crew[0]), at=self.now)
        return made

    def _day(self, back: int) -> date:
        return self.today - timedelta(days=back)

    def _visit(self, household: Household, k: int) -> IncomingVisit:
        rng = self.rng
        on = self._day(rng.randrange(3, 320))
        topics = rng.sample(GUIDED, rng.choice([1, 1, 2]))
        result = rng.choice(["able", "able", "able", "more", "not_yet"])
        due = rng.random() < 0.12
        facts = VisitFacts(
            on,
            sum(1 << list(TOPICS).index(t) for t in topics),
            result,
            self._day(-rng.randrange(1, 9)) if due else None,
            rng.choice(NEXT) if due else "",
            rng.choice(NOTES) if rng.random() < 0.35 else "",
            rng.choice(["code", "code", "signature", "none", "none"]),
            household.code,
        )
        made = datetime.combine(on, time(8 + rng.randrange(10), rng.randrange(60)), VIETNAM)
        return IncomingVisit(uuid5(SPACE, f"{household.uid} {k}"), household.uid, facts, made)

    def _gatherings(self, v: Village) -> list[IncomingGathering]:
        found = []
        for k, (place, topics, note) in enumerate(self.rng.sample(GATHERED, 3)):
            on = self._day(self.rng.randrange(10, 300))
            mask = sum(1 << list(TOPICS).index(t) for t in topics)
            facts = GatheringFacts(on, mask, place, self.rng.randrange(9, 46), note)
            made = datetime.combine(on, time(19, 30), VIETNAM)
            found.append(IncomingGathering(uuid5(SPACE, f"{v.uid} {k}"), v.uid, facts, made))
        return found

    def ask(self) -> None:
        """Requests of citizens: answered in time, late, and waiting."""
        for n, (topic, text, answer) in enumerate(ASKED):
            v = self.villages[n % len(self.villages)]
            at = datetime.combine(self.today - timedelta(days=2 + 6 * n), time(7 + n % 10, 7 * n % 60), VIETNAM)
            name = names.person_name("nui", 500 + n * 7, woman=n % 2 == 0)
            made = asking.ask(
                village=v, topic=topic, name=name, phone=f"09{31_000_000 + n * 1_234_567 % 9_000_000:08d}", text=text,
                uid=uuid5(SPACE, f"{self.place.code} nho {n}"), consents=True, at=at,
            )  # fmt: skip
            type(made).objects.filter(pk=made.pk).update(is_simulated=True)
            if answer and v.pk in self.team_of:
                days = 2 if n % 4 else 11
                when = min(at + timedelta(days=days), self.now)
                member = self.members[self.team_of[v.pk]][0]
                asking.answer(made, "done", answer, day_of(when), member=member, at=when)

    def phones(self) -> None:
        """Some phones that have not been heard for days, with what they still hold."""
        for n, v in enumerate(self.villages[1:6]):
            if v.pk not in self.team_of:
                continue
            member = self.members[self.team_of[v.pk]][0]
            phone = Phone.objects.create(
                uid=uuid5(SPACE, f"may {n}"), unit=self.unit, label=f"Máy của {v.name}", first_seen_at=self.now
            )
            unsent = (0, 3, 0, 11, 1)[n]
            Enrollment.objects.create(
                seat=uuid5(SPACE, f"so {n}"),
                unit=self.unit,
                member=member,
                phone=phone,
                code_until=self.now,
                made_at=self.now - timedelta(days=80),
                enrolled_at=self.now - timedelta(days=79),
                spoke_at=self.now - timedelta(days=(0, 2, 1, 9, 4)[n], hours=5),
                unsent_count=unsent,
                oldest_unsent_on=self._day((0, 4, 0, 12, 4)[n]) if unsent else None,
                app="0.3.0",
            )

    def two_at_once(self) -> None:
        """Two members of one team wrote the same household on one day: a person of the commune must choose."""
        v = next(v for v in self.villages if v.pk in self.team_of and len(self.members[self.team_of[v.pk]]) > 1)
        first, second = self.members[self.team_of[v.pk]][:2]
        for n, h in enumerate(Household.objects.filter(village=v, gone_on=None).order_by("pk")[:2]):
            on = self._day(1 + n)
            for who, topics, result in ((first, ["dvc"], "able"), (second, ["vneid", "dvc"], "more")):
                mask = sum(1 << list(TOPICS).index(t) for t in topics)
                made = datetime.combine(on, time(9 if who is first else 16), VIETNAM)
                visit = IncomingVisit(
                    uuid5(SPACE, f"hai {n} {who.pk}"), h.uid, VisitFacts(on, mask, result, code=h.code), made
                )
                write_visits([visit], by=self._writer(who), at=self.now)

    def check(self, officer: int) -> None:
        """A sample of households has been asked whether it helped, half of them so far."""
        draw = spotting.draw_sample(
            unit=self.unit,
            seed="HSP-quy-4",
            since=self._day(90),
            until=self._day(3),
            size=24,
            by=officer,
            at=self.now - timedelta(days=2),
        )
        says = ["helped", "helped", "helped", "not_helped", "helped", "not_reached"]
        for n, check in enumerate(draw.checks.order_by("pk")[:14]):
            spotting.answer(check=check, answer=says[n % 6], note="", by=officer, at=self.now - timedelta(days=1))
