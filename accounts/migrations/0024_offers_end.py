"""Offers end by themselves; a link to another password stands beside an invitation of the same hands."""

import datetime

from django.db import migrations, models
from django.db.models import F


def end_those_of_before(apps, schema_editor):
    """They end when the link of the day they were made did."""
    rows = apps.get_model("accounts", "Role").objects.filter(waiting=True)
    rows.update(offer_ends_at=F("granted_at") + datetime.timedelta(days=7))


def end_the_older(apps, schema_editor):
    """Backwards one link stands for each pair of hands: the newer one."""
    links = apps.get_model("accounts", "Invitation").objects.filter(used_at=None, ended_at=None)
    newest = {}
    for link in links.exclude(invited_by=None).order_by("pk"):
        older = newest.pop((link.user_id, link.invited_by_id), None)
        if older is not None:
            links.filter(pk=older).update(ended_at=link.made_at)
        newest[link.user_id, link.invited_by_id] = link.pk


class Migration(migrations.Migration):
    dependencies = [("accounts", "0023_number_offers")]

    operations = [
        migrations.AddField(
            model_name="role",
            name="offer_ends_at",
            field=models.DateTimeField(
                blank=True, help_text="accepted before then, or the offer is over", null=True
            ),
        ),
        migrations.RunPython(end_those_of_before, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="role",
            constraint=models.CheckConstraint(
                condition=models.Q(("waiting", False), ("offer_ends_at__isnull", False), _connector="OR"),
                name="role_offer_has_an_end",
            ),
        ),
        migrations.RemoveConstraint(model_name="invitation", name="invitation_one_of_each_giver"),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None), ("used_at", None)),
                fields=("user", "invited_by", "resets"),
                name="invitation_one_of_each_giver",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, end_the_older),
    ]
