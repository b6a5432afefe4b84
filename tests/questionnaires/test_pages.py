"""The desk of forms through the client: importing, issuing, withdrawing, filling, taking away; who may do what."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from langso.ledger.models import Entry
from langso.questionnaires import actions
from langso.questionnaires.actions import From
from langso.questionnaires.models import FilledForm, FormVersion, Way
from langso.questionnaires.rules import OtherContent, VersionTaken
from langso.questionnaires.shipped import SURVEY_CODE, install
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, TODAY, at_most, open_net, text_of, visitor
from tests.questionnaires.forms import SMALL, issued, workbook


def _upload(content: bytes, name: str = "phieu.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def _answered(version: FormVersion, unit: Any, **answers: Any) -> FilledForm:
    open_net()
    uid = uuid4()
    said = {"ten": "Vàng Thị Mẩy", "so": 1, "may": [{"loai": "dt"}]} | answers
    source = From(unit.pk, Way.APP)
    actions.write_answers(uid=uid, version=version, answers=said, source=source, made_on=TODAY, at=AT)
    return FilledForm.objects.get(uid=uid)


def test_an_officer_imports_looks_issues_and_the_ledger_knows(cast: Cast, country: Country) -> None:
    client = visitor(cast.officer)

    answer = client.post("/phieu/nhap/", {"file": _upload(workbook())})
    page = client.get(answer["Location"])
    version = FormVersion.objects.get()

    assert version.questionnaire.unit == country.merged
    assert "Chưa ban hành" in text_of(page)
    assert "Vì sao chưa có" in text_of(page)
    issue = client.post(f"/phieu/{version.questionnaire_id}/ban/{version.pk}/ban-hanh/", follow=True)
    assert "Ban hành ngày 20/11/2026" in text_of(issue)
    open_net()
    acts = Entry.objects.filter(did__startswith="form.").order_by("pk")
    assert list(acts.values_list("did", flat=True)) == ["form.imported", "form.issued"]


def test_the_same_workbook_again_is_the_same_version_and_other_content_is_refused(cast: Cast) -> None:
    client = visitor(cast.officer)
    client.post("/phieu/nhap/", {"file": _upload(workbook())})

    again = client.post("/phieu/nhap/", {"file": _upload(workbook())})
    other = client.post("/phieu/nhap/", {"file": _upload(workbook(SMALL[:2]))})

    assert (again.status_code, other.status_code) == (302, 422)
    assert "đã có phiên bản 1 với nội dung khác" in text_of(other)
    assert FormVersion.objects.count() == 1


def test_faults_of_a_workbook_are_told_one_by_one_and_nothing_is_kept(cast: Cast) -> None:
    rows = [{"type": "video", "name": "a", "label": "A"}, {"type": "text", "name": "b"}]

    answer = visitor(cast.officer).post("/phieu/nhap/", {"file": _upload(workbook(rows))})

    assert answer.status_code == 422
    assert "Trang survey, dòng 2, cột type: Kiểu câu hỏi “video” chưa dùng được." in text_of(answer)
    assert "Trang survey, dòng 3, cột label" in text_of(answer)
    assert not FormVersion.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.xlsx", "trống"),
        (b"khong phai", "a.xlsx", "không phải Excel"),
        (workbook(), "a.docx", "Đặt lại đuôi tệp"),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(cast: Cast, content: bytes, name: str, says: str) -> None:
    answer = visitor(cast.officer).post("/phieu/nhap/", {"file": _upload(content, name)})

    assert answer.status_code == 422
    assert says in text_of(answer)


def test_the_code_of_another_place_and_of_the_built_in_form_are_taken(cast: Cast, country: Country) -> None:
    open_net()
    issued(country.far_commune, code="ks")
    client = visitor(cast.officer)

    assert "đã thuộc về" in text_of(client.post("/phieu/nhap/", {"file": _upload(workbook(code="ks"))}))
    assert "có sẵn" in text_of(client.post("/phieu/nhap/", {"file": _upload(workbook(code="luot-den-ho"))}))


def test_a_form_of_elsewhere_does_not_exist_and_one_from_above_is_only_read(cast: Cast, country: Country) -> None:
    open_net()
    far, above = issued(country.far_commune, code="xa"), issued(country.province, code="tren")
    client = visitor(cast.officer)

    assert client.get(f"/phieu/{far.questionnaire_id}/").status_code == 404
    page = client.get(f"/phieu/{above.questionnaire_id}/")
    assert page.status_code == 200
    assert "Thu hồi phiên bản này" not in text_of(page)
    taken = client.post(f"/phieu/{above.questionnaire_id}/ban/{above.pk}/thu-hoi/", {"reason": "x"})
    assert taken.status_code == 404


def test_those_without_the_right_cannot_import(cast: Cast) -> None:
    assert visitor(cast.volunteer).get("/phieu/nhap/").status_code == 403
    assert visitor(cast.appraiser).get("/phieu/nhap/").status_code == 403
    assert visitor().get("/phieu/").status_code == 302


def test_withdrawing_asks_for_a_reason_and_keeps_the_answers(cast: Cast, country: Country) -> None:
    open_net()
    version = issued(country.merged)
    _answered(version, country.merged)
    client, address = visitor(cast.officer), f"/phieu/{version.questionnaire_id}/ban/{version.pk}/thu-hoi/"

    assert "Chưa ghi lý do" in text_of(client.post(address, {"reason": " "}))
    assert "Đã thu hồi" in text_of(client.post(address, {"reason": "Sai câu 3"}, follow=True))
    assert client.get(f"/phieu/{version.questionnaire_id}/dien/").status_code == 404
    open_net()
    assert FilledForm.objects.count() == 1


def test_the_list_is_searched_without_marks_sorted_and_taken_away(cast: Cast, country: Country) -> None:
    open_net()
    issued(country.merged, code="a1", title="Khảo sát nhu cầu")
    issued(country.merged, code="b2", title="Kiểm tra lại =1+1")
    client = visitor(cast.officer)

    with at_most(9):
        page = client.get("/phieu/?q=khao sat")
    assert "Khảo sát nhu cầu" in text_of(page)
    assert "Kiểm tra lại" not in text_of(page)
    csv = text_of(client.get("/phieu/?tai=csv&xep=-ma"))
    assert csv.index("a1") > 0
    assert client.get("/phieu/?tai=xlsx").headers["Content-Type"].endswith("sheet")


def test_one_form_is_read_with_few_statements_and_its_workbook_comes_back_as_it_was(
    cast: Cast, country: Country
) -> None:
    open_net()
    version = issued(country.merged)
    client = visitor(cast.officer)
    client.get(f"/phieu/{version.questionnaire_id}/")

    with at_most(11):
        assert client.get(f"/phieu/{version.questionnaire_id}/").status_code == 200
    file = client.get(f"/phieu/{version.questionnaire_id}/ban/{version.pk}/tep/")
    assert file.content == workbook()
    assert "attachment" in file.headers["Content-Disposition"]


def test_answers_are_taken_away_with_one_column_for_each_question_and_no_formula(cast: Cast, country: Country) -> None:
    open_net()
    version = issued(country.merged)
    _answered(version, country.merged, ten="=HYPERLINK(1)", so="2", may=[{"loai": "dt"}, {"loai": "tv"}])
    _answered(version, country.far_commune, ten="Nơi khác")
    client = visitor(cast.officer)

    with at_most(12):
        page = client.get(f"/phieu/{version.questionnaire_id}/tra-loi/")
    csv = text_of(client.get(f"/phieu/{version.questionnaire_id}/tra-loi/?tai=csv"))

    head, row = csv.strip().lstrip("\ufeff").split("\r\n")
    assert head.endswith("ten,so,loai_1,loai_2,vi,ngay,anh")
    assert row.endswith("'=HYPERLINK(1),2,Điện thoại,Ti vi,,,")
    assert "Nơi khác" not in csv + text_of(page)


def test_one_answer_shows_its_words_and_that_of_another_place_does_not_exist(cast: Cast, country: Country) -> None:
    open_net()
    version = issued(country.merged)
    mine, far = _answered(version, country.merged, ten="<b>A</b>"), _answered(version, country.far_commune)
    client = visitor(cast.officer)

    page = text_of(client.get(f"/phieu/{version.questionnaire_id}/tra-loi/{mine.uid}/"))

    assert "Loại máy (lần 1)" in page
    assert "Điện thoại" in page
    assert "&lt;b&gt;A&lt;/b&gt;" in page
    assert client.get(f"/phieu/{version.questionnaire_id}/tra-loi/{far.uid}/").status_code == 404


def _hidden(page: str, name: str) -> list[str]:
    return [value.replace("&quot;", '"') for value in re.findall(rf'name="{name}" value="([^"]*)"', page)]


def _state(page: str) -> dict[str, Any]:
    return {name: _hidden(page, name) for name in ("uid", "giu", "co", "may.n")}


def test_a_form_is_filled_on_the_desk_without_script(cast: Cast, country: Country) -> None:
    open_net()
    version = issued(country.merged)
    client, address = visitor(cast.officer), f"/phieu/{version.questionnaire_id}/dien/"

    with at_most(12):
        first = text_of(client.get(address))
    assert "Vì sao chưa có" not in first
    second = text_of(client.post(address, _state(first) | {"ten": "Lù Páo", "so": "2", "lam": "tiep"}))
    assert "Máy, lần 2" in second
    assert "Câu này cần trả lời" not in second
    refused = client.post(
        address, _state(second) | {"ten": "Lù Páo", "so": "2", "may.0.loai": "dt", "ngay": "25/12/2026", "lam": "gui"}
    )
    assert refused.status_code == 422
    assert "Ngày: Chưa tới." in text_of(refused)
    assert "Loại máy (lần 2): Câu này cần trả lời." in text_of(refused)
    rest = {"ten": "Lù Páo", "so": "2", "may.0.loai": "dt", "may.1.loai": "tv", "ngay": "19/11/2026", "lam": "gui"}
    done = client.post(address, _state(text_of(refused)) | rest)
    again = client.post(address, _state(text_of(refused)) | rest)

    assert (done.status_code, again.status_code) == (302, 302)
    open_net()
    row = FilledForm.objects.get()
    assert row.answers == {"ten": "Lù Páo", "so": 2, "may": [{"loai": "dt"}, {"loai": "tv"}], "ngay": "2026-11-19"}
    assert (row.person_id, row.unit, row.way) == (cast.officer.id, country.merged, "desk")


def test_what_a_condition_hides_is_kept_until_the_condition_comes_back(cast: Cast, country: Country) -> None:
    open_net()
    version = issued(country.merged)
    client, address = visitor(cast.officer), f"/phieu/{version.questionnaire_id}/dien/"
    none = text_of(client.post(address, _state(text_of(client.get(address))) | {"so": "0", "lam": "tiep"}))
    why = text_of(client.post(address, _state(none) | {"so": "0", "vi": "Chưa đủ tiền", "lam": "tiep"}))
    one = text_of(client.post(address, _state(why) | {"so": "1", "vi": "Chưa đủ tiền", "lam": "tiep"}))
    assert "Vì sao" not in one

    back = text_of(client.post(address, _state(one) | {"so": "0", "lam": "tiep"}))

    assert "Chưa đủ tiền" in back


def test_a_repeat_grows_and_shrinks_by_its_buttons(cast: Cast, country: Country) -> None:
    rows = [
        {"type": "begin_repeat", "name": "may", "label": "Máy"},
        {"type": "text", "name": "ten", "label": "Tên máy"},
        {"type": "end_repeat"},
    ]
    open_net()
    version = issued(country.merged, rows)
    client, address = visitor(cast.officer), f"/phieu/{version.questionnaire_id}/dien/"
    page = text_of(client.get(address))
    for _ in range(2):
        page = text_of(client.post(address, _state(page) | {"may.0.ten": "một", "lam": "them:may"}))
    page = text_of(client.post(address, _state(page) | {"may.0.ten": "một", "may.1.ten": "hai", "lam": "bo:may.0"}))

    assert _hidden(page, "may.n") == ["1"]
    assert 'value="hai"' in page
    for hostile in ("them:la", "bo:may.99", "bo:may.x", "bo:", "them:"):
        assert client.post(address, _state(page) | {"lam": hostile}).status_code == 200


@pytest.mark.parametrize(
    "kept", ["", "{", "[]", "null", '{"may": 5, "so": {"a": 1}}', "[" * 5000, '{"may": [1, null, []]}']
)
def test_what_a_page_claims_to_have_kept_is_read_with_care(cast: Cast, country: Country, kept: str) -> None:
    open_net()
    version = issued(country.merged)

    answer = visitor(cast.officer).post(
        f"/phieu/{version.questionnaire_id}/dien/", {"giu": kept, "may.n": "99999", "lam": "tiep", "uid": "la"}
    )

    assert answer.status_code in (200, 422)


def test_filling_is_for_the_commune_and_a_form_with_a_required_photo_for_the_phone(
    cast: Cast, country: Country
) -> None:
    open_net()
    plain = issued(country.province)
    photo = issued(country.merged, [{"type": "image", "name": "a", "label": "A", "required": "yes"}], code="anh")

    assert visitor(cast.province_admin).get(f"/phieu/{plain.questionnaire_id}/dien/").status_code == 403
    assert visitor(cast.volunteer).get(f"/phieu/{plain.questionnaire_id}/dien/").status_code == 403
    assert visitor(cast.officer).get(f"/phieu/{photo.questionnaire_id}/dien/").status_code == 404


def test_the_shipped_survey_is_installed_once_and_filled_on_the_desk(cast: Cast, country: Country) -> None:
    open_net()
    version = install(unit=None, by=None, at=AT)

    assert install(unit=None, by=None, at=AT) == version
    page = text_of(visitor(cast.officer).get(f"/phieu/{version.questionnaire_id}/dien/"))
    assert version.questionnaire.code == SURVEY_CODE
    assert "Tiếng nói thường dùng trong nhà" in page
    assert len(page.encode()) < 60_000


def test_an_issued_version_never_changes(country: Country) -> None:
    open_net()
    version = issued(country.merged)

    with pytest.raises(VersionTaken):
        actions.import_form(content=workbook(SMALL[:1]), name="a.xlsx", unit=country.merged, by=None, at=AT)
    version.refresh_from_db()
    assert len(version.definition["items"]) == 6


def test_answers_with_the_same_number_and_other_content_are_refused(country: Country) -> None:
    open_net()
    version = issued(country.merged)
    row = _answered(version, country.merged)
    source, said = From(country.merged.pk, Way.APP), {"ten": "Khác", "so": 0, "vi": "x"}

    with pytest.raises(OtherContent):
        actions.write_answers(uid=row.uid, version=version, answers=said, source=source, made_on=TODAY, at=AT)
    assert json.dumps(FilledForm.objects.get().answers["ten"], ensure_ascii=False) == '"Vàng Thị Mẩy"'
