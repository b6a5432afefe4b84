from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "langso.visits"
    verbose_name = "Lượt đến hộ"

    def ready(self) -> None:
        from langso.visits import following, measures  # noqa: F401  # what this room counts, and what goes with teams
