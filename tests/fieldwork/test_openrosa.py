"""ODK Collect: forms out, fillings in; what is sent twice is written once, what is hostile is refused in words."""

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connections, transaction
from django.test import Client

from langso.fieldwork import openrosa_store
from langso.fieldwork.models import Photo, Record
from langso.fieldwork.openrosa_body import XmlBroken, XmlHostile, parse, read_sent
from langso.fieldwork.openrosa_enroll import settings_for
from langso.questionnaires.models import FilledForm, FormVersion
from langso.visits.models import Visit
from tests.conftest import World
from tests.country import Country
from tests.factories import AT, TODAY, at_most, open_net, text_of, visitor
from tests.fieldwork.collect import JPEG, Collect, filling, multipart, visit
from tests.fieldwork.conftest import Field
from tests.fieldwork.device import Device, enrollment_code
from tests.fieldwork.standing import stand_ground
from tests.questionnaires.forms import SMALL, issued

LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
DEVICES = "<may><loai>dt</loai></may><may><loai>tv</loai></may>"
ANSWERED = f"<ten>Vàng Thị Mẩy</ten><so>2</so>{DEVICES}<ngay>2026-11-19</ngay>"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    openrosa_store._versions.clear()
    yield
    openrosa_store._versions.clear()


@pytest.fixture
def form(ground: Field, country: Country) -> FormVersion:
    open_net()
    return issued(country.merged)


@pytest.fixture
def collect(phone: Device) -> Collect:
    return Collect(phone.token, Client())


def _small(uid: object, inner: str = ANSWERED, version: str = "1") -> bytes:
    return filling("thu", version, inner, str(uid))


def test_the_list_offers_the_visit_form_and_the_issued_forms_with_their_hashes(
    collect: Collect, form: FormVersion, country: Country
) -> None:
    open_net()
    issued(country.far_commune, code="noi-khac")
    issued(None, code="ca-nuoc")

    found = collect.xml("formList")

    codes = [x.findtext(f"{LIST}formID") for x in found]
    assert codes == ["luot-den-ho", "ca-nuoc", "thu"]
    for item in found:
        xform = collect.client.get(item.findtext(f"{LIST}downloadUrl", ""))
        assert item.findtext(f"{LIST}hash") == f"md5:{hashlib.md5(xform.content).hexdigest()}"  # noqa: S324
        assert xform.headers["X-OpenRosa-Version"] == "1.0"


def test_a_new_version_has_another_hash_and_a_withdrawn_form_is_gone(
    collect: Collect, form: FormVersion, country: Country
) -> None:
    from langso.questionnaires.actions import withdraw

    before = collect.xml("formList?formID=thu")
    open_net()
    newer = issued(country.merged, version="2", title="Phiếu thử mới")
    after = collect.xml("formList?formID=thu")
    assert [x.findtext(f"{LIST}version") for x in after] == ["2"]
    assert before[0].findtext(f"{LIST}hash") != after[0].findtext(f"{LIST}hash")

    open_net()
    withdraw(version=newer, reason="Sai", by=None, at=AT)
    assert [x.findtext(f"{LIST}version") for x in collect.xml("formList?formID=thu")] == ["1"]
    open_net()
    withdraw(version=form, reason="Sai", by=None, at=AT)
    assert list(collect.xml("formList?formID=thu")) == []
    assert collect.get("forms/thu.xml").status_code == 404


def test_the_list_of_households_is_of_the_seats_own_villages_and_has_its_hash(collect: Collect, ground: Field) -> None:
    from tests.teams.field import make_household

    open_net()
    elsewhere = make_household(ground.other_village, "Ông Lù Seo Páo")

    (media,) = collect.xml("manifest/luot-den-ho")
    content = collect.client.get(media.findtext(f"{MANIFEST}downloadUrl", "")).content

    assert media.findtext(f"{MANIFEST}filename") == "ho.csv"
    assert media.findtext(f"{MANIFEST}hash") == f"md5:{hashlib.md5(content).hexdigest()}"  # noqa: S324
    assert str(ground.household.uid) in content.decode()
    assert str(elsewhere.uid) not in content.decode()


def test_head_says_where_and_how_much(collect: Collect) -> None:
    answer = collect.client.head(f"/odk/{collect.token}/submission", headers={"X-OpenRosa-Version": "1.0"})

    assert answer.status_code == 204
    assert answer.headers["X-OpenRosa-Version"] == "1.0"
    assert int(answer.headers["X-OpenRosa-Accept-Content-Length"]) == 10 * 1024 * 1024
    assert answer.headers["Date"].endswith("GMT")


def test_a_filled_form_is_kept_once_with_its_answers_and_its_photo(
    collect: Collect, form: FormVersion, ground: Field
) -> None:
    uid = uuid4()

    first = collect.send(_small(uid, ANSWERED + "<anh>a.jpg</anh>"), {"a.jpg": JPEG})
    again = collect.send(_small(uid, ANSWERED + "<anh>a.jpg</anh>").replace(b"><", b">\n <"), {"a.jpg": JPEG})

    assert (first.status_code, again.status_code) == (201, 201)
    assert "http://openrosa.org/http/response" in first.content.decode()
    open_net()
    row = FilledForm.objects.get(uid=uid)
    assert row.answers == {
        "ten": "Vàng Thị Mẩy", "so": 2, "may": [{"loai": "dt"}, {"loai": "tv"}], "ngay": "2026-11-19", "anh": "a.jpg"
    }  # fmt: skip
    assert (row.member_id, row.unit_id, row.way, row.problems_count) == (ground.may.pk, ground.may.unit_id, "odk", 0)
    photo = Photo.objects.get(record_uid=uid)
    assert (photo.size, photo.have, photo.done_at) == (len(JPEG), len(JPEG), AT)
    assert b"".join(bytes(p.content) for p in photo.pieces.all()) == JPEG


def test_files_that_come_later_are_added_and_the_form_stays_one(collect: Collect, form: FormVersion) -> None:
    uid, xml = uuid4(), _small(uuid4())
    xml = _small(uid)

    assert collect.send(xml).status_code == 201
    assert collect.send(xml, {"a.jpg": JPEG}).status_code == 201
    assert collect.send(xml, {"b.jpg": JPEG + b"2"}).status_code == 201

    open_net()
    assert FilledForm.objects.filter(uid=uid).count() == 1
    assert sorted(Photo.objects.filter(record_uid=uid).values_list("name", flat=True)) == ["a.jpg", "b.jpg"]


def test_the_same_number_with_other_answers_is_a_conflict_in_words(collect: Collect, form: FormVersion) -> None:
    uid = uuid4()
    collect.send(_small(uid))

    answer = collect.send(_small(uid, ANSWERED.replace("Mẩy", "Dín")))

    assert answer.status_code == 409
    assert "nội dung khác" in answer.content.decode()
    open_net()
    assert FilledForm.objects.get(uid=uid).answers["ten"] == "Vàng Thị Mẩy"


def test_the_same_file_name_with_other_bytes_is_a_conflict_and_the_first_stays(
    collect: Collect, form: FormVersion
) -> None:
    uid = uuid4()
    collect.send(_small(uid), {"a.jpg": JPEG})

    answer = collect.send(_small(uid), {"a.jpg": JPEG + b"khac"})

    assert answer.status_code == 409
    open_net()
    assert Photo.objects.get(record_uid=uid).size == len(JPEG)


def test_an_edit_replaces_the_old_filling_and_keeps_it(collect: Collect, form: FormVersion) -> None:
    old, new = uuid4(), uuid4()
    collect.send(_small(old))
    edited = filling("thu", "1", ANSWERED.replace("Mẩy", "Dín"), new, old=old)

    assert collect.send(edited).status_code == 201
    assert collect.send(edited).status_code == 201
    assert collect.send(filling("thu", "1", ANSWERED, uuid4(), old=old)).status_code == 409
    assert collect.send(filling("thu", "1", ANSWERED, uuid4(), old=uuid4())).status_code == 422

    open_net()
    assert FilledForm.objects.get(uid=old).replaced_at == AT
    assert FilledForm.objects.get(uid=new).corrects == old


def test_answers_to_an_older_or_withdrawn_version_are_still_taken(
    collect: Collect, form: FormVersion, country: Country
) -> None:
    from langso.questionnaires.actions import withdraw

    open_net()
    issued(country.merged, version="2", title="Mới")
    withdraw(version=form, reason="Có bản mới", by=None, at=AT)

    assert collect.send(_small(uuid4())).status_code == 201
    assert collect.send(_small(uuid4(), version="2")).status_code == 201
    assert collect.send(_small(uuid4(), version="3")).status_code == 404


def test_what_collect_let_through_and_we_would_not_is_kept_and_counted(collect: Collect, form: FormVersion) -> None:
    uid = uuid4()

    assert collect.send(_small(uid, "<ten/><so>12</so><vi>bỏ</vi>")).status_code == 201

    open_net()
    row = FilledForm.objects.get(uid=uid)
    assert row.problems_count == 14  # the name, the number, and the kind of each of 12 devices
    assert row.answers["so"] == 12


def test_a_visit_goes_the_way_of_the_visits_of_the_app(collect: Collect, ground: Field) -> None:
    uid = uuid4()
    xml = visit(ground.household.uid, uid=uid, hen_ngay="2026-12-01", hen_viec="Cài VNeID", ghi_chu="Bà con hỏi thêm")

    answer = collect.send(xml, {"a.jpg": JPEG})
    again = collect.send(xml)

    assert (answer.status_code, again.status_code) == (201, 201)
    open_net()
    receipt = Record.objects.get(uid=uid).receipt
    assert receipt in answer.content.decode()
    row = Visit.objects.get(uid=uid)
    assert (row.household, row.visited_on, row.result, row.origin) == (ground.household, TODAY, "able", "odk")
    assert (row.next_step, row.note, row.member) == ("Cài VNeID", "Bà con hỏi thêm", ground.may)
    assert Photo.objects.filter(record_uid=uid).count() == 1


def test_the_same_visit_with_other_content_is_a_conflict(collect: Collect, ground: Field) -> None:
    uid = uuid4()
    collect.send(visit(ground.household.uid, uid=uid))

    assert collect.send(visit(ground.household.uid, uid=uid, ket_qua="more")).status_code == 409


def test_a_visit_that_may_not_be_is_kept_for_the_commune_and_told_why(collect: Collect, ground: Field) -> None:
    ahead = collect.send(visit(ground.household.uid, ngay="2026-12-25"))
    no_topic = collect.send(visit(ground.household.uid, viec=""))

    assert (ahead.status_code, no_topic.status_code) == (201, 201)  # it is kept: Collect need not send it again
    assert "Chưa ghi được lượt này" in ahead.content.decode()
    assert "chưa tới" in ahead.content.decode()
    assert "Chưa chọn việc" in no_topic.content.decode()
    open_net()
    assert not Visit.objects.exists()
    assert Record.objects.filter(state="refused", body__isnull=False).count() == 2


def test_a_token_that_is_unknown_or_revoked_is_told_so(collect: Collect, phone: Device) -> None:
    from langso.fieldwork.enrolling import revoke_phone
    from langso.fieldwork.models import Phone

    assert Client().get("/odk/la/formList").status_code == 401
    open_net()
    revoke_phone(phone=Phone.objects.get(uid=phone.phone), reason="Mất máy", by=None, at=AT)

    answer = collect.get("formList")

    assert answer.status_code == 403
    assert "thu hồi" in answer.content.decode()


def test_one_communes_token_does_not_see_the_answers_of_another(
    collect: Collect, form: FormVersion, country: Country
) -> None:
    uid = uuid4()
    open_net()
    FilledForm.objects.create(
        uid=uid,
        form=form,
        unit=country.far_commune,
        way="odk",
        answers={},
        made_on=TODAY,
        received_at=AT,
        digest=b"x" * 32,
    )

    answer = collect.send(_small(uid))

    assert answer.status_code == 409
    assert "nơi khác" in answer.content.decode()


def test_a_code_of_the_commune_sets_collect_up_once(ground: Field) -> None:
    code, client = enrollment_code(ground.may), visitor()

    page = text_of(client.post("/odk/", {"code": code.lower()}))
    address = re.search(r"<b>(http://testserver/odk/[^<]+)</b>", page)
    assert address is not None

    said = json.loads(zlib.decompress(base64.b64decode(settings_for(address[1]))))
    assert said["general"]["server_url"] == address[1]
    assert client.get(f"{address[1]}/formList").status_code == 200
    again = client.post("/odk/", {"code": code})
    assert again.status_code == 422
    assert "đã dùng rồi" in text_of(again)
    assert "Mã ghi danh xã cấp" in text_of(client.get("/odk/"))


HEAD = b'<?xml version="1.0"?><!DOCTYPE d [%s]><data id="thu"><ten>&x;</ten></data>'
BOMB = HEAD % b'<!ENTITY a "aaaa"><!ENTITY x "&a;&a;&a;">'
OUTSIDE = HEAD % b'<!ENTITY x SYSTEM "file:///etc/passwd">'
WIDE = BOMB.decode().replace('version="1.0"', 'version="1.0" encoding="UTF-16"').encode("utf-16")
DEEP, MANY = b"<a>" * 5000 + b"</a>" * 5000, b"<a/>" * 70_000


@pytest.mark.parametrize("xml", [BOMB, OUTSIDE, WIDE, DEEP, MANY, b"<data>", b"", b"\xff\xfe", b"<data id='x'/>"])
def test_hostile_or_broken_xml_is_refused_and_nothing_is_written(
    collect: Collect, form: FormVersion, xml: bytes
) -> None:
    answer = collect.send(xml)

    assert answer.status_code == 400
    assert 'nature="error"' in answer.content.decode()
    open_net()
    assert not FilledForm.objects.exists()


def test_a_comment_and_cdata_are_no_declarations() -> None:
    root = parse(b"<data id='a'><!-- x --><ten><![CDATA[<b> & ]]></ten></data>")

    assert root.findtext("ten") == "<b> & "
    with pytest.raises(XmlHostile):
        parse(BOMB)
    with pytest.raises(XmlBroken):
        parse(b"<a")


def test_an_instance_that_is_no_uuid_gets_a_number_of_its_own() -> None:
    xml = b"<data id='a' version='1'><meta><instanceID>collect:123/abc</instanceID></meta></data>"

    assert read_sent(xml).uid == read_sent(xml).uid
    assert read_sent(xml).uid != read_sent(xml.replace(b"123", b"124")).uid


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"x", "application/json", 400),
        (b"x", "multipart/form-data; boundary=a", 400),
        (multipart(_small(uuid4()), {"a.exe": b"MZ\x90"}), "", 415),
        (multipart(_small(uuid4()), {"a.jpg": JPEG + b"0" * 7_000_000}), "", 413),
        (b"0" * (10 * 1024 * 1024 + 10), "", 413),
        (multipart(b" " * 1_100_000), "", 413),
    ],
)
def test_what_is_no_submission_is_refused_with_the_right_number(
    collect: Collect, form: FormVersion, body: bytes, content_type: str, status: int
) -> None:
    answer = collect.send_raw(body, **({"content_type": content_type} if content_type else {}))

    assert answer.status_code == status
    assert answer.headers["X-OpenRosa-Version"] == "1.0"


def test_a_new_form_costs_three_statements_with_its_photo(collect: Collect, form: FormVersion) -> None:
    collect.send(_small(uuid4()))
    body = multipart(_small(uuid4()), {"a.jpg": JPEG})

    with at_most(3):
        assert collect.send_raw(body).status_code == 201


def test_one_submission_sent_sixteen_times_at_once_is_one_record_and_sixteen_equal_answers(committing: World) -> None:
    token, _ = stand_ground(committing)
    with transaction.atomic():
        open_net()
        issued(committing.country.merged, SMALL)
    body = multipart(_small(uuid4()), {"a.jpg": JPEG})

    def once(_: int) -> tuple[int, bytes]:
        try:
            answer = Collect(token, Client()).send_raw(body)
            return answer.status_code, answer.content
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(once, range(16)))

    assert {status for status, _ in answers} == {201}
    assert len({content for _, content in answers}) == 1
    with transaction.atomic():
        open_net()
        assert FilledForm.objects.count() == 1
        assert Photo.objects.count() == 1
    with connections["owner"].cursor() as cursor:
        cursor.execute("truncate questionnaires_questionnaire cascade")


def test_one_visit_sent_sixteen_times_at_once_is_one_visit(committing: World) -> None:
    from langso.villages.models import Village
    from tests.teams.field import make_household

    token, village = stand_ground(committing)
    with transaction.atomic():
        open_net()
        household = make_household(Village.objects.get(uid=village), "Bà Vàng Thị Dín")
    body = multipart(visit(household.uid))

    def once(_: int) -> int:
        try:
            return int(Collect(token, Client()).send_raw(body).status_code)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(once, range(16)))

    assert statuses == [201] * 16
    with transaction.atomic():
        open_net()
        assert Visit.objects.count() == 1
