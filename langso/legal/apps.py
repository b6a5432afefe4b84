from django.apps import AppConfig


class LegalConfig(AppConfig):
    name = "langso.legal"
