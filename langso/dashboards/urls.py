from django.urls import path

from langso.dashboards import public, views

urlpatterns = [
    path("", public.home, name="home"),
    path("ca-nuoc.csv", public.country_csv, name="country-csv"),
    path("tim/", public.search, name="search"),
    path("noi/<str:code>/", public.place, name="place"),
    path("noi/<str:code>/xa.csv", public.province_csv, name="province-csv"),
    path("noi/<str:code>/<str:day>/", public.place, name="place-on"),
    path("viec-cua-toi/", views.my_work, name="my-work"),
    path("nhat-ky/", views.ledger, name="ledger"),
    path("ket-qua/<int:pk>.csv", public.result_csv, name="result-csv"),
]
