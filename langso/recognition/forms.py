"""Posted data of councils and decisions → the arguments of one action."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms

from langso.cycles.models import Cycle
from langso.legal.models import LegalDocument
from langso.lib.refusal import Refused
from langso.lib.vietnamese import nfc
from langso.recognition.drafting import Signer
from langso.recognition.models import CouncilMember
from langso.recognition.rules import Condition
from langso.ui.forms import CountField, DayField, DecimalField, Pick
from langso.units.queries import Named


class ActForm(forms.Form):
    """A form whose refusals stand beside their field."""

    def __init__(self, data: Any = None, files: Any = None, **more: Any) -> None:
        super().__init__(data, files, auto_id="%s", **more)

    def refuse(self, refused: Refused) -> None:
        self.add_error(refused.field if refused.field in self.fields else None, refused.sentence)


def hour_field(label: str, **more: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        help_text="Giờ và phút, ví dụ 08:00.",
        input_formats=["%H:%M", "%Hh%M", "%H giờ %M"],
        widget=forms.TimeInput(attrs={"class": "in", "autocomplete": "off"}, format="%H:%M"),
        error_messages={"required": "Ghi giờ.", "invalid": "Ghi giờ và phút, ví dụ 08:00."},
        **more,
    )


class DocumentFields(ActForm):
    """The paper that a fact rests on: number, day, issuer; all or nothing."""

    number = forms.CharField(label="Số, ký hiệu văn bản", max_length=60, required=False)
    issued_on = DayField(label="Ngày văn bản", required=False)
    issuer = forms.CharField(label="Cơ quan ban hành", max_length=200, required=False)

    def document(self) -> LegalDocument | None:
        number, issuer = nfc(self.cleaned_data["number"]), nfc(self.cleaned_data["issuer"])
        if not number:
            return None
        found, _ = LegalDocument.objects.get_or_create(
            number=number, issuer=issuer, issued_on=self.cleaned_data["issued_on"]
        )
        return found


class CouncilForm(DocumentFields):
    cycle = forms.ChoiceField(label="Đợt đánh giá", error_messages={"required": "Chọn đợt đánh giá."})
    province = forms.ChoiceField(label="Tỉnh, thành phố", error_messages={"required": "Chọn tỉnh."})
    name = forms.CharField(label="Tên hội đồng", max_length=200, error_messages={"required": "Ghi tên hội đồng."})
    field_order = ["cycle", "province", "name", "number", "issued_on", "issuer"]

    def __init__(self, cycles: Sequence[Cycle], provinces: Sequence[Named], data: Any = None) -> None:
        super().__init__(data, initial={"name": "Hội đồng thẩm định mức độ chuyển đổi số"})
        cycle, province = self.fields["cycle"], self.fields["province"]
        assert isinstance(cycle, forms.ChoiceField)
        assert isinstance(province, forms.ChoiceField)
        cycle.choices = [(str(c.pk), c.title) for c in cycles]
        province.choices = [(str(p.id), p.name) for p in provinces]
        self.fields["number"].label = "Quyết định thành lập, số và ký hiệu"


class MemberForm(ActForm):
    full_name = forms.CharField(label="Họ và tên", max_length=120, error_messages={"required": "Ghi họ và tên."})
    position = forms.CharField(label="Chức vụ, nơi công tác", max_length=200, required=False)
    role = forms.ChoiceField(label="Vai trò", choices=CouncilMember.Role.choices, initial=CouncilMember.Role.MEMBER)
    joined_on = DayField(
        label="Tham gia từ ngày",
        required=False,
        help_text="Để trống: từ đầu nếu hội đồng chưa họp, từ hôm nay nếu đã họp.",
    )


class SessionForm(ActForm):
    held_on = DayField(label="Ngày họp", error_messages={"required": "Ghi ngày họp."})
    starts = hour_field("Bắt đầu lúc", initial=time(8))
    place = forms.CharField(label="Nơi họp", max_length=200, error_messages={"required": "Ghi nơi họp."})
    is_secret = forms.ChoiceField(
        label="Cách bỏ phiếu",
        choices=[("", "Công khai, ghi ý kiến từng thành viên"), ("kin", "Phiếu kín, chỉ ghi số phiếu")],
        required=False,
        widget=Pick,
    )


class CloseForm(ActForm):
    ends = hour_field("Kết thúc lúc")
    note = forms.CharField(
        label="Nội dung đã thảo luận, mỗi dòng một ý",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "in"}),
    )


class SecretForm(ActForm):
    agreed = CountField(label="Đồng ý")
    against = CountField(label="Không đồng ý")
    blank = CountField(label="Phiếu trắng", required=False)
    invalid = CountField(label="Phiếu hỏng", required=False)


class ConditionForm(DocumentFields):
    def __init__(self, condition: Condition, data: Any = None) -> None:
        super().__init__(data)
        self.condition = condition
        if condition.kind == "share":
            self.fields["share"] = DecimalField(
                label="Tỷ lệ (%)", error_messages={"required": "Ghi tỷ lệ, ví dụ 92,5."}
            )
        else:
            self.fields["met"] = forms.ChoiceField(
                label="Kết quả",
                choices=[("yes", "Đạt"), ("no", "Chưa đạt"), ("", "Chưa có số liệu")],
                required=False,
                widget=Pick,
            )

    @property
    def answer(self) -> dict[str, Any]:
        if self.condition.kind == "share":
            return {"share": self.cleaned_data["share"]}
        return {"met": {"yes": True, "no": False}.get(self.cleaned_data["met"])}


class SignerForm(ActForm):
    title = forms.CharField(label="Chức vụ người ký", max_length=200, required=False)
    signer = forms.CharField(label="Họ tên người ký", max_length=120, required=False)
    grounds = forms.CharField(
        label="Căn cứ thêm, mỗi dòng một căn cứ",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "in"}),
    )

    @property
    def who(self) -> Signer:
        return Signer(self.cleaned_data["title"].replace("; ", "\n").strip(), nfc(self.cleaned_data["signer"]))

    @property
    def further(self) -> tuple[str, ...]:
        return tuple(nfc(line) for line in self.cleaned_data["grounds"].splitlines() if line.strip())


class RegisterForm(ActForm):
    number = forms.CharField(label="Số văn bản", max_length=40, error_messages={"required": "Ghi số văn bản."})
    issued_on = DayField(label="Ngày văn bản", error_messages={"required": "Ghi ngày văn bản."})
    signed = forms.FileField(
        label="Bản đã ký (PDF)",
        help_text="Bản ký số, hoặc bản quét có dấu.",
        error_messages={
            "required": "Chọn tệp PDF của bản đã ký.",
            "empty": "Tệp này trống. Chọn lại tệp.",
        },
    )
    valid_from = DayField(
        label="Công nhận có giá trị từ ngày", help_text="Để trống: từ ngày của quyết định.", required=False
    )


class RevokeForm(SignerForm):
    reason = forms.CharField(
        label="Lý do thu hồi",
        help_text="Ai cũng đọc được ở Sổ công nhận. Nêu con số và kết luận kiểm tra.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "in"}),
        error_messages={"required": "Ghi lý do thu hồi."},
    )
    rule = forms.CharField(
        label="Căn cứ để thu hồi",
        help_text="Điều, khoản của văn bản cho phép thu hồi.",
        max_length=1000,
        error_messages={"required": "Ghi căn cứ để thu hồi."},
    )
    start = DayField(label="Thu hồi từ ngày", help_text="Để trống: từ ngày quyết định.", required=False)
    field_order = ["reason", "rule", "start", "title", "signer", "grounds"]
