from django.urls import path

from langso.visits import (
    campaign_views,
    merge_views,
    pay_views,
    ranking_views,
    request_public,
    request_views,
    spot_views,
)

urlpatterns = [
    path("chien-dich/<int:pk>/", campaign_views.campaign_page, name="campaign"),
    path("to/xep-hang/", ranking_views.ranking, name="team-ranking"),
    path("to/phu-cap/", pay_views.allowances, name="allowances"),
    path("to/phu-cap/duyet/", pay_views.allowance_approve, name="allowance-approve"),
    path("to/phu-cap/muc/", pay_views.rates, name="rates"),
    path("to/phu-cap/muc/them/", pay_views.rate_add, name="rate-add"),
    path("to/phu-cap/muc/<int:pk>/", pay_views.rate_end, name="rate-end"),
    path("thon/nhap/", merge_views.merge_villages, name="village-merge"),
    path("nho-giup/", request_public.ask, name="ask"),
    path("nho-giup/<str:code>/", request_public.asked, name="asked"),
    path("nho-giup/<str:code>/giup/", request_public.felt, name="felt"),
    path("hoi-lai/", spot_views.spot_list, name="spots"),
    path("hoi-lai/rut/", spot_views.spot_draw, name="spot-draw"),
    path("hoi-lai/<int:pk>/", spot_views.spot_page, name="spot"),
    path("hoi-lai/<int:pk>/tra-loi/", spot_views.spot_answer, name="spot-answer"),
    path("yeu-cau/", request_views.request_list, name="requests"),
    path("yeu-cau/<int:pk>/", request_views.request_page, name="request"),
    path("yeu-cau/<int:pk>/tra-loi/", request_views.request_answer, name="request-answer"),
    path("yeu-cau/<int:pk>/giao/", request_views.request_hand_over, name="request-hand-over"),
    path("yeu-cau/<int:pk>/dong/", request_views.request_close, name="request-close"),
]
