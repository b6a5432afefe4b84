from django.urls import path

from langso.appraisals import views

urlpatterns = [
    path("tham-dinh/", views.queue, name="appraisal-queue"),
    path("tham-dinh/<int:pk>/", views.file, name="appraisal"),
    path("tham-dinh/<int:pk>/nhan/", views.claim, name="appraisal-claim"),
    path("tham-dinh/<int:pk>/chuyen/", views.release, name="appraisal-release"),
    path("tham-dinh/<int:pk>/nhan-sach/", views.accept_clean, name="appraisal-accept-clean"),
    path("tham-dinh/<int:pk>/ket-luan/", views.conclude, name="appraisal-conclude"),
    path("tham-dinh/<int:pk>/tra-lai/", views.send_back, name="appraisal-return"),
    path("tham-dinh/<int:pk>/mo-lai/", views.reopen, name="appraisal-reopen"),
    path("tham-dinh/<int:pk>/<str:code>/", views.criterion, name="appraisal-criterion"),
    path("tham-dinh/<int:pk>/<str:code>/trao-doi/", views.message, name="appraisal-message"),
]
