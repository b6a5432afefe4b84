from django.urls import path

from langso.appraisals import appeal_views, sample_views, unit_views, views

urlpatterns = [
    path("tham-dinh/", views.queue, name="appraisal-queue"),
    path("tham-dinh/phan-cua-toi/", views.my_part, name="appraisal-my-part"),
    path("tham-dinh/<int:pk>/", views.file, name="appraisal"),
    path("tham-dinh/<int:pk>/nhan/", views.claim, name="appraisal-claim"),
    path("tham-dinh/<int:pk>/chuyen/", views.release, name="appraisal-release"),
    path("tham-dinh/<int:pk>/nhan-sach/", views.accept_clean, name="appraisal-accept-clean"),
    path("tham-dinh/<int:pk>/ket-luan/", views.conclude, name="appraisal-conclude"),
    path("tham-dinh/<int:pk>/tra-lai/", views.send_back, name="appraisal-return"),
    path("tham-dinh/<int:pk>/mo-lai/", views.reopen, name="appraisal-reopen"),
    path("tham-dinh/<int:pk>/ket-thuc/", views.dismiss, name="appraisal-dismiss"),
    path("tham-dinh/<int:pk>/<str:code>/", views.criterion, name="appraisal-criterion"),
    path("tham-dinh/<int:pk>/<str:code>/trao-doi/", views.message, name="appraisal-message"),
    path("danh-gia/<int:pk>/tham-dinh/", unit_views.unit_file, name="unit-appraisal"),
    path("danh-gia/<int:pk>/tham-dinh/<str:code>/", unit_views.unit_criterion, name="unit-criterion"),
    path("danh-gia/<int:pk>/tham-dinh/<str:code>/trao-doi/", unit_views.unit_message, name="unit-message"),
    path("danh-gia/<int:pk>/tham-dinh/<str:code>/kien-nghi/", unit_views.unit_appeal, name="unit-appeal"),
    path("kien-nghi/", appeal_views.appeal_list, name="appeals"),
    path("kien-nghi/<int:pk>/", appeal_views.appeal_page, name="appeal"),
    path("kien-nghi/<int:pk>/tra-loi/", appeal_views.answer, name="appeal-answer"),
    path("boc-mau/", sample_views.draw_list, name="samples"),
    path("boc-mau/them/", sample_views.draw, name="sample-draw"),
    path("boc-mau/<int:pk>/", sample_views.draw_page, name="sample"),
    path("boc-mau/lan/<int:pk>/", sample_views.visit, name="sample-visit"),
    path("boc-mau/lan/<int:pk>/phieu/", sample_views.sheet, name="sample-sheet"),
]
