from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "langso.visits"
    verbose_name = "Lượt đến hộ"

    def ready(self) -> None:
        from langso.visits import measures  # noqa: F401  # registers what this room counts
