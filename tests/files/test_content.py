"""A file is what its bytes are: opened, not believed."""

import zipfile
from io import BytesIO

import pytest
from PIL import Image

from langso.files import actions, content
from langso.files.models import StoredFile
from tests.cast import Cast
from tests.country import Country
from tests.evidence.samples import jpeg, office, pdf, scene
from tests.factories import AT, come_in

SMALL = (80, 60)


def _picture(form: str, size: tuple[int, int] = SMALL) -> bytes:
    out = BytesIO()
    scene(1, size).save(out, form)
    return out.getvalue()


@pytest.mark.parametrize(
    ("made", "name", "kind"),
    [
        (pdf(), "báo cáo.pdf", content.PDF),
        (pdf(), "BAO-CAO.PDF", content.PDF),
        (office(), "a.docx", content.DOCX),
        (office("xl/workbook.xml"), "a.xlsx", content.XLSX),
        (jpeg(scene(1, SMALL)), "a.jpeg", content.JPEG),
        (_picture("PNG"), "a.png", content.PNG),
        (_picture("WEBP"), "a.webp", content.WEBP),
    ],
)
def test_what_people_hand_in_is_taken(made: bytes, name: str, kind: content.Kind) -> None:
    assert content.check(made, name) is kind


def _xref_stream(more: bytes = b"") -> bytes:
    """A PDF whose table of places is a stream, as most are since 2003."""
    made = b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
    start = len(made)
    table = b"2 0 obj\n<< /Type /XRef /Root 1 0 R /Size 3 /Length 3 " + more + b">>\nstream\nabc\nendstream\nendobj\n"
    return made + table + b"startxref\n%d\n%%%%EOF" % start


def test_a_pdf_with_its_table_in_a_stream_is_taken_and_one_under_a_password_is_not() -> None:
    assert content.check(_xref_stream(), "a.pdf") is content.PDF
    with pytest.raises(content.FileLocked):
        content.check(_xref_stream(b"/Encrypt 9 0 R "), "a.pdf")


def test_the_word_encrypt_in_the_text_of_a_pdf_locks_nothing() -> None:
    assert content.check(pdf("Về mã hóa: /Encrypt"), "a.pdf") is content.PDF


def _lying_zip() -> bytes:
    """An entry that says it is small and is not."""
    packed = bytearray(office(more={"word/big.xml": b"\0" * 3_000_000}))
    place = packed.rfind(b"PK\x01\x02")
    packed[place + 24 : place + 28] = (10).to_bytes(4, "little")
    return bytes(packed)


@pytest.mark.parametrize(
    ("made", "name", "refusal"),
    [
        (b"", "a.pdf", content.FileEmpty),
        (b"%PDF-" + b"0" * content.LARGEST, "a.pdf", content.FileTooLarge),
        (b"<!doctype html><script>alert(1)</script>", "a.pdf", content.FileKindUnknown),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", content.FileKindUnknown),
        (b"MZ\x90\0", "a.exe", content.FileKindUnknown),
        (pdf(), "a.pdf.exe", content.FileNameLies),
        (pdf(), "pdf", content.FileNameLies),
        (jpeg(scene(1, SMALL)), "a.pdf", content.FileNameLies),
        (office(), "a.xlsx", content.FileNameLies),
        (pdf()[:-60], "a.pdf", content.PdfBroken),
        (b"%PDF-1.7\n<html>\nstartxref\n9\n%%EOF", "a.pdf", content.PdfBroken),
        (pdf(trailer="/Encrypt 5 0 R"), "a.pdf", content.FileLocked),
        (content.OLD_OFFICE + b"\0" * 600, "a.doc", content.OfficeOld),
        (office(more={"word/vbaProject.bin": b"x"}), "a.docx", content.MacroInside),
        (office(types=b"<Override ContentType='application/x.macroEnabled.main+xml'/>"), "a.docx", content.MacroInside),
        (office()[:-40], "a.docx", content.OfficeBroken),
        (office("word/other.xml"), "a.docx", content.FileKindUnknown),
        (_lying_zip(), "a.docx", content.OfficeBroken),
        (jpeg(scene(1, SMALL))[:-300], "a.jpg", content.PictureBroken),
        (b"\xff\xd8\xff\xe0" + b"\0" * 100, "a.jpg", content.PictureBroken),
        (b"\0\0\0\x18ftypheic" + b"\0" * 100, "a.heic", content.PictureIsHeic),
    ],
)
def test_what_is_not_what_it_says_is_refused_in_words(
    made: bytes, name: str, refusal: type[content.FileRefused]
) -> None:
    with pytest.raises(refusal) as told:
        content.check(made, name)
    assert type(told.value) is refusal
    assert told.value.sentence.endswith("chọn lại.") or told.value.sentence.endswith(("Chọn ảnh khác.", "lại tệp."))


def test_a_file_that_unpacks_without_end_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MOST_UNPACKED", 1_000_000)
    bomb = office(more={"word/media/a.xml": b"\0" * 5_000_000})

    assert len(bomb) < 10_000
    with pytest.raises(content.OfficeTooLarge):
        content.check(bomb, "a.docx")


def test_a_file_of_very_many_entries_is_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MOST_ENTRIES", 50)
    many = office(more={f"word/{i}.xml": b"" for i in range(60)})

    def never(*args: object) -> None:
        pytest.fail("the list was made")

    monkeypatch.setattr(zipfile, "ZipFile", never)
    with pytest.raises(content.OfficeTooLarge):
        content.check(many, "a.docx")


def test_a_picture_of_too_many_points_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    out = BytesIO()
    Image.new("1", (8000, 5001)).save(out, "PNG")
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))

    with pytest.raises(content.PictureTooLarge):
        content.check(out.getvalue(), "a.png")


def test_only_the_kinds_asked_for_are_taken() -> None:
    with pytest.raises(content.FileKindUnknown, match="ảnh JPEG, ảnh PNG hoặc ảnh WebP"):
        content.check(pdf(), "a.pdf", content.PICTURES)


def test_a_refused_file_leaves_nothing_and_a_good_one_keeps_the_type_that_was_found(
    country: Country, cast: Cast
) -> None:
    come_in(cast.officer)
    with pytest.raises(content.FileKindUnknown):
        actions.keep(content=b"<html>", name="a.pdf", unit=country.merged, by=None, at=AT)
    assert StoredFile.objects.count() == 0

    made = pdf("Giữ lại")
    file = actions.keep(content=made, name="C:\\tam\\..\\bao cao.pdf", unit=country.merged, by=None, at=AT)

    assert (file.name, file.content_type, actions.read(file)) == ("bao cao.pdf", "application/pdf", made)
