"""One's own data, who looked at it, requests about it, and the desk: part of `accounts.urls`."""

from django.urls import path

from . import (
    views_consents,
    views_copy,
    views_data,
    views_desk,
    views_desk_person,
    views_looks,
    views_requests,
)

urlpatterns = [
    path("du-lieu-cua-toi/ai-da-xem/", views_looks.looked, name="looked"),
    path("du-lieu-cua-toi/dong-y/", views_consents.agreed, name="agreed"),
    path("du-lieu-cua-toi/tat-ca/", views_copy.everything, name="everything"),
    path("du-lieu-cua-toi/ban-sao.json", views_copy.copy_json, name="copy_json"),
    path("du-lieu-cua-toi/ban-sao.pdf", views_copy.copy_pdf, name="copy_pdf"),
    path("du-lieu-cua-toi/yeu-cau/", views_requests.requests, name="requests"),
    path(
        "du-lieu-cua-toi/yeu-cau/<uuid:public_id>/rut/", views_requests.request_cancel, name="request_cancel"
    ),
    path("du-lieu-cua-toi/xoa/", views_requests.leave, name="leave"),
    path("du-lieu-cua-toi/o-lai/", views_requests.stay, name="stay"),
    path("quan-ly/so-du-lieu/", views_data.register, name="register"),
    path("quan-ly/so-du-lieu/so-du-lieu.csv", views_data.register_csv, name="register_csv"),
    path("quan-ly/yeu-cau/", views_desk.desk, name="desk"),
    path("quan-ly/yeu-cau/<uuid:public_id>/", views_desk.desk_request, name="desk_request"),
    path("quan-ly/yeu-cau/<uuid:public_id>/tim/", views_desk_person.find, name="desk_find"),
    path("quan-ly/yeu-cau/<uuid:public_id>/sua/", views_desk_person.correct, name="desk_correct"),
]
