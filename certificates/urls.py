"""Papers: checked by anybody, downloaded by their owner, managed by officials."""

from django.urls import path

from . import desk, views

app_name = "certificates"
urlpatterns = [
    path("giay/", views.check, name="check"),
    path("giay/<str:serial>/", views.paper, name="paper"),
    path("giay/<str:serial>/giay-ghi-nhan.pdf", views.pdf, name="pdf"),
    path("giay/<str:serial>/giay-ghi-nhan.png", views.picture, name="picture"),
    path("quan-ly/giay/", desk.papers, name="manage"),
    path("quan-ly/giay/<str:serial>/", desk.paper, name="manage_paper"),
    path("quan-ly/giay/<str:serial>/thu-hoi/", desk.revoke, name="revoke"),
    path("quan-ly/giay/<str:serial>/cap-lai/", desk.reissue, name="reissue"),
]
