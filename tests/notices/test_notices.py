"""Who is told what, once; and by which ways it goes out."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.db import DatabaseError, transaction

from langso.notices import actions, queries
from langso.notices.actions import Word, mark_seen, send_waiting, tell
from langso.notices.models import Dispatch, Notice
from langso.people.models import Account, Person
from langso.people.roles import Role
from tests.cast import Cast, Player
from tests.country import Country
from tests.factories import AT, TODAY, come_in, facts, open_net, text_of, visitor

Capture = Callable[..., AbstractContextManager[list[Callable[[], object]]]]
OFFICERS = (Role.COMMUNE_OFFICER, Role.COMMUNE_HEAD)


def _told(player: Player) -> list[str]:
    presence = come_in(player)
    return [n.text for n in queries.told(presence, on=TODAY)]


def _word(country: Country, **more: object) -> Word:
    return Word(**({"key": "thu", "text": "Hồ sơ bị trả lại.", "unit": country.merged.pk, "roles": OFFICERS} | more))  # type: ignore[arg-type]


def test_a_role_at_a_unit_is_told_and_nobody_else(country: Country, cast: Cast) -> None:
    open_net()
    tell(_word(country), at=AT)

    assert _told(cast.officer) == _told(cast.colleague) == _told(cast.head) == ["Hồ sơ bị trả lại."]
    for other in (cast.volunteer, cast.neighbour, cast.appraiser, cast.province_admin, cast.ministry_admin):
        assert _told(other) == []


def test_appraisers_are_told_of_a_commune_below_them_and_not_of_another_province(country: Country, cast: Cast) -> None:
    open_net()
    tell(
        _word(country, roles=(Role.PROVINCE_APPRAISER,)),
        _word(country, key="xa", unit=country.far_commune.pk, roles=(Role.PROVINCE_APPRAISER,), text="Xa"),
        at=AT,
    )

    assert _told(cast.appraiser) == ["Hồ sơ bị trả lại."]


def test_the_officer_of_the_commune_that_absorbed_another_is_told_for_both(country: Country, cast: Cast) -> None:
    open_net()
    tell(_word(country, unit=country.old_ho_thau.pk), at=AT)

    assert _told(cast.officer) == ["Hồ sơ bị trả lại."]


def test_what_is_for_one_person_is_hers_alone(country: Country, cast: Cast) -> None:
    come_in(cast.officer)  # who sees nobody of the province, and still writes to the one who holds her file
    tell(_word(country, roles=(), person=cast.appraiser.id), at=AT)

    assert _told(cast.appraiser) == ["Hồ sơ bị trả lại."]
    assert _told(cast.officer) == []


def test_the_same_key_twice_is_one_notice(country: Country, cast: Cast) -> None:
    open_net()
    tell(_word(country), _word(country, text="Khác"), at=AT)
    tell(_word(country, text="Khác nữa"), at=AT)

    assert _told(cast.officer) == ["Hồ sơ bị trả lại."]


def test_read_by_one_is_still_unread_for_her_colleague(country: Country, cast: Cast) -> None:
    open_net()
    tell(_word(country), at=AT)
    pk = Notice.objects.get().pk

    officer = come_in(cast.officer)
    assert (mark_seen(officer, [pk], at=AT), mark_seen(officer, [pk], at=AT)) == (1, 1)

    assert not queries.unread(come_in(cast.officer), on=TODAY).exists()
    assert queries.unread(come_in(cast.colleague), on=TODAY).exists()
    assert mark_seen(come_in(cast.neighbour), [pk], at=AT) == 0


def test_a_notice_is_never_rewritten(country: Country, cast: Cast) -> None:
    open_net()
    tell(_word(country), at=AT)

    with pytest.raises(DatabaseError), transaction.atomic():
        Notice.objects.update(text="Khác")


def test_the_page_shows_marks_and_hands_out_csv(country: Country, cast: Cast) -> None:
    open_net()
    tell(_word(country, link="/danh-gia/"), at=AT)
    pk = Notice.objects.get().pk
    browser = visitor(cast.officer)

    assert "1 thông báo chưa đọc" in text_of(browser.get("/thong-bao/"))
    browser.post("/thong-bao/da-doc/", {"thong-bao": [str(pk), "abc", "9" * 30]})

    assert "Đã đọc hết" in text_of(browser.get("/thong-bao/"))
    assert "Hồ sơ bị trả lại." in text_of(browser.get("/thong-bao/?tai=csv"))
    assert "Hồ sơ bị trả lại." not in text_of(visitor(cast.neighbour).get("/thong-bao/"))


@pytest.fixture
def reachable(country: Country, cast: Cast) -> None:
    open_net()
    Account.objects.filter(pk=cast.officer.account.pk).update(email="suong@xa.vn")
    Person.objects.filter(pk=cast.officer.id).update(phone="0912000111")


def _outbox(channel: str) -> list[str]:
    return [p.read_text("utf-8") for p in (Path(settings.HOME) / "outbox" / channel).glob("*.txt")]


def test_it_goes_out_after_the_transaction_by_every_way_the_person_has(
    reachable: None, country: Country, cast: Cast, django_capture_on_commit_callbacks: Capture
) -> None:
    before = len(_outbox("sms"))
    with django_capture_on_commit_callbacks(execute=True):
        tell(_word(country, link="/danh-gia/5/"), at=AT)
        assert mail.outbox == []

    open_net()
    assert [m.to for m in mail.outbox] == [["suong@xa.vn"]]
    assert mail.outbox[0].body == f"Hồ sơ bị trả lại.\n{settings.PUBLIC_ADDRESS}/danh-gia/5/"
    assert len(_outbox("sms")) == before + 1
    assert set(Dispatch.objects.values_list("channel", "person")) == {
        ("email", cast.officer.id),
        ("sms", cast.officer.id),
        ("zalo", cast.officer.id),
    }


class Broken:
    def address_of(self, person: Person) -> str:
        return "x"

    def send(self, to: str, text: str) -> None:
        raise OSError("cổng không trả lời")


def test_a_way_that_fails_breaks_nothing_and_is_tried_again(
    reachable: None,
    country: Country,
    cast: Cast,
    django_capture_on_commit_callbacks: Capture,
    settings: object,
) -> None:
    settings.NOTICE_CHANNELS = {"sms": f"{__name__}.Broken"}  # type: ignore[attr-defined]
    with django_capture_on_commit_callbacks(execute=True):
        tell(_word(country, roles=(Role.COMMUNE_HEAD,)), at=AT)

    open_net()
    failed = Dispatch.objects.get()
    assert facts(failed.tries, failed.sent_at, "cổng không trả lời" in failed.problem) == (1, None, True)

    settings.NOTICE_CHANNELS = {"sms": "langso.notices.channels.SmsFiles"}  # type: ignore[attr-defined]
    assert send_waiting(at=AT) == (1, 0)
    assert send_waiting(at=AT) == (0, 0)


def test_a_large_batch_is_left_to_the_next_round(
    reachable: None,
    country: Country,
    cast: Cast,
    django_capture_on_commit_callbacks: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(actions, "MOST_AT_ONCE", 2)
    with django_capture_on_commit_callbacks(execute=True):
        tell(_word(country), at=AT)

    assert mail.outbox == []
    assert send_waiting(at=AT) == (3, 0)
    assert len(mail.outbox) == 1


def test_a_person_without_address_is_told_on_the_screen_alone(
    country: Country, cast: Cast, django_capture_on_commit_callbacks: Capture
) -> None:
    open_net()
    with django_capture_on_commit_callbacks(execute=True):
        tell(_word(country), at=AT)

    open_net()
    assert not Dispatch.objects.exists()
    assert _told(cast.officer) == ["Hồ sơ bị trả lại."]
