from datetime import time
from typing import Any

from django import forms

from langso.files.content import LARGEST, FileTooLarge
from langso.lib.refusal import Refused
from langso.ui.forms import DayField

PAPER = ".pdf,.docx,.xlsx,.jpg,.jpeg,.png,.webp"
PICTURE = ".jpg,.jpeg,.png,.webp"


class ClockField(forms.Field):
    """An hour as people write it: 8:05, 08:05, 8h05."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> time | None:
        text = str(value or "").strip().lower().replace("h", ":").replace("g", ":").rstrip(":")
        if not text:
            return None
        hour, _, minute = text.partition(":")
        if hour.isdecimal() and (minute or "0").isdecimal() and int(hour) < 24 and int(minute or 0) < 60:
            return time(int(hour), int(minute or 0))
        raise forms.ValidationError("Ghi giờ và phút, ví dụ 08:15.")


class AddForm(forms.Form):
    """What documents and photos share: where the file is read, and where a refusal of the action goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].error_messages |= {
            "required": "Chưa chọn tệp.",
            "invalid": "Tệp chưa gửi được. Chọn lại tệp.",
            "missing": "Tệp chưa gửi được. Chọn lại tệp.",
            "max_length": "Tên tệp dài quá. Đặt tên ngắn hơn rồi chọn lại.",
        }

    def content(self) -> tuple[bytes | None, str]:
        """The bytes handed in and their name; nothing too large is read.

        Refuses: FileTooLarge.
        """
        sent = self.cleaned_data.get("file")
        if sent is None:
            return None, ""
        if (sent.size or 0) > LARGEST:
            raise FileTooLarge(field="file", limit=LARGEST // 1024 // 1024)
        return sent.read(), sent.name or ""

    def refuse(self, refused: Refused) -> None:
        self.add_error(refused.field if refused.field in self.fields else "file", refused.sentence)


class DocumentForm(AddForm):
    """A paper as it is cited."""

    number = forms.CharField(label="Số, ký hiệu", help_text="Ghi như trên văn bản, ví dụ 127/BC-UBND.", required=False)
    issued_on = DayField(label="Ngày ban hành", required=False)
    issuer = forms.CharField(label="Cơ quan ban hành", required=False)
    title = forms.CharField(
        label="Trích yếu",
        widget=forms.Textarea(attrs={"rows": "2"}),
        help_text="Một câu nói văn bản về việc gì, chép ở đầu văn bản.",
        error_messages={"required": "Chưa ghi trích yếu."},
    )
    file = forms.FileField(
        label="Tệp văn bản",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": PAPER}),
        help_text="PDF, Word, Excel hoặc ảnh chụp văn bản, nhiều nhất 20 MB. Chưa có tệp thì bổ sung sau.",
    )
    page = forms.CharField(label="Trang cần xem", required=False, help_text="Ví dụ: trang 2, mục 3.")


class PhotoForm(AddForm):
    """A photo, and what the camera may not have written."""

    file = forms.FileField(
        label="Ảnh",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": PICTURE}),
        help_text="JPEG, PNG hoặc WebP, nhiều nhất 20 MB. Ảnh gốc từ máy thường có sẵn giờ và nơi chụp.",
    )
    title = forms.CharField(
        label="Ảnh chụp gì",
        help_text="Ví dụ: Điểm hỗ trợ dịch vụ công ở thôn 3.",
        error_messages={"required": "Chưa ghi ảnh chụp gì."},
    )
    place = forms.CharField(label="Chụp ở đâu", required=False, help_text="Thôn, bản hoặc địa điểm.")
    taken_on = DayField(label="Ngày chụp", required=False, help_text="Chỉ dùng khi ảnh không tự ghi ngày.")
    taken_clock = ClockField(label="Giờ chụp", required=False, help_text="Ví dụ 08:15. Không nhớ thì để trống.")


class PlaceField(forms.CharField):
    """Which unit of several, by its code today."""

    def __init__(self) -> None:
        super().__init__(
            label="Mã đơn vị",
            max_length=5,
            help_text="Mã xã hôm nay, ví dụ 01021. Minh chứng thuộc về xã này.",
            error_messages={"required": "Chưa ghi mã đơn vị."},
        )
