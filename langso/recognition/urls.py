from django.urls import path

from langso.recognition import decision_views, public, views

SESSION = "hoi-dong/phien/<int:pk>/"
LINE = "so-cong-nhan/<str:number>/"

urlpatterns = [
    path("hoi-dong/", views.councils, name="councils"),
    path("hoi-dong/lap/", views.council_make, name="council-make"),
    path("hoi-dong/<int:pk>/", views.council, name="council"),
    path("hoi-dong/<int:pk>/thanh-vien/", views.member_add, name="council-member-add"),
    path("hoi-dong/<int:pk>/phien/", views.session_open, name="council-session-open"),
    path("hoi-dong/thanh-vien/<int:pk>/thoi/", views.member_end, name="council-member-end"),
    path("hoi-dong/dieu-kien/<int:pk>/", views.conditions, name="council-conditions"),
    path(SESSION, views.session, name="council-session"),
    path(f"{SESSION}dua-tat-ca/", views.put_all, name="council-put-all"),
    path(f"{SESSION}dua/", views.put, name="council-put"),
    path(f"{SESSION}co-mat/", views.attend, name="council-attend"),
    path(f"{SESSION}<int:candidate>/phieu/", views.vote, name="council-vote"),
    path(f"{SESSION}<int:candidate>/dua-ra/", views.take_out, name="council-take-out"),
    path(f"{SESSION}dong-y/", views.vote_for_all, name="council-vote-for-all"),
    path(f"{SESSION}ket-thuc/", views.close, name="council-close"),
    path(f"{SESSION}van-ban/", decision_views.draft, name="paper-draft"),
    path("quyet-dinh/", decision_views.papers, name="papers"),
    path("quyet-dinh/cong-nhan/", decision_views.recognitions, name="recognitions"),
    path("quyet-dinh/bao-cao/<int:pk>/", decision_views.draft_report, name="paper-draft-report"),
    path("quyet-dinh/thu-hoi/<int:pk>/", decision_views.revoke, name="recognition-revoke"),
    path("quyet-dinh/giay/<int:pk>/", decision_views.certificate, name="recognition-certificate"),
    path("quyet-dinh/<int:pk>/", decision_views.paper, name="paper"),
    path("quyet-dinh/<int:pk>/ghi-so/", decision_views.register, name="paper-register"),
    path("quyet-dinh/<int:pk>/<str:slug>/", decision_views.paper_file, name="paper-file"),
    path("so-cong-nhan/", public.book, name="register"),
    path("so-cong-nhan/tra-cuu/", public.lookup, name="register-lookup"),
    path(LINE, public.recognition, name="recognition"),
    path(f"{LINE}quyet-dinh.pdf", public.decision_file, name="recognition-decision"),
    path(f"{LINE}thu-hoi.pdf", public.revocation_file, name="recognition-revocation"),
    path(f"{LINE}so-lieu.csv", public.figures, name="recognition-figures"),
]
