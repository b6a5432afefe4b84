"""What one has been told: all of it, and marking it read."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from langso.lib.period import day_of
from langso.notices import actions, queries
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.ui.listing import PER_PAGE, csv_answer

MOST_CSV = 5_000


@desk(Right.ASSESSMENT_READ)
def notice_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Newest first, paged, as CSV."""
    today = day_of(desk.at)
    if request.GET.get("tai") == "csv":
        rows, _, _ = queries.told_page(desk.person, on=today, start=0, count=MOST_CSV)
        return csv_answer(
            "thong-bao",
            ["luc", "noi_dung", "han", "da_doc", "duong_dan"],
            ([r.notice.at.isoformat(), r.notice.text, r.notice.due_on, r.is_read, r.notice.link] for r in rows),
        )
    asked = request.GET.get("trang", "1")
    number = max(int(asked) if asked.isdecimal() and len(asked) < 7 else 1, 1)
    rows, total, unread = queries.told_page(desk.person, on=today, start=(number - 1) * PER_PAGE, count=PER_PAGE)
    page = {
        "rows": rows,
        "number": number,
        "pages": max(1, -(-total // PER_PAGE)),
        "total": total,
        "unread": unread,
        "trail": [("Việc của tôi", "/viec-cua-toi/")],
    }
    return render(request, "notices/list.html", {"page": page})


@require_POST
@desk(Right.ASSESSMENT_READ)
def seen(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Some notices, or all that are unread."""
    asked = [int(pk) for pk in request.POST.getlist("thong-bao") if pk.isdecimal() and len(pk) < 15]
    if "tat-ca" in request.POST:
        asked = list(queries.unread(desk.person, on=day_of(desk.at)).values_list("pk", flat=True))
    count = actions.mark_seen(desk.person, asked, at=desk.at)
    if count:
        messages.success(request, f"Đã đánh dấu đọc {count} thông báo.")
    return redirect("/viec-cua-toi/" if request.POST.get("ve") == "viec" else "/thong-bao/")
