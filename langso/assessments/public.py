"""The frameworks, as anyone may read them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from langso.assessments import words
from langso.assessments.judging import edition_of
from langso.criteria import catalogue
from langso.criteria.engine import load_edition
from langso.lib.refusal import Refused
from langso.people.door import public


@public
def framework_list(request: HttpRequest) -> HttpResponse:
    editions = sorted((load_edition(p) for p in catalogue.shipped().values()), key=lambda e: e.title)
    return render(request, "assessments/framework_list.html", {"editions": [words.of_edition(e) for e in editions]})


@public
def framework(request: HttpRequest, code: str) -> HttpResponse:
    try:
        edition = edition_of(code, request.GET.get("phien-ban", ""))
    except Refused as refused:
        raise Http404(refused.sentence) from refused
    return render(request, "assessments/framework.html", {"edition": edition, "shown": words.of_edition(edition)})
