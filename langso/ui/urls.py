"""Addresses of this room."""

from django.urls import path

from langso.ui.gallery import gallery

urlpatterns = [path("thu-vien-giao-dien/", gallery, name="gallery")]
