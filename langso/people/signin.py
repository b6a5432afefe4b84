"""How sign-in differs from allauth's defaults: no sign-up by strangers, one way to a new password, and our words.

Accounts carry no e-mail address: who forgot a password asks the person who may grant the post.
"""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.http import HttpRequest

NEW_PASSWORD = "Từ 10 ký tự trở lên. Một câu ngắn dễ nhớ là tốt nhất."  # noqa: S105  # a hint


class NoSignup(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "Tài khoản này đã khóa. Nhờ người quản lý tài khoản của đơn vị mở lại.",
        "enter_current_password": "Mật khẩu đang dùng chưa đúng.",
        "incorrect_password": "Mật khẩu chưa đúng.",
        "invalid_login": "Tên đăng nhập hoặc mật khẩu chưa đúng.",
        "too_many_login_attempts": "Thử quá nhiều lần. Đợi 5 phút rồi thử lại.",
        "rate_limited": "Thử quá nhiều lần. Đợi 5 phút rồi thử lại.",
        "username_password_mismatch": (
            "Tên đăng nhập hoặc mật khẩu chưa đúng. Xem lại phím Caps Lock và bộ gõ tiếng Việt rồi thử lại."
        ),
        "same_as_current": "Mật khẩu mới trùng mật khẩu đang dùng. Chọn mật khẩu khác.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/viec-cua-toi/"


def _say(form: Any, name: str, label: str, help_text: str = "") -> None:
    field = form.fields[name]
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)


class SignInForm(forms.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "login", "Tên đăng nhập")
        self.fields["login"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        _say(self, "password", "Mật khẩu")


class ChangePasswordForm(forms.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "oldpassword", "Mật khẩu đang dùng")
        _say(self, "password1", "Mật khẩu mới", NEW_PASSWORD)
        _say(self, "password2", "Mật khẩu mới, ghi lại lần nữa")


class SetPasswordForm(forms.SetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "password1", "Mật khẩu mới", NEW_PASSWORD)
        _say(self, "password2", "Mật khẩu mới, ghi lại lần nữa")


class ReauthenticateForm(forms.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "password", "Mật khẩu")


class LongEnough(MinimumLengthValidator):
    """Django has no Vietnamese words for this one."""

    def get_error_message(self) -> str:
        return f"Mật khẩu này ngắn quá. Ghi từ {self.min_length} ký tự trở lên."

    def get_help_text(self) -> str:
        return f"Từ {self.min_length} ký tự trở lên."
