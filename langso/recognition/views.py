"""The council's desk: who sits in it, what it judges, how it votes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from langso.assessments.models import Assessment
from langso.assessments.states import State
from langso.cycles.models import Cycle
from langso.lib.period import day_of, write_day
from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc
from langso.people.door import Desk, desk
from langso.people.roles import Right
from langso.recognition import actions, queries, words
from langso.recognition.forms import (
    ActForm,
    CloseForm,
    ConditionForm,
    CouncilForm,
    MemberForm,
    SecretForm,
    SessionForm,
    SignerForm,
)
from langso.recognition.holding import name_of
from langso.recognition.models import Ballot, Candidate, Council, CouncilMember, CouncilSession, OfficialPaper
from langso.recognition.queries import SessionPage, Standing
from langso.recognition.rules import conditions_from
from langso.ui.listing import csv_answer

TRAIL = [("Việc của tôi", "/viec-cua-toi/")]
COUNCILS = [*TRAIL, ("Hội đồng", "/hoi-dong/")]
AT_ONCE, MOST_SHOWN = 5, 40  # ballot sheets and waiting files on one page
PAPERS = ("proposal", "round_report", "minutes", "decision")


def _id(text: str | None) -> int:
    """A number from a form; 0 finds nothing."""
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < 18 else 0


# ── Councils ─────────────────────────────────────────────────────────────────


@desk(Right.APPRAISAL_READ)
def councils(request: HttpRequest, desk: Desk) -> HttpResponse:
    return _councils(request, desk)


def _councils(request: HttpRequest, desk: Desk, form: CouncilForm | None = None) -> HttpResponse:
    on = day_of(desk.at)
    rows = queries.councils(desk.units, on=on)
    if request.GET.get("tai") == "csv":
        return csv_answer(
            "hoi-dong",
            ["hoi_dong", "tinh", "dot", "thanh_vien", "phien_hop"],
            ([r.council.name, r.province, r.council.cycle.title, r.members, r.sessions] for r in rows),
        )
    can_write = desk.person.has(Right.COUNCIL_WRITE)
    if form is None and can_write:
        form = CouncilForm(queries.cycles_for_councils(), queries.provinces(desk.units, on=on))
    context = {"rows": rows, "form": form, "can_write": can_write, "trail": TRAIL}
    return render(request, "recognition/councils.html", context, status=422 if form and form.errors else 200)


@require_POST
@desk(Right.COUNCIL_WRITE)
def council_make(request: HttpRequest, desk: Desk) -> HttpResponse:
    cycles, provinces = queries.cycles_for_councils(), queries.provinces(desk.units, on=day_of(desk.at))
    form = CouncilForm(cycles, provinces, request.POST)
    if form.is_valid():
        try:
            council = actions.make_council(
                cycle=get_object_or_404(Cycle, pk=form.cleaned_data["cycle"]),
                unit=get_object_or_404(desk.units, pk=form.cleaned_data["province"]),
                name=form.cleaned_data["name"],
                document=form.document(),
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(council.address)
    return _councils(request, desk, form)


def _council(desk: Desk, pk: int) -> Council:
    """Looking up within the desk's units is the permission check."""
    return get_object_or_404(Council.objects.within(desk.units).select_related("cycle", "unit", "document"), pk=pk)


@desk(Right.APPRAISAL_READ)
def council(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    return _council_answer(request, desk, _council(desk, pk))


def _council_answer(
    request: HttpRequest,
    desk: Desk,
    found: Council,
    member_form: MemberForm | None = None,
    session_form: SessionForm | None = None,
) -> HttpResponse:
    sessions = list(found.sessions.order_by("-held_on", "-starts"))
    faulty = next((f for f in (member_form, session_form) if f is not None), None)
    context = {
        "council": found,
        "members": list(found.members.order_by("left_on", "pk")),
        "sessions": [{"session": s, "shape": "done" if s.closed_at else "draft"} for s in sessions],
        "can_write": found.cycle.is_running and desk.may(Right.COUNCIL_WRITE, found.unit),
        "member_form": member_form or MemberForm(),
        "session_form": session_form or SessionForm(),
        "faulty": faulty,
        "facts": [
            ("Đợt đánh giá", found.cycle.title),
            ("Quyết định thành lập", str(found.document) if found.document else "Chưa ghi"),
            ("Hạn họp hội đồng", write_day(found.cycle.decide_by)),
        ],
        "trail": COUNCILS,
    }
    return render(request, "recognition/council.html", context, status=422 if faulty else 200)


@require_POST
@desk(Right.COUNCIL_WRITE)
def member_add(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    found, form = _council(desk, pk), MemberForm(request.POST)
    if form.is_valid():
        try:
            actions.add_member(found, **form.cleaned_data, by=desk.person.person_id, at=desk.at)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"{found.address}#thanh-vien")
    return _council_answer(request, desk, found, member_form=form)


@require_POST
@desk(Right.COUNCIL_WRITE)
def member_end(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    member = get_object_or_404(CouncilMember.objects.within(desk.units), pk=pk)
    actions.end_member(member, by=desk.person.person_id, at=desk.at)
    messages.success(request, f"{member.full_name} tham gia hội đồng đến hết hôm nay. Phiếu đã ghi vẫn còn.")
    return redirect(f"/hoi-dong/{member.council_id}/#thanh-vien")


@require_POST
@desk(Right.COUNCIL_WRITE)
def session_open(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    found, form = _council(desk, pk), SessionForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            session = actions.open_session(
                found,
                held_on=given["held_on"],
                starts=given["starts"],
                place=given["place"],
                is_secret=bool(given["is_secret"]),
                by=desk.person.person_id,
                at=desk.at,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(session.address)
    return _council_answer(request, desk, found, session_form=form)


# ── One session ──────────────────────────────────────────────────────────────


def _session(desk: Desk, pk: int) -> CouncilSession:
    found = CouncilSession.objects.within(desk.units).select_related("council__cycle", "council__unit")
    return get_object_or_404(found, pk=pk)


@desk(Right.APPRAISAL_READ)
def session(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    return session_answer(request, desk, _session(desk, pk))


def session_answer(
    request: HttpRequest,
    desk: Desk,
    found: CouncilSession,
    *,
    problem: tuple[str, ...] = (),
    form: ActForm | None = None,
    candidate: int = 0,
) -> HttpResponse:
    page = queries.session_page(found)
    if request.GET.get("tai") == "csv":
        return _session_csv(page)
    can_write = page.cycle.is_running and desk.may(Right.COUNCIL_WRITE, page.council.unit)
    is_open = page.is_open and can_write
    shows_waiting = is_open and (not page.candidates or "cho" in request.GET)
    waiting = queries.waiting_for_council(page.council, on=found.held_on) if shows_waiting else []
    asked = candidate or _id(request.GET.get("hs"))
    context = {
        "page": page,
        "problem": problem,
        "form": form,
        "rows": [_shown(page, s) for s in page.candidates],
        "ballots": [_ballots(page, s, form if s.candidate.pk == candidate else None) for s in _to_vote(page, asked)],
        "vote_all": f"Mọi người có mặt đồng ý: {len(page.without_votes)} hồ sơ chưa có phiếu",
        "unvoted_count": len(page.without_votes),
        "waiting": [{"row": w, "unmet": words.unmet_words(w.unmet)} for w in waiting[:MOST_SHOWN]],
        "waiting_count": len(waiting),
        "shows_waiting": shows_waiting,
        "ready_count": sum(not w.unmet and bool(w.level) and w.state != State.REVOKED for w in waiting),
        "people": [{"member": m, "attendance": page.attendance.get(m.pk)} for m in page.members],
        "quorum": words.quorum_words(page),
        "threshold": words.pass_words(page),
        "can_write": can_write,
        "is_open": is_open,
        "has_come": found.held_on <= day_of(desk.at),
        "choices": Ballot.Choice.choices,
        "close_form": form if isinstance(form, CloseForm) else CloseForm(),
        "signer_form": SignerForm(),
        "papers": [{"paper": p, "state": words.paper_state(p)} for p in page.papers],
        "kinds": _kinds(page),
        "csv": "?tai=csv",
        "trail": [*COUNCILS, (page.council.name, page.council.address)],
    }
    return render(request, "recognition/session.html", context, status=422 if problem or form else 200)


def _kinds(page: SessionPage) -> list[tuple[str, str]]:
    """Papers that can be drafted now."""
    kinds = OfficialPaper.Kind
    standing = {p.kind for p in page.papers if p.number}
    possible = {
        kinds.PROPOSAL: bool(page.candidates),
        kinds.ROUND_REPORT: bool(page.candidates),
        kinds.MINUTES: not page.is_open,
        kinds.DECISION: not page.is_open and bool(page.awaiting),
    }
    return [(k.value, str(k.label)) for k in possible if possible[k] and (k not in standing or k == kinds.DECISION)]


def _to_vote(page: SessionPage, asked: int) -> list[Standing]:
    """The file that was asked for, or the first ones without votes: a page holds a few."""
    chosen = [s for s in page.candidates if s.candidate.pk == asked]
    return chosen or list(page.without_votes[:AT_ONCE])


def _ballots(page: SessionPage, standing: Standing, form: ActForm | None) -> dict[str, Any]:
    candidate = standing.candidate
    secret: ActForm | None = None
    if page.session.is_secret and page.is_open:
        initial = {"agreed": candidate.agreed_count, "against": candidate.against_count}
        initial |= {"blank": candidate.blank_count, "invalid": candidate.invalid_count}
        secret = form or SecretForm(initial=initial, prefix=f"p{candidate.pk}")
    return {
        "standing": standing,
        "candidate": candidate,
        "secret": secret,
        "votes": [
            {"member": m, "choice": standing.ballots.get(m.pk, "for" if not standing.ballots else "")}
            for m in page.present
        ],
    }


def _shown(page: SessionPage, standing: Standing) -> dict[str, Any]:
    candidate = standing.candidate
    shape = {"passed": "met", "failed": "unmet"}.get(candidate.outcome, "review")
    has_votes = sum(standing.counts.values()) > 0
    return {
        "standing": standing,
        "candidate": candidate,
        "shape": shape,
        "outcome": candidate.get_outcome_display() or "Chờ kết quả",
        "counts": words.counts_words(standing.counts) if has_votes else "Chưa có phiếu",
        "unmet": words.unmet_words(standing.unmet),
        "is_awaiting": queries.is_awaiting(candidate),
    }


def _session_csv(page: SessionPage) -> HttpResponse:
    return csv_answer(
        f"phien-hop-{page.session.held_on}",
        ["don_vi", "muc_de_nghi", "diem", "dong_y", "khong_dong_y", "phieu_trang", "ket_qua"],
        (
            [
                s.name,
                s.candidate.level,
                s.conclusion.score if s.conclusion else "",
                s.counts["for"],
                s.counts["against"],
                s.counts["blank"],
                s.candidate.get_outcome_display(),
            ]
            for s in page.candidates
        ),
    )


@require_POST
@desk(Right.COUNCIL_WRITE)
def put_all(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Every appraised file at one press; who is left out is said with the reason."""
    found = _session(desk, pk)
    try:
        put, left_out = actions.put_all(found, by=desk.person.person_id, at=desk.at)
    except Refused as refused:
        return session_answer(request, desk, found, problem=(refused.sentence,))
    if put:
        messages.success(request, f"Đã đưa {len(put)} hồ sơ vào phiên họp.")
    if left_out:
        shown = " ".join(left_out[:5]) + (f" Còn {len(left_out) - 5} hồ sơ nữa." if len(left_out) > 5 else "")
        messages.warning(request, f"Chưa đưa được {len(left_out)} hồ sơ. {shown}")
    return redirect(f"{found.address}#ho-so")


@require_POST
@desk(Right.COUNCIL_WRITE)
def put(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    found = _session(desk, pk)
    assessment = get_object_or_404(Assessment.objects.within(desk.units), pk=_id(request.POST.get("assessment")))
    level = request.POST.get("level", "")
    try:
        actions.put_before(
            found,
            assessment,
            level=_id(level) if level else None,
            classification=request.POST.get("classification", ""),
            reason=nfc(request.POST.get("reason", "")),
            by=desk.person.person_id,
            at=desk.at,
        )
    except Refused as refused:
        return session_answer(request, desk, found, problem=(refused.sentence,))
    return redirect(f"{found.address}#ho-so")


def _candidate(desk: Desk, found: CouncilSession, pk: int) -> Candidate:
    return get_object_or_404(found.candidates.filter(unit__in=desk.units).select_related("session"), pk=pk)


@require_POST
@desk(Right.COUNCIL_WRITE)
def take_out(request: HttpRequest, desk: Desk, pk: int, candidate: int) -> HttpResponse:
    found = _session(desk, pk)
    reason = nfc(request.POST.get("reason", ""))
    try:
        actions.take_out(_candidate(desk, found, candidate), reason=reason, by=desk.person.person_id, at=desk.at)
    except Refused as refused:
        return session_answer(request, desk, found, problem=(refused.sentence,))
    messages.success(request, "Đã đưa hồ sơ ra khỏi phiên họp.")
    return redirect(f"{found.address}#ho-so")


@require_POST
@desk(Right.COUNCIL_WRITE)
def attend(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    found = _session(desk, pk)
    reasons = {_id(k.removeprefix("vang-")): str(v) for k, v in request.POST.items() if k.startswith("vang-")}
    try:
        present = [_id(p) for p in request.POST.getlist("present")]
        count = actions.set_attendance(found, present, reasons=reasons, by=desk.person.person_id, at=desk.at)
    except Refused as refused:
        return session_answer(request, desk, found, problem=(refused.sentence,))
    messages.success(request, f"Đã ghi {count} người có mặt.")
    return redirect(f"{found.address}#ho-so")


@require_POST
@desk(Right.COUNCIL_WRITE)
def vote(request: HttpRequest, desk: Desk, pk: int, candidate: int) -> HttpResponse:
    """The votes for one candidate: one for each member, or the counts of a secret vote."""
    found = _session(desk, pk)
    one = _candidate(desk, found, candidate)
    who: dict[str, Any] = {"by": desk.person.person_id, "at": desk.at}
    form = SecretForm(request.POST, prefix=f"p{candidate}") if found.is_secret else None
    if form is not None and not form.is_valid():
        return session_answer(request, desk, found, form=form, candidate=candidate)
    try:
        if form is not None:
            who |= {name: form.cleaned_data[name] or 0 for name in ("agreed", "against", "blank", "invalid")}
            actions.count_secret(one, **who)
        else:
            sheet = [
                (_id(name.removeprefix("phieu-")), choice)
                for name, choices in request.POST.lists()
                if name.startswith("phieu-")
                for choice in choices
                if choice
            ]
            actions.vote(one, sheet, **who)
    except Refused as refused:
        return session_answer(request, desk, found, problem=(refused.sentence,))
    return redirect(f"{found.address}#hs-{candidate}")


@require_POST
@desk(Right.COUNCIL_WRITE)
def vote_for_all(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Everyone present agrees to what has no vote yet, at one press; each can be changed after."""
    found = _session(desk, pk)
    try:
        count = actions.vote_for_all(found, by=desk.person.person_id, at=desk.at)
    except Refused as refused:
        return session_answer(request, desk, found, problem=(refused.sentence,))
    messages.success(request, f"Đã ghi mọi người có mặt đồng ý cho {count} hồ sơ. Sửa từng hồ sơ sau vẫn được.")
    return redirect(f"{found.address}#ho-so")


@require_POST
@desk(Right.COUNCIL_WRITE)
def close(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    found, form = _session(desk, pk), CloseForm(request.POST)
    if not form.is_valid():
        return session_answer(request, desk, found, form=form)
    try:
        decided = actions.close_session(found, **form.cleaned_data, by=desk.person.person_id, at=desk.at)
    except Refused as refused:
        return session_answer(request, desk, found, problem=(refused.sentence,))
    passed = sum(c.outcome == "passed" for c in decided)
    messages.success(request, f"Phiên họp đã kết thúc: {passed} trên {len(decided)} hồ sơ được thông qua.")
    return redirect(f"{found.address}#van-ban")


# ── Conditions beside the criteria ───────────────────────────────────────────


@desk(Right.APPRAISAL_READ)
def conditions(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """What is known of each condition of one file, with its paper."""
    found = get_object_or_404(Assessment.objects.within(desk.units).select_related("cycle", "unit"), pk=pk)
    cycle = get_object_or_404(Cycle, pk=found.cycle_id or 0)
    asked = {c.code: c for c in conditions_from(cycle.conditions)}
    may_write = cycle.is_running and desk.may(Right.COUNCIL_WRITE, found.unit)
    form: ConditionForm | None = None
    if request.method == "POST" and may_write and (condition := asked.get(request.POST.get("code", ""))):
        form = ConditionForm(condition, request.POST)
        if form.is_valid():
            try:
                actions.record_condition(
                    found,
                    code=condition.code,
                    **form.answer,
                    document=form.document(),
                    by=desk.person.person_id,
                    at=desk.at,
                )
            except Refused as refused:
                form.refuse(refused)
            else:
                messages.success(request, f"Đã ghi nhận: {condition.label}.")
                return redirect(f"/hoi-dong/dieu-kien/{pk}/")
    shapes = {True: "met", False: "unmet", None: "unknown"}
    context = {
        "assessment": found,
        "name": name_of(found, day_of(desk.at)),
        "cycle": cycle,
        "rows": [
            {
                "state": s,
                "shape": shapes[s.met],
                "form": form if form and form.condition.code == s.condition.code else ConditionForm(s.condition),
            }
            for s in queries.conditions_of(cycle, [found.pk])[found.pk]
        ],
        "form": form,
        "history": list(found.conditions.select_related("by", "document").order_by("-at", "-pk")),
        "labels": asked,
        "may_write": may_write,
        "trail": COUNCILS,
    }
    return render(request, "recognition/conditions.html", context, status=422 if form and form.errors else 200)
