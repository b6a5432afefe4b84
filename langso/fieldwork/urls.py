from django.urls import path

from langso.fieldwork import api

urlpatterns = [
    path("app/api/ghi-danh/", api.enroll, name="field-enroll"),
    path("app/api/gui/", api.send, name="field-send"),
    path("app/api/so/", api.pull, name="field-pull"),
    path("app/api/anh/<uuid:uid>/", api.photo, name="field-photo"),
    path("app/api/goi/", api.carry, name="field-carry"),
    path("app/api/thoi/", api.leave, name="field-leave"),
]
