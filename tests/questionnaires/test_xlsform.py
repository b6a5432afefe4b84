"""From XLSForm to the definition: what is understood, and how what is not is told."""

import zipfile
from io import BytesIO
from typing import Any

import pytest

from langso.files.content import FileRefused
from langso.lib.refusal import Refused
from langso.questionnaires.engine import check, clean, view
from langso.questionnaires.shipped import SURVEY_CODE, survey_workbook, visit_pages
from langso.questionnaires.workbook import FormWrong, read_workbook, write_workbook
from langso.questionnaires.xlsform import Built, build
from langso.villages.topics import TOPICS
from tests.questionnaires.forms import Row, workbook

TODAY = "2026-11-29"


def _built(*rows: Row, **more: Any) -> Built:
    return build(read_workbook(workbook(rows, **more), "phieu.xlsx"))


def _faults(*rows: Row, **more: Any) -> list[str]:
    with pytest.raises(FormWrong) as wrong:
        _built(*rows, **more)
    return [fault.sentence for fault in wrong.value.faults]


def test_the_definition_says_what_the_sheets_say() -> None:
    built = build(read_workbook(workbook(), "phieu.xlsx"))

    assert (built.code, built.version, built.title) == ("thu", "1", "Phiếu thử")
    assert built.definition["items"][2] == {
        "type": "repeat",
        "name": "may",
        "label": "Máy",
        "count": ["q", "so"],
        "items": [{"type": "select_one", "name": "loai", "label": "Loại máy", "required": True, "list": "loai"}],
    }
    assert built.definition["items"][3]["relevant"] == ["=", ["q", "so"], 0]
    assert 'id="thu" version="1"' in built.xform


def test_the_shipped_survey_skips_repeats_and_searches() -> None:
    definition = build(read_workbook(survey_workbook(), "a.xlsx")).definition

    shown = view(definition, {"so_may": "0", "so_nguoi": "4"}, TODAY)
    devices = next(p for p in shown if p.name == "may_moc")

    assert definition["id"] == SURVEY_CODE
    assert [p.name for p in devices.items] == ["so_may", "vi_sao_khong"]
    answers = {
        "dong_y": "OK", "so_nguoi": "4", "tu_15": "3", "so_may": "2", "mang": "cap", "buoi": "toi",
        "can_giup": ["ban-hang", "vneid"], "san_pham": "Chè shan tuyết",
        "may": [{"loai_may": "dt", "ai_dung": "con", "nam_dung": "1,5"}, {"loai_may": "mt", "ai_dung": "bo-me"}],
    }  # fmt: skip
    assert check(definition, answers, TODAY) == []
    assert clean(definition, answers, TODAY)["may"][0]["nam_dung"] == 1.5
    assert clean(definition, answers, TODAY)["may_dau_nguoi"] == 0.5


def test_the_visit_form_takes_its_households_from_a_list_beside_it() -> None:
    content = write_workbook(visit_pages(TOPICS))

    built = build(read_workbook(content, "a.xlsx"), lists_from=frozenset({"ho.csv"}))

    assert 'src="jr://file-csv/ho.csv"' in built.xform
    assert [c["name"] for c in built.definition["choices"]["viec"]] == list(TOPICS)
    with pytest.raises(FormWrong, match="1 chỗ"):
        build(read_workbook(content, "a.xlsx"))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"type": "video", "name": "a", "label": "A"}, "dòng 2, cột type: Kiểu câu hỏi “video” chưa dùng được."),
        ({"type": "text", "name": "họ tên", "label": "A"}, "dòng 2, cột name: Tên “họ tên”"),
        ({"type": "text", "name": "__proto__", "label": "A"}, "dòng 2, cột name: Tên “__proto__”"),
        ({"type": "text", "name": "a"}, "dòng 2, cột label: Thiếu câu hỏi (nhãn)."),
        (
            {"type": "select_one la", "name": "a", "label": "A"},
            "dòng 2, cột type: Trang choices không có danh sách",
        ),
        (
            {"type": "text", "name": "a", "label": "A", "relevant": "${b} = 1"},
            "cột relevant: Không có câu hỏi nào tên “b”.",
        ),
        ({"type": "text", "name": "a", "label": "A", "relevant": "b = 1"}, "cột relevant: Không hiểu từ “b”."),
        ({"type": "text", "name": "a", "label": "A", "constraint": "pulldata('x')"}, "Hàm pulldata() chưa dùng được"),
        ({"type": "text", "name": "a", "label": "A", "constraint": "regex(., '(a+)+(?!b)')"}, "ngoặc (?…)"),
        ({"type": "calculate", "name": "a"}, "cột calculation: Thiếu phép tính."),
        ({"type": "text", "name": "a", "label": "A ${b}"}, "cột label: Không có câu hỏi nào tên “b”."),
        ({"type": "text", "name": "a", "label": "A", "trigger": "${a}"}, "cột trigger: Cột này chưa dùng được."),
        (
            {"type": "text", "name": "a", "label": "A", "media::image": "x.png"},
            "cột media::image: Cột này chưa",
        ),
        ({"type": "begin_group", "name": "a", "label": "A"}, "Nhóm “a” chưa đóng: thiếu end_group."),
        ({"type": "end_repeat"}, "dòng 2, cột type: “end_repeat” không khớp"),
        ({"type": "select_one loai or_other", "name": "a", "label": "A"}, "or_other chưa dùng được."),
        ({"type": "text", "name": "a", "label": "A", "default": "${b}"}, "cột default"),
        ({"type": "text", "name": "a", "label": "A", "constraint": ". != today() +"}, "Biểu thức dừng giữa chừng."),
    ],
)
def test_what_is_not_understood_is_told_by_sheet_row_and_column(row: Row, says: str) -> None:
    faults = _faults(row)

    assert any(says in fault for fault in faults), faults
    assert all(fault.startswith(("Trang survey", "Tệp này")) for fault in faults)


def test_all_faults_are_told_at_once() -> None:
    faults = _faults(
        {"type": "video", "name": "a", "label": "A"},
        {"type": "text", "name": "a", "label": "B"},
        code="Sai Mã",
        version="",
        lists={"loai": {"hai từ": "x"}},
    )

    assert len(faults) == 5


def test_a_question_in_a_repeat_is_one_of_many_outside_of_it() -> None:
    rows = (
        {"type": "begin_repeat", "name": "r", "label": "R"},
        {"type": "integer", "name": "x", "label": "X"},
        {"type": "end_repeat"},
    )
    outside = {"type": "calculate", "name": "k", "calculation": "${x} + 1"}

    assert "nằm trong nhóm lặp “r”" in _faults(*rows, outside)[0]
    built = _built(*rows, {**outside, "calculation": "sum(${x}) + count(${r})"})
    assert clean(built.definition, {"r": [{"x": 2}, {"x": 3}]}, TODAY)["k"] == 7


def test_questions_that_need_each_other_in_a_circle_are_refused() -> None:
    faults = _faults(
        {"type": "text", "name": "a", "label": "A", "relevant": "${b} = 'x'"},
        {"type": "text", "name": "b", "label": "B", "relevant": "${a} = 'x'"},
    )

    assert "thành vòng" in faults[0]


def test_a_long_chain_forwards_is_taken_and_a_long_one_backwards_refused() -> None:
    def chain(order: range) -> list[Row]:
        return [
            {"type": "text", "name": f"q{i}", "label": "Q", **({"relevant": f"${{q{i - 1}}} != ''"} if i else {})}
            for i in order
        ]

    built = _built(*chain(range(300)))

    assert len(clean(built.definition, {f"q{i}": "x" for i in range(300)}, TODAY)) == 300
    assert "quá 40 tầng" in _faults(*chain(range(299, -1, -1)))[0]


def test_a_choice_filter_looks_at_the_columns_of_the_choices() -> None:
    lists = [["list_name", "name", "label", "tinh"], ["t", "tq", "Tuyên Quang", ""], ["x", "vx", "Vị Xuyên", "tq"]]
    row = {"type": "select_one x", "name": "xa", "label": "Xã", "choice_filter": "tinh = ${t}"}
    first = {"type": "select_one t", "name": "t", "label": "Tỉnh"}

    built = _built(first, row, more={"choices": lists})

    assert [c["name"] for c in view(built.definition, {"t": "tq"}, TODAY)[1].choices] == ["vx"]
    assert view(built.definition, {}, TODAY)[1].choices == []
    assert "không có cột “huyen”" in _faults(first, {**row, "choice_filter": "huyen = 1"}, more={"choices": lists})[0]


def test_letters_in_two_parts_become_one_and_html_stays_text() -> None:
    built = _built({"type": "text", "name": "a", "label": "Ho\u0061\u0300 <b>đậm</b> & \u201cnháy\u201d"})

    assert built.definition["items"][0]["label"] == 'Hoà <b>đậm</b> & "nháy"'
    assert "&lt;b&gt;" in built.xform


def test_of_several_languages_vietnamese_is_taken() -> None:
    row = {"type": "text", "name": "a", "label::English (en)": "Name", "label::Tiếng Việt (vi)": "Tên"}

    assert _built(row).definition["items"][0]["label"] == "Tên"


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "a.xlsx"), (b"%PDF-1.7 khong", "a.pdf"), (b"PK\x03\x04" + b"0" * 50, "a.xlsx"), (workbook(), "a.docx")],
)
def test_what_is_no_workbook_is_refused_in_words(content: bytes, name: str) -> None:
    with pytest.raises(FileRefused):
        read_workbook(content, name)


def test_a_workbook_without_questions_says_which_sheets_it_has() -> None:
    with pytest.raises(FormWrong) as wrong:
        read_workbook(write_workbook({"Sheet1": [["x"]]}), "a.xlsx")

    assert "Các trang đang có: Sheet1." in wrong.value.faults[0].sentence


def _far(place: str) -> bytes:
    """A workbook of one cell more, far away: readers lay a sheet out as a full rectangle."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
                cell = f'<row r="{row}"><c r="{place}" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
                part = part.replace(b"</sheetData>", cell.encode())
            new.writestr(entry.filename, part)
    return out.getvalue()


def test_a_cell_at_the_end_of_the_sheet_is_refused_before_it_is_laid_out() -> None:
    with pytest.raises(Refused, match="quá mức đọc"):
        read_workbook(_far("XFD1048576"), "a.xlsx")


def test_a_workbook_that_unpacks_without_end_is_refused() -> None:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
        new.writestr("xl/media/a.bin", b"0" * 80_000_000)

    assert len(out.getvalue()) < 200_000
    with pytest.raises(Refused, match="lớn quá"):
        read_workbook(out.getvalue(), "a.xlsx")


def test_more_questions_than_a_person_answers_are_refused() -> None:
    rows = [{"type": "text", "name": f"q{i}", "label": "Q"} for i in range(501)]

    assert "Nhiều hơn 500 câu" in _faults(*rows)[0]


@pytest.mark.parametrize(("times", "count"), [("3", 3), ("${so} + 1", ["+", ["q", "so"], 1]), ("${so}", ["q", "so"])])
def test_how_often_a_repeat_is_asked_may_be_a_number(times: str, count: Any) -> None:
    built = _built(
        {"type": "integer", "name": "so", "label": "Mấy"},
        {"type": "begin_repeat", "name": "r", "label": "Máy", "repeat_count": times},
        {"type": "text", "name": "ten", "label": "Tên"},
        {"type": "end_repeat"},
    )
    assert built.definition["items"][1]["count"] == count
    if times == "3":
        assert len(next(p for p in view(built.definition, {}, TODAY) if p.name == "r").instances) == 3


def test_a_count_that_names_nothing_is_told_by_the_row_of_the_user() -> None:
    (says,) = _faults(
        {"type": "begin_repeat", "name": "r", "label": "Máy", "repeat_count": "${nguoi}"},
        {"type": "text", "name": "ten", "label": "Tên"},
        {"type": "end_repeat"},
    )
    assert "“nguoi”" in says


def test_a_constraint_without_words_names_its_question() -> None:
    row = {"type": "integer", "name": "so", "label": "Mấy máy", "constraint": ". <= 9"}
    (problem,) = check(_built(row).definition, {"so": "12"}, TODAY)
    assert (problem.code, "“Mấy máy”" in problem.says) == ("Constraint", True)
