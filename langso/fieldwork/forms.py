from django import forms

from langso.ui.forms import DayField


class TakeForm(forms.Form):
    """What the commune has found out about a visit that no phone could write."""

    on = DayField(label="Ngày đến hộ", help_text="Ngày/tháng/năm, ví dụ 05/11/2026.")
    household = forms.CharField(
        label="Hộ", max_length=120, help_text="Tên chủ hộ, hoặc số hộ trong sổ. Gõ không dấu cũng được."
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Lý do", max_length=200, help_text="Thành viên tổ sẽ đọc câu này trên máy.")


class RevokeForm(forms.Form):
    reason = forms.CharField(label="Vì sao thu hồi máy", max_length=200, help_text="Ví dụ: mất ở chợ ngày 12/11.")
