from django.urls import path

from . import knowing, lessons, recalling, testing, views

app_name = "learning"
urlpatterns = [
    path("hoc-tap/", views.home, name="home"),
    path("hoc-tap/<slug:course>/hoan-thanh/", views.finished, name="finished"),
    path("hoc-tap/<slug:course>/ban-moi/", views.newer_edition, name="newer_edition"),
    path("hoc-tap/<slug:course>/<slug:lesson>/xong/", lessons.lesson_done, name="lesson_done"),
    path("hoc-tap/<slug:course>/<slug:lesson>/da-biet/", knowing.known, name="known"),
    path("hoc-tap/<slug:course>/<slug:lesson>/", lessons.withdrawn, name="withdrawn"),
    path("on-lai/<slug:course>/", recalling.refresher, name="refresher"),
    path("kiem-tra/<slug:course>/", testing.test, name="test"),
    path("kiem-tra/<slug:course>/ket-qua/<uuid:attempt>/", testing.result, name="result"),
]
