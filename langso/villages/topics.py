"""The programme's list: what the teams guide people in, and what households can already do.

A visit, a need and a campaign all speak in these codes. In the tables a set of topics is one integer, a bit a topic, so
that tens of millions of rows stay small: the order of a list never changes, new words go to its end.
"""

from collections.abc import Iterable

from langso.lib.refusal import Refused

TOPICS: dict[str, str] = {
    "dvc": "Nộp hồ sơ trực tuyến",
    "vneid": "VNeID mức 2",
    "tien-dien": "Trả tiền điện không dùng tiền mặt",
    "suc-khoe": "Sổ sức khỏe điện tử",
    "chu-ky-so": "Chữ ký số cá nhân",
    "ban-hang": "Bán hàng trên sàn",
    "an-toan": "An toàn trên mạng",
    "khac": "Việc khác",
}
SKILLS: dict[str, str] = {
    "dien-thoai": "Có điện thoại thông minh",
    "zalo": "Biết dùng Zalo",
    "ngan-hang": "Có tài khoản ngân hàng hoặc ví điện tử",
    "vneid": "Đã có VNeID mức 2",
    "dvc": "Đã tự nộp hồ sơ trực tuyến",
    "ban-hang": "Đã bán hàng trên mạng",
    "internet": "Nhà có internet cáp quang",
    "tien-dien": "Đã trả tiền điện không dùng tiền mặt",
}


class TopicUnknown(Refused):
    says = "“{code}” không có trong danh mục của chương trình. Cập nhật ứng dụng rồi gửi lại."


def mask_of(codes: Iterable[str], words: dict[str, str] = TOPICS) -> int:
    """A set of codes as bits.

    Refuses: TopicUnknown.
    """
    bits = 0
    order = list(words)
    for code in codes:
        if code not in words:
            raise TopicUnknown(field="topics", code=str(code)[:40])
        bits |= 1 << order.index(code)
    return bits


def codes_of(mask: int, words: dict[str, str] = TOPICS) -> list[str]:
    return [code for i, code in enumerate(words) if mask >> i & 1]


def labels_of(mask: int, words: dict[str, str] = TOPICS) -> list[str]:
    return [words[code] for code in codes_of(mask, words)]
