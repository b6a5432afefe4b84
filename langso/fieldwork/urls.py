from django.urls import include, path

from langso.fieldwork import api, looking_views, phone_views

urlpatterns = [
    path("app/api/ghi-danh/", api.enroll, name="field-enroll"),
    path("app/api/gui/", api.send, name="field-send"),
    path("app/api/so/", api.pull, name="field-pull"),
    path("app/api/anh/<uuid:uid>/", api.photo, name="field-photo"),
    path("app/api/goi/", api.carry, name="field-carry"),
    path("app/api/thoi/", api.leave, name="field-leave"),
    path("", include("langso.fieldwork.shell_urls")),
    path("", include("langso.fieldwork.openrosa_urls")),
    path("", include("langso.visits.household_urls")),
    path("ho/<int:pk>/xoa-ten/", looking_views.household_erase, name="household-erase"),
    path("luot/<int:pk>/", phone_views.visit_page, name="visit"),
    path("luot/anh/<int:pk>/", phone_views.photo, name="visit-photo"),
    path("may/", phone_views.phones, name="phones"),
    path("may/moi/<int:pk>/", phone_views.invite, name="phone-invite"),
    path("may/<int:pk>/thu-hoi/", phone_views.revoke, name="phone-revoke"),
    path("may/so/<int:pk>/thoi/", phone_views.end, name="book-end"),
    path("can-xem-lai/", looking_views.waiting, name="waiting"),
    path("can-xem-lai/luot/<int:pk>/", looking_views.choose_visit, name="choose-visit"),
    path("can-xem-lai/ho/<int:pk>/", looking_views.choose_version, name="choose-version"),
    path("can-xem-lai/<int:pk>/nhan/", looking_views.take, name="record-take"),
    path("can-xem-lai/<int:pk>/de-lai/", looking_views.leave, name="record-leave"),
]
