from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "langso.exchange"
    verbose_name = "trao đổi dữ liệu"
