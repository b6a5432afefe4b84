from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "langso.evidence"
