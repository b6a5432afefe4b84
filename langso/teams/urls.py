from django.urls import path

from langso.teams import coverage_views, public, roster_views, views, village_views

urlpatterns = [
    path("ai-giup-toi/", public.find_help, name="find-help"),
    path("ai-giup-toi/<str:code>/", public.who_helps, name="who-helps"),
    path("thon/", village_views.village_list, name="villages"),
    path("thon/them/", village_views.village_add, name="village-add"),
    path("thon/<int:pk>/", village_views.village_edit, name="village-edit"),
    path("to/", views.team_list, name="teams"),
    path("to/them/", views.team_add, name="team-add"),
    path("to/nhap/", roster_views.roster_import, name="roster"),
    path("to/do-phu/", coverage_views.coverage, name="coverage"),
    path("to/<int:pk>/", views.team_page, name="team"),
    path("to/<int:pk>/sua/", views.team_edit, name="team-edit"),
    path("to/<int:pk>/giai-the/", views.team_dissolve, name="team-dissolve"),
    path("to/<int:pk>/them-nguoi/", views.member_add, name="member-add"),
    path("to/nguoi/<int:pk>/", views.member_edit, name="member-edit"),
    path("to/nguoi/<int:pk>/thoi/", views.member_end, name="member-end"),
]
