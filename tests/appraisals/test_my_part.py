"""A verifier's list: files times her criteria that wait for an opinion."""

from langso.appraisals import part_queries
from langso.assessments.models import Assessment
from langso.cycles.models import Department
from langso.units.models import Unit
from tests.appraisals.test_flow import RATIO, file
from tests.cast import Cast
from tests.country import Country
from tests.factories import TODAY, at_most, hand_in, main_edition, open_net, report, text_of, visitor, whole

__all__ = ["file"]
OTHER = next(c.code for c in main_edition().criteria if c.code != RATIO and c.measure.numerator)


def _given(file: Assessment, country: Country, cast: Cast) -> Department:
    open_net()
    department = Department.objects.create(unit=country.province, name="Sở Y tế")
    department.members.add(cast.verifier.person)
    file.cycle.parts.create(department=department, criteria=[RATIO, OTHER])  # type: ignore[union-attr]
    return department


def _waiting(cast: Cast) -> list[str]:
    open_net()
    return [c for a in part_queries.asked(cast.verifier.id, Unit.objects.all(), on=TODAY) for c, _ in a.waiting]


def test_what_is_given_waits_until_there_is_an_opinion(file: Assessment, country: Country, cast: Cast) -> None:
    _given(file, country, cast)
    browser = visitor(cast.verifier)

    assert "2 tiêu chí chờ ý kiến" in text_of(browser.get("/tham-dinh/phan-cua-toi/"))
    browser.post(f"/tham-dinh/{file.pk}/{RATIO}/", {"kind": "accepted", "seen": "1"})

    assert _waiting(cast) == [OTHER]
    assert OTHER in text_of(browser.get("/tham-dinh/phan-cua-toi/?tai=csv"))


def test_an_opinion_on_a_figure_that_has_changed_is_asked_for_again(
    file: Assessment, country: Country, cast: Cast
) -> None:
    from langso.assessments import submitting
    from tests.factories import AT

    _given(file, country, cast)
    browser = visitor(cast.verifier)
    for code in (RATIO, OTHER):
        browser.post(f"/tham-dinh/{file.pk}/{code}/", {"kind": "accepted", "seen": "1"})
    assert _waiting(cast) == []

    submitting.withdraw(file, reason="Nhầm", by=cast.head.id, at=AT)
    report(country.merged, RATIO, whole(40, 100), by=cast.officer)
    hand_in(file, officer=cast.officer, head=cast.head, at=AT)

    assert _waiting(cast) == [RATIO]


def test_the_list_is_for_verifiers_and_asks_little(file: Assessment, country: Country, cast: Cast) -> None:
    _given(file, country, cast)
    browser = visitor(cast.verifier)
    browser.get("/tham-dinh/phan-cua-toi/")

    with at_most(10):
        browser.get("/tham-dinh/phan-cua-toi/")
    assert visitor(cast.officer).get("/tham-dinh/phan-cua-toi/").status_code == 403
    assert "Chưa có hồ sơ nào có phần" in text_of(visitor(cast.province_admin).get("/tham-dinh/phan-cua-toi/"))
