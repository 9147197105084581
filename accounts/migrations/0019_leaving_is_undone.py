from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0018_reset_links")]

    operations = [
        migrations.AddField(
            model_name="parting",
            name="with_record",
            field=models.BooleanField(
                default=False, help_text="she left for a sign-in of her own; else she was taken off"
            ),
        ),
        migrations.AddField(
            model_name="parting",
            name="pin",
            field=models.CharField(
                blank=True, help_text="her own PIN as it was kept, for the way back", max_length=128
            ),
        ),
    ]
