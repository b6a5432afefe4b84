from django.urls import path

from langso.assessments import public, views

urlpatterns = [
    path("viec-cua-toi/", views.my_work, name="my-work"),
    path("danh-gia/", views.assessment_list, name="assessment-list"),
    path("danh-gia/mo/", views.assessment_open, name="assessment-open"),
    path("danh-gia/<int:pk>/", views.assessment_page, name="assessment"),
    path("danh-gia/<int:pk>/nhom/<str:group>/", views.assessment_group, name="assessment-group"),
    path("danh-gia/<int:pk>/nhom/<str:group>/luu/", views.group_autosave, name="group-autosave"),
    path("danh-gia/<int:pk>/so-lieu.xlsx", views.workbook_download, name="workbook"),
    path("danh-gia/<int:pk>/tep/", views.workbook_upload, name="workbook-upload"),
    path("danh-gia/<int:pk>/cong-bo/", views.assessment_publish, name="assessment-publish"),
    path("tep/<int:pk>/", views.file_download, name="file"),
    path("khung/", public.framework_list, name="framework-list"),
    path("khung/<str:code>/", public.framework, name="framework"),
]
