from django.urls import path

from langso.notices import views

urlpatterns = [
    path("thong-bao/", views.notice_list, name="notices"),
    path("thong-bao/da-doc/", views.seen, name="notices-seen"),
]
