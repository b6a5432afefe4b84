"""The same photo or file in another place is noticed across the net, told in words, and nobody is stopped."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection, connections, transaction

from langso.evidence import actions, queries, rules
from langso.evidence.models import Evidence, Likeness
from langso.files.models import StoredFile
from langso.lib.period import VIETNAM
from langso.people.permits import enter_as_machine
from langso.units.models import Unit
from tests.cast import Cast
from tests.conftest import World
from tests.country import Country
from tests.evidence.samples import CODES, FRAMEWORK, add, cite, exif, jpeg, pdf, scene, shoot
from tests.factories import AT, PERIOD, TODAY, at_most, come_in, open_net

MAY = datetime(2026, 5, 3, 9, tzinfo=VIETNAM)


def _saved_again(seed: int) -> bytes:
    return jpeg(scene(seed).resize((320, 240)), quality=40)


def _neighbours_photo(country: Country, cast: Cast, seed: int = 7) -> Evidence:
    come_in(cast.neighbour)
    return shoot(country.neighbour, jpeg(scene(seed)), by=cast.neighbour, at=MAY)


def test_a_photo_of_the_neighbour_is_noticed_without_being_shown(country: Country, cast: Cast) -> None:
    theirs = _neighbours_photo(country, cast)
    come_in(cast.officer)
    mine = shoot(country.merged, _saved_again(7), by=cast.officer)

    like = Likeness.objects.get()
    assert (like.evidence_id, like.other_id, like.kind, like.unit_id) == (
        mine.pk,
        theirs.pk,
        "same_photo",
        mine.unit_id,
    )
    assert like.distance <= rules.NEAR
    assert not Evidence.objects.filter(pk=theirs.pk).exists()
    (alike,) = queries.alikes_of([mine.pk])[mine.pk]
    assert (alike.says, alike.is_known) == ("Ảnh này đã dùng cho một xã khác ngày 03/05/2026.", False)


def test_who_sees_both_communes_is_told_which(country: Country, cast: Cast) -> None:
    _neighbours_photo(country, cast)
    come_in(cast.officer)
    mine = shoot(country.merged, _saved_again(7), by=cast.officer)
    cite(mine, CODES[2])

    come_in(cast.appraiser)
    with at_most(2):
        found = queries.likenesses_of([country.merged, country.neighbour], FRAMEWORK, PERIOD)
    assert list(found) == [(country.merged.pk, CODES[2])]
    assert [a.says for a in found[country.merged.pk, CODES[2]]] == ["Ảnh này đã dùng cho Xã Nậm Dịch ngày 03/05/2026."]
    with at_most(2):
        ((cited,),) = queries.cited(country.merged, FRAMEWORK, PERIOD).values()
    assert [a.says for a in cited.likenesses] == ["Ảnh này đã dùng cho Xã Nậm Dịch ngày 03/05/2026."]
    come_in(cast.neighbour)
    assert queries.likenesses_of([country.merged], FRAMEWORK, PERIOD) == {}


def test_the_same_photo_twice_at_home_is_noticed_and_the_very_same_file_is_one(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    first = shoot(country.merged, jpeg(scene(7)))
    again = shoot(country.merged, jpeg(scene(7)))
    other = shoot(country.merged, _saved_again(7))

    assert again.pk == first.pk
    (alike,) = queries.alikes_of([other.pk])[other.pk]
    assert alike.says == "Ảnh này đã dùng cho một minh chứng khác của chính nơi này ngày 20/11/2026."
    assert StoredFile.objects.count() == 2


def test_different_photos_and_withdrawn_ones_are_like_nothing(country: Country, cast: Cast) -> None:
    theirs = _neighbours_photo(country, cast)
    actions.withdraw(evidence=theirs, reason="Nhầm ảnh", by=None, at=AT)
    come_in(cast.officer)
    shoot(country.merged, _saved_again(7))
    shoot(country.merged, jpeg(scene(8)))

    assert not Likeness.objects.exists()


def test_the_same_bytes_elsewhere_are_noticed_unless_it_is_the_same_paper(country: Country, cast: Cast) -> None:
    come_in(cast.neighbour)
    add(country.neighbour, issued_on=date(2026, 4, 2), content=pdf("chung"), name="a.pdf", at=MAY)
    come_in(cast.officer)
    same = add(country.merged, issued_on=date(2026, 4, 2), content=pdf("chung"), name="b.pdf")
    other = add(country.merged, number="9/BC-UBND", content=pdf("chung"), name="c.pdf")

    assert list(Likeness.objects.values_list("evidence_id", "kind", "distance")) == [(other.pk, "same_file", 0)]
    assert (
        queries.alikes_of([same.pk, other.pk])[other.pk][0].says == "Tệp này đã dùng cho một xã khác ngày 03/05/2026."
    )


def test_a_file_that_comes_later_is_looked_at_too(country: Country, cast: Cast) -> None:
    come_in(cast.neighbour)
    add(country.neighbour, number="3/BC-UBND", content=pdf("chung"), name="a.pdf")
    come_in(cast.officer)
    paper = add(country.merged)
    assert not Likeness.objects.exists()
    add(country.merged, content=pdf("chung"), name="a.pdf")

    assert Likeness.objects.get().evidence_id == paper.pk


def test_the_search_answers_only_for_ones_own_evidence(country: Country, cast: Cast) -> None:
    theirs = _neighbours_photo(country, cast)
    come_in(cast.officer)
    shoot(country.merged, _saved_again(7))

    def ask() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("select other_id from langso_evidence_likenesses(%s, 64)", [theirs.pk])
            return [other for (other,) in cursor.fetchall()]

    assert ask() == []
    come_in(cast.neighbour)
    assert len(ask()) == 1


def test_one_may_keep_it_and_say_why(country: Country, cast: Cast) -> None:
    _neighbours_photo(country, cast)
    come_in(cast.officer)
    mine = shoot(country.merged, _saved_again(7))
    actions.keep_with_reason(evidence=mine, reason="Hai xã làm chung một buổi", by=cast.officer.id, at=AT)

    assert queries.alikes_of([mine.pk])[mine.pk][0].kept_reason == "Hai xã làm chung một buổi"
    with pytest.raises(rules.ReasonMissing):
        actions.keep_with_reason(evidence=mine, reason="", by=cast.officer.id, at=AT)


def test_the_camera_is_believed_before_the_hand(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    made = jpeg(scene(2), exif=exif("2026:05:03 08:15:00", place=(22.5, 104.5)))
    photo = shoot(country.merged, made, taken_on=date(2026, 1, 1), latitude=10.0, longitude=100.0)

    assert (photo.taken_on, photo.latitude, photo.longitude) == (date(2026, 5, 3), 22.5, 104.5)
    assert photo.doubt == ""


@pytest.mark.parametrize("written", ["1980:01:01 00:00:00", "2031:01:01 00:00:00"])
def test_a_clock_that_was_never_set_is_kept_and_doubted(written: str, country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    photo = shoot(country.merged, jpeg(scene(2), exif=exif(written)))
    assert photo.taken_on is not None
    assert photo.taken_on.year == int(written[:4])
    assert "chưa chỉnh giờ" in photo.doubt

    told = shoot(country.merged, jpeg(scene(3), exif=exif(written)), taken_on=date(2026, 5, 3), taken_clock=time(8, 15))
    assert (told.taken_at, told.doubt) == (datetime(2026, 5, 3, 8, 15, tzinfo=VIETNAM), "")


def test_a_typed_day_has_no_hour_that_nobody_said(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    photo = shoot(country.merged, jpeg(scene(2)), taken_on=date(2026, 5, 3))
    assert (photo.taken_on, photo.taken_at) == (date(2026, 5, 3), None)
    with pytest.raises(rules.DayAhead):
        shoot(country.merged, jpeg(scene(3)), taken_on=TODAY + timedelta(days=1))
    with pytest.raises(rules.PlaceWrong):
        shoot(country.merged, jpeg(scene(3)), latitude=95.0, longitude=10.0)


def test_a_neighbour_writes_nothing_into_another_commune(country: Country, cast: Cast) -> None:
    come_in(cast.neighbour)
    with pytest.raises(Exception, match="row-level security"), transaction.atomic():
        add(country.merged)
    open_net()
    assert not Evidence.objects.exists()


def _at_once(world: World, *jobs: tuple[Unit, bytes]) -> list[int]:
    def run(job: tuple[Unit, bytes]) -> int:
        try:
            with transaction.atomic():
                enter_as_machine(on=TODAY)
                unit, content = job
                if content[:4] == b"%PDF":
                    return add(unit, content=content, name="a.pdf").pk
                return shoot(unit, content).pk
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_two_who_add_the_same_document_at_once_get_one(committing: World) -> None:
    made = _at_once(committing, *[(committing.country.merged, pdf("cùng lúc"))] * 4)

    assert len(set(made)) == 1
    assert StoredFile.objects.using("owner").count() == 1


def test_the_same_photo_added_in_two_communes_at_once_is_noticed_by_one(committing: World) -> None:
    photo = jpeg(scene(11))
    made = _at_once(committing, (committing.country.merged, photo), (committing.country.neighbour, photo))

    likes = list(Likeness.objects.using("owner").values_list("evidence_id", "other_id", "kind"))
    assert [(set(pair), kind) for *pair, kind in likes] == [(set(made), "same_file")]
