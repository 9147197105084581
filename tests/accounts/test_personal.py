import csv
import io

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from accounts import personal
from accounts.models import Learner, User


def test_every_table_about_people_says_what_it_holds():
    assert personal.undeclared() == []


@pytest.mark.parametrize("label", [*personal.THIRD_PARTY, *personal.NOT_PERSONAL])
def test_no_line_about_a_table_that_is_gone(label):
    assert apps.get_model(label)


def test_a_new_table_that_names_a_person_is_noticed():
    class Guess(models.Model):
        who = models.ForeignKey(Learner, models.CASCADE, related_name="+")

        class Meta:
            app_label = "accounts"
            managed = False

    class Mail(models.Model):
        reply = models.EmailField()

        class Meta:
            app_label = "accounts"
            managed = False

    try:
        assert {"accounts.Guess", "accounts.Mail"} <= set(personal.undeclared())
    finally:
        for name in ("guess", "mail"):
            del apps.all_models["accounts"][name]
        apps.clear_cache()


def test_no_part_of_a_line_is_empty():
    for entry in personal.register():
        assert all((entry.personal.what, entry.personal.why, entry.personal.basis, entry.personal.keep)), (
            entry
        )


def test_pages_say_what_their_parent_says():
    assert personal.of(apps.get_model("cms.LessonPage")) == personal.THIRD_PARTY["wagtailcore.Page"]
    assert personal.of(User).basis == personal.CONSENT


def test_the_command_prints_every_line():
    out = io.StringIO()
    call_command("data_register", format="csv", stdout=out)
    rows = list(csv.reader(io.StringIO(out.getvalue())))
    assert tuple(rows[0]) == personal.COLUMNS
    assert {row[1] for row in rows[1:]} == {entry.label for entry in personal.register()}
    out = io.StringIO()
    call_command("data_register", stdout=out)
    assert out.getvalue().splitlines()[1] == "| --- | --- | --- | --- | --- | --- |"


@pytest.mark.django_db
def test_officials_read_the_register(client, chi):
    client.force_login(chi)
    html = client.get("/quan-ly/so-du-lieu/").content.decode()
    assert all(room in html for room in personal.ROOMS.values())
    assert "accounts.Learner" in html


def test_the_screen_says_once_what_several_tables_say_alike(client, chi):
    client.force_login(chi)
    page = client.get("/quan-ly/so-du-lieu/").content.decode()
    assert page.count('<th scope="row">Ai đã soạn, sửa, tải lên') == 1
    assert "<code>wagtailadmin.EditingSession</code>" in page
    table = client.get("/quan-ly/so-du-lieu/so-du-lieu.csv").content.decode()
    assert table.count("\n") == len(personal.rows()) + 1
