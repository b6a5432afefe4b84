"""The head of a commune reads, signs and hands in; what else is known of a figure stands beside it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from langso.assessments import submitting
from langso.assessments.models import Assessment, Submission
from langso.lib.period import day_of
from langso.measures import actions as measures
from langso.measures.rules import Entry
from langso.papers import signing
from langso.papers.trial_certificates import trial_root
from tests.cast import Cast
from tests.country import Country
from tests.factories import (
    PERIOD,
    confirm_all,
    facts,
    fill,
    in_cycle,
    main_edition,
    measure_of,
    open_cycle,
    open_net,
    report,
    text_of,
    visitor,
    whole,
)

RATIO = next(c.code for c in main_edition().criteria if c.measure.numerator)
START, STOP = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)


@pytest.fixture
def to_sign(db: None, cast: Cast, country: Country, settings: object, tmp_path: Path) -> Assessment:
    """A file that waits for the signature of the head; this house trusts the trial root in its folder."""
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    open_net()
    today = day_of(timezone.now())
    cycle = open_cycle(
        country.province, country.merged, requires_signature=True, opens_on=min(today, date(2026, 11, 16))
    )
    fill(country.merged, by=cast.officer)
    assessment = in_cycle(cycle, country.merged)
    confirm_all(assessment, by=cast.officer)
    return submitting.send_to_sign(assessment, by=cast.officer.id, at=timezone.now())


def _key(tmp_path: Path, *, trusted: bool = True) -> SimpleUploadedFile:
    root = trial_root(start=START, stop=STOP)
    if trusted:
        (tmp_path / "trust").mkdir(exist_ok=True)
        (tmp_path / "trust" / "goc.der").write_bytes(root.certificate)
    key = root.signer("Hoàng Văn Lìn", "UBND xã Bản Vược", password="123456")
    return SimpleUploadedFile("lin.p12", key)


def test_the_head_signs_with_a_key_file_and_gets_a_receipt(to_sign: Assessment, cast: Cast, tmp_path: Path) -> None:
    answer = visitor(cast.head).post(
        f"/danh-gia/{to_sign.pk}/ky/", {"key": _key(tmp_path), "password": "123456"}, follow=True
    )

    open_net()
    submission = Submission.objects.get(assessment=to_sign)
    assert "Số tiếp nhận 0001" in text_of(answer)
    assert "Hoàng Văn Lìn" in submission.signed_by
    assert submission.paper is not None


def test_a_wrong_password_hands_nothing_in(to_sign: Assessment, cast: Cast, tmp_path: Path) -> None:
    answer = visitor(cast.head).post(f"/danh-gia/{to_sign.pk}/ky/", {"key": _key(tmp_path), "password": "sai"})

    open_net()
    assert answer.status_code == 422
    assert "mật khẩu sai" in text_of(answer)
    assert not Submission.objects.exists()


def test_a_signature_of_an_unknown_issuer_is_refused(to_sign: Assessment, cast: Cast, tmp_path: Path) -> None:
    answer = visitor(cast.head).post(
        f"/danh-gia/{to_sign.pk}/ky/", {"key": _key(tmp_path, trusted=False), "password": "123456"}
    )

    open_net()
    assert answer.status_code == 422
    assert "không có trong danh sách tin cậy" in text_of(answer)
    assert not Submission.objects.exists()


def test_a_file_signed_elsewhere_is_taken_only_while_the_figures_are_those_that_were_signed(
    to_sign: Assessment, cast: Cast, tmp_path: Path, country: Country
) -> None:
    browser = visitor(cast.head)
    unsigned = browser.get(f"/danh-gia/{to_sign.pk}/tu-danh-gia.pdf?moi=1").content
    signer = signing.load_pkcs12(_key(tmp_path).read(), "123456")
    signed = signing.sign(unsigned, signer, reason="Nộp", place="Bản Vược", at=timezone.now())

    open_net()
    report(country.merged, RATIO, whole(11, 100), by=cast.officer)
    confirm_all(in_cycle(to_sign.cycle, country.merged), by=cast.officer)  # type: ignore[arg-type]
    late = browser.post(f"/danh-gia/{to_sign.pk}/ky/", {"signed": SimpleUploadedFile("a.pdf", signed)})
    open_net()
    report(country.merged, RATIO, whole(90, 100), by=cast.officer)

    assert late.status_code == 422
    assert "đã đổi sau khi tải bản để ký" in text_of(late)
    assert not Submission.objects.exists()


def test_without_a_signature_nothing_is_handed_in_where_the_cycle_asks_for_one(to_sign: Assessment, cast: Cast) -> None:
    answer = visitor(cast.head).post(f"/danh-gia/{to_sign.pk}/ky/", {})

    assert answer.status_code == 422
    assert "cần bản PDF có chữ ký số" in text_of(answer)


def test_an_officer_may_not_sign_for_the_head(to_sign: Assessment, cast: Cast) -> None:
    assert visitor(cast.officer).get(f"/danh-gia/{to_sign.pk}/ky/").status_code == 403


def test_what_a_system_says_stands_beside_the_figure_and_is_taken_over_with_its_source(
    db: None, cast: Cast, country: Country
) -> None:
    open_net()
    assessment = in_cycle(open_cycle(country.province, country.merged), country.merged)
    group = next(c.group for c in main_edition().criteria if c.code == RATIO)
    measures.receive_reading(
        unit=country.merged,
        measure=measure_of(RATIO),
        period=PERIOD,
        entry=Entry(numerator=Decimal(1874), denominator=Decimal(2716), as_of=date(2026, 10, 31)),
        system="Cổng dịch vụ công",
        by=None,
        at=timezone.now(),
    )
    here = f"/danh-gia/{assessment.pk}/nhom/{group}/"
    browser = visitor(cast.officer)

    assert "Cổng dịch vụ công, ngày 31/10/2026: 1.874 trên 2.716." in text_of(browser.get(here))
    browser.post(here, {"lay": f"he-thong:{RATIO}"})

    open_net()
    figure = assessment.unit.figures.get(replaced_at=None)
    assert facts(figure.numerator, figure.denominator, figure.source) == (1874, 2716, "Cổng dịch vụ công")
    assert in_cycle(assessment.cycle, country.merged).state == "drafting"  # type: ignore[arg-type]


def test_two_officers_see_each_other(db: None, cast: Cast, country: Country) -> None:
    open_net()
    assessment = in_cycle(open_cycle(country.province, country.merged), country.merged)
    group = main_edition().criteria[0].group
    visitor(cast.officer).get(f"/danh-gia/{assessment.pk}/nhom/{group}/")

    page = text_of(visitor(cast.colleague).get(f"/danh-gia/{assessment.pk}/nhom/{group}/"))

    assert "Chị Long Thị Sướng đang mở nhóm này" in page


def _painted(pdf: bytes) -> bytes:
    """The same file with an update that empties its first page, as a forger would do before signing."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page[generic.NameObject("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"1 1 1 rg"))
    writer.update_container(page)
    out = BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def test_a_page_repainted_before_signing_is_noticed(to_sign: Assessment, cast: Cast, tmp_path: Path) -> None:
    browser = visitor(cast.head)
    unsigned = browser.get(f"/danh-gia/{to_sign.pk}/tu-danh-gia.pdf?moi=1").content
    signer = signing.load_pkcs12(_key(tmp_path).read(), "123456")
    forged = signing.sign(_painted(unsigned), signer, reason="Nộp", place="Bản Vược", at=timezone.now())

    answer = browser.post(f"/danh-gia/{to_sign.pk}/ky/", {"signed": SimpleUploadedFile("a.pdf", forged)})

    assert forged.startswith(unsigned)
    assert answer.status_code == 422
    assert "đã bị sửa trước khi ký" in text_of(answer)


def test_bytes_after_the_last_signature_are_refused(to_sign: Assessment, cast: Cast, tmp_path: Path) -> None:
    browser = visitor(cast.head)
    unsigned = browser.get(f"/danh-gia/{to_sign.pk}/tu-danh-gia.pdf?moi=1").content
    signer = signing.load_pkcs12(_key(tmp_path).read(), "123456")
    signed = signing.sign(unsigned, signer, reason="Nộp", place="Bản Vược", at=timezone.now())

    answer = browser.post(f"/danh-gia/{to_sign.pk}/ky/", {"signed": SimpleUploadedFile("a.pdf", signed + b"\n%more")})

    assert answer.status_code == 422


def test_the_key_of_another_commune_does_not_sign_for_this_one(to_sign: Assessment, cast: Cast, tmp_path: Path) -> None:
    root = trial_root(start=START, stop=STOP)
    (tmp_path / "trust").mkdir(exist_ok=True)
    (tmp_path / "trust" / "goc.der").write_bytes(root.certificate)
    key = SimpleUploadedFile("khac.p12", root.signer("Lù Văn Páo", "UBND xã Hoàng Su Phì", password="123456"))

    answer = visitor(cast.head).post(f"/danh-gia/{to_sign.pk}/ky/", {"key": key, "password": "123456"})

    assert answer.status_code == 422
    assert "không phải của Xã Bản Vược" in text_of(answer)
