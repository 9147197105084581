from django.db import migrations


def rename(apps, schema_editor):
    """Wagtail's first migration names the roots of pages and pictures in English."""
    roots = apps.get_model("wagtailcore", "Page").objects.filter(depth=1, title="Root")
    roots.update(title="Gốc", draft_title="Gốc")
    apps.get_model("wagtailcore", "Collection").objects.filter(depth=1, name="Root").update(name="Gốc")


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0002_vietnamese_names"),
    ]

    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
