from django.urls import path

from langso.fieldwork import openrosa, openrosa_enroll

urlpatterns = [
    path("odk/", openrosa_enroll.collect, name="odk-enroll"),
    path("odk/<str:token>/formList", openrosa.form_list, name="odk-form-list"),
    path("odk/<str:token>/forms/<slug:code>.xml", openrosa.form_xml, name="odk-form"),
    path("odk/<str:token>/manifest/<slug:code>", openrosa.manifest, name="odk-manifest"),
    path("odk/<str:token>/list/ho.csv", openrosa.household_list, name="odk-list"),
    path("odk/<str:token>/submission", openrosa.submission, name="odk-submission"),
]
