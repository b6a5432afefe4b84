"""The API behind its doors, its page for readers, and the readings of a province."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from langso.exchange import resources, rules, sets, views
from langso.exchange.api import api
from langso.exchange.caller import served
from langso.people.roles import Right

# By address: what everybody may read, and else the least right that any of its verbs asks for.
DOORS = {
    "units": "public",
    "frameworks": "public",
    "frameworks/<id>": "public",
    "results": "public",
    "recognitions": "public",
    "dhis2/metadata": "public",
    "cycles": Right.ASSESSMENT_READ.value,
    "cycles/<code>": Right.ASSESSMENT_READ.value,
    "cycles/<code>/assessments": Right.ASSESSMENT_READ.value,
    "assessments/<id>": Right.ASSESSMENT_READ.value,
    "figures": Right.FIGURE_READ.value,
    "readings": Right.APPRAISAL_WRITE.value,
    "dhis2/dataValueSets": Right.FIGURE_READ.value,
    "adx": Right.FIGURE_READ.value,
}
WITH_ADDRESSES = (resources, sets)  # importing them put their addresses on the API


def _nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    raise rules.AddressUnknown()


urlpatterns = [
    path("api/", views.reference, name="api"),
    path("so-lieu-he-thong/", views.readings, name="readings"),
    *(
        path(f"api/v1/{entry.pattern}", served(entry.callback, door=DOORS[str(entry.pattern)]), name=f"api-{k}")
        for k, entry in enumerate(api.urls[0])
        if str(entry.pattern) not in ("", "openapi.json") and entry.callback is not None
    ),
    path("api/v1/openapi.json", served(views.description, door="public"), name="api-description"),
    path("api/v1/", served(_nowhere, door="public"), name="api-nowhere"),
    path("api/v1/<path:rest>", served(_nowhere, door="public"), name="api-nowhere-else"),
]
