"""Drawing a sample that anyone can draw again, and what was seen on the spot."""

import csv
from hashlib import sha256
from io import StringIO

import pytest
from psycopg.types.range import Range

from langso.appraisals.models import SampleDraw, SampleVisit
from langso.assessments.models import Assessment
from langso.lib.period import REFORM
from langso.people.models import Post
from langso.people.roles import Role
from tests.appraisals.test_flow import RATIO, file
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, fill, hand_in, in_cycle, open_net, text_of, visitor

__all__ = ["file"]
TODAY = "20/11/2026"


@pytest.fixture
def two(file: Assessment, cast: Cast, country: Country) -> Assessment:
    """Two communes have handed in."""
    fill(country.neighbour, by=cast.neighbour)
    assert file.cycle is not None
    hand_in(in_cycle(file.cycle, country.neighbour), officer=cast.neighbour, head=cast.head, at=AT)
    return file


def _draw(who: object, file: Assessment, **more: str) -> object:
    data = {"dot": file.cycle.code, "seed": "Xổ số 20/11: 45678", "size": "1"} | more  # type: ignore[union-attr]
    return visitor(who).post("/boc-mau/them/", data)  # type: ignore[arg-type]


def test_the_same_seed_draws_the_same_and_the_list_lets_anyone_check(two: Assessment, cast: Cast) -> None:
    first, again = _draw(cast.appraiser, two), _draw(cast.appraiser, two)
    address = first.headers["Location"]  # type: ignore[attr-defined]
    listed = visitor(cast.appraiser).get(f"{address}?tai=danh-sach").content.decode("utf-8-sig")

    open_net()
    draw = SampleDraw.objects.get()
    rows = list(csv.reader(StringIO(listed)))[1:]
    assert again.headers["Location"] == address  # type: ignore[attr-defined]
    by_hand = sorted(rows, key=lambda r: sha256(f"{draw.seed}|{r[0]}".encode()).hexdigest())
    assert [r[0] for r in by_hand] == [r[0] for r in rows]
    assert int(by_hand[0][0]) == draw.visits.get().unit_id
    assert [r[4] for r in rows] == ["1", ""]


@pytest.mark.parametrize("more", [{"seed": "  "}, {"size": "3"}, {"size": "0"}, {"size": "abc"}, {"size": ""}])
def test_a_draw_that_cannot_be_is_refused(more: dict[str, str], two: Assessment, cast: Cast) -> None:
    assert _draw(cast.appraiser, two, **more).status_code == 422  # type: ignore[attr-defined]

    open_net()
    assert not SampleDraw.objects.exists()


def test_what_was_seen_is_written_criterion_by_criterion(two: Assessment, cast: Cast) -> None:
    _draw(cast.appraiser, two)
    open_net()
    visit = SampleVisit.objects.get()
    here = f"/boc-mau/lan/{visit.pk}/"
    browser = visitor(cast.appraiser)

    assert browser.post(here, {"visited_on": "19/11/2026", f"tc-{RATIO}": "matches"}).status_code == 422
    assert browser.post(here, {"visited_on": "", f"tc-{RATIO}": "matches"}).status_code == 422
    browser.post(here, {"visited_on": TODAY, f"tc-{RATIO}": "differs", "note": "Thấy 12 hồ sơ."})

    open_net()
    visit.refresh_from_db()
    assert visit.outcome == "differs"
    assert visit.findings == [{"criterion": RATIO, "outcome": "differs"}]
    assert "Thấy 12 hồ sơ." in text_of(browser.get(here))
    assert "Khác hồ sơ" in text_of(browser.get(f"/boc-mau/{visit.draw_id}/"))


def test_the_sheet_for_the_road_carries_the_claim(two: Assessment, cast: Cast) -> None:
    _draw(cast.appraiser, two)
    open_net()
    visit = SampleVisit.objects.get()

    page = text_of(visitor(cast.appraiser).get(f"/boc-mau/lan/{visit.pk}/phieu/"))

    assert "Phiếu kiểm tra thực tế" in page
    assert ">90%<" in page


def test_a_right_in_another_province_writes_no_visit_here(two: Assessment, cast: Cast, country: Country) -> None:
    _draw(cast.appraiser, two)
    open_net()
    visit = SampleVisit.objects.get()
    Post.objects.create(
        person=cast.editor.person, role=Role.PROVINCE_APPRAISER, unit=country.far_province, valid=Range(REFORM, None)
    )
    here = f"/boc-mau/lan/{visit.pk}/"
    browser = visitor(cast.editor)

    assert browser.get(here).status_code == 200
    assert browser.post(here, {"visited_on": TODAY, f"tc-{RATIO}": "differs"}).status_code == 403


def test_a_verifier_reads_a_visit_and_does_not_write_it(two: Assessment, cast: Cast) -> None:
    _draw(cast.appraiser, two)
    open_net()
    visit = SampleVisit.objects.get()
    browser = visitor(cast.verifier)

    assert browser.get(f"/boc-mau/lan/{visit.pk}/").status_code == 200
    assert browser.post(f"/boc-mau/lan/{visit.pk}/", {"visited_on": TODAY}).status_code == 403
    assert _draw(cast.verifier, two).status_code == 403  # type: ignore[attr-defined]


@pytest.mark.parametrize("who", ["officer", "stranger", "volunteer"])
def test_samples_are_not_the_communes_to_see(who: str, two: Assessment, cast: Cast) -> None:
    _draw(cast.appraiser, two)
    open_net()
    draw = SampleDraw.objects.get()

    for address in ("/boc-mau/", f"/boc-mau/{draw.pk}/", f"/boc-mau/lan/{draw.visits.get().pk}/"):
        assert visitor(getattr(cast, who)).get(address).status_code in (403, 404)
        open_net()
