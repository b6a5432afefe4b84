from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    name = "langso.questionnaires"
    verbose_name = "Phiếu"
