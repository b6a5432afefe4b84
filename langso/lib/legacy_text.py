"""Vietnamese typed before Unicode: TCVN3 (fonts .VnTime …) and VNI for Windows (fonts VNI-Times …), read as Unicode.

Both write Vietnamese letters with the numbers of Western ones, so "Tû lÖ" is "Tỷ lệ" in one and nothing in the other.
Which it is cannot be told from a word, only from many: `kind_of` counts how many real Vietnamese syllables come out of
each reading. A font's name, where known, says it outright.

Known limit: TCVN3 has one row of marked letters. Fonts for capitals (.VnTimeH) show them large; without the font's name
a word is taken for capitals when its plain letters are.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache


class Kind(StrEnum):
    UNICODE = "unicode"
    TCVN3 = "tcvn3"
    VNI = "vni"


_TCVN3 = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)


def _signs() -> list[str]:
    """Tones alone, then the hat alone and with each tone, then the breve."""
    tones = ["\u0300", "\u0301", "\u0309", "\u0303", "\u0323"]
    return [*tones, *("\u0302" + t for t in ("", *tones)), *("\u0306" + t for t in ("", *tones))]


# VNI: a plain letter, then a mark as a letter of its own; i and the letters with a hook are single.
_VNI_MARKS = dict(zip("øùûõïâàáåãäêèéúüë", _signs(), strict=True))
_VNI_SINGLE = {"ì": "ì", "í": "í", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ", "ô": "ơ", "ö": "ư"}
_VNI_SINGLE |= {legacy.upper(): letter.upper() for legacy, letter in _VNI_SINGLE.items()}
_TONES_ONLY, _SHAPED = "øùûõï", "âàáåãä"
_VNI_PAIRS = {}
for _letter in "aeouyôö":
    for _mark, _sign in _VNI_MARKS.items():
        if _mark in _TONES_ONLY or (_letter in "aeo" and _mark in _SHAPED) or _letter == "a":
            for _upper in (False, True):
                _written = _letter.upper() if _upper else _letter
                _base = _VNI_SINGLE.get(_written, _written)
                _whole = unicodedata.normalize("NFC", _base + _sign)
                _VNI_PAIRS[_written + _mark] = _VNI_PAIRS[_written + _mark.upper()] = _whole
_VNI = re.compile("|".join(map(re.escape, sorted(_VNI_PAIRS | _VNI_SINGLE, key=len, reverse=True))))

# What Windows put at 0x80-0x9f, and everything of Latin-1: the only letters a legacy text is made of.
_WESTERN = frozenset(bytes(range(0x20, 0x100)).decode("cp1252", errors="ignore")) | {"\t", "\n", "\r", "\u00ad"}

_HEADS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_ONSETS = frozenset(_HEADS.split()) | {""}
_TAILS = """a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et
    ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach oai oam oan oang
    oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt
    ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ uôc uôi uôm uôn uông uôt up ut uy uya uych
    uyên uyêt uynh uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu
    êc ưp"""
_RIMES = frozenset(_TAILS.split())
_STOPPED = re.compile(r"(c|ch|p|t)$")
_TONE = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_ONSET = re.compile(r"(ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx])?(.*)$")
_PUNCTUATION = re.compile(r"[\s!-/:-@\[-`{-~…–—“”‘’]+")
_LEAST = 0.6  # of the words with marks, this many must be real syllables


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """Whether a word is spelt as a Vietnamese syllable: onset, rime and a tone that the rime can carry."""
    tone, letters = 0, []
    for c in unicodedata.normalize("NFD", word.lower()):
        if c in _TONE:
            if tone:
                return False
            tone = _TONE[c]
        else:
            letters.append(c)
    bare = unicodedata.normalize("NFC", "".join(letters))
    found = _ONSET.match(bare)
    if found is None:
        return False
    onset, rime = found[1] or "", found[2]
    # "gi" and "qu" may lend their vowel to the rime: gì, giếng, quốc.
    ways = [(onset, rime), (onset[:-1], onset[-1:] + rime)] if onset in ("gi", "qu") else [(onset, rime)]
    return any(a in _ONSETS | {"q"} and b in _RIMES and (not _STOPPED.search(b) or tone in (4, 5)) for a, b in ways)


def _from_tcvn3(text: str) -> str:
    read = "".join(_TCVN3.get(c, c) for c in text)
    if read == text:
        return text
    # "TØNH" gives "TỉNH": one row of marked letters, so plain capitals around them say that all are meant large.
    if _is_large(text):
        return read.upper()
    return re.sub(r"[^\W\d_]+", lambda word: word[0].upper() if _is_large(word[0]) else word[0], read)


def _is_large(text: str) -> bool:
    plain = [c for c in text if c.isascii() and c.isalpha()]
    return len(plain) > 1 and all(c.isupper() for c in plain)


def _from_vni(text: str) -> str:
    return _VNI.sub(lambda found: _VNI_PAIRS.get(found[0]) or _VNI_SINGLE[found[0]], text)


def _marked_words(text: str) -> list[str]:
    return [word for word in _PUNCTUATION.split(text) if word and not word.isascii() and not word.isdigit()]


def kind_of(texts: Iterable[str], *, hint: Kind | None = None) -> Kind:
    """How these texts are written, judged on all of them together; `hint`, from their font, settles a tie.

    A text with a letter that no legacy font has, such as ệ or ư, is Unicode and speaks for Unicode.
    """
    words = [word for text in texts for word in _marked_words(unicodedata.normalize("NFC", text))]
    if not words:
        return Kind.UNICODE
    score = {Kind.UNICODE: sum(map(is_syllable, words))}
    western = [word for word in words if _WESTERN.issuperset(word)]
    for kind, convert in ((Kind.TCVN3, _from_tcvn3), (Kind.VNI, _from_vni)):
        score[kind] = sum(is_syllable(convert(word)) and convert(word) != word for word in western)
    order = sorted(score, key=lambda kind: kind is not hint)  # at equal scores the font, then Unicode
    best = max(order, key=lambda kind: score[kind])
    return best if score[best] >= _LEAST * len(words) else Kind.UNICODE


def kind_of_font(name: str) -> Kind | None:
    """What a font's name says: .VnTime and .VnTimeH are TCVN3, VNI-Times is VNI; others say nothing."""
    folded = name.strip().lower()
    if folded.startswith(".vn"):
        return Kind.TCVN3
    return Kind.VNI if folded.startswith("vni") else None


def is_capital_font(name: str) -> bool:
    """The TCVN3 fonts whose every letter is drawn as a capital: .VnTimeH, .VnArialH."""
    return name.strip().lower().startswith(".vn") and name.strip().endswith("H")


def read_legacy(text: str, kind: Kind | None = None, *, capitals: bool = False) -> str:
    """The text in Unicode, composed. Without `kind` the text itself is judged; Unicode stays as it is."""
    composed = unicodedata.normalize("NFC", text)
    if kind is None:
        kind = kind_of([composed])
    if kind is Kind.UNICODE or not _WESTERN.issuperset(composed):
        return composed
    read = _from_tcvn3(composed) if kind is Kind.TCVN3 else _from_vni(composed)
    return read.upper() if capitals else read
