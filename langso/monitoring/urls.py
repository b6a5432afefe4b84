from django.urls import path, register_converter

from langso.monitoring import views


class PaperKind:
    regex = "docx|pdf"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PaperKind, "paper")

urlpatterns = [
    path("theo-doi/", views.start, name="monitoring"),
    path("theo-doi/ca-nuoc/", views.country, name="monitoring-country"),
    path("theo-doi/ca-nuoc/tieu-chi/", views.country_criteria, name="monitoring-country-criteria"),
    path("theo-doi/ca-nuoc/bao-cao.<paper:kind>", views.country_report, name="monitoring-country-report"),
    path("theo-doi/<slug:code>/", views.cycle, name="monitoring-cycle"),
    path("theo-doi/<slug:code>/tieu-chi/", views.criteria, name="monitoring-criteria"),
    path("theo-doi/<slug:code>/bao-cao.<paper:kind>", views.report, name="monitoring-report"),
]
