"""Every address of the house. Each view has a door (a contract test walks them all)."""

from allauth.account import views as account
from django.urls import include, path

from langso.people.door import public

urlpatterns = [
    path("", include("langso.dashboards.urls")),
    path("", include("langso.monitoring.urls")),
    path("", include("langso.fieldwork.urls")),
    path("", include("langso.recognition.urls")),
    path("", include("langso.appraisals.urls")),
    path("", include("langso.assessments.urls")),
    path("", include("langso.evidence.urls")),
    path("", include("langso.exchange.urls")),
    path("", include("langso.notices.urls")),
    path("", include("langso.questionnaires.urls")),
    path("", include("langso.teams.urls")),
    path("", include("langso.campaigns.urls")),
    path("", include("langso.visits.desk_urls")),
    path("", include("langso.people.urls")),
    path("", include("langso.ui.urls")),
    path("dang-nhap/", public(account.login), name="account_login"),
    path("dang-xuat/", public(account.logout), name="account_logout"),
    path("dang-ky/", public(account.signup), name="account_signup"),
    path("mat-khau/doi/", public(account.password_change), name="account_change_password"),
    path("mat-khau/dat/", public(account.password_set), name="account_set_password"),
    path("mat-khau/quen/", public(account.password_reset), name="account_reset_password"),
    path("mat-khau/quen/da-gui/", public(account.password_reset_done), name="account_reset_password_done"),
    path(
        "mat-khau/quen/<str:uidb36>-<str:key>/",
        public(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "mat-khau/quen/xong/",
        public(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("xac-nhan/", public(account.reauthenticate), name="account_reauthenticate"),
    path("khoa/", public(account.account_inactive), name="account_inactive"),
]
