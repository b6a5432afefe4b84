from django.urls import path

from langso.visits import merge_views, request_public, request_views

urlpatterns = [
    path("thon/nhap/", merge_views.merge_villages, name="village-merge"),
    path("nho-giup/", request_public.ask, name="ask"),
    path("nho-giup/<str:code>/", request_public.asked, name="asked"),
    path("nho-giup/<str:code>/giup/", request_public.felt, name="felt"),
    path("yeu-cau/", request_views.request_list, name="requests"),
    path("yeu-cau/<int:pk>/", request_views.request_page, name="request"),
    path("yeu-cau/<int:pk>/tra-loi/", request_views.request_answer, name="request-answer"),
    path("yeu-cau/<int:pk>/giao/", request_views.request_hand_over, name="request-hand-over"),
    path("yeu-cau/<int:pk>/dong/", request_views.request_close, name="request-close"),
]
