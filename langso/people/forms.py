from collections.abc import Sequence
from typing import Any

from django import forms

from langso.people.roles import Role
from langso.ui.forms import Pick


class GrantForm(forms.Form):
    """Who gets which post where."""

    full_name = forms.CharField(label="Họ và tên", max_length=120)
    address = forms.ChoiceField(
        label="Xưng hô",
        choices=[("", "Không ghi"), ("anh", "Anh"), ("chị", "Chị"), ("bác", "Bác"), ("cô", "Cô"), ("chú", "Chú")],
        required=False,
    )
    username = forms.CharField(
        label="Tên đăng nhập",
        max_length=60,
        help_text="Chữ thường không dấu, ví dụ suong.lt. Mật khẩu đầu tiên máy tự đặt.",
    )
    role = forms.ChoiceField(label="Vai trò", widget=Pick)
    place = forms.CharField(
        label="Mã đơn vị",
        max_length=5,
        required=False,
        help_text="Mã xã hoặc mã tỉnh hôm nay, ví dụ 01021. Để trống nếu vai trò ở cấp cả nước.",
    )

    def __init__(self, roles: Sequence[Role], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, said in (
            ("full_name", "Chưa ghi họ và tên."),
            ("username", "Chưa ghi tên đăng nhập."),
            ("role", "Chưa chọn vai trò."),
        ):
            self.fields[name].error_messages["required"] = said
        self.fields["role"].error_messages["invalid_choice"] = "Chọn một trong các vai trò ở dưới."
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(r.value, r.label) for r in roles]
