"""The council's desk and the papers, as each person sees them."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader

from langso.files import actions as files
from langso.recognition import actions, papering, rules
from langso.recognition.models import Council, CouncilSession, OfficialPaper, Recognition
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, at_most, open_net, text_of, visitor
from tests.recognition.recognising import LATER, MEMBERS, Round, appraised_round, scanned


@pytest.fixture
def round_(db: None, cast: Cast, country: Country) -> Round:
    return appraised_round(cast, country)


def _pdf(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("quyet-dinh.pdf", scanned(content), content_type="application/pdf")


def test_a_province_goes_from_appraised_files_to_the_register_through_its_pages(round_: Round) -> None:
    browser = visitor(round_.cast.province_admin)
    answer = browser.post(
        f"{round_.council.address}phien/",
        {"held_on": "20/11/2026", "starts": "08:00", "place": "Phòng họp số 2", "is_secret": ""},
        follow=True,
    )
    assert "Phiên họp ngày" in text_of(answer)
    open_net()
    session = CouncilSession.objects.get()
    here = session.address
    answer = browser.post(f"{here}dua-tat-ca/", follow=True)
    assert "Xã Bản Vược" in text_of(answer)
    open_net()
    members = [m.pk for m in round_.members]
    candidate = session.candidates.get()
    answer = browser.post(f"{here}co-mat/", {"present": members[:8], f"vang-{members[8]}": "Đi công tác"}, follow=True)
    assert "Có mặt 8 trên 9, cần từ 6." in text_of(answer)
    assert "từ 8 trên 8 phiếu đồng ý" in text_of(answer)
    answer = browser.post(f"{here}{candidate.pk}/phieu/", {f"phieu-{m}": "for" for m in members[:8]}, follow=True)
    assert "8 đồng ý, 0 không đồng ý, 0 trắng" in text_of(answer)
    answer = browser.post(f"{here}ket-thuc/", {"ends": "10:30", "note": "Nghe báo cáo"}, follow=True)
    assert "1 trên 1 hồ sơ được thông qua" in text_of(answer)

    for kind in ("proposal", "minutes", "round_report", "decision"):
        answer = browser.post(f"{here}van-ban/", {"kind": kind, "signer": "Nguyễn Văn An"}, follow=True)
        assert "Đã lập" in text_of(answer), kind
    open_net()
    paper = OfficialPaper.objects.get(kind="decision")
    draft = browser.get(f"{paper.address}pdf/")
    assert "xã Bản Vược" in " ".join((p.extract_text() or "") for p in PdfReader(BytesIO(draft.content)).pages)
    assert browser.get(f"{paper.address}word/").content.startswith(b"PK")
    given = {"number": "12", "issued_on": "20/11/2026", "signed": _pdf(draft.content)}
    answer = browser.post(f"{paper.address}ghi-so/", given, follow=True)

    assert "1 đơn vị được công nhận" in text_of(answer)
    assert "Bản quét, không có chữ ký số" in text_of(answer)
    public = text_of(visitor().get("/so-cong-nhan/"))
    assert "Xã Bản Vược" in public
    assert "08-2026-0001" in public


def test_a_decision_that_is_not_a_pdf_is_refused_beside_its_field(round_: Round) -> None:
    paper = round_.drafted(round_.passed())
    given = {"number": "12", "issued_on": "20/11/2026", "signed": SimpleUploadedFile("anh.pdf", b"khong phai")}

    answer = visitor(round_.cast.province_admin).post(f"{paper.address}ghi-so/", given)

    assert answer.status_code == 422
    assert "Tệp này không phải PDF" in text_of(answer)
    open_net()
    assert Recognition.objects.count() == 0


def test_an_appraiser_prepares_but_does_not_register_a_decision(round_: Round) -> None:
    paper = round_.drafted(round_.passed())
    assert paper.pdf is not None
    content = files.read(paper.pdf)
    browser = visitor(round_.cast.appraiser)

    assert browser.get(paper.address).status_code == 200
    given = {"number": "12", "issued_on": "20/11/2026", "signed": _pdf(content)}
    assert browser.post(f"{paper.address}ghi-so/", given).status_code == 403


def test_what_keeps_a_session_from_ending_is_said_on_its_page(round_: Round) -> None:
    session = round_.session()
    actions.put_before(session, round_.file(), by=round_.by, at=AT)
    round_.attend(session)

    answer = visitor(round_.cast.province_admin).post(f"{session.address}ket-thuc/", {"ends": "10:00"})

    assert answer.status_code == 422
    assert "Còn thiếu phiếu của 1 hồ sơ: Xã Bản Vược" in text_of(answer)


def test_a_secret_vote_is_typed_as_counts(round_: Round) -> None:
    session = round_.session(is_secret=True)
    candidate = actions.put_before(session, round_.file(), by=round_.by, at=AT)
    round_.attend(session)
    browser, field = visitor(round_.cast.province_admin), f"p{candidate.pk}-"

    wrong = browser.post(f"{session.address}{candidate.pk}/phieu/", {f"{field}agreed": "8", f"{field}against": "0"})
    right = browser.post(
        f"{session.address}{candidate.pk}/phieu/", {f"{field}agreed": "9", f"{field}against": "0"}, follow=True
    )

    assert "cộng lại được 8, nhưng có 9" in text_of(wrong)
    assert "9 đồng ý" in text_of(right)


def test_a_council_and_its_members_are_made_on_the_page(round_: Round) -> None:
    browser = visitor(round_.cast.province_admin)
    given = {
        "cycle": round_.cycle.pk,
        "province": round_.country.province.pk,
        "name": "Hội đồng xét bổ sung",
        "number": "88/QĐ-UBND",
        "issued_on": "02/11/2026",
        "issuer": "Ủy ban nhân dân tỉnh Sông Chảy",
    }

    answer = browser.post("/hoi-dong/lap/", given, follow=True)
    open_net()
    council = Council.objects.get(name="Hội đồng xét bổ sung")
    member = {"full_name": "Nguyễn Thị Lan", "position": "Giám đốc Sở", "role": "chair"}
    answer = browser.post(f"{council.address}thanh-vien/", member, follow=True)
    again = browser.post(f"{council.address}thanh-vien/", {**member, "full_name": "Người khác"})

    assert "Nguyễn Thị Lan" in text_of(answer)
    assert "88/QĐ-UBND ngày 02/11/2026" in text_of(answer)
    assert again.status_code == 422
    assert "đã có Chủ tịch hội đồng" in text_of(again)


def test_conditions_are_recorded_with_their_paper(cast: Cast, country: Country) -> None:
    asked = [{"code": "hai-long", "label": "Tỷ lệ hài lòng của người dân", "kind": "share", "at_least": 90}]
    round_ = appraised_round(cast, country, conditions=asked)
    here = f"/hoi-dong/dieu-kien/{round_.file().pk}/"
    browser = visitor(cast.province_admin)

    assert "chưa có số liệu" in text_of(browser.get(here))
    given = {"code": "hai-long", "share": "92,5", "number": "4/BC-MTTQ", "issuer": "Mặt trận Tổ quốc"}
    answer = browser.post(here, {**given, "issued_on": "10/11/2026"}, follow=True)
    wrong = browser.post(here, {**given, "share": "192", "issued_on": ""})

    assert "92,5%, đạt" in text_of(answer)
    assert "4/BC-MTTQ" in text_of(answer)
    assert "từ 0 đến 100" in text_of(wrong)


@pytest.mark.parametrize("who", ["stranger", "neighbour", "officer", "head", "volunteer"])
def test_a_council_is_not_there_for_those_it_judges(round_: Round, who: str) -> None:
    paper = round_.drafted(round_.passed())
    session = CouncilSession.objects.get()
    browser = visitor(getattr(round_.cast, who))

    for address in (round_.council.address, session.address, paper.address, f"{paper.address}pdf/", "/quyet-dinh/"):
        assert browser.get(address).status_code in (403, 404), address


def test_the_desks_of_another_province_see_nothing(round_: Round) -> None:
    """The ministry reads everything; whoever is not signed in is led to the door."""
    paper = round_.drafted(round_.passed())

    assert visitor(round_.cast.editor).get(paper.address).status_code == 200
    for address in ("/hoi-dong/", round_.council.address, "/quyet-dinh/", paper.address, "/quyet-dinh/cong-nhan/"):
        assert visitor().get(address).status_code == 302, address


def test_a_revocation_is_drafted_on_one_page_and_takes_nothing_back_yet(round_: Round) -> None:
    (one,) = round_.recognised()
    browser = visitor(round_.cast.province_admin)
    here = f"/quyet-dinh/thu-hoi/{one.pk}/"

    assert "Thu hồi công nhận của Xã Bản Vược?" in text_of(browser.get(here))
    empty = browser.post(here, {"reason": "", "rule": ""})
    early = browser.post(here, {"reason": "Số liệu sai", "rule": "Khoản 1 Điều 9"})

    assert "Ghi lý do thu hồi." in text_of(empty)
    assert "thu hồi phải từ sau ngày ấy" in text_of(early)
    open_net()
    assert Recognition.objects.get(pk=one.pk).revoked_on is None


def test_certificates_and_reports_are_made_from_their_lists(round_: Round) -> None:
    (one,) = round_.recognised()
    browser = visitor(round_.cast.province_admin)

    certificate = browser.post(f"/quyet-dinh/giay/{one.pk}/", follow=True)
    report = browser.post(f"/quyet-dinh/bao-cao/{round_.file().pk}/", follow=True)

    assert "Giấy công nhận" in text_of(certificate)
    assert "Báo cáo thẩm định" in text_of(report)


def test_desk_pages_keep_their_budget_of_queries(cast: Cast, country: Country) -> None:
    round_ = appraised_round(cast, country, [country.merged, country.neighbour, country.split_one])
    session = round_.passed(country.merged, country.neighbour)
    paper = round_.register(round_.drafted(session))
    papering.draft(session, "minutes", by=round_.by, at=LATER)
    waiting = round_.session(hour=14)
    actions.put_before(waiting, round_.file(country.split_one), by=round_.by, at=AT)
    round_.attend(waiting)
    browser = visitor(cast.province_admin)
    browser.get("/hoi-dong/")

    for address, ceiling in (
        (waiting.address, 12),
        ("/hoi-dong/", 12),
        (round_.council.address, 12),
        ("/quyet-dinh/", 12),
        (paper.address, 12),
        ("/quyet-dinh/cong-nhan/", 12),
        (session.address, 12),
    ):
        with at_most(ceiling):
            assert browser.get(address).status_code == 200, address
    open_net()
    assert len(MEMBERS) == 9


def test_lists_are_taken_away_as_csv(round_: Round) -> None:
    session = round_.passed()
    round_.drafted(session)
    browser = visitor(round_.cast.province_admin)

    for address in ("/hoi-dong/?tai=csv", "/quyet-dinh/?tai=csv", f"{session.address}?tai=csv"):
        answer = browser.get(address)
        assert answer["Content-Type"].startswith("text/csv"), address
        assert len(text_of(answer).splitlines()) == 2, address


def test_the_draft_itself_is_not_taken_for_the_signed_paper(round_: Round) -> None:
    session = round_.passed()
    paper = round_.drafted(session)
    assert paper.pdf is not None
    with pytest.raises(rules.DraftHandedBack):
        round_.register(paper, signed=files.read(paper.pdf))
