"""For anyone: ask the team for help, and follow what became of it by a code. No account, no script."""

from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from langso.lib.period import day_of
from langso.lib.refusal import Refused
from langso.people.address import address_of
from langso.people.door import public
from langso.people.tries import count_try
from langso.teams import rules as team_rules
from langso.teams.models import Member
from langso.teams.public import commune_of, communes_like
from langso.teams.queries import ROLE_ORDER
from langso.ui.forms import Pick
from langso.units.queries import Named, named
from langso.villages.models import Village
from langso.villages.topics import TOPICS
from langso.visits import ask_rules as rules
from langso.visits import asking
from langso.visits.ask_queries import RequestRow, said_of
from langso.visits.models import HelpRequest, RequestState

MOST_ASKED = 20  # an hour, from one address: a whole commune may share one
MOST_OF_PHONE = 3
MOST_LOOKED = 60  # an hour, of codes that do not exist
HOUR = 3600


class AskForm(forms.Form):
    uid = forms.UUIDField(widget=forms.HiddenInput)
    village = forms.ChoiceField(
        label="Thôn", error_messages={"required": "Chưa chọn thôn.", "invalid_choice": "Chọn lại thôn."}
    )
    topic = forms.ChoiceField(
        label="Cần giúp việc gì",
        choices=list(TOPICS.items()),
        widget=Pick,
        error_messages={"required": "Chưa chọn việc cần giúp."},
    )
    name = forms.CharField(
        label="Họ và tên",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Chưa ghi tên."},
    )
    phone = forms.CharField(
        label="Số điện thoại",
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        error_messages={"required": "Chưa ghi số điện thoại."},
    )
    text = forms.CharField(
        label="Kể thêm",
        required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
        help_text="Không bắt buộc. Đừng ghi mật khẩu, mã OTP hay số tài khoản.",
    )
    consents = forms.BooleanField(
        label="Tôi đồng ý để xã và tổ của thôn giữ tên và số điện thoại này để đến giúp",
        required=False,
        help_text="Xóa sau một năm kể từ khi được trả lời (Nghị định 13/2023/NĐ-CP).",
    )
    website = forms.CharField(  # people do not see it; what fills in everything does
        label="Để trống ô này", required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )

    def clean_phone(self) -> str:
        try:
            return team_rules.phone_number(self.cleaned_data["phone"])
        except team_rules.PhoneWrong as wrong:
            raise forms.ValidationError(wrong.sentence) from wrong

    def clean_consents(self) -> bool:
        if not self.cleaned_data.get("consents"):
            raise forms.ValidationError(rules.ConsentMissing().sentence)
        return True

    def clean_website(self) -> str:
        if self.cleaned_data.get("website"):
            raise forms.ValidationError("Ô này phải để trống.")
        return ""


def _count(what: str, most: int) -> None:
    """Refuses: TooMany."""
    if count_try(what, seconds=HOUR, at=timezone.now()) > most:
        raise rules.TooMany()


def _from(request: HttpRequest) -> str:
    return address_of(request)[:45]


@public
def ask(request: HttpRequest) -> HttpResponse:
    """Which commune, then the form."""
    if request.GET.get("ma"):
        code = rules.read_code(request.GET["ma"])
        return redirect(f"/nho-giup/{code}/") if code else redirect("/nho-giup/")
    code = request.GET.get("xa", "")
    if not code:
        text = request.GET.get("q", "")
        found, problem = communes_like(text)
        return render(request, "visits/ask_where.html", {"page": {"text": text, "found": found, "problem": problem}})
    return _form(request, commune_of(code))


def _with_uid(posted: QueryDict) -> QueryDict:
    """What was posted, with a number of the form also when it came without one or with a broken one."""
    try:
        UUID(posted.get("uid", ""))
    except ValueError:
        posted = posted.copy()
        posted["uid"] = str(uuid4())
    return posted


def _form(request: HttpRequest, place: Named) -> HttpResponse:
    at = timezone.now()
    villages = list(Village.objects.on(day_of(at)).filter(unit=place.id).order_by("sort_key", "id"))
    by_key = {str(v.uid): v for v in villages}
    initial = {"uid": uuid4(), "village": request.GET.get("thon", "")}
    form = AskForm(_with_uid(request.POST) if request.POST else None, initial=initial)
    field = form.fields["village"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", "Chọn thôn"), *((k, v.name) for k, v in by_key.items())]
    if request.method == "POST" and villages and form.is_valid():
        given = form.cleaned_data
        try:
            # Counted before anything is looked up: whether a number of a form has a request is not to be tried out.
            _count(f"ask:{_from(request)}", MOST_ASKED)
            said = {name: given[name] for name in ("topic", "name", "phone", "text")}
            village = by_key[given["village"]]
            uid = asking.uid_to_ask(given["uid"], village=village, **said)
            if there := asking.already_asked(uid):
                return redirect(f"/nho-giup/{there.code}/")
            _count(f"ask-phone:{given['phone']}", MOST_OF_PHONE)
            made = asking.ask(village=village, uid=uid, consents=given["consents"], at=at, **said)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        else:
            return redirect(f"/nho-giup/{made.code}/")
    page = {"place": place, "has_villages": bool(villages)}
    status = 422 if form.errors else 200
    return render(request, "visits/ask.html", {"page": page, "form": form}, status=status)


def _found(request: HttpRequest, code: str) -> HelpRequest | HttpResponse:
    """The request that has the code, or a page that says there is none: answered, not raised, so that it counts."""
    plain = rules.read_code(code)
    asking.enter_by_code(plain)
    found = HelpRequest.objects.filter(code=plain).select_related("village", "team").first()
    if found is not None:
        return found
    problem = "Không có yêu cầu nào mang mã này. Xem lại từng chữ, từng số của mã."
    try:
        _count(f"ask-miss:{_from(request)}", MOST_LOOKED)
    except rules.TooMany as refused:
        problem = refused.sentence
    page = {"text": "", "found": [], "problem": problem, "code": plain}
    return render(request, "visits/ask_where.html", {"page": page}, status=404)


def _page(request: HttpRequest, found: HelpRequest, problem: str = "") -> HttpResponse:
    today = day_of(timezone.now())
    place = named([(found.unit_id, today)]).get((found.unit_id, today))
    listed = list(Member.objects.on(today).filter(team=found.team_id, is_listed=True)) if found.team_id else []
    page = {
        "request": found,
        "row": RequestRow(found, place, today),
        "place": place,
        "answers": said_of(found.answers, with_names=False),
        "phone": f"{found.phone[:4]} … {found.phone[-3:]}" if found.phone else "",
        "helpers": [
            {"name": str(m), "role": m.get_role_display(), "phone": m.phone, "said": team_rules.said_phone(m.phone)}
            for m in sorted(listed, key=lambda m: ROLE_ORDER.get(m.role, 9))[:3]  # type: ignore[call-overload]
        ],
        "can_say": found.state not in (RequestState.OPEN, RequestState.CLOSED),
        "problem": problem,
    }
    answer = render(request, "visits/asked.html", {"page": page}, status=422 if problem else 200)
    answer["X-Robots-Tag"] = "noindex"
    answer["Cache-Control"] = "no-store"
    return answer


@public
def asked(request: HttpRequest, code: str) -> HttpResponse:
    """One request, for who has its code: what became of it, who comes."""
    found = _found(request, code)
    return _page(request, found) if isinstance(found, HelpRequest) else found


@require_POST
@public
def felt(request: HttpRequest, code: str) -> HttpResponse:
    """The asker says whether it helped."""
    found = _found(request, code)
    if not isinstance(found, HelpRequest):
        return found
    said = request.POST.get("giup", "")
    if said not in ("co", "chua"):
        return _page(request, found, "Chưa chọn. Bấm một trong hai nút.")
    try:
        asking.say_helped(code=found.code, was_helped=said == "co", at=timezone.now())
    except Refused as refused:
        return _page(request, found, refused.sentence)
    return redirect(f"/nho-giup/{found.code}/")
