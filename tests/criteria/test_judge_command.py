"""`langso judge` as it is typed: results alone on stdout, refusals in words on stderr, exit code 2."""

import argparse
import csv
import io
import json
import os
import random
import resource
import subprocess
import sys
import unicodedata
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.commands import judge as command
from langso.criteria.engine import judge
from langso.criteria.table_file import parse_table
from langso.lib.refusal import Refused
from tests.criteria.shelf import EDITIONS, edition

NATIONAL = "khung-cds-1.0-minh-hoa"


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    code = command.run(parser.parse_args(list(words)))
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def table(folder: Path, content: str | bytes) -> str:
    path = folder / "bảng.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def refused(capsys: pytest.CaptureFixture[str], framework: str, path: str) -> str:
    for form in ("csv", "table", "json"):
        code, out, err = run(capsys, framework, path, "--format", form)
        assert (code, out) == (2, "")
    return err


def test_csv_has_the_four_columns_in_the_order_of_the_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path, 'unit,CQS,KTS,XHS\n"Xã A, B",0.5,0.5,0.5\nHuế,0.42,0.39,0.4155\nC,0.5,0.5,0.5\nD,1,,1\n')
    code, out, _ = run(capsys, "dti-tinh-2020", path, "--format", "csv")
    assert code == 0
    assert out == 'unit,level,score,rank\n"Xã A, B",,0.5000,1\nHuế,,0.4097,3\nC,,0.5000,1\nD,,,\n'


def test_explain_gives_a_row_for_each_criterion_and_level(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path, "unit,M1,M2,M3,M4\n=1+1,90,80,59.9,97\n")
    _, out, _ = run(capsys, "924-muc-tieu", path, "--format", "csv", "--explain")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert list(rows[0]) == ["unit", "criterion", "verdict", "value", "threshold", "level", "reason"]
    assert [r["verdict"] for r in rows] == ["met", "met", "unmet", "met", "unknown"]
    assert rows[2] | {"reason": ""} == {
        "unit": "=1+1",
        "criterion": "M3",
        "verdict": "unmet",
        "value": "59.9",
        "threshold": "60",
        "level": "1",
        "reason": "",
    }


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_ways_people_save_a_table_all_read_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], delimiter: str, bom: str, end: str
) -> None:
    rows = [
        ["unit", "8.1", "8.2", "8.3", "8.4", "NC.a", "khu-vuc"],
        ["Yên Hoà", "Có", "x", "1", "Đạt", '"79,9 %"', "DTTS"],
    ]
    rows += [["", "", "", "", "", "", ""], ["B", "không đạt", "", "0", "", "", "Các xã còn lại"]]
    path = table(tmp_path, bom + end.join(delimiter.join(row) for row in rows))
    code, out, err = run(capsys, "ntm-2021-8", path, "--format", "csv")
    assert (code, err) == (0, "")
    assert out == "unit,level,score,rank\nYên Hoà,1,,\nB,0,,\n"


def test_headers_match_in_nfd_and_units_come_back_as_they_were(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = unicodedata.normalize("NFD", " Xã Mường  Lống")
    own = tmp_path / "thu.yaml"
    own.write_text(
        (EDITIONS / "yen-bai.yaml").read_text(encoding="utf-8").replace("code: B1", "code: Đạt"),
        encoding="utf-8",
    )
    path = table(tmp_path, f"unit,{unicodedata.normalize('NFD', 'Đạt')}\n{unit},10\n")
    code, out, _ = run(capsys, str(own), path, "--format", "csv")
    assert (code, out) == (0, f"unit,level,score,rank\n{unit},0,,\n")


def test_json_carries_the_edition_it_was_judged_by(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path, "unit,C.1\nA,có\nB,không\n")
    _, out, err = run(capsys, NATIONAL, path, "--format", "json", "--explain")
    found = json.loads(out)
    assert found["sha256"] == edition(NATIONAL).sha256
    assert found["illustrative"] is True
    assert [(u["level"], u["level_at_most"]) for u in found["units"]] == [(None, 5), (0, 0)]
    assert found["units"][1]["findings"][0]["reason"] == "Chưa đạt: chưa có; mức Khởi động phải có."
    assert "minh họa" in err


def test_the_table_for_people_carries_the_note_of_an_illustrative_edition(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path, "unit,C.1\nXã A,không\nXã B,\n")
    _, out, _ = run(capsys, NATIONAL, path)
    assert "Chỉ tiêu minh họa theo khung 2361/QĐ-BTTTT, chưa phải phụ lục chính thức." in out
    assert "Xã A  Chưa đạt mức 1" in out
    assert "Xã B  Chưa đủ số liệu, có thể tới mức 5" in out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("unit,XH.11\nA,1\n", "Dòng 1, cột 2: không hiểu cột “XH.11”. Có phải “XH.1”?"),
        ("don vi,C.1\nA,có\n", "thiếu cột “unit”"),
        ("unit,C.1,c.1\nA,có,có\n", "cột “C.1” có hai lần"),
        ("unit,CQ.2\nA,sáu mươi\n", "Dòng 2, cột CQ.2: “sáu mươi” không phải là số"),
        ("unit,CQ.2\nA,60\nB,100.1\n", "Dòng 3, cột CQ.2: 100.1 nằm ngoài khoảng 0 đến 100"),
        ("unit,CQ.2\nA,-1\n", "Dòng 2, cột CQ.2: -1 nhỏ hơn 0"),
        ("unit,CQ.2\nA,NaN\n", "“NaN” không phải là số"),
        ("unit,CQ.2\nA,1e2\n", "“1e2” không phải là số"),
        ("unit,CQ.2\nA,6O\n", "“6O” không phải là số"),
        ("unit,C.1\nA,ok\n", "“ok” không phải là có hoặc không"),
        ("unit,KT.7\nA,1.5\n", "không phải là số đếm"),
        ("unit,CQ.2.tu\nA,1\n", "có “CQ.2.tu” mà thiếu “CQ.2.mau”"),
        ("unit,CQ.2.tu,CQ.2.mau\nA,11,10\n", "Dòng 2, cột CQ.2.tu: 11 lớn hơn mẫu số 10"),
        ("unit,CQ.2.tu,CQ.2.mau\nA,11,\n", "mới có một trong hai"),
        ("unit,CQ.2,CQ.2.tu,CQ.2.mau\nA,70,6,10\n", "ghi 70, mà tử số chia mẫu số ra 60"),
        ("unit,CQ.2\n,60\n", "Dòng 2, cột unit: trống"),
        ("unit,CQ.2\nA,59,9\n", "Dòng 2 có 3 ô, dòng tiêu đề có 2"),
        ("unit,CQ.2\nA\n", "Dòng 2 có 1 ô"),
        ("unit\nA\n", "chưa có cột nào của khung"),
        ('unit,CQ.2\n"A,60\n', "ngoặc kép không đóng"),
        ("", "tệp trống"),
        (" \n\n", "tệp trống"),
        (b"unit,CQ.2\nA,6\x000\n", "dòng 2 có ký tự rỗng"),
        ("unit,CQ.2\nXã,60\n".encode("cp1258", "replace") + b"\xe3\xff", "không ở bảng mã UTF-8"),
        ("unit,CQ.2\nA,60\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04rest", "đây là tệp Excel"),
    ],
)
def test_a_faulty_table_is_refused_by_row_and_column_and_prints_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | bytes, words: str
) -> None:
    assert words in refused(capsys, NATIONAL, table(tmp_path, content))


def test_twenty_faults_are_named_and_the_rest_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, NATIONAL, table(tmp_path, "unit,CQ.2\n" + "A,x\n" * 25))
    assert said.count("cột CQ.2") == 20
    assert "có 25 chỗ sai" in said
    assert "… và 5 chỗ nữa." in said


def test_an_index_outside_nought_to_one_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, "dti-tinh-2020", table(tmp_path, "unit,CQS\nA,1.0001\n"))
    assert "Dòng 2, cột CQS: 1.0001 nằm ngoài khoảng 0 đến 1." in said


def test_a_class_that_does_not_exist_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, "ntm-2021-8", table(tmp_path, "unit,khu-vuc,NC.a\nA,miền tây,60\n"))
    assert "không có loại “miền tây”. Chọn: dtts, con-lai." in said


def test_a_framework_or_edition_that_does_not_exist_is_refused_with_the_nearest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path, "unit\n")
    assert "Có phải “dti-tinh-2022”?" in refused(capsys, "dti-tinh-2023", path)
    assert "không có tệp này" in refused(capsys, str(tmp_path / "x.yaml"), path)
    code, out, err = run(capsys, "dti-tinh-2022", path, "--edition", "2030")
    assert (code, out) == (2, "")
    assert "Có các phiên bản: 2022." in err
    assert run(capsys, "dti-tinh-2022")[0] == 2


def test_a_table_that_is_not_there_or_is_a_folder_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "không có tệp này" in refused(capsys, NATIONAL, str(tmp_path / "không-có.csv"))
    assert "đây là thư mục" in refused(capsys, NATIONAL, str(tmp_path))


def test_the_list_names_every_framework_and_marks_the_illustrative_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = run(capsys, "--list")
    assert code == 0
    assert f"{NATIONAL}  phiên bản 1.0-minh-hoa (minh họa)" in out
    assert "922/QĐ-BTTTT" in out


def test_ten_thousand_rows_take_under_two_seconds_and_no_django(tmp_path: Path) -> None:
    fields, chance = edition(NATIONAL).fields.values(), random.Random(7)
    lines = [",".join(["unit", *(f.code for f in fields)])]
    for i in range(10_000):
        cells = ["có" if f.measure.kind == "yes_no" else str(chance.randint(0, 1000) / 10) for f in fields]
        cells = [
            str(chance.randint(0, 3)) if f.measure.kind == "count" else c for f, c in zip(fields, cells, strict=True)
        ]
        lines.append(",".join([f"Xã {i}", *cells]))
    path = table(tmp_path, "\n".join(lines))
    watch = "import sys; from langso.commands import judge as j; import argparse as a; p = a.ArgumentParser();"
    watch += "j.arguments(p); c = j.run(p.parse_args()); sys.exit(c or ('django' in sys.modules) * 9)"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", watch, NATIONAL, path, "--format", "csv"],
        capture_output=True,
        check=False,
        env={k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)  # of its own work, whatever else the machine is doing
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.count(b"\n") == 10_001
    assert seconds < 2


CELLS = st.one_of(
    st.sampled_from(["", "60", "1.5", "có", "0", '"', "1e9", "-0", "٣", "100%", "9" * 40]),
    st.text(max_size=5),
)


@given(st.lists(st.lists(CELLS, min_size=4, max_size=4), max_size=5), st.sampled_from(",;\t"))
def test_any_table_is_either_read_or_refused_in_words(rows: list[list[str]], delimiter: str) -> None:
    header = ["unit", "CQ.2", "C.1", "KT.7"]
    text = "\n".join(delimiter.join(row) for row in [header, *rows])
    with suppress(Refused):
        judgment = judge(edition(NATIONAL), parse_table(text, edition(NATIONAL), "bất kỳ.csv"))
        assert all(0 <= low <= high <= 5 for low, high in zip(judgment.level, judgment.level_at_most, strict=True))
