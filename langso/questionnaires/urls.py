from django.urls import path

from langso.questionnaires import answer_views, views

urlpatterns = [
    path("phieu/", views.form_list, name="form-list"),
    path("phieu/nhap/", views.form_import, name="form-import"),
    path("phieu/<int:pk>/", views.form_page, name="form"),
    path("phieu/<int:pk>/ban/<int:version>/ban-hanh/", views.form_issue, name="form-issue"),
    path("phieu/<int:pk>/ban/<int:version>/thu-hoi/", views.form_withdraw, name="form-withdraw"),
    path("phieu/<int:pk>/ban/<int:version>/tep/", views.form_file, name="form-file"),
    path("phieu/<int:pk>/dien/", answer_views.fill, name="form-fill"),
    path("phieu/<int:pk>/tra-loi/", answer_views.answer_list, name="form-answers"),
    path("phieu/<int:pk>/tra-loi/<uuid:uid>/", answer_views.answer_page, name="form-answer"),
]
