from django.urls import path

from langso.visits import household_views as views
from langso.visits import work_views

urlpatterns = [
    path("ho/", views.household_list, name="households"),
    path("ho/them/", views.household_add, name="household-add"),
    path("ho/the/", views.cards, name="household-cards"),
    path("ho/the/cap-ma/", views.give_codes, name="household-codes"),
    path("ho/<int:pk>/", views.household_page, name="household"),
    path("ho/<int:pk>/sua/", views.household_edit, name="household-edit"),
    path("ho/<int:pk>/ghi-luot/", views.visit_add, name="visit-add"),
    path("luot/", views.visit_list, name="visits"),
    path("to/ket-qua/", work_views.work, name="team-work"),
]
