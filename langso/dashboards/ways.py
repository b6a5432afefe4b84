"""The ways on from the first page, by right and by kind of work. No way leads to a closed door."""

from __future__ import annotations

from dataclasses import dataclass

from langso.assessments.views import can_import
from langso.people.door import Desk
from langso.people.roles import Right

R = Right


@dataclass(frozen=True)
class Way:
    title: str
    href: str
    note: str


# Title, address, note, the right that opens it (none: everyone who is signed in).
_WAYS: dict[str, tuple[tuple[str, str, str, Right | None], ...]] = {
    "Tổ công nghệ số": (
        ("Các tổ", "/to/", "Thành viên, thôn phục vụ, quyết định; nhập từ Excel", R.TEAM_READ),
        ("Thôn", "/thon/", "Số hộ, sóng, thôn nào chưa có tổ; nhập thôn", R.TEAM_READ),
        ("Độ phủ", "/to/do-phu/", "Nơi nào chưa có tổ, tổ nào chưa có tổ trưởng", R.TEAM_READ),
        ("Máy của các tổ", "/may/", "Cấp mã, máy nào chưa gửi, máy mất, tra biên nhận", R.PHONE_WRITE),
        ("Hỗ trợ hằng tháng", "/to/phu-cap/", "Bảng chi, mức của tỉnh, duyệt và in", R.ALLOWANCE_WRITE),
        ("Xếp hạng", "/to/xep-hang/", "Hộ được hướng dẫn, trả lời đúng hạn, hộ nói gì", R.VISIT_READ),
    ),
    "Đến với bà con": (
        ("Cần xem lại", "/can-xem-lai/", "Hai người ghi khác nhau, bản máy không tự ghi được", R.HOUSEHOLD_WRITE),
        ("Yêu cầu giúp", "/yeu-cau/", "Bà con nhờ, tổ trả lời trong 5 ngày làm việc", R.REQUEST_WRITE),
        ("Hộ gia đình", "/ho/", "Ai cần giúp việc gì, thẻ mã hộ", R.HOUSEHOLD_READ),
        ("Lượt đến hộ", "/luot/", "Từng lượt phía sau mỗi con số", R.VISIT_READ),
        ("Kết quả của các tổ", "/to/ket-qua/", "Hộ được đến, được hướng dẫn, theo thôn và tháng", R.TEAM_READ),
        ("Chiến dịch", "/chien-dich/", "Việc hướng dẫn đợt này, lời nói ở cửa nhà", R.TEAM_READ),
        ("Phiếu", "/phieu/", "Phiếu hỏi từ XLSForm, câu trả lời", R.TEAM_READ),
        ("Hỏi lại hộ", "/hoi-lai/", "Rút mẫu, hỏi hộ có được giúp không", R.VISIT_READ),
    ),
    "Đánh giá và công nhận": (
        ("Thẩm định", "/tham-dinh/", "Hồ sơ các xã đã nộp, nghi vấn xếp trước", R.APPRAISAL_READ),
        ("Phần tôi xác minh", "/tham-dinh/phan-cua-toi/", "Tiêu chí chờ ý kiến", R.VERIFICATION_WRITE),
        ("Bốc mẫu kiểm tra", "/boc-mau/", "Chọn xã để đi kiểm tra thực tế", R.APPRAISAL_READ),
        ("Đợt đánh giá", "/dot/", "Lịch, hạn nộp, đơn vị nào đang ở bước nào", None),
        ("Minh chứng", "/minh-chung/", "Văn bản và ảnh đã dẫn cho các tiêu chí", None),
        ("Kiến nghị", "/kien-nghi/", "Kiến nghị về kết luận, và câu trả lời", R.FIGURE_READ),
        ("Theo dõi", "/theo-doi/", "Xếp hạng, ai chưa làm, tiêu chí nào yếu, báo cáo", R.APPRAISAL_READ),
        ("Số liệu hệ thống", "/so-lieu-he-thong/", "Số của Cổng, của các sở, đặt cạnh lời khai", R.APPRAISAL_WRITE),
        ("Hội đồng", "/hoi-dong/", "Phiên họp, phiếu, văn bản", R.COUNCIL_WRITE),
        ("Nhập nhiều xã", "/danh-gia/nhap-nhieu/", "Gửi tệp Excel của nhiều xã một lượt", R.FIGURE_WRITE),
        ("Sổ công nhận", "/so-cong-nhan/", "Xã nào đã được công nhận, theo quyết định nào", None),
        ("Các khung tiêu chí", "/khung/", "Chỉ tiêu từng mức, lấy số liệu ở đâu", None),
    ),
    "Người và sổ sách": (
        ("Thông báo", "/thong-bao/", "Những gì đã được báo", None),
        ("Người và vị trí", "/nguoi/", "Ai làm gì ở đâu, từ ngày nào", R.POST_READ),
        ("Nhật ký", "/nhat-ky/", "Ai đã làm gì, lúc nào; dòng nào cũng giữ nguyên", R.LEDGER_READ),
        ("Đổi mật khẩu", "/mat-khau/doi/", "Nhất là khi mới vào bằng mật khẩu đầu tiên", None),
    ),
}


def ways_of(desk: Desk) -> list[tuple[str, list[Way]]]:
    """The groups that have an open way, in the order of the day's work."""
    found = []
    for group, ways in _WAYS.items():
        is_open = [
            Way(title, href, note)
            for title, href, note, right in ways
            if (right is None or desk.person.has(right)) and (href != "/danh-gia/nhap-nhieu/" or can_import(desk))
        ]
        if is_open:
            found.append((group, is_open))
    return found
