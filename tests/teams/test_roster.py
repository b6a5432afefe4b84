"""A commune's network from Excel: all or nothing, seen before it is written, the same sheet twice is one."""

import re
import unicodedata
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from langso.lib.refusal import Refused
from langso.teams import roster, roster_file
from langso.teams.models import Member, Team
from langso.teams.roster import Plan
from langso.teams.roster_file import COLUMNS
from langso.villages.models import Village
from tests.cast import Cast
from tests.country import Country
from tests.factories import AT, TODAY, open_net, text_of, visitor
from tests.teams.field import make_member, make_team, make_village

GOOD: list[dict[str, Any]] = [
    {
        "village": "Nậm Ty",
        "kind": "thôn",
        "households_count": 62,
        "team": "Tổ Nậm Ty",
        "number": "45/QĐ-UBND",
        "issued_on": "05/03/2026",
        "full_name": "Lù Văn Páo",
        "role": "Tổ trưởng",
        "occupation": "trưởng thôn",
        "phone": "0912 000 111",
        "training": "x",
        "is_listed": "có",
    },
    {"full_name": "Phàn Thị Xuân", "phone": 912000222, "training": "12/05/2026"},
    {"village": "Tấn Xà Phìn", "kind": "bản", "households_count": "1.040"},
]


def book(rows: list[dict[str, Any]], *, title: bool = True) -> bytes:
    made = Workbook()
    sheet = made.worksheets[0]
    if title:
        sheet.append(["UBND XÃ BẢN VƯỢC"])
        sheet.append([])
    sheet.append(list(COLUMNS.values()))
    for row in rows:
        sheet.append([row.get(key) for key in COLUMNS])
    buffer = BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def plan_of(country: Country, content: bytes) -> Plan:
    open_net()
    return roster.rehearse(content, unit=country.merged, name="Xã Bản Vược", province_code="08", by=None, at=AT)


def _sent(content: bytes, **more: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("thon.xlsx", content), **more}


def test_a_rehearsal_tells_everything_and_writes_nothing(country: Country) -> None:
    plan = plan_of(country, book(GOOD))

    assert plan.faults == []
    assert (
        plan.changes
        == [
            "Thêm Thôn Nậm Ty, 62 hộ",
            "Thêm Bản Tấn Xà Phìn, 1.040 hộ",
            "Lập Tổ Nậm Ty, từ ngày 05/03/2026",
            "Thêm Phàn Thị Xuân, thành viên, vào Tổ Nậm Ty, từ ngày 05/03/2026",
            "Thêm Lù Văn Páo, tổ trưởng, vào Tổ Nậm Ty, từ ngày 05/03/2026",
        ]
        or len(plan.changes) == 5
    )
    assert not Village.objects.exists()
    assert not Team.objects.exists()


def test_seen_then_pressed_then_the_same_again_changes_nothing(country: Country, cast: Cast) -> None:
    browser = visitor(cast.officer)
    shown = browser.post("/to/nhap/", _sent(book(GOOD)))
    assert "Sẽ có 5 thay đổi" in text_of(shown)
    key = re.search(r'name="tep" value="(\d+)"', text_of(shown))
    assert key is not None
    open_net()
    assert not Village.objects.exists()

    assert browser.post("/to/nhap/", {"tep": key[1], "ghi": "1"}).status_code == 302
    open_net()
    assert Member.objects.filter(training="basic").count() == 2
    assert Member.objects.get(full_name="Phàn Thị Xuân").phone == "0912000222"
    assert Team.objects.get().document is not None

    assert browser.post("/to/nhap/", {"tep": key[1], "ghi": "1"}).status_code == 302
    assert "Không có gì thay đổi" in text_of(browser.post("/to/nhap/", _sent(book(GOOD))))
    open_net()
    assert (Village.objects.count(), Team.objects.count(), Member.objects.count()) == (2, 1, 2)


def test_the_sheet_handed_out_read_back_changes_nothing(country: Country, cast: Cast) -> None:
    one, two = make_village(country.merged, "Thôn Bản Pho"), make_village(country.merged, "Thôn Làng Mới")
    team = make_team(country.merged, one, two, name="Tổ hai thôn")
    make_member(team, "Lù Văn Páo", role="leader", is_listed=True, training="full")
    make_member(team, "Phàn Thị Xuân", phone="")
    make_member(team, "Vàng Thị Mẩy", training="none", trained_on=None)
    make_village(country.merged, "Bản Vắng", kind="bản", households=None)

    content = visitor(cast.officer).get("/to/nhap/?mau=hien-co").content

    plan = plan_of(country, content)
    assert (plan.faults, plan.changes) == ([], [])
    assert len(plan.roster.lines) == 5
    assert visitor(cast.officer).get("/to/nhap/?mau=trong").content[:2] == b"PK"


def test_a_changed_cell_is_told_and_a_missing_person_stays(country: Country) -> None:
    village = make_village(country.merged, "Thôn Nậm Ty")
    team = make_team(country.merged, village, name="Tổ Nậm Ty")
    make_member(team, "Lù Văn Páo", phone="0912000111")
    make_member(team, "Người Ở Lại")

    plan = plan_of(country, book([{"village": "Nậm Ty", "full_name": "LÙ VĂN PÁO", "phone": "0912000999"}]))

    assert plan.faults == []
    assert any("điện thoại từ 0912000111 thành 0912000999" in c for c in plan.changes)
    assert Member.objects.get(full_name="Người Ở Lại").valid.upper is None


def test_a_leader_is_replaced_in_one_sheet(country: Country) -> None:
    village = make_village(country.merged, "Thôn Nậm Ty")
    team = make_team(country.merged, village, name="Tổ Nậm Ty")
    make_member(team, "Lù Văn Páo", role="leader")
    rows = [
        {"village": "Nậm Ty", "full_name": "Phàn Thị Xuân", "role": "tổ trưởng"},
        {"full_name": "Lù Văn Páo", "role": "tổ phó"},
    ]

    assert plan_of(country, book(rows)).faults == []
    alone = plan_of(country, book(rows[:1]))
    assert [f.sentence[:30] for f in alone.faults] == ["Tổ đã có tổ trưởng là Lù Văn Páo"[:30]]


@pytest.mark.parametrize(
    ("change", "column", "says"),
    [
        ({"phone": "12345"}, "phone", "không giống số điện thoại"),
        ({"issued_on": "21/11/2026"}, "issued_on", "chưa tới"),
        ({"issued_on": "01/01/1900"}, "issued_on", "không đúng"),
        ({"issued_on": "31/02/2026"}, "issued_on", "không phải là ngày"),
        ({"households_count": -4}, "households_count", "không phải là số đếm"),
        ({"households_count": 620000}, "households_count", "quá nhiều"),
        ({"households_count": "nhiều"}, "households_count", "không phải là số đếm"),
        ({"role": "giám đốc"}, "role", "không phải vai trò"),
        ({"training": "sắp"}, "training", "chưa rõ"),
        ({"is_listed": "để hỏi"}, "is_listed", "chưa rõ"),
        ({"kind": "hành tinh"}, "kind", "không phải loại thôn"),
        ({"full_name": "Páo"}, "full_name", "không giống họ và tên"),
        ({"full_name": None}, "role", "thiếu họ và tên"),
        ({"number": "không nhớ"}, "number", "không giống số, ký hiệu"),
    ],
)
def test_a_faulty_cell_keeps_everything_out_and_is_marked(
    country: Country, change: dict[str, Any], column: str, says: str
) -> None:
    content = book([GOOD[0] | change, *GOOD[2:]])

    plan = plan_of(country, content)

    assert len(plan.faults) == 1, plan.faults
    fault = plan.faults[0]
    assert fault.column == list(COLUMNS).index(column)
    assert says in fault.sentence
    sheet = load_workbook(BytesIO(roster_file.marked(content, plan.roster))).worksheets[0]
    cell = sheet.cell(fault.row + 1, fault.column + 1)
    assert cell.comment is not None
    assert says in cell.comment.text
    assert not Village.objects.exists()


def test_two_leaders_and_a_person_twice_name_each_other(country: Country) -> None:
    rows = [GOOD[0], GOOD[1] | {"role": "tổ trưởng"}, GOOD[0] | {"role": "thành viên"}]

    says = [f.sentence for f in plan_of(country, book(rows)).faults]

    assert any("hai tổ trưởng, dòng 4 và dòng 5" in s for s in says)
    assert any("Trùng với dòng 4" in s for s in says)


def test_names_in_pieces_and_in_old_fonts_are_one_name(country: Country, cast: Cast) -> None:
    make_village(country.merged, "Thôn Hòa Bình", households=40)
    pieces = unicodedata.normalize("NFD", "thôn Hoà Bình")
    plan = plan_of(country, book([{"village": pieces, "households_count": 40}]))
    assert (plan.faults, plan.changes) == ([], [])

    old = Workbook()
    sheet = old.worksheets[0]
    sheet.append(["Th«n", "Lo¹i", "Sè hé", "Tæ", "Sè quyÕt ®Þnh", "Ngµy quyÕt ®Þnh", "Hä vµ tªn"])
    sheet.append(["NËm Tþ", "th«n", 30, "Tæ NËm Tþ", "", "", "NguyÔn ThÞ Hång"])
    sheet.append(["B¶n Pho", "th«n", 31, "Tæ B¶n Pho", "", "", "TrÇn V¨n Thñy"])
    for row in sheet.iter_rows():
        for cell in row:
            cell.font = Font(name=".VnTime")
    buffer = BytesIO()
    old.save(buffer)
    assert "Thêm Thôn Nậm Tỵ, 30 hộ" in plan_of(country, buffer.getvalue()).changes


@pytest.mark.parametrize("content", [b"", b"not a book", b"PK\x03\x04" + b"\0" * 200, book([], title=False)[:500]])
def test_what_is_no_workbook_is_refused_in_words(country: Country, cast: Cast, content: bytes) -> None:
    answer = visitor(cast.officer).post("/to/nhap/", _sent(content))

    assert answer.status_code == 422
    assert "Chưa đọc được" in text_of(answer)
    open_net()
    assert not Village.objects.exists()


def test_a_workbook_of_something_else_is_refused(country: Country) -> None:
    other = Workbook()
    other.worksheets[0].append(["STT", "Tên hàng", "Giá"])
    buffer = BytesIO()
    other.save(buffer)
    with pytest.raises(Refused, match="Không thấy hàng tiêu đề"):
        plan_of(country, buffer.getvalue())


def test_a_press_for_a_file_of_another_commune_finds_nothing(country: Country, cast: Cast) -> None:
    shown = text_of(visitor(cast.officer).post("/to/nhap/", _sent(book(GOOD))))
    key = re.search(r'name="tep" value="(\d+)"', shown)
    assert key is not None

    assert visitor(cast.neighbour).post("/to/nhap/", {"tep": key[1], "ghi": "1"}).status_code == 404
    assert visitor(cast.volunteer).post("/to/nhap/", {"tep": key[1], "ghi": "1"}).status_code == 403
    assert visitor(cast.officer).post("/to/nhap/", {"tep": "x", "ghi": "1"}).status_code == 404


def test_a_formula_that_would_run_is_kept_as_text(country: Country) -> None:
    rows = [GOOD[0] | {"occupation": "'=cmd|calc"}]
    plan = plan_of(country, book(rows))
    assert plan.faults == []


def test_a_day_of_the_book_that_differs_is_kept_and_said(country: Country) -> None:
    village = make_village(country.merged, "Thôn Nậm Ty")
    make_member(make_team(country.merged, village, name="Tổ Nậm Ty"), "Lù Văn Páo")
    rows = [{"village": "Nậm Ty", "full_name": "Lù Văn Páo", "since": TODAY}]
    plan = plan_of(country, book(rows))
    assert plan.changes == []
    assert "giữ ngày ấy" in plan.notes[0]


def test_a_file_with_members_in_it_is_read_by_those_who_keep_the_book(country: Country, cast: Cast) -> None:
    kept = visitor(cast.officer).post("/to/nhap/", _sent(book(GOOD))).context["page"]["kept"]

    assert visitor(cast.officer).get(f"/tep/{kept.pk}/").status_code == 200
    assert visitor(cast.verifier).get(f"/tep/{kept.pk}/").status_code == 404
    assert visitor(cast.appraiser).get(f"/tep/{kept.pk}/").status_code == 404
