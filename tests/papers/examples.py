"""One paper of each kind, with believable facts."""

from datetime import UTC, date, datetime
from decimal import Decimal

from langso.papers.kinds.appraisal import Appraisal, CriterionAppraised, PlaceAppraised, appraisal, round_appraisal
from langso.papers.kinds.certificate import certificate
from langso.papers.kinds.decision import Deciding, Recognised, Withdrawn, recognition, withdrawal
from langso.papers.kinds.facts import Document, Level, Place
from langso.papers.kinds.minutes import Ballot, Member, Minutes, minutes
from langso.papers.kinds.proposal import Candidate, LeftOut, Proposal, proposal
from langso.papers.kinds.summary import AreaCount, CriterionCount, LevelCount, RoundSummary, round_summary
from langso.papers.paper import Certificate, Office, Paper, Signature, Stamp

COMMITTEE = Office("Ủy ban nhân dân tỉnh Tuyên Quang", "Tuyên Quang")
DEPARTMENT = Office(
    "Sở Khoa học và Công nghệ tỉnh Tuyên Quang",
    "Tuyên Quang",
    above="Ủy ban nhân dân tỉnh Tuyên Quang",
    called="Sở Khoa học và Công nghệ",
)
COUNCIL = Office(
    "Hội đồng thẩm định mức độ chuyển đổi số",
    "Tuyên Quang",
    above="Ủy ban nhân dân tỉnh Tuyên Quang",
)
CHAIR = Signature(("TM. Ủy ban nhân dân", "KT. Chủ tịch", "Phó Chủ tịch"), "Nguyễn Văn An")
DIRECTOR = Signature(("Giám đốc",), "Trần Thị Ngữ")
WRITTEN = date(2026, 1, 4)
STAMP = Stamp("QĐ-UBND", WRITTEN, number="12", issued_on=date(2026, 1, 5))
RECIPIENTS = ("Như Điều 4", "Bộ Khoa học và Công nghệ (để báo cáo)", "Lưu: VT, KGVX")
FRAMEWORK = "Khung tiêu chí ban hành kèm theo Quyết định số 2361/QĐ-BTTTT ngày 31/12/2024"
BASIC, ADVANCED = Level(3, "cơ bản"), Level(4, "nâng cao")
VINH_QUANG = Place("xã Vinh Quang", "tỉnh Tuyên Quang")


def places(count: int) -> list[Place]:
    names = ("Hồ Thầu", "Nậm Dịch", "Pờ Ly Ngài", "Thông Nguyên", "Ặng Ngữ", "Đồng Văn", "Sủng Máng", "Mèo Vạc")
    return [Place(f"xã {names[i % len(names)]} {i + 1}", "tỉnh Tuyên Quang") for i in range(count)]


def recognised(count: int) -> tuple[Recognised, ...]:
    return tuple(
        Recognised(place, BASIC if i % 3 else ADVANCED, Decimal("78.25") + i % 20, date(2026, 1, 5), date(2028, 1, 4))
        for i, place in enumerate(places(count))
    )


DECIDING = Deciding(
    competence="Chủ tịch Ủy ban nhân dân tỉnh Tuyên Quang",
    grounds=(
        "Căn cứ Luật Tổ chức chính quyền địa phương số 72/2025/QH15 ngày 16 tháng 6 năm 2025",
        "Căn cứ Quyết định số 2361/QĐ-BTTTT ngày 31 tháng 12 năm 2024 của Bộ trưởng Bộ Thông tin và Truyền thông",
        "Theo đề nghị của Giám đốc Sở Khoa học và Công nghệ tại Tờ trình số 03/TTr-SKHCN ngày 02 tháng 01 năm 2026",
    ),
    carried_out_by="Chánh Văn phòng Ủy ban nhân dân tỉnh, Giám đốc Sở Khoa học và Công nghệ và Chủ tịch Ủy ban nhân "
    "dân các xã, phường có tên tại Điều 1",
    duties=("Các đơn vị có tên tại Điều 1 duy trì kết quả và cập nhật số liệu theo kỳ báo cáo.",),
)


def decision(count: int = 40, stamp: Stamp = STAMP) -> Paper:
    return recognition(
        recognised(count),
        DECIDING,
        round_name="năm 2025",
        framework=FRAMEWORK,
        office=COMMITTEE,
        stamp=stamp,
        signature=CHAIR,
        recipients=RECIPIENTS,
    )


def taking_back(count: int = 1) -> Paper:
    units = tuple(
        Withdrawn(
            place,
            BASIC,
            "Quyết định số 12/QĐ-UBND ngày 05/01/2026 của Chủ tịch Ủy ban nhân dân tỉnh Tuyên Quang",
            "Số liệu dịch vụ công trực tuyến không khớp với hệ thống nguồn, đã xác minh ngày 10/3/2026.",
            date(2026, 4, 1),
        )
        for place in places(count)
    )
    return withdrawal(units, DECIDING, office=COMMITTEE, stamp=STAMP, signature=CHAIR, recipients=RECIPIENTS)


def one_appraisal(stamp: Stamp | None = None) -> Paper:
    criteria = (
        CriterionAppraised(
            "CQ.1",
            "Tỷ lệ hồ sơ dịch vụ công trực tuyến toàn trình",
            "87,4% (2.374/2.716)",
            "từ 80%",
            "met",
            "met",
            "",
            Decimal(10),
            Decimal(10),
        ),
        CriterionAppraised(
            "CQ.2",
            "Tỷ lệ hồ sơ được số hóa khi tiếp nhận",
            "74,0% (2.010/2.716)",
            "từ 80%",
            "met",
            "unmet",
            "Tử số xã báo 2.210 không khớp Cổng dịch vụ công quốc gia (2.010).",
            Decimal(8),
            Decimal("5.5"),
        ),
        CriterionAppraised(
            "XH.3",
            "Tỷ lệ dân số có hồ sơ sức khỏe điện tử",
            "Chưa có số liệu",
            "từ 90%",
            "met",
            "unknown",
            "Trạm y tế chưa gửi số liệu quý IV.",
            Decimal(6),
            None,
        ),
    )
    return appraisal(
        Appraisal(
            place=VINH_QUANG,
            round_name="năm 2025",
            framework=FRAMEWORK,
            received_on=date(2025, 11, 14),
            criteria=criteria,
            claimed_level=ADVANCED,
            found_level=BASIC,
            opinion="Hồ sơ đầy đủ, số liệu đối chiếu được ở 2 trên 3 tiêu chí. Đề nghị công nhận mức cơ bản.",
            claimed_sum=Decimal(24),
            found_sum=None,
            documents=(
                Document(
                    "45/BC-UBND",
                    date(2025, 11, 10),
                    "UBND xã Vinh Quang",
                    "Báo cáo tự đánh giá mức độ chuyển đổi số năm 2025",
                    "Khớp bản gốc",
                ),
                Document("112/QĐ-UBND", None, "UBND xã Vinh Quang", "Kiện toàn tổ công nghệ số cộng đồng"),
            ),
            requests=("Bổ sung số liệu hồ sơ sức khỏe điện tử quý IV", "Đối chiếu lại tử số CQ.2"),
        ),
        office=DEPARTMENT,
        stamp=stamp or Stamp("BC-SKHCN", WRITTEN, is_draft=True),
        signature=DIRECTOR,
        recipients=("UBND tỉnh", "UBND xã Vinh Quang", "Lưu: VT, CĐS"),
    )


def many_appraised(count: int = 30) -> Paper:
    rows = tuple(
        PlaceAppraised(place, ADVANCED, BASIC if i % 2 else ADVANCED, Decimal(90), Decimal("82.5") if i % 4 else None)
        for i, place in enumerate(places(count))
    )
    return round_appraisal(
        rows,
        area="tỉnh Tuyên Quang",
        round_name="năm 2025",
        framework=FRAMEWORK,
        opinion="Đề nghị trình Hội đồng xem xét.",
        office=DEPARTMENT,
        stamp=Stamp("BC-SKHCN", WRITTEN),
        signature=DIRECTOR,
        recipients=("UBND tỉnh", "Lưu: VT, CĐS"),
    )


def asking(count: int = 6) -> Paper:
    return proposal(
        Proposal(
            round_name="năm 2025",
            area="tỉnh Tuyên Quang",
            to=("Ủy ban nhân dân tỉnh Tuyên Quang", "Hội đồng thẩm định mức độ chuyển đổi số"),
            done=(
                "Tiếp nhận 124 hồ sơ tự đánh giá từ ngày 01/11/2025 đến ngày 30/11/2025.",
                "Thẩm định hồ sơ và kiểm tra thực tế tại 12 xã;",
            ),
            candidates=tuple(Candidate(place, BASIC, Decimal("81.5")) for place in places(count)),
            left_out=(LeftOut(Place("xã Lũng Cú", "tỉnh Tuyên Quang"), "Thiếu số liệu quý IV ở 3 tiêu chí."),),
            enclosed=("Báo cáo thẩm định số 45/BC-SKHCN", "Biên bản họp Hội đồng"),
        ),
        office=DEPARTMENT,
        stamp=Stamp("TTr-SKHCN", WRITTEN, number="3"),
        signature=DIRECTOR,
        recipients=("Như trên", "Lưu: VT, CĐS"),
        grounds=("Căn cứ kế hoạch chuyển đổi số năm 2025 của tỉnh",),
    )


def meeting(agreed: int = 6) -> Paper:
    chair = Member("Nguyễn Văn An", "Phó Chủ tịch Ủy ban nhân dân tỉnh", "Chủ tịch Hội đồng")
    secretary = Member("Lò Thị Mẩy", "Phó Trưởng phòng Chuyển đổi số, Sở Khoa học và Công nghệ", "Ủy viên, thư ký")
    others = tuple(Member(f"Vàng Văn Ú {i}", "Phó Giám đốc Sở", "Ủy viên") for i in range(1, 6))
    return minutes(
        Minutes(
            council="Hội đồng thẩm định mức độ chuyển đổi số cấp xã",
            round_name="năm 2025",
            starts_at=datetime(2025, 12, 22, 1, 0, tzinfo=UTC),
            ends_at=datetime(2025, 12, 22, 4, 35, tzinfo=UTC),
            place="Phòng họp số 2, trụ sở Ủy ban nhân dân tỉnh Tuyên Quang",
            chair=chair,
            secretary=secretary,
            present=(chair, secretary, *others),
            absent=(Member("Hoàng Văn Bằng", "Giám đốc Sở Tài chính", "Ủy viên", "Họp Trung ương"),),
            needed=6,
            discussed=(
                "Nghe Sở Khoa học và Công nghệ báo cáo kết quả thẩm định",
                "Thảo luận về số liệu CQ.2 của xã Vinh Quang",
            ),
            ballots=(
                Ballot(VINH_QUANG, BASIC, agreed, 1, 0, passed=True),
                Ballot(Place("phường Hà Giang 1", "tỉnh Tuyên Quang"), ADVANCED, 3, 3, 1, passed=False),
            ),
            conclusion="Hội đồng thống nhất đề nghị công nhận xã Vinh Quang đạt mức cơ bản.",
        ),
        office=COUNCIL,
        stamp=Stamp("BB-HĐTĐ", WRITTEN, number="05", issued_on=date(2025, 12, 22)),
        recipients=("Thành viên Hội đồng", "Lưu: VT, hồ sơ Hội đồng"),
    )


def summary(areas: int = 8) -> Paper:
    return round_summary(
        RoundSummary(
            area="tỉnh Tuyên Quang",
            round_name="năm 2025",
            as_of=date(2025, 12, 31),
            framework=FRAMEWORK,
            whole=AreaCount("tỉnh Tuyên Quang", 124, 118, 96, None),
            levels=(
                LevelCount(None, 8),
                LevelCount(Level(1, "khởi động"), 20),
                LevelCount(Level(2, "kết nối"), 31),
                LevelCount(BASIC, 28),
                LevelCount(ADVANCED, 9),
            ),
            criteria=(
                CriterionCount("CQ.1", "Hồ sơ trực tuyến toàn trình", 70, 90, 6),
                CriterionCount("CQ.2", "Số hóa hồ sơ khi tiếp nhận", 41, 96, 0),
                CriterionCount("XH.3", "Hồ sơ sức khỏe điện tử", 0, 0, 96),
            ),
            areas=tuple(AreaCount(f"khu vực {i}", 15, 14, None if i == 2 else 12, 9) for i in range(1, areas + 1)),
            difficulties=("Đường truyền tại 11 thôn vùng cao chưa ổn định",),
            suggestions=("Bố trí kinh phí tập huấn cho tổ công nghệ số cộng đồng",),
        ),
        office=DEPARTMENT,
        stamp=Stamp("BC-SKHCN", WRITTEN, is_simulated=True),
        signature=DIRECTOR,
        recipients=("Bộ Khoa học và Công nghệ", "UBND tỉnh", "Lưu: VT, CĐS"),
    )


def on_the_wall(stamp: Stamp = STAMP) -> Certificate:
    (unit,) = recognised(1)
    return certificate(
        unit,
        decision="Quyết định số 12/QĐ-UBND ngày 05 tháng 01 năm 2026 của Chủ tịch Ủy ban nhân dân tỉnh Tuyên Quang",
        serial="0012/2026",
        address="https://langso.vn/cong-nhan/0012-2026",
        round_name="năm 2025",
        office=COMMITTEE,
        stamp=stamp,
        signature=Signature(("Chủ tịch",), "Lê Thị Hoàng Ngân"),
    )


def every_kind() -> dict[str, Paper | Certificate]:
    return {
        "quyet-dinh": decision(),
        "thu-hoi": taking_back(),
        "tham-dinh": one_appraisal(),
        "tham-dinh-dot": many_appraised(),
        "to-trinh": asking(),
        "bien-ban": meeting(),
        "tong-hop": summary(),
        "giay": on_the_wall(),
    }
