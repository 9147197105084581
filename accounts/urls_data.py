"""One's own data, who looked at it, requests about it, and the desk: part of `accounts.urls`."""

from django.urls import path

from . import views_data

urlpatterns = [
    path("quan-ly/so-du-lieu/", views_data.register, name="register"),
]
