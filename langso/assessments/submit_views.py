"""From the figures to the receipt: reviewing, standing behind, signing, handing in, taking back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from langso.assessments import self_report, submitting, words
from langso.assessments.models import Assessment, Confirmation, Step
from langso.assessments.moving import current_submission, move
from langso.assessments.queries import AssessmentPage, assessment_page
from langso.assessments.states import WITH_UNIT, State
from langso.files import actions as files
from langso.lib.period import VIETNAM, day_of, write_day
from langso.lib.refusal import Refused
from langso.lib.vietnamese import fold, nfc
from langso.papers import pdf, signing
from langso.people.door import Desk, desk
from langso.people.roles import Right

PDF = "application/pdf"


def _assessment(desk: Desk, pk: int) -> Assessment:
    found = Assessment.objects.within(desk.units).select_related("unit", "cycle")
    assessment = get_object_or_404(found, pk=pk)
    if assessment.cycle is None:
        raise Http404("Bản này không nằm trong đợt đánh giá nào.")
    return assessment


@desk(Right.FIGURE_READ)
def review(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """What would be handed in: what is open, what is doubtful, who stands behind what."""
    return _review(request, desk, _assessment(desk, pk))


def _review(request: HttpRequest, desk: Desk, assessment: Assessment, *, problem: tuple[str, ...] = ()) -> HttpResponse:
    page = assessment_page(assessment, on=day_of(desk.at))
    ready = submitting.readiness(assessment, at=desk.at)
    state = State(assessment.state)
    assert assessment.cycle is not None
    names = {g.code: g.name for g in page.edition.groups}
    groups: dict[str, list[submitting.CriterionState]] = {}
    for criterion in ready.criteria:
        groups.setdefault(names[criterion.group], []).append(criterion)
    last = assessment.cycle.last_day(assessment.extended_to)
    steps = list(assessment.steps.select_related("by"))
    context = {
        "page": page,
        "ready": ready,
        "returned": _returned(steps) if state in WITH_UNIT else None,
        "groups": groups,
        "rows": ready.result.rows,
        "state": state,
        "last": last,
        "days": words.days_left(last, assessment.cycle, on=day_of(desk.at)),
        "problem": problem,
        "submission": current_submission(assessment),
        "steps": steps,
        "can_write": desk.person.has(Right.ASSESSMENT_WRITE) and state in WITH_UNIT,
        "can_send": desk.person.has(Right.ASSESSMENT_WRITE) and state in (State.DRAFTING, State.RETURNED),
        "can_sign": desk.person.has(Right.SUBMISSION_SIGN),
        "can_withdraw": state == State.SUBMITTED and desk.person.has(Right.SUBMISSION_SIGN),
        "ways": Confirmation.How.choices,
        "result_words": self_report.level_words(ready.result),
        "trail": [("Việc của tôi", "/viec-cua-toi/"), (page.unit.name, page.address)],
    }
    return render(request, "assessments/review.html", context, status=422 if problem else 200)


def _returned(steps: list[Step]) -> Step | None:
    """The return that is still to be answered: nothing was handed in since."""
    last = next((s for s in reversed(steps) if s.verb in ("return", "submit")), None)
    return last if last is not None and last.verb == "return" else None


@require_POST
@desk(Right.ASSESSMENT_WRITE)
def confirm(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One criterion, or all that are open at once."""
    assessment = _assessment(desk, pk)
    how = request.POST.get("how", Confirmation.How.CONFIRMED)
    if how not in Confirmation.How.values:
        how = Confirmation.How.CONFIRMED
    codes = request.POST.getlist("code")
    if "all" in request.POST:
        codes = [c.code for c in submitting.readiness(assessment, at=desk.at).open]
    try:
        count = submitting.confirm(
            assessment,
            codes,
            how=how,
            reason=nfc(request.POST.get("reason", ""))[:1000],
            by=desk.person.person_id,
            at=desk.at,
        )
    except Refused as refused:
        return _review(request, desk, assessment, problem=(refused.sentence,))
    if count:
        messages.success(request, f"Đã xác nhận {count} tiêu chí.")
    anchor = f"#{codes[0]}" if len(codes) == 1 else ""
    return redirect(f"/danh-gia/{pk}/nop/{anchor}")


@require_POST
@desk(Right.ASSESSMENT_WRITE)
def send_to_sign(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    assessment = _assessment(desk, pk)
    try:
        submitting.send_to_sign(assessment, by=desk.person.person_id, at=desk.at)
    except Refused as refused:
        return _review(request, desk, assessment, problem=(refused.sentence,))
    messages.success(request, "Đã trình ký. Chủ tịch xã mở bản này để ký và nộp; cần sửa thì lấy về.")
    return redirect(f"/danh-gia/{pk}/{'ky' if desk.person.has(Right.SUBMISSION_SIGN) else 'nop'}/")


@require_POST
@desk(Right.ASSESSMENT_WRITE)
def take_back(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    move(_assessment(desk, pk), "take_back", by=desk.person.person_id, at=desk.at)
    messages.success(request, "Đã lấy về để sửa. Sửa xong thì trình ký lại.")
    return redirect(f"/danh-gia/{pk}/nop/")


@require_POST
@desk(Right.SUBMISSION_SIGN)
def withdraw(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    assessment = _assessment(desk, pk)
    try:
        submitting.withdraw(
            assessment, reason=nfc(request.POST.get("reason", "")), by=desk.person.person_id, at=desk.at
        )
    except Refused as refused:
        return _review(request, desk, assessment, problem=(refused.sentence,))
    messages.success(request, "Đã rút bản nộp. Bản cũ vẫn được giữ; sửa xong thì trình ký và nộp lại.")
    return redirect(f"/danh-gia/{pk}/nop/")


def _claim(assessment: Assessment, desk: Desk) -> tuple[AssessmentPage, submitting.Readiness, submitting.Claim]:
    ready = submitting.readiness(assessment, at=desk.at)
    return assessment_page(assessment, on=day_of(desk.at)), ready, submitting.claim_of(assessment, ready)


@desk(Right.FIGURE_READ)
def report(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The self-assessment as PDF: as handed in when it has been, else as it would be now."""
    assessment = _assessment(desk, pk)
    submission = current_submission(assessment)
    if submission is not None and submission.paper is not None and "moi" not in request.GET:
        content = files.read(submission.paper)
    else:
        page, ready, claim = _claim(assessment, desk)
        content = self_report.write(assessment, page.unit, ready, claim)[1]
    answer = HttpResponse(content, content_type=PDF)
    name = f"tu-danh-gia-{assessment.period}-{pk}.pdf"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@desk(Right.SUBMISSION_SIGN)
def sign(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The head of the unit reads, signs and hands in: with a key file here, or with a token and a signed file."""
    assessment = _assessment(desk, pk)
    problem: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            return _hand_in(request, desk, assessment)
        except Refused as refused:
            problem = (refused.sentence,)
            assessment = _assessment(desk, pk)
    page, ready, claim = _claim(assessment, desk)
    assert assessment.cycle is not None
    last = assessment.cycle.last_day(assessment.extended_to)
    context = {
        "page": page,
        "ready": ready,
        "claim": claim,
        "state": State(assessment.state),
        "is_open": assessment.state == State.TO_SIGN,
        "problem": problem,
        "last": last,
        "result_words": self_report.level_words(ready.result),
        "needs_signature": assessment.cycle.requires_signature,
        "days": words.days_left(last, assessment.cycle, on=day_of(desk.at)),
        "trail": [
            ("Việc của tôi", "/viec-cua-toi/"),
            (page.unit.name, page.address),
            ("Xem lại trước khi nộp", f"{page.address}nop/"),
        ],
    }
    return render(request, "assessments/sign.html", context, status=422 if problem else 200)


def _hand_in(request: HttpRequest, desk: Desk, assessment: Assessment) -> HttpResponse:
    page, ready, claim = _claim(assessment, desk)
    read = request.POST.get("digest", "")
    if read and read != claim.digest:
        raise submitting.PaperIsOld()
    paper, unsigned = self_report.write(assessment, page.unit, ready, claim)
    signed, who = unsigned, ""
    given, key = request.FILES.get("signed"), request.FILES.get("key")
    if key is not None:
        if (key.size or 0) > 100_000:
            raise signing.WrongPassword()
        signer = signing.load_pkcs12(key.read(), request.POST.get("password", ""))
        room = next(iter(pdf.rooms(paper)), None)
        signed = signing.sign(
            unsigned, signer, reason="Ký bản tự đánh giá", place=page.unit.name, at=desk.at, room=room
        )
        who = self_report.check_signed(signed, unsigned, unit=page.unit.name, at=desk.at)
    elif given is not None:
        if (given.size or 0) > self_report.LARGEST:
            raise self_report.SignedFileTooLarge()
        signed = given.read()
        who = self_report.check_signed(signed, unsigned, unit=page.unit.name, at=desk.at)
    stored = files.store(
        content=signed,
        name=f"tu-danh-gia-{fold(page.unit.name).replace(' ', '-')}-{assessment.period}.pdf",
        content_type=PDF,
        unit=assessment.unit,
        by=desk.person.person_id,
        at=desk.at,
    )
    submission = submitting.submit(
        assessment,
        paper=stored,
        signed_by=who[:200],
        digest=claim.digest,
        by=desk.person.person_id,
        at=desk.at,
    )
    at = f"{desk.at.astimezone(VIETNAM):%H:%M} ngày {write_day(day_of(desk.at))}"
    messages.success(
        request, f"Sở đã nhận lúc {at}. Số tiếp nhận {submission.assessment.receipt}, lần nộp {submission.number}."
    )
    return redirect(f"/danh-gia/{assessment.pk}/nop/")
