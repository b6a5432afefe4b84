from django.urls import path

from langso.evidence import views

CRITERION = "minh-chung/tieu-chi/<int:unit>/<str:framework>/<str:period>/<str:criterion>/"

urlpatterns = [
    path("minh-chung/", views.evidence_list, name="evidence-list"),
    path("minh-chung/them/", views.evidence_add, name="evidence-add"),
    path("minh-chung/anh/<int:pk>/", views.photo, name="evidence-photo"),
    path("minh-chung/<int:pk>/", views.evidence_page, name="evidence"),
    path("minh-chung/<int:pk>/tep/", views.evidence_file, name="evidence-file"),
    path("minh-chung/<int:pk>/rut/", views.evidence_withdraw, name="evidence-withdraw"),
    path("minh-chung/<int:pk>/giu/", views.evidence_keep, name="evidence-keep"),
    path(CRITERION, views.criterion_page, name="evidence-criterion"),
    path(f"{CRITERION}dan/", views.criterion_cite, name="evidence-cite"),
    path(f"{CRITERION}them/", views.criterion_add, name="evidence-criterion-add"),
    path(f"{CRITERION}bo/", views.criterion_drop, name="evidence-drop"),
]
