"""TCVN3 and VNI texts become Unicode; Unicode and plain ASCII are never touched."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langso.lib.legacy_text import (
    _TCVN3,
    _VNI_PAIRS,
    _VNI_SINGLE,
    Kind,
    is_capital_font,
    is_syllable,
    kind_of,
    kind_of_font,
    read_legacy,
)

SENTENCES = (
    "Tỷ lệ hồ sơ thủ tục hành chính được thực hiện trực tuyến toàn trình",
    "Ủy ban nhân dân xã Bản Vược báo cáo kết quả chuyển đổi số năm 2026",
    "Số người từ 15 tuổi trở lên có điện thoại thông minh: 1.947 người (71,7%)",
    "Độc lập - Tự do - Hạnh phúc",
    "Trưởng thôn Nậm Ngặt, ông Giàng A Sử, ghi nghiêng ngả quyển sổ khuya",
    "Các hộ đã gắn địa chỉ số, gỡ khó, mỡ, nỗi, những kỹ năng, chuyên nghiệp, yểu, ưỡn, ẵm, ẳng, ỷ lại",
)
REAL = ("nghiêng", "quyển", "giếng", "gì", "quốc", "khuya", "ươm", "yêu", "đặc", "khuỷu", "thuở", "xoong", "Ủy", "hoặc")
TO_TCVN3 = {letter: code for code, letter in _TCVN3.items()}
TO_VNI = {letter: code for code, letter in (_VNI_PAIRS | _VNI_SINGLE).items()}


def _as_tcvn3(text: str) -> str:
    """As .VnTime wrote it: a marked capital has no code of its own but for Ă Â Ê Ô Ơ Ư Đ."""
    return "".join(TO_TCVN3.get(c) or TO_TCVN3.get(c.lower(), c) for c in text)


def _as_vni(text: str) -> str:
    return "".join(TO_VNI.get(c, c) for c in text)


def test_known_words_of_each_way_of_writing_are_read() -> None:
    assert read_legacy("Tû lÖ hé nghÌo ®­îc hç trî", Kind.TCVN3) == "Tỷ lệ hộ nghèo được hỗ trợ"
    assert read_legacy("§éc lËp - Tù do - H¹nh phóc", Kind.TCVN3) == "Độc lập - Tự do - Hạnh phúc"
    assert read_legacy("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", Kind.VNI) == "Cộng hòa xã hội chủ nghĩa Việt Nam"
    assert read_legacy("ÑOÄC LAÄP - TÖÏ DO - HAÏNH PHUÙC", Kind.VNI) == "ĐỘC LẬP - TỰ DO - HẠNH PHÚC"
    assert read_legacy("Tyû leä ngöôøi daân ñöôïc nghe", Kind.VNI) == "Tỷ lệ người dân được nghe"


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_typed_in_vni_comes_back_as_it_was(sentence: str) -> None:
    for text in (sentence, sentence.upper()):
        written = _as_vni(text)
        assert unicodedata.normalize("NFC", read_legacy(written, Kind.VNI)) == text
        assert kind_of([written]) is Kind.VNI
        assert read_legacy(written) == text


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_typed_in_tcvn3_comes_back_as_it_was(sentence: str) -> None:
    written = _as_tcvn3(sentence)
    assert kind_of([written]) is Kind.TCVN3
    # The code of a marked capital is that of the small letter: what was large at the head of a word is small.
    assert read_legacy(written).lower() == sentence.lower()
    assert read_legacy(_as_tcvn3(sentence.lower())) == sentence.lower()


def test_capitals_of_tcvn3_come_from_the_font_or_from_the_plain_letters_around_them() -> None:
    assert read_legacy("tû lÖ hé nghÌo", Kind.TCVN3, capitals=True) == "TỶ LỆ HỘ NGHÈO"
    assert read_legacy("Uû BAN NH¢N D¢N TØNH", Kind.TCVN3) == "UỶ BAN NHÂN DÂN TỈNH"
    assert is_capital_font(".VnTimeH")
    assert not is_capital_font(".VnTime")
    assert not is_capital_font("Noto Sans H")


def test_the_name_of_a_font_says_how_its_text_is_written() -> None:
    fonts = (".VnTime", ".VNARIALH", "VNI-Times", "VNI Helve", "Times New Roman", "")
    assert [kind_of_font(f) for f in fonts] == [Kind.TCVN3, Kind.TCVN3, Kind.VNI, Kind.VNI, None, None]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_unicode_is_never_damaged_composed_or_not(sentence: str) -> None:
    for form in ("NFC", "NFD"):
        assert read_legacy(unicodedata.normalize(form, sentence)) == sentence
        assert kind_of([unicodedata.normalize(form, sentence)]) is Kind.UNICODE
    for kind in Kind:
        assert read_legacy(sentence, kind) == sentence  # one letter that no legacy font has says it all


def test_the_kind_is_decided_by_the_whole_and_not_by_one_word() -> None:
    assert kind_of(["Xã", "Bảo Hà", "Tỷ lệ", "Số thôn"]) is Kind.UNICODE
    assert kind_of(["X·", "B¶o Hµ", "Tû lÖ", "2026", "CQ.1"]) is Kind.TCVN3
    assert kind_of(["Café", "Müller", "Straße"]) is Kind.UNICODE
    assert kind_of([]) is Kind.UNICODE


def test_every_letter_with_a_mark_has_its_code_in_both() -> None:
    letters = set("ăâêôơưđ") | {
        unicodedata.normalize("NFC", base + tone)
        for base in "aăâeêioôơuưy"
        for tone in "\u0300\u0301\u0303\u0309\u0323"
    }
    assert letters == {letter for letter in _TCVN3.values() if letter.islower()}
    assert letters | {letter.upper() for letter in letters} == set(_VNI_PAIRS.values()) | set(_VNI_SINGLE.values())


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_ascii_is_left_alone(text: str) -> None:
    for kind in (None, *Kind):
        assert read_legacy(text, kind) == text


@pytest.mark.parametrize("word", REAL)
def test_real_syllables_are_known(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["Tû", "lÖ", "hé²", "zà", "ngs", "tac", "kịm̀", "qà", "straße"])
def test_what_cannot_be_said_is_no_syllable(word: str) -> None:
    assert not is_syllable(word)
