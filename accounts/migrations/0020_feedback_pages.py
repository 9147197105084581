from django.db import migrations

_SECRET = ("/loi-moi/", "/the/", "/quen-ma/", "/giay/", "/du-lieu-cua-toi/", "/quan-ly/")


def shorten(apps, schema_editor):
    """Addresses that are secrets (an invitation, a paper) were kept as the page somebody spoke of."""
    feedback = apps.get_model("accounts", "Feedback").objects
    for start in _SECRET:
        feedback.filter(page__startswith=start).update(page="/")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0019_leaving_is_undone")]

    operations = [migrations.RunPython(shorten, migrations.RunPython.noop)]
