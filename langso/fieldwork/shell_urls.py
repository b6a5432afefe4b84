"""The addresses of the app's shell; everything below /app/ that is not its API."""

from django.urls import path

from langso.fieldwork import shell

urlpatterns = [
    path("app/", shell.shell, name="field-app"),
    path("app/<str:name>", shell.shell, name="field-app-file"),
]
