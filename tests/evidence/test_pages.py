"""The desk of evidence through its addresses: list, one piece, adding, one criterion; and who may not."""

from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string

from langso.evidence import actions, queries
from langso.evidence.models import Citation, Evidence, Likeness
from langso.files.models import StoredFile
from tests.cast import Cast
from tests.country import Country
from tests.evidence.samples import CODES, FRAMEWORK, add, cite, exif, jpeg, pdf, scene, shoot
from tests.factories import (
    AT,
    PERIOD,
    at_most,
    come_in,
    main_edition,
    open_assessment,
    open_net,
    text_of,
    visitor,
)

PAPER = {
    "number": "127/BC-UBND",
    "issued_on": "02/6/2026",
    "issuer": "UBND xã Bản Vược",
    "title": "Báo cáo kết quả",
    "page": "trang 2",
    "loai": "van-ban",
}


def _spot(country: Country, criterion: str = CODES[0]) -> str:
    return f"/minh-chung/tieu-chi/{country.merged.pk}/{FRAMEWORK}/2026/{criterion}/"


def _sent(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_document_is_added_at_a_criterion_and_cited(country: Country, cast: Cast) -> None:
    officer = visitor(cast.officer)
    sent = PAPER | {"file": _sent(pdf(), "bao-cao.pdf"), "ve": "/danh-gia/1/"}
    answer = officer.post(f"{_spot(country)}them/", sent)

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{_spot(country)}?ve=%2Fdanh-gia%2F1%2F"
    shown = text_of(officer.get(answer.headers["Location"]))
    for said in ("127/BC-UBND", "Báo cáo kết quả", "trang 2", "02/06/2026", 'href="/danh-gia/1/"', "Tải tệp"):
        assert said in shown
    open_net()
    assert Citation.objects.get().evidence.file is not None


def test_the_same_form_sent_twice_adds_once_and_says_so(country: Country, cast: Cast) -> None:
    officer = visitor(cast.officer)
    officer.post(f"{_spot(country)}them/", PAPER)
    again = officer.post(f"{_spot(country)}them/", PAPER | {"file": _sent(pdf(), "a.pdf")}, follow=True)

    assert "đã có từ ngày 20/11/2026, không thêm lần nữa. Đã bổ sung tệp còn thiếu." in text_of(again)
    open_net()
    assert (Evidence.objects.count(), Citation.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": ""}, "Chưa ghi số, ký hiệu văn bản."),
        ({"issued_on": "21/11/2026"}, "Ngày này chưa tới."),
        ({"issued_on": "31/02/2026"}, "không phải là ngày"),
        ({"title": ""}, "Chưa ghi trích yếu."),
        ({"file": (b"<html>", "a.pdf")}, "Tệp này không phải PDF"),
        ({"file": (b"", "a.pdf")}, "Tệp này trống."),
        ({"file": (b"%PDF-" + b"0" * 21 * 1024 * 1024, "a.pdf")}, "lớn hơn 20 MB"),
        ({"page": "t" * 61}, "quá 60"),
        ({"loai": "anh"}, "Chưa chọn tệp."),
    ],
)
def test_a_fault_is_said_and_what_was_typed_is_kept(
    wrong: dict[str, Any], said: str, country: Country, cast: Cast
) -> None:
    sent = {k: _sent(*v) if isinstance(v, tuple) else v for k, v in (PAPER | wrong).items()}
    answer = visitor(cast.officer).post(f"{_spot(country)}them/", sent)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "Báo cáo kết quả" in text_of(answer) or wrong.get("title") == ""
    open_net()
    assert (Evidence.objects.count(), StoredFile.objects.count(), Citation.objects.count()) == (0, 0, 0)


def test_a_document_that_is_there_is_found_by_its_number_and_cited(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    paper = add(country.merged)
    officer = visitor(cast.officer)

    shown = text_of(officer.get(_spot(country), {"q": "127"}))
    assert f'name="evidence" value="{paper.pk}"' in shown
    assert officer.post(f"{_spot(country)}dan/", {"evidence": paper.pk, "page": "trang 4"}).status_code == 302
    assert f'name="evidence" value="{paper.pk}"' not in text_of(officer.get(_spot(country), {"q": "127"}))
    assert officer.post(f"{_spot(country)}dan/", {}).status_code == 422
    assert officer.post(f"{_spot(country)}dan/", {"evidence": "9" * 12}).status_code == 404


def test_what_is_dropped_may_be_taken_up_again(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    citation = cite(add(country.merged), page="trang 4")
    officer = visitor(cast.officer)

    dropped = officer.post(f"{_spot(country)}bo/", {"citation": citation.pk}, follow=True)
    assert "Hôm nay đã bỏ 127/BC-UBND." in text_of(dropped)
    again = officer.post(f"{_spot(country)}dan/", {"evidence": citation.evidence_id, "page": "trang 4"}, follow=True)
    assert "Hôm nay đã bỏ" not in text_of(again)
    assert "trang 4" in text_of(again)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("/danh-gia/1/", True), ("//evil.example/", False), ("https://evil.example/", False), ("/\\evil.example", False)],
)
def test_the_way_back_stays_in_the_house(asked: str, shown: bool, country: Country, cast: Cast) -> None:
    page = text_of(visitor(cast.officer).get(_spot(country), {"ve": asked}))

    assert ("Xong, trở lại" in page) is shown
    assert "evil.example" not in page


@pytest.mark.parametrize("wrong", ["khong-co/2026/C.1", f"{FRAMEWORK}/2026/KHONG", f"{FRAMEWORK}/hai/C.1"])
def test_a_criterion_that_is_not_there_is_not_found(wrong: str, country: Country, cast: Cast) -> None:
    assert visitor(cast.officer).get(f"/minh-chung/tieu-chi/{country.merged.pk}/{wrong}/").status_code == 404


def test_a_neighbour_finds_nothing_and_a_volunteer_only_reads(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    photo = shoot(country.merged, jpeg(scene(1)))
    citation = cite(photo)
    one = f"/minh-chung/{photo.pk}/"
    pages = [one, f"{one}tep/", f"/minh-chung/anh/{photo.pk}/", _spot(country)]
    posts = {
        f"{one}rut/": {"reason": "x"},
        f"{one}giu/": {"reason": "x"},
        f"{_spot(country)}dan/": {"evidence": photo.pk},
        f"{_spot(country)}bo/": {"citation": citation.pk},
        f"{_spot(country)}them/": PAPER,
    }
    neighbour, volunteer = visitor(cast.neighbour), visitor(cast.volunteer)

    assert [neighbour.get(p).status_code for p in pages] == [404] * 4
    assert [neighbour.post(p, data).status_code for p, data in posts.items()] == [404] * 5
    assert [volunteer.get(p).status_code for p in pages] == [200] * 4
    assert [volunteer.post(p, data).status_code for p, data in posts.items()] == [403] * 5
    assert volunteer.get("/minh-chung/them/").status_code == 403
    assert "Thêm văn bản" not in text_of(volunteer.get("/minh-chung/"))
    assert "Thêm và dẫn" not in text_of(volunteer.get(_spot(country)))
    assert photo.title not in text_of(neighbour.get("/minh-chung/"))
    assert visitor().get("/minh-chung/").status_code == 302
    open_net()
    assert Evidence.objects.get().withdrawn_at is None
    assert Citation.objects.get().removed_at is None


def test_a_file_is_a_download_of_the_type_found_in_it_and_a_photo_a_new_small_picture(
    country: Country, cast: Cast
) -> None:
    come_in(cast.officer)
    paper = add(country.merged, content=pdf(), name="báo cáo.pdf")
    made = jpeg(scene(1), exif=exif("2026:05:03 08:15:00"))
    photo = shoot(country.merged, made)
    officer = visitor(cast.officer)

    file = officer.get(f"/minh-chung/{paper.pk}/tep/")
    assert file.content == pdf()
    assert (file.headers["Content-Type"], file.headers["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert file.headers["Content-Disposition"].startswith("attachment;")
    first, second = (officer.get(f"/minh-chung/anh/{photo.pk}/") for _ in range(2))
    assert first.headers["Content-Type"] == "image/jpeg"
    assert first.content == second.content != made
    assert b"2026:05:03" not in first.content
    assert officer.get(f"/minh-chung/anh/{paper.pk}/").status_code == 404


def test_one_page_shows_uses_and_takes_back_with_a_reason(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    paper = add(country.merged, by=cast.officer)
    cite(paper, CODES[0], page="trang 2")
    cite(paper, CODES[1])
    officer = visitor(cast.officer)

    with at_most(14):
        shown = text_of(officer.get(f"/minh-chung/{paper.pk}/"))
    assert f"{CODES[0]}. " in shown
    assert "trang 2" in shown
    assert "Chị Long Thị Sướng" in shown
    assert officer.post(f"/minh-chung/{paper.pk}/rut/", {"reason": " "}).status_code == 422
    after = text_of(officer.post(f"/minh-chung/{paper.pk}/rut/", {"reason": "Nhầm số"}, follow=True))
    assert "Lý do: Nhầm số" in after
    assert "Rút lại minh chứng này" not in after
    assert "127/BC-UBND" not in text_of(officer.get("/minh-chung/"))
    assert "127/BC-UBND" in text_of(officer.get("/minh-chung/", {"rut": "1"}))


def test_the_officer_is_told_of_a_likeness_keeps_the_photo_and_the_appraiser_reads_why(
    country: Country, cast: Cast
) -> None:
    come_in(cast.neighbour)
    theirs = shoot(country.neighbour, jpeg(scene(7)))
    officer = visitor(cast.officer)
    sent = {
        "loai": "anh",
        "title": "Buổi tập huấn",
        "place": "Thôn 3",
        "file": _sent(jpeg(scene(7), quality=50), "a.jpg"),
    }
    told = text_of(officer.post(f"{_spot(country)}them/", sent, follow=True))

    assert "Ảnh này đã dùng cho một xã khác ngày 20/11/2026. Xem lại, rồi ghi lý do giữ hoặc rút lại." in told
    assert "Nậm Dịch" not in told
    open_net()
    mine = Likeness.objects.get().evidence
    one = f"/minh-chung/{mine.pk}/"
    assert f"/minh-chung/{theirs.pk}/" not in text_of(officer.get(one))
    officer.post(f"{one}giu/", {"reason": "Hai xã làm chung một buổi"})

    appraiser = visitor(cast.appraiser)
    read = text_of(appraiser.get(_spot(country)))
    assert "Ảnh này đã dùng cho Xã Nậm Dịch ngày 20/11/2026." in read
    assert "Lý do giữ: Hai xã làm chung một buổi" in read
    assert f"/minh-chung/{theirs.pk}/" in text_of(appraiser.get(one))
    assert "Ảnh này cũng được thêm ở Xã Bản Vược" in text_of(appraiser.get(f"/minh-chung/{theirs.pk}/")).replace(
        "  ", " "
    )
    assert "Bản Vược" not in text_of(visitor(cast.neighbour).get(f"/minh-chung/{theirs.pk}/"))


def test_an_officer_adds_to_her_own_commune_and_a_province_names_one(country: Country, cast: Cast) -> None:
    officer, province = visitor(cast.officer), visitor(cast.province_admin)
    facts = {k: PAPER[k] for k in ("number", "issued_on", "issuer", "title")}

    assert 'value="UBND xã Bản Vược"' in text_of(officer.get("/minh-chung/them/"))
    assert officer.post("/minh-chung/them/", facts).status_code == 302
    assert province.post("/minh-chung/them/", facts).status_code == 422
    assert province.post("/minh-chung/them/", facts | {"code": "99999"}).status_code == 422
    assert "ngoài phạm vi" in text_of(province.post("/minh-chung/them/", facts | {"code": "10555"}))
    assert province.post("/minh-chung/them/", facts | {"code": "00007"}).status_code == 302
    open_net()
    assert set(Evidence.objects.values_list("unit_id", flat=True)) == {country.merged.pk, country.neighbour.pk}


def test_a_photo_is_added_with_what_the_person_knows(country: Country, cast: Cast) -> None:
    sent = {"title": "Buổi <b>tập huấn</b>", "taken_on": "3/5/2026", "taken_clock": "8h15", "place": "Thôn 3"}
    answer = visitor(cast.officer).post(
        "/minh-chung/them/?loai=anh", sent | {"file": _sent(jpeg(scene(1)), "a.jpg")}, follow=True
    )

    assert "03/05/2026, 08:15" in text_of(answer)
    assert "&lt;b&gt;tập huấn&lt;/b&gt;" in text_of(answer)
    assert "<b>tập huấn" not in text_of(answer)
    wrong = visitor(cast.officer).post("/minh-chung/them/?loai=anh", sent | {"taken_clock": "25:00"})
    assert "ví dụ 08:15" in text_of(wrong)


def test_the_list_is_searched_sorted_paged_and_taken_away(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    for i in range(1, 56):
        paper = add(country.merged, number=f"{i}/BC-UBND", title=f"=Báo cáo tháng {i}")
        if i % 5 == 0:
            cite(paper, CODES[i % 3])
    shoot(country.merged, jpeg(scene(1)), place="Thôn 3")
    officer = visitor(cast.officer)

    with at_most(12):
        first = text_of(officer.get("/minh-chung/", {"xep": "so"}))
    assert "56" in first
    assert first.index(">2/BC-UBND<") < first.index(">10/BC-UBND<")
    assert ">52/BC-UBND<" not in first
    assert ">52/BC-UBND<" in text_of(officer.get("/minh-chung/", {"xep": "so", "trang": "2"}))
    assert ">7/BC-UBND<" in (found := text_of(officer.get("/minh-chung/", {"q": "7/bc"})))
    assert ">17/BC-UBND<" not in found
    assert "BC-UBND<" not in text_of(officer.get("/minh-chung/", {"loai": "photo"}))
    assert "Không có minh chứng nào khớp." in text_of(officer.get("/minh-chung/", {"q": "khong co dau"}))
    csv = officer.get("/minh-chung/", {"tai": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(csv) == 57
    assert f"{CODES[1]} (năm 2026)" in next(line for line in csv if ",55/BC-UBND," in line)
    assert all(",=Báo" not in line for line in csv)


def test_a_list_with_nothing_says_what_to_do(country: Country, cast: Cast) -> None:
    shown = text_of(visitor(cast.officer).get("/minh-chung/"))

    assert "Chưa có minh chứng nào." in shown
    assert "Thêm văn bản hoặc ảnh ở trên" in shown


def test_a_page_of_a_criterion_costs_the_same_for_one_and_for_many(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    for i in range(1, 21):
        cite(add(country.merged, number=f"{i}/BC-UBND", content=pdf(str(i)), name="a.pdf"))
    officer = visitor(cast.officer)

    with at_most(13):
        assert text_of(officer.get(_spot(country))).count("Tải tệp") == 20


def test_evidence_of_another_commune_cannot_be_cited_here(country: Country, cast: Cast) -> None:
    open_net()
    paper = add(country.neighbour)
    citation = cite(paper)
    province = visitor(cast.province_admin)

    assert province.post(f"{_spot(country)}dan/", {"evidence": paper.pk}).status_code == 404
    assert province.post(f"{_spot(country)}bo/", {"citation": citation.pk}).status_code == 404
    open_net()
    assert Citation.objects.standing().count() == 1


def test_what_was_withdrawn_meanwhile_is_refused_in_words(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    paper = add(country.merged)
    actions.withdraw(evidence=paper, reason="Nhầm", by=None, at=AT)
    answer = visitor(cast.officer).post(f"{_spot(country)}dan/", {"evidence": paper.pk})

    assert answer.status_code == 422
    assert "đã rút lại ngày 20/11/2026" in text_of(answer)


def test_the_form_of_a_group_leads_to_the_evidence_of_each_criterion(country: Country, cast: Cast) -> None:
    open_net()
    assessment = open_assessment(country.merged, by=cast.officer)
    group = main_edition().criteria[0].group
    address = f"/danh-gia/{assessment.pk}/nhom/{group}/"
    shown = text_of(visitor(cast.officer).get(address))

    assert f'href="{_spot(country)}?ve={quote(address, safe="")}"' in shown


def test_other_pages_show_what_a_criterion_cites(country: Country, cast: Cast) -> None:
    come_in(cast.officer)
    cite(add(country.merged), page="trang 2")
    cite(shoot(country.merged, jpeg(scene(1), exif=exif("1980:01:01 00:00:00"))))
    cited = queries.cited(country.merged, FRAMEWORK, PERIOD)

    with at_most(0):
        shown = render_to_string("evidence/criterion.html", {"cited": cited[CODES[0]]})
    for said in ("127/BC-UBND", "02/06/2026", "trang 2", "Báo cáo kết quả", "chưa chỉnh giờ", "/minh-chung/anh/"):
        assert said in shown
    assert "Chưa có minh chứng." in render_to_string("evidence/criterion.html", {"cited": ()})
