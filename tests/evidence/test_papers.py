"""A document is entered once, found again by its number, cited by many criteria, and taken back with a reason."""

import json
import unicodedata
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from langso.criteria.catalogue import FrameworkUnknown
from langso.evidence import actions, queries, rules
from langso.evidence.models import Citation, Evidence, Likeness
from langso.files.content import FileKindUnknown
from langso.files.models import StoredFile
from langso.ledger.models import Entry
from tests.cast import Cast
from tests.country import Country
from tests.evidence.samples import CODES, FRAMEWORK, add, cite, jpeg, pdf, scene, shoot
from tests.factories import AT, PERIOD, TODAY, at_most, come_in


def _acts() -> list[str]:
    return list(Entry.objects.filter(did__startswith="evidence").order_by("line").values_list("did", flat=True))


@pytest.fixture(autouse=True)
def _officer(cast: Cast) -> None:
    come_in(cast.head)  # an officer's right, and may read the ledger


def test_a_document_is_kept_as_it_can_be_cited(country: Country, cast: Cast) -> None:
    paper = add(country.merged, number=" Số: 127 / BC – UBND ", by=cast.officer, content=pdf(), name="bao-cao.pdf")

    kept = Evidence.objects.get(pk=paper.pk)
    assert (kept.number, kept.issuer, kept.issued_on) == ("127/BC-UBND", "UBND xã Bản Vược", date(2026, 6, 2))
    assert kept.file is not None
    assert (kept.file.content_type, kept.file_sha256) == ("application/pdf", kept.file.sha256)
    assert kept.added_by_id == cast.officer.id
    assert _acts() == ["evidence.added"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("127/BC-UBND", "127/BC-UBND"),
        (unicodedata.normalize("NFD", "2361/QĐ-BTTTT"), "2361/QĐ-BTTTT"),
        ("Văn bản số 05/QĐ-TTg", "05/QĐ-TTg"),
        ("1684/NQ-UBTVQH15", "1684/NQ-UBTVQH15"),
        ("12.3/KH−HĐND", "12.3/KH-HĐND"),
    ],
)
def test_a_number_is_kept_in_one_way_of_writing(typed: str, kept: str) -> None:
    assert rules.written_number(typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "Số:"])
def test_a_number_is_wanted(typed: str) -> None:
    with pytest.raises((rules.NumberMissing, rules.NumberWrong)):
        rules.written_number(typed)


@pytest.mark.parametrize("typed", ["BC-UBND", "127/BC<script>", "127;BC", "127/", "báo cáo 127", "1" * 61, "١٢٧/BC"])
def test_what_is_not_a_number_of_a_document_is_refused(typed: str) -> None:
    with pytest.raises(rules.NumberWrong, match="127/BC-UBND"):
        rules.written_number(typed)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"issued_on": TODAY + timedelta(days=1)}, rules.DayAhead),
        ({"issued_on": date(1945, 9, 1)}, rules.DayTooOld),
        ({"issued_on": None}, rules.DayMissing),
        ({"issuer": " "}, rules.IssuerMissing),
        ({"issuer": "U" * 201}, rules.IssuerTooLong),
        ({"title": "t" * 1001}, rules.TitleTooLong),
        ({"number": ""}, rules.NumberMissing),
        ({"content": b"<html>", "name": "a.pdf"}, FileKindUnknown),
    ],
)
def test_a_wrong_fact_is_refused_and_nothing_is_changed(facts: dict[str, Any], refusal: type, country: Country) -> None:
    with pytest.raises(refusal):
        add(country.merged, **facts)

    assert (Evidence.objects.count(), StoredFile.objects.count(), _acts()) == (0, 0, [])


@pytest.mark.parametrize(
    "again",
    [
        {},
        {"number": "127/bc-ubnd"},
        {"number": "0127/BC-UBND"},
        {"issuer": "Ủy ban nhân dân xã Bản Vược"},
        {"issuer": unicodedata.normalize("NFD", "UBND Xã Bản Vược")},
    ],
)
def test_the_same_paper_again_is_the_one_there_is(again: dict[str, Any], country: Country) -> None:
    first = add(country.merged)
    second = add(country.merged, **again)

    assert (second.pk, Evidence.objects.count(), _acts()) == (first.pk, 1, ["evidence.added"])


@pytest.mark.parametrize(
    "other", [{"number": "128/BC-UBND"}, {"issuer": "UBND tỉnh Sông Chảy"}, {"issued_on": date(2026, 6, 3)}]
)
def test_another_paper_is_another(other: dict[str, Any], country: Country) -> None:
    assert add(country.merged).pk != add(country.merged, **other).pk


def test_what_the_earlier_one_lacked_is_filled_and_what_it_had_stays(country: Country) -> None:
    first = add(country.merged, title="")
    facts: dict[str, Any] = {
        "unit": country.merged,
        "number": first.number,
        "issuer": first.issuer,
        "issued_on": first.issued_on,
    }
    filled = actions.enter_document(
        **facts,
        title="Báo cáo",
        content=pdf("một"),
        name="a.pdf",
        by=None,
        at=AT,
    )
    left = actions.enter_document(
        **facts,
        title="Tên khác",
        content=pdf("hai"),
        name="b.pdf",
        by=None,
        at=AT,
    )

    assert (filled.is_new, filled.filled_file, filled.filled_title, filled.left_file) == (False, True, True, False)
    assert (left.is_new, left.filled_file, left.filled_title, left.left_file) == (False, False, False, True)
    kept = Evidence.objects.get()
    assert kept.file is not None
    assert (kept.title, kept.file.name, StoredFile.objects.count()) == ("Báo cáo", "a.pdf", 1)
    assert _acts() == ["evidence.added", "evidence.completed"]


@pytest.mark.parametrize(
    "typed", ["127", "127/bc", "127 BC-UBND", "bao cao ket qua", "Chuyển Đổi", "ban vuoc 127", "0"]
)
def test_a_document_is_found_by_what_one_remembers(typed: str, country: Country, cast: Cast) -> None:
    come_in(cast.neighbour)
    add(country.neighbour, number="127/BC-UBND")
    come_in(cast.province_admin)  # reaches both
    paper = add(country.merged)
    add(country.merged, number="8/KH-UBND", title="Kế hoạch đào tạo", issuer="UBND tỉnh Sông Chảy")

    with at_most(1):
        found = queries.find(country.merged, typed)
    assert [e.pk for e in found] == ([] if typed == "0" else [paper.pk])


def test_the_document_whose_number_begins_so_comes_first(country: Country) -> None:
    by_number = add(country.merged, number="12/KH-UBND", title="Kế hoạch")
    add(country.merged, number="9/BC-UBND", title="Báo cáo 12 tháng")

    assert next(e.number for e in queries.find(country.merged, "12")) == by_number.number
    assert len(queries.find(country.merged, "12")) == 2
    assert queries.find(country.merged, "%") == []


def test_one_document_serves_many_criteria_and_twice_is_once(country: Country, cast: Cast) -> None:
    paper = add(country.merged)
    first = cite(paper, CODES[0], page="trang 2", by=cast.officer)
    again = cite(paper, CODES[0], by=cast.officer)
    cite(paper, CODES[1])

    assert first.pk == again.pk
    assert _acts() == ["evidence.added", "evidence.cited", "evidence.cited"]
    assert not Likeness.objects.exists()
    with at_most(2):
        cited = queries.cited(country.merged, FRAMEWORK, PERIOD)
    assert {code: [(c.evidence.number, c.page) for c in found] for code, found in cited.items()} == {
        CODES[0]: [("127/BC-UBND", "trang 2")],
        CODES[1]: [("127/BC-UBND", "")],
    }


def test_another_page_takes_the_place_of_the_earlier_and_both_are_kept(country: Country) -> None:
    paper = add(country.merged)
    first, second = cite(paper, page="trang 2"), cite(paper, page="trang 3")

    assert Citation.objects.get(pk=first.pk).removed_at is not None
    assert [c.page for c in queries.cited_by(country.merged, FRAMEWORK, PERIOD, CODES[0])] == ["trang 3"]
    assert second.pk != first.pk


def test_what_is_no_longer_cited_may_be_cited_again(country: Country) -> None:
    paper = add(country.merged)
    citation = cite(paper, page="trang 2")
    actions.uncite(citation=citation, by=None, at=AT)
    actions.uncite(citation=citation, by=None, at=AT + timedelta(hours=1))

    spot = (country.merged, FRAMEWORK, PERIOD, CODES[0])
    assert queries.cited_by(*spot) == ()
    assert [d.pk for d in queries.dropped(*spot, since=AT)] == [citation.pk]
    assert Citation.objects.get(pk=citation.pk).removed_at == AT
    cite(paper)
    assert queries.dropped(*spot, since=AT) == []
    assert _acts()[2:] == ["evidence.uncited", "evidence.cited"]


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"criterion": "KHONG.CO"}, rules.CriterionUnknown),
        ({"framework": "khong-co"}, FrameworkUnknown),
        ({"page": "t" * 61}, rules.TitleTooLong),
    ],
)
def test_only_a_criterion_that_there_is_cites(more: dict[str, Any], refusal: type, country: Country) -> None:
    paper = add(country.merged)
    with pytest.raises(refusal):
        cite(paper, **more)
    assert not Citation.objects.exists()


def test_a_mistake_is_taken_back_with_a_reason_and_stays_to_be_read(country: Country, cast: Cast) -> None:
    paper = add(country.merged)
    cite(paper)
    with pytest.raises(rules.ReasonMissing):
        actions.withdraw(evidence=paper, reason="  ", by=cast.officer.id, at=AT)
    actions.withdraw(evidence=paper, reason="Nhầm số", by=cast.officer.id, at=AT)
    actions.withdraw(evidence=paper, reason="Lý do khác", by=cast.officer.id, at=AT)

    kept = Evidence.objects.get(pk=paper.pk)
    assert (kept.withdrawn_reason, kept.withdrawn_at) == ("Nhầm số", AT)
    assert queries.cited(country.merged, FRAMEWORK, PERIOD) == {}
    assert queries.find(country.merged, "127") == []
    with pytest.raises(rules.AlreadyWithdrawn):
        cite(paper)
    assert add(country.merged).pk != paper.pk  # it may be entered anew
    assert _acts().count("evidence.withdrawn") == 1


def test_counts_and_what_is_frozen_say_what_is_cited(country: Country) -> None:
    paper = add(country.merged, content=pdf(), name="a.pdf")
    photo = shoot(country.merged, jpeg(scene(1)), place="Thôn 3")
    cite(paper, CODES[0], page="trang 2")
    cite(photo, CODES[0])
    cite(paper, CODES[1])

    with at_most(1):
        assert queries.counts([country.merged], FRAMEWORK, PERIOD) == {country.merged.pk: {CODES[0]: 2, CODES[1]: 1}}
    with at_most(1):
        frozen = queries.snapshot(country.merged, FRAMEWORK, PERIOD)
    assert json.loads(json.dumps(frozen)) == frozen
    assert [(f["criterion"], f["number"], f["page"], f["place"]) for f in frozen] == [
        (CODES[0], "127/BC-UBND", "trang 2", ""),
        (CODES[0], "", "", "Thôn 3"),
        (CODES[1], "127/BC-UBND", "", ""),
    ]
    assert frozen[0]["issued_on"] == "2026-06-02"
    assert frozen[0]["sha256"] == paper.file_sha256


@pytest.mark.parametrize(
    "change",
    [
        "update evidence_evidence set number = '1/X'",
        "update evidence_evidence set added_at = now()",
        "update evidence_citation set criterion = 'x'",
        "update evidence_likeness set distance = 1",
        "delete from evidence_evidence",
        "delete from evidence_citation",
    ],
)
def test_what_was_written_cannot_be_rewritten(change: str, country: Country) -> None:
    cite(add(country.merged))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_database_itself_holds_one_standing_document(country: Country) -> None:
    paper = add(country.merged)
    facts = {f: getattr(paper, f) for f in ("unit", "kind", "number", "issuer", "issued_on", "paper_key", "added_at")}
    with pytest.raises(IntegrityError, match="one_standing_document"), transaction.atomic():
        Evidence.objects.create(**facts)
