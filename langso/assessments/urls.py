from django.urls import path

from langso.assessments import bulk_views, public, submit_views, views, workbook_views

urlpatterns = [
    path("viec-cua-toi/", views.my_work, name="my-work"),
    path("danh-gia/", views.assessment_list, name="assessment-list"),
    path("danh-gia/mo/", views.assessment_open, name="assessment-open"),
    path("danh-gia/nhap-nhieu/", bulk_views.bulk_import, name="bulk-import"),
    path("danh-gia/nhap-nhieu/<int:pk>/", bulk_views.bulk_answer, name="bulk-answer"),
    path("danh-gia/nhap-nhieu/<int:pk>/da-danh-dau.zip", bulk_views.bulk_marked, name="bulk-marked"),
    path("danh-gia/<int:pk>/", views.assessment_page, name="assessment"),
    path("danh-gia/<int:pk>/nhom/<str:group>/", views.assessment_group, name="assessment-group"),
    path("danh-gia/<int:pk>/nhom/<str:group>/luu/", views.group_autosave, name="group-autosave"),
    path("danh-gia/<int:pk>/so-lieu.xlsx", workbook_views.workbook_download, name="workbook"),
    path("danh-gia/<int:pk>/tep/", workbook_views.workbook_upload, name="workbook-upload"),
    path("danh-gia/<int:pk>/tep/<int:file>/", workbook_views.workbook_matching, name="workbook-matching"),
    path("danh-gia/<int:pk>/cong-bo/", views.assessment_publish, name="assessment-publish"),
    path("danh-gia/<int:pk>/nop/", submit_views.review, name="assessment-review"),
    path("danh-gia/<int:pk>/nop/xac-nhan/", submit_views.confirm, name="assessment-confirm"),
    path("danh-gia/<int:pk>/nop/trinh-ky/", submit_views.send_to_sign, name="assessment-send-to-sign"),
    path("danh-gia/<int:pk>/nop/lay-ve/", submit_views.take_back, name="assessment-take-back"),
    path("danh-gia/<int:pk>/nop/rut-lai/", submit_views.withdraw, name="assessment-withdraw"),
    path("danh-gia/<int:pk>/ky/", submit_views.sign, name="assessment-sign"),
    path("danh-gia/<int:pk>/tu-danh-gia.pdf", submit_views.report, name="assessment-report"),
    path("tep/<int:pk>/", workbook_views.file_download, name="file"),
    path("khung/", public.framework_list, name="framework-list"),
    path("khung/<str:code>/", public.framework, name="framework"),
]
