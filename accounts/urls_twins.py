"""The same person twice: part of the names of `accounts.urls`."""

from django.urls import path

from . import views_twins

urlpatterns = [
    path("quan-ly/trung-nhau/", views_twins.twins, name="twins"),
    path("quan-ly/trung-nhau/da-gop/", views_twins.merges, name="merges"),
    path("quan-ly/trung-nhau/da-gop/<int:pk>/bo/", views_twins.undo, name="merge_undo"),
    path("quan-ly/trung-nhau/<uuid:one>/<uuid:other>/", views_twins.pair, name="twin_pair"),
    path("quan-ly/trung-nhau/<uuid:one>/<uuid:other>/hai-nguoi/", views_twins.apart, name="twin_apart"),
]
