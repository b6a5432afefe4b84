from django.urls import path

from langso.campaigns import views

urlpatterns = [
    path("chien-dich/", views.campaign_list, name="campaigns"),
    path("chien-dich/them/", views.campaign_add, name="campaign-add"),
    path("chien-dich/<int:pk>/sua/", views.campaign_edit, name="campaign-edit"),
    path("chien-dich/<int:pk>/mo/", views.campaign_open, name="campaign-open"),
    path("chien-dich/<int:pk>/ket-thuc/", views.campaign_end, name="campaign-end"),
    path("chien-dich/<int:pk>/bai/", views.script_edit, name="script-add"),
    path("chien-dich/<int:pk>/bai/<int:order>/", views.script_edit, name="script-edit"),
]
