from django.urls import path

from . import users, views

urlpatterns = [
    path("tim/", views.search, name="search"),
    path("admin/bulk/accounts/user/<str:action>/", users.no_bulk),
]
