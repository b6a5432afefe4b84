"""What people of the demo say and write: campaigns with their scripts, notes, requests. Invented, all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Said:
    title: str
    topics: Sequence[str]
    target: Decimal
    about: str
    scripts: Sequence[tuple[str, Sequence[str]]]
    form: str = ""


CAMPAIGNS = (
    Said(
        "60 ngày đêm VNeID mức 2",
        ["vneid"],
        Decimal(85),
        "Mỗi nhà ít nhất một người lớn tự mở được VNeID và đăng nhập Cổng dịch vụ công.",
        [
            (
                "Chào hỏi và xem máy",
                [
                    "Chào bà con, tôi ở tổ công nghệ số của thôn. Nhà mình ai dùng điện thoại thông minh?",
                    "Xin phép xem máy: còn chỗ trống không, có thẻ căn cước gắn chip chưa.",
                    "Chưa có căn cước gắn chip thì hẹn ngày công an xã làm lưu động, ghi vào phần hẹn.",
                ],
            ),
            (
                "Kích hoạt mức 2",
                [
                    "Mở VNeID, bấm Kích hoạt. Số định danh và số điện thoại phải đúng với lúc làm ở công an xã.",
                    "Để bà con tự đặt mật khẩu. Mình quay mặt đi, không ghi hộ, không giữ hộ.",
                    "Nhờ bà con thử mở Ví giấy tờ. Mở được thẻ bảo hiểm y tế là xong.",
                ],
            ),
        ],
    ),
    Said(
        "Nộp hồ sơ tại nhà, không phải xuống xã",
        ["dvc"],
        Decimal(60),
        "Tập trung khai sinh, xác nhận cư trú, trợ cấp. Người già, người ở thôn xa làm trước.",
        [
            (
                "Hỏi việc đang cần",
                [
                    "Nhà mình sắp có giấy tờ gì phải làm: khai sinh, kết hôn, chuyển khẩu, trợ cấp?",
                    "Mở Cổng dịch vụ công quốc gia bằng VNeID. Tìm đúng tên việc, chọn đúng xã.",
                    "Chụp giấy tờ nơi đủ sáng, đặt phẳng, thấy cả bốn góc.",
                    "Nộp xong ghi lại mã hồ sơ cho bà con, chỉ cách xem đã tới đâu.",
                ],
            )
        ],
        "khao-sat-nhu-cau-so",
    ),
    Said(
        "Trả tiền điện không dùng tiền mặt",
        ["tien-dien"],
        Decimal(70),
        "Hộ đã có tài khoản ngân hàng làm trước. Không ép, không cài hộ khi chủ nhà vắng.",
        [
            (
                "Cài trả tự động",
                [
                    "Lấy tờ hóa đơn tháng trước, tìm mã khách hàng PA.",
                    "Mở ứng dụng ngân hàng, mục Thanh toán, Tiền điện. Gõ mã, xem đúng tên chủ hộ rồi mới trả.",
                    "Muốn tự trừ hằng tháng thì bật Trích nợ tự động. Giải thích rõ: tắt được lúc nào cũng được.",
                ],
            )
        ],
    ),
    Said(
        "Sổ sức khỏe điện tử cho người già và trẻ nhỏ",
        ["suc-khoe"],
        Decimal(50),
        "Làm cùng trạm y tế ngày tiêm chủng.",
        [
            (
                "Mở sổ",
                [
                    "Mở VNeID, chọn Sổ sức khỏe điện tử. Lần đầu phải bấm đồng ý chia sẻ.",
                    "Người già không có máy: gắn vào máy của con cháu trong nhà, con cháu giữ.",
                ],
            )
        ],
    ),
    Said(
        "Chữ ký số miễn phí cho chủ hộ kinh doanh",
        ["chu-ky-so"],
        Decimal(20),
        "Bắt đầu từ chủ hộ kinh doanh, người hay làm giấy tờ.",
        [
            (
                "Đăng ký",
                [
                    "Cần căn cước gắn chip và số điện thoại chính chủ.",
                    "Quét mặt nơi sáng, bỏ mũ, bỏ kính. Không được thì hẹn ngày có cán bộ nhà cung cấp.",
                    "Ký thử một tờ đơn, xem có hiện tên và giờ ký.",
                ],
            )
        ],
    ),
    Said(
        "Chè, mật ong, thổ cẩm lên sàn",
        ["ban-hang"],
        Decimal(10),
        "Hộ có sản phẩm. Chụp ảnh thật, ghi giá thật.",
        [
            (
                "Chụp và đăng",
                [
                    "Chụp sản phẩm trên nền sáng, một ảnh gần, một ảnh thấy nơi làm ra.",
                    "Viết: làm ở đâu, ai làm, nặng bao nhiêu, để được bao lâu.",
                    "Đóng gói thử một đơn, tính tiền gửi rồi mới ghi giá.",
                ],
            )
        ],
    ),
    Said(
        "Không mất tiền vì cuộc gọi lạ",
        ["an-toan"],
        Decimal(90),
        "Nhà nào cũng nghe một lần, nhất là ông bà ở nhà một mình.",
        [
            (
                "Ba câu phải nhớ",
                [
                    "Công an, ngân hàng không bao giờ hỏi mật khẩu, mã OTP qua điện thoại.",
                    "Có người bảo bấm vào đường dẫn lạ: không bấm, gọi tổ trước.",
                    "Lỡ chuyển tiền rồi: gọi ngân hàng khóa ngay, báo công an xã trong ngày.",
                ],
            )
        ],
    ),
)
NOTES = (
    "Mạng chập chờn, phải ra đầu bản mới có sóng.",
    "Con đi làm xa, cuối tuần về mới làm tiếp được.",
    "Bà con nói tiếng Mông, có cháu học lớp 9 phiên dịch giúp.",
    "Máy hết bộ nhớ, đã chỉ cách xóa bớt ảnh.",
    "Chưa có căn cước gắn chip, hẹn ngày công an làm lưu động.",
    "Đã tự trả được tiền điện tháng này.",
    "Muốn học chụp ảnh chè để bán.",
    "Quên mật khẩu VNeID, đã lấy lại được.",
    "Nhà đang gặt, hẹn buổi tối.",
    "Điện thoại phím bấm, dùng chung máy của con.",
)
NEXT = ("Nộp bản khai sinh", "Cài VNeID cho bà", "Trả tiền điện lần đầu", "Chụp ảnh chè", "Mở sổ sức khỏe cho cháu")
GATHERED = (
    ("Nhà văn hóa thôn", ["vneid", "dvc"], "Đến đông sau buổi họp thôn."),
    ("Nhà văn hóa thôn", ["an-toan"], "Công an xã kể hai vụ lừa thật trong huyện cũ."),
    ("Chợ phiên", ["tien-dien"], "Làm cùng nhân viên điện lực."),
    ("Điểm trường", ["suc-khoe"], "Làm cùng trạm y tế, ngày tiêm chủng."),
    ("Nhà trưởng thôn", ["ban-hang"], "Chụp ảnh chè của bốn hộ."),
    ("Nhà văn hóa thôn", ["dvc"], "Nộp thử hồ sơ trợ cấp cho ba người."),
)
# Topic, what was asked, what was answered (empty: still waits).
ASKED = (
    ("dvc", "Tôi cần làm khai sinh cho cháu mà nhà xa xã quá.", ""),
    ("vneid", "VNeID báo sai số điện thoại, không vào được.", ""),
    ("tien-dien", "Nhờ chỉ cách trả tiền điện bằng điện thoại.", "Đã cài và trả thử tháng này, bà con tự làm được."),
    ("an-toan", "Có người gọi nói tôi trúng thưởng, bảo chuyển phí.", "Đã đến nhà giải thích, khóa số gọi đến."),
    ("suc-khoe", "Muốn xem lịch tiêm của con trên điện thoại.", "Đã mở sổ sức khỏe điện tử cho cháu."),
    ("ban-hang", "Nhà có 200 cân chè, muốn bán qua mạng.", "Đã chụp ảnh, đăng lên sàn, hẹn thứ Bảy đóng gói."),
    ("chu-ky-so", "Xã bảo ký số mà tôi không biết làm.", "Đã đăng ký và ký thử một đơn."),
    ("dvc", "Nhờ xem giúp hồ sơ trợ cấp tới đâu rồi.", "Hồ sơ đang ở phòng chuyên môn, hẹn trả ngày 02."),
)
