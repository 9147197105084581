"""One's own data, who looked at it, requests about it, and the desk: part of `accounts.urls`."""

from django.urls import path

from . import views_data, views_looks

urlpatterns = [
    path("du-lieu-cua-toi/ai-da-xem/", views_looks.looked, name="looked"),
    path("quan-ly/so-du-lieu/", views_data.register, name="register"),
]
