"""Believable names for simulated places and people; combinations, nobody in particular."""

SURNAMES = {
    "kinh": [
        "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý",
    ],
    "nui": [
        "Vàng", "Lù", "Phàn", "Cháng", "Long", "Hoàng", "Nông", "Ma", "Lò", "Giàng", "Triệu", "Tẩn", "Lèng",
        "Xìn",
    ],
    "nam": [
        "Nguyễn", "Trần", "Lê", "Huỳnh", "Võ", "Thạch", "Kim", "Sơn", "Danh", "Châu", "Trương", "Lâm", "Đoàn",
        "Cao",
    ],
    "tay-nguyen": [
        "Nguyễn", "Y", "H'", "Rơ Châm", "Ksor", "Siu", "Niê", "Rah Lan", "Lê", "Trần", "Kpă", "Đinh", "A",
        "Phạm",
    ],
}  # fmt: skip
MEN = {
    "kinh": [
        "Văn Hùng", "Đức Thắng", "Văn Tám", "Minh Tuấn", "Quang Vinh", "Văn Đông", "Xuân Trường", "Hữu Lộc",
        "Văn Khoa", "Ngọc Sơn", "Đình Nam", "Văn Lực",
    ],
    "nui": [
        "Seo Páo", "Văn Sính", "Văn Đức", "Seo Lìn", "A Sử", "Văn Chài", "Mạnh Tường", "Văn Giáp", "Seo Dìn",
        "Văn Khuông", "A Páo", "Văn Tỉnh",
    ],
    "nam": [
        "Văn Út", "Hoàng Phúc", "Thanh Tâm", "Văn Be", "Quốc Khánh", "Minh Nhựt", "Văn Hai", "Sa Rươl",
        "Thành Được", "Văn Ngà", "Trọng Nghĩa", "Tấn Lợi",
    ],
    "tay-nguyen": [
        "Bhăm", "Krông", "Minh Đức", "Văn Tài", "Thoan", "Quang Huy", "Brông", "Yơng", "Ngọc Linh", "Thêm",
        "Văn Bình", "Blih",
    ],
}  # fmt: skip
WOMEN = {
    "kinh": [
        "Thị Hoa", "Thị Lan", "Thu Hà", "Thị Mai", "Thị Nhung", "Kim Oanh", "Thị Hạnh", "Thị Thoa", "Ngọc Ánh",
        "Thị Xuân", "Thị Yến", "Bích Liên",
    ],
    "nui": [
        "Thị Dín", "Mùi Khé", "Thị Xay", "Thị Mẩy", "Thị Sen", "Mùi Pham", "Thị Chở", "Thị Sướng", "Thị Dợ",
        "Thị Pà", "Thị Lý", "Mùi Nái",
    ],
    "nam": [
        "Thị Bé", "Ngọc Diệp", "Thị Sà Rây", "Thị Út", "Hồng Thắm", "Thị Lài", "Kim Cương", "Thị Mỹ",
        "Ánh Tuyết", "Thị Gấm", "Thị Nở", "Thu Cúc",
    ],
    "tay-nguyen": [
        "H'Loan", "H'Biên", "Thị Nga", "H'Nhen", "Thị Vân", "H'Yam", "Blơ", "Thị Thảo", "H'Rưm", "Thị Huệ",
        "H'Linh", "Y Mai",
    ],
}  # fmt: skip
# Names of villages by region, without their kind.
VILLAGES = {
    "nui": """
        Nậm Ty, Bản Luốc, Nậm Dịch, Tả Lèng, Pố Lũng, Suối Thầu, Nà Hà, Nà Lạn, Khau Tràng, Bản Péo, Nậm Ai, Nậm
        Khòa, Tụ Nhân, Cốc Có, Thính Nà, Lũng Phìn, Tà Chải, Cốc Mui, Nà Mèo, Khuổi Nhầu, Nậm Than, Phìn Hồ, Sán
        Sả Hồ, Xín Chải, Chiến Phố, Đản Ván, Nùng Cũ, Thèn Ván, Nà Coóc, Pác Pha, Bản Chang, Khuổi Luông, Nà
        Khoang, Tả Tan, Lủng Dăm, Nậm Piên, Mỏ Phìn, Tân Sơn, Bản Qua, Pờ Ly, Nà Rại, Khuôn Pồng, Bản Tàn, Cao
        Bành, Làng Giang, Xuân Thành, Bó Lầm, Tát Ke, Nà Pồng, Khâu Lừa, Làng Mới, Pù Lườn, Bản Nhùng, Nậm Song,
        Tân Minh, Lao Chải, Pà Vầy, Cốc Nghè
    """,
    "kinh": """
        Đông Thượng, Đông Hạ, Đoài, Trung, Hạ Lang, Phú Cường, Hòa Bình, Tân Tiến, Yên Thành, Phúc Lộc, An
        Thịnh, Xuân Phương, Mỹ Đức, Bình Minh, Quyết Thắng, Thống Nhất, Đồng Tâm, Tiền Phong, Thanh Sơn, Long
        Khê, Cẩm La, Bái Hạ, Phương Nam, Liên Trì, Đại Đồng, Vĩnh Ninh, Thượng Phúc, Tràng An, Lương Điền, Ngọc
        Trì, Hữu Bằng, Kim Đôi, Vạn Hạnh, Nam Sơn, Tây Hồ, Bắc Hải, Cao Xá, Đình Tổ, Hợp Lễ, La Phù, Nhân Trạch,
        Phù Lưu, Quan Độ, Sơn Đông, Trúc Động
    """,
    "nam": """
        Mỹ Thuận, Tân Lập, An Phú, Phước Hưng, Hòa Lợi, Bình Phú, Long Thạnh, Tân Hòa, Mỹ Chánh, Sóc Tro, Giồng
        Lớn, Cây Da, Rạch Gốc, Kinh Tư, Cái Nai, Bà My, Đầu Giồng, Xoài Rùm, Trà Kha, Ô Rung, Tắc Ông Thục, Vàm
        Đình, Xẻo Lá, Phú Thạnh, Long Trị, Bến Đình, Gò Dầu, Hưng Mỹ, Cầu Đúc, Láng Biển, Mương Điều, Thới An,
        Thuận Hòa, Trường Khánh, Vĩnh Lộc, Đông Bình, Phú Lợi, Bờ Kinh, Nhà Lầu, Cả Nứa, Ngã Bảy, Tràm Chim,
        Đường Thét, Bàu Sen, Giồng Ké
    """,
    "tay-nguyen": """
        Ea Mấp, Kon Klor, Plei Ốp, Dur Kmăl, Ea Tul, Kwang, Sah, Trấp, Blang, Kon Gung, Đak Wơk, Plei Kly, Buôn
        Hồ Mới, Ea Sar, Krông Pa, Đak Tơ, Kon Hring, Plei Brel, Ea Rök, Cư Pơng, Tơng Jú, Knia, Ako Dhong, Drai
        Si, Ea Kmăt, Plei Rơ Hai, Kon Mahar, Đê Btưk, Bông Krang, Jrai Mơ Nông, Ea Khit, Tul, Phung, Hra Ea
        Hning, Kuop, Ngol
    """,
}
REGION = {
    **dict.fromkeys(["04", "08", "11", "12", "14", "15", "19", "20"], "nui"),
    **dict.fromkeys(["51", "52", "66", "68"], "tay-nguyen"),
    **dict.fromkeys(["75", "79", "80", "82", "86", "91", "92", "96"], "nam"),
}
KIND = {"nui": "thôn", "kinh": "thôn", "nam": "ấp", "tay-nguyen": "buôn"}


def region_of(province_code: str) -> str:
    return REGION.get(province_code, "kinh")


def village_names(region: str) -> list[str]:
    return [name.strip() for name in " ".join(VILLAGES[region].split()).split(",")]


def person_name(region: str, n: int, *, woman: bool) -> str:
    """The n-th name of a region; the same number gives the same name."""
    surnames, given = SURNAMES[region], (WOMEN if woman else MEN)[region]
    return f"{surnames[n % len(surnames)]} {given[n // len(surnames) % len(given)]}"
