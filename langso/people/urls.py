from django.urls import path

from langso.people import views

urlpatterns = [
    path("nguoi/", views.people, name="people"),
    path("nguoi/them/", views.grant, name="post-grant"),
    path("nguoi/<int:pk>/thoi/", views.end, name="post-end"),
    path("nguoi/<int:pk>/mat-khau/", views.password, name="password-reset"),
    path("dung-thu/", views.demo, name="demo"),
    path("dung-thu/chu-tich.p12", views.demo_key, name="demo-key"),
]
