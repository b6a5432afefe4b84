"""Addresses of this room."""

from django.urls import path

from langso.ui.gallery import gallery

gallery.door = "public"  # type: ignore[attr-defined]  # the doors stand on a higher shelf: said here by hand
urlpatterns = [path("thu-vien-giao-dien/", gallery, name="gallery")]
