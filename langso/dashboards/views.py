"""Readings for those who work here: what waits for one today, and the ledger of one's own units."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from langso.assessments import queries as assessments
from langso.assessments import words
from langso.assessments.views import can_import
from langso.dashboards import work
from langso.dashboards.acts import ACTS
from langso.ledger.models import Entry
from langso.lib.period import Period, day_of
from langso.notices import queries as notices
from langso.people.door import Desk, desk
from langso.people.models import Person
from langso.people.roles import Right
from langso.ui.listing import PER_PAGE, csv_answer
from langso.units.queries import named

MOST_CSV = 20_000


NOTICES = 5  # unread ones shown; the rest is one press away


@desk(Right.ASSESSMENT_READ)
def my_work(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is to be done today: what has a last day first, then what one may begin, then the ways on."""
    today, person = day_of(desk.at), desk.person
    everywhere, roots = person.roots(Right.ASSESSMENT_READ)
    own = assessments.own_units(roots, on=today)
    # A province that only watches has no assessment of its own to do.
    mine = [u for u in own if u.level == "commune" or person.has(Right.ASSESSMENT_WRITE)]
    waiting = work.work_of(person, own, on=today)
    tasks = [
        t
        for t in assessments.tasks(mine, period=Period.year(today.year))
        if t.assessment is None or t.assessment.pk not in waiting.in_cycle
    ]
    unread = list(notices.unread(person, on=today)[: NOTICES + 1])
    page = {
        "today": today,
        "dues": waiting.dues,
        "urgent": waiting.urgent,
        "unread": unread[:NOTICES],
        "has_more": len(unread) > NOTICES,
        "tasks": words.shown_tasks([t for t in tasks if words.is_asked(t)], person, today),
        "others": words.shown_tasks([t for t in tasks if not words.is_asked(t)], person, today),
        "wide": everywhere or any(u.level != "commune" for u in own),
        "places": own,
        "is_everywhere": everywhere,
        "can_see_figures": person.has(Right.FIGURE_READ),
        "ways": _ways(desk),
    }
    return render(request, "dashboards/my_work.html", {"page": page})


def _ways(desk: Desk) -> list[tuple[str, str, str]]:
    """The ways on by right: title, address, note. No way leads to a closed door."""
    has = desk.person.has
    ways = (
        (has(Right.APPRAISAL_READ), "Thẩm định", "/tham-dinh/", "Hồ sơ các xã đã nộp, nghi vấn xếp trước"),
        (has(Right.VERIFICATION_WRITE), "Phần tôi xác minh", "/tham-dinh/phan-cua-toi/", "Tiêu chí chờ ý kiến"),
        (
            has(Right.APPRAISAL_READ),
            "Bốc mẫu kiểm tra",
            "/boc-mau/",
            "Chọn xã để đi kiểm tra thực tế",
        ),
        (has(Right.FIGURE_READ), "Kiến nghị", "/kien-nghi/", "Kiến nghị về kết luận, và câu trả lời"),
        (has(Right.APPRAISAL_READ), "Theo dõi", "/theo-doi/", "Xếp hạng, ai chưa làm, tiêu chí nào yếu, báo cáo"),
        (
            has(Right.APPRAISAL_WRITE),
            "Số liệu hệ thống",
            "/so-lieu-he-thong/",
            "Số của Cổng, của các sở, đặt cạnh lời khai",
        ),
        (has(Right.TEAM_READ), "Tổ công nghệ số cộng đồng", "/to/", "Các tổ, thành viên, thôn phục vụ, phụ cấp"),
        (has(Right.TEAM_READ), "Thôn", "/thon/", "Thôn của xã, số hộ, thôn nào chưa có tổ; nhập từ Excel"),
        (has(Right.TEAM_READ), "Độ phủ của tổ", "/to/do-phu/", "Nơi nào chưa có tổ, tổ nào chưa có tổ trưởng"),
        (has(Right.VISIT_READ), "Xếp hạng tổ", "/to/xep-hang/", "Hộ được hướng dẫn, trả lời đúng hạn, hộ nói gì"),
        (has(Right.REQUEST_WRITE), "Yêu cầu giúp", "/yeu-cau/", "Bà con nhờ, tổ trả lời trong 5 ngày làm việc"),
        (has(Right.TEAM_READ), "Chiến dịch", "/chien-dich/", "Việc hướng dẫn đợt này, lời nói ở cửa nhà, tiến độ"),
        (has(Right.VISIT_READ), "Hỏi lại hộ", "/hoi-lai/", "Rút mẫu, hỏi hộ có được giúp không"),
        (has(Right.COUNCIL_WRITE), "Hội đồng", "/hoi-dong/", "Phiên họp, phiếu, văn bản"),
        (True, "Đợt đánh giá", "/dot/", "Lịch, hạn nộp, đơn vị nào đang ở bước nào"),
        (True, "Minh chứng", "/minh-chung/", "Văn bản và ảnh đã dẫn cho các tiêu chí"),
        (
            has(Right.FIGURE_WRITE) and can_import(desk),
            "Nhập nhiều xã",
            "/danh-gia/nhap-nhieu/",
            "Gửi tệp Excel của nhiều xã một lượt",
        ),
        (True, "Sổ công nhận", "/so-cong-nhan/", "Xã nào đã được công nhận, theo quyết định nào"),
        (True, "Thông báo", "/thong-bao/", "Những gì đã được báo"),
        (True, "Các khung tiêu chí", "/khung/", "Chỉ tiêu từng mức, lấy số liệu ở đâu"),
        (has(Right.LEDGER_READ), "Nhật ký", "/nhat-ky/", "Ai đã làm gì, lúc nào; dòng nào cũng giữ nguyên"),
        (has(Right.POST_READ), "Người và vị trí", "/nguoi/", "Ai làm gì ở đâu, từ ngày nào"),
        (True, "Đổi mật khẩu", "/mat-khau/doi/", "Nhất là khi mới vào bằng mật khẩu đầu tiên"),
    )
    return [(title, href, note) for is_open, title, href, note in ways if is_open]


@desk(Right.LEDGER_READ)
def ledger(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was done at the units in reach, newest first.  Cost: six queries."""
    today = day_of(desk.at)
    found = Entry.objects.order_by("-at", "-line")
    everywhere, _ = desk.person.roots(Right.LEDGER_READ)
    if not everywhere:
        found = found.filter(unit_id__in=desk.units.values("pk"))
    did = request.GET.get("viec", "")
    if did in ACTS:
        found = found.filter(did=did)
    if request.GET.get("tai") == "csv":
        rows = _shown(list(found[:MOST_CSV]), today)
        columns = ["luc", "nguoi", "viec", "don_vi", "quyen", "dong", "noi_dung"]
        return csv_answer(
            "nhat-ky",
            columns,
            ([r["at"].isoformat(), r["who"], r["did"], r["place"], r["book"], r["line"], r["facts"]] for r in rows),
        )
    total = found.count()
    pages = max(1, -(-total // PER_PAGE))
    asked = request.GET.get("trang", "1")
    number = min(max(int(asked) if asked.isdigit() and len(asked) < 7 else 1, 1), pages)
    lines = list(found[(number - 1) * PER_PAGE : number * PER_PAGE])
    page = {
        "rows": _shown(lines, today),
        "number": number,
        "pages": pages,
        "total": total,
        "acts": ACTS,
        "did": did,
        "csv": f"?viec={did}&tai=csv" if did in ACTS else "?tai=csv",
        "trail": [("Việc của tôi", "/viec-cua-toi/")],
    }
    return render(request, "dashboards/ledger.html", {"page": page})


def _shown(lines: list[Entry], today: date) -> list[dict[str, Any]]:
    """Lines with names: of the people one may see, and of the units as they are today."""
    people = {p.pk: str(p) for p in Person.objects.filter(pk__in={e.by_id for e in lines if e.by_id})}
    places = {u: n.name for (u, _), n in named([(e.unit_id, today) for e in lines if e.unit_id]).items()}
    return [
        {
            "at": e.at,
            "who": people.get(e.by_id, "Người ngoài phạm vi") if e.by_id else "Lệnh trên máy chủ",
            "did": ACTS.get(e.did, e.did),
            "place": places.get(e.unit_id, "Đơn vị cũ") if e.unit_id else "Cả nước",
            "book": e.book,
            "line": e.line,
            "facts": "; ".join(f"{k}: {v}" for k, v in e.facts.items() if v is not None),
        }
        for e in lines
    ]
