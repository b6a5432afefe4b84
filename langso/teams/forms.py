"""Posted data of villages, teams and members → the arguments of one action."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms

from langso.legal.models import LegalDocument
from langso.lib.refusal import Refused
from langso.teams.actions import MemberFacts
from langso.teams.models import Member, MemberRole, Training
from langso.ui.forms import CountField, DayField, Pick
from langso.villages import actions as villages
from langso.villages.models import Signal, Village, VillageKind
from langso.villages.rules import check_day


class UidField(forms.UUIDField):
    """The number of the form, which nobody writes: a broken one is no matter of who fills it in."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            return None


class ActForm(forms.Form):
    """What every form of these rooms shares: a number of its own, so that a press twice is one; refusals at fields."""

    uid = UidField(required=False, widget=forms.HiddenInput, initial=uuid4)

    def refuse(self, refused: Refused) -> None:
        self.add_error(refused.field if refused.field in self.fields else None, refused.sentence)


class VillageForm(ActForm):
    kind = forms.ChoiceField(label="Loại", choices=VillageKind.choices)
    name = forms.CharField(
        label="Tên",
        max_length=200,
        help_text="Như trong nghị quyết, ví dụ Nậm Ty, hoặc 3.",
        error_messages={"required": "Chưa ghi tên thôn."},
    )
    households_count = CountField(label="Số hộ", required=False, help_text="Chưa đếm thì để trống, không ghi 0.")
    signal = forms.ChoiceField(label="Sóng di động ở thôn", choices=Signal.choices, initial=Signal.UNKNOWN)


class VillageAddForm(VillageForm):
    since = DayField(label="Có từ ngày", help_text="Ngày ghi trong nghị quyết; không rõ thì 01/07/2025.")


class PaperForm(ActForm):
    """A document as it is cited."""

    number = forms.CharField(
        label="Số, ký hiệu quyết định",
        required=False,
        max_length=80,
        help_text="Ví dụ 45/QĐ-UBND. Chưa có thì để trống.",
    )
    issued_on = DayField(label="Ngày ký", required=False)
    issuer = forms.CharField(label="Cơ quan ban hành", required=False, max_length=200)

    def document(self, *, today: date) -> LegalDocument | None:
        """Refuses: NumberWrong, DayAhead, DayTooOld."""
        given = self.cleaned_data
        if given["issued_on"] is not None:
            check_day(given["issued_on"], today=today, field="issued_on")
        return villages.cited(given["number"], given["issuer"], given["issued_on"])


class TeamForm(PaperForm):
    name = forms.CharField(
        label="Tên tổ",
        max_length=200,
        help_text="Ví dụ Tổ công nghệ số cộng đồng thôn Nậm Ty.",
        error_messages={"required": "Chưa ghi tên tổ."},
    )
    villages = forms.MultipleChoiceField(
        label="Thôn mà tổ phục vụ",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Chọn thôn mà tổ phục vụ.",
            "invalid_choice": "Có thôn không còn trong sổ. Chọn lại.",
        },
    )
    since = DayField(label="Lập từ ngày", help_text="Ngày ghi trong quyết định.")

    field_order = ("name", "villages", "since", "number", "issued_on", "issuer")

    def __init__(self, *args: Any, choices: Iterable[Village], taken: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["villages"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(v.pk), f"{v.name} (đã có {taken[v.pk]})" if v.pk in taken else v.name) for v in choices]

    def chosen(self) -> list[int]:
        return [int(v) for v in self.cleaned_data["villages"]]


class MemberForm(ActForm):
    full_name = forms.CharField(label="Họ và tên", max_length=200, error_messages={"required": "Chưa ghi họ và tên."})
    address = forms.CharField(label="Xưng hô", required=False, max_length=10, help_text="Ví dụ anh, chị, bác.")
    role = forms.ChoiceField(
        label="Vai trò",
        choices=[(r.value, r.label.capitalize()) for r in MemberRole],
        widget=Pick,
        initial=MemberRole.MEMBER,
    )
    occupation = forms.CharField(
        label="Công việc", required=False, max_length=120, help_text="Ví dụ trưởng thôn, bí thư chi đoàn, giáo viên."
    )
    phone = forms.CharField(
        label="Điện thoại",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    since = DayField(label="Tham gia từ ngày")
    training = forms.ChoiceField(
        label="Tập huấn",
        choices=[(t.value, t.label.capitalize()) for t in Training],
        widget=Pick,
        initial=Training.NONE,
    )
    trained_on = DayField(label="Ngày tập huấn", required=False, help_text="Không nhớ thì để trống.")
    is_listed = forms.BooleanField(
        label="Đồng ý cho người dân thấy tên và số điện thoại",
        required=False,
        help_text="Hỏi trước khi đánh dấu. Không đồng ý thì chỉ xã thấy.",
    )
    username = forms.CharField(
        label="Tên đăng nhập, nếu có",
        required=False,
        max_length=60,
        help_text="Có tài khoản ở đây thì người ấy nhận được thông báo.",
    )

    @classmethod
    def of(cls, member: Member, data: Any = None) -> "MemberForm":
        account = member.person.account if member.person else None
        form = cls(
            data,
            initial={
                "full_name": member.full_name,
                "address": member.address,
                "role": member.role,
                "occupation": member.occupation,
                "phone": member.phone,
                "training": member.training,
                "trained_on": member.trained_on,
                "is_listed": member.is_listed,
                "username": account.username if account else "",
            },
        )
        del form.fields["since"]
        return form

    def facts(self, person_id: int | None) -> MemberFacts:
        given = self.cleaned_data
        return MemberFacts(
            full_name=given["full_name"],
            address=given["address"],
            role=given["role"],
            occupation=given["occupation"],
            phone=given["phone"],
            is_listed=given["is_listed"],
            training=given["training"],
            trained_on=given["trained_on"],
            person_id=person_id,
        )


class EndForm(ActForm):
    stop = DayField(label="Thôi từ ngày", help_text="Ngày đầu tiên không còn tham gia.")
    reason = forms.CharField(label="Lý do", max_length=300, error_messages={"required": "Chưa ghi lý do."})
