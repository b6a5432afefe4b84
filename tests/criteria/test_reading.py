"""A framework file that is wrong is refused by line and word; nothing in it is guessed."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.criteria.source import LARGEST, FrameworkFileUnreadable, FrameworkFileWrong, parse
from langso.lib.refusal import Refused
from tests.criteria.shelf import HEAD, written

ONE = "  - {code: A, group: G, name: Tiêu chí A, at_least: {Một: 10%, Ba: 50%}}\n"


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(Refused) as caught:
        written(folder, text)
    return caught.value.sentence


def test_targets_last_until_raised_and_keep_their_decimals(tmp_path: Path) -> None:
    found = written(tmp_path, HEAD + ONE.replace("10%", '"10,5%"'))
    assert [str(t) for t in found.criteria[0].must.targets[0]] == ["10.5", "10.5", "50"]  # type: ignore[union-attr]
    assert found.criteria[0].stated_levels == (1, 3)


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_right_word(tmp_path: Path) -> None:
    said = refusal(tmp_path, HEAD + ONE.replace("at_least", "at_leats"))
    assert said == "Tệp khung tiêu chí thu.yaml, dòng 9: không hiểu “at_leats”. Có phải “at_least”?"


@pytest.mark.parametrize(
    ("change", "to", "words"),
    [
        ("at_least: {Một: 10%, Ba: 50%}", "at_least: {Bốn: 10%}", "không có mức “Bốn”"),
        ("at_least: {Một: 10%, Ba: 50%}", "at_least: {Một: 50%, Ba: 10%}", "không được dễ hơn mức trước"),
        ("at_least: {Một: 10%, Ba: 50%}", "at_most: {Một: 10%, Ba: 50%}", "không được dễ hơn mức trước"),
        ("at_least: {Một: 10%, Ba: 50%}", "at_least: 101%", "ngoài khoảng"),
        ("at_least: {Một: 10%, Ba: 50%}", "at_least: mười", "“mười” không phải là số"),
        ("at_least: {Một: 10%, Ba: 50%}", "at_least: 1%, is_true: Một", "chỉ có một cách xét"),
        ("at_least: {Một: 10%, Ba: 50%}", "hint: không có chỉ tiêu", "chưa có chỉ tiêu"),
        ("at_least: {Một: 10%, Ba: 50%}", "kind: share, is_true: Một", "không dùng được"),
        ("group: G", "group: H", "nhóm “H” chưa khai"),
        (
            "name: Tiêu chí A",
            "measure: society.smartphone_adult_share",
            "Có phải “society.smartphone_adults_share”?",
        ),
        ("code: A", "code: A.tu", "không dùng làm mã được"),
        ("code: A", "code: unit", "không dùng làm mã được"),
        ("name: Tiêu chí A", "name: Tiêu chí A, pool: tự chọn", "chưa khai ở pools"),
        ("name: Tiêu chí A", "name: Tiêu chí A, weight: 1", "khung không có scale"),
        ("name: Tiêu chí A", "name: Tiêu chí A, effort: dễ", "chọn một trong: nhẹ, vừa, nặng"),
        ("name: Tiêu chí A", "name: Tiêu chí A, name: B", "viết hai lần"),
        ("name: Tiêu chí A", "name: &a Tiêu chí A", "không dùng & và *"),
    ],
)
def test_each_fault_of_a_criterion_is_told(tmp_path: Path, change: str, to: str, words: str) -> None:
    assert words in refusal(tmp_path, HEAD + ONE.replace(change, to))


@pytest.mark.parametrize(
    ("change", "to", "words"),
    [
        ('edition: "1"\n', "", "thiếu edition"),
        ("completeness: Bản thử\n", "", "thiếu completeness"),
        ("levels: [Một, Hai, Ba]\n", "", "thiếu levels"),
        ("levels: [Một, Hai, Ba]", "levels: [Một, một]", "hai mức trùng tên"),
        ("title: Bản thử", "title: Bản thử\nillustrative: true", "phải có note"),
        ("title: Bản thử", "title: Bản thử\nstatus: xong", "status “xong” không có"),
        ("title: Bản thử", "title: [Bản, thử]", "title phải là một câu chữ"),
        ("title: Bản thử", "title: Bản thử\nextends: {id: ../../etc, edition: passwd}", "không thấy khung"),
        ("title: Bản thử", 'title: Bản thử\ndocument: {issued_on: "31/12/2024"}', "phải viết năm-tháng-ngày"),
        ("title: Bản thử", 'title: Bản thử\nscale: {max: "10"}', "khác thang 10"),
        ("groups: [", "groups: [{code: G, name: Hai lần}, ", "nhóm G khai hai lần"),
    ],
)
def test_each_fault_of_a_heading_is_told(tmp_path: Path, change: str, to: str, words: str) -> None:
    least = "{Một: 10%, Ba: 50%}" if "scale" not in to else "10%, max_score: 7"
    assert words in refusal(tmp_path, HEAD.replace(change, to) + ONE.replace("{Một: 10%, Ba: 50%}", least))


def test_a_code_used_twice_is_refused(tmp_path: Path) -> None:
    assert "mã A khai hai lần" in refusal(tmp_path, HEAD + ONE + ONE)


def test_broken_yaml_is_told_by_its_line(tmp_path: Path) -> None:
    assert "dòng 10: sai cách viết YAML" in refusal(tmp_path, HEAD + "  - {code: A\n   - b: [")


def test_a_file_that_is_empty_huge_binary_or_no_mapping_is_refused(tmp_path: Path) -> None:
    for text in ("", "# chỉ có chú thích\n", "- a\n- b\n", "x" * (LARGEST + 1)):
        with pytest.raises(FrameworkFileUnreadable):
            written(tmp_path, text)
    with pytest.raises(FrameworkFileWrong):
        written(tmp_path, "a: " + "[" * 50 + "]" * 50)


def test_what_yaml_calls_yes_and_no_stays_the_text_it_is(tmp_path: Path) -> None:
    found = written(tmp_path, HEAD + ONE.replace("code: A", "code: NO").replace("Tiêu chí A", "on"))
    assert (found.criteria[0].code, found.criteria[0].name) == ("NO", "on")


@given(st.text(alphabet=st.sampled_from("abcđ:-[]{}#&*!|>%@`'\"\n\t ,?0.1~"), max_size=200))
def test_no_text_makes_the_reader_fail_other_than_by_refusing(text: str) -> None:
    with suppress(Refused):
        parse(text.encode(), "bất kỳ.yaml")


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_other_than_by_refusing(raw: bytes) -> None:
    with suppress(Refused):
        parse(raw, "bất kỳ.yaml")
