import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def take_seats(apps, schema_editor):
    """Whoever has a sign-in already takes its seats in the order of joining."""
    learners = apps.get_model("accounts", "Learner").objects
    seats = {}
    for pk, user in learners.exclude(user=None).order_by("pk").values_list("pk", "user_id").iterator():
        seats[user] = seats.get(user, 0) + 1
        learners.filter(pk=pk).update(seat=seats[user])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('merged_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='MergedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(help_text='label of the model: courses.ItemDone', max_length=60)),
                ('row', models.BigIntegerField()),
                ('before', models.JSONField()),
                ('after', models.JSONField()),
            ],
        ),
        # safe because: a looser constraint of the same name follows
        migrations.RemoveConstraint(
            model_name='user',
            name='user_has_email_or_phone',
        ),
        migrations.AddField(
            model_name='learner',
            name='colour',
            field=models.CharField(blank=True, choices=[('sea', 'Xanh biển'), ('flame', 'Đỏ phượng'), ('lamp', 'Vàng đèn'), ('leaf', 'Xanh lá'), ('clay', 'Nâu đất'), ('plum', 'Tím sim'), ('rose', 'Hồng sen'), ('ink', 'Đen mực')], max_length=8),
        ),
        migrations.AddField(
            model_name='learner',
            name='picture',
            field=models.CharField(blank=True, choices=[('lamp', 'Đèn dầu'), ('boat', 'Thuyền'), ('flower', 'Hoa phượng'), ('fish', 'Cá'), ('bird', 'Chim hải âu'), ('tree', 'Cây đa'), ('hat', 'Nón lá'), ('drum', 'Trống')], max_length=8),
        ),
        migrations.AddField(
            model_name='learner',
            name='pin',
            field=models.CharField(blank=True, help_text='her own, hashed; empty: that of the sign-in is hers', max_length=128),
        ),
        migrations.AddField(
            model_name='learner',
            name='seat',
            field=models.PositiveSmallIntegerField(blank=True, help_text='1 to 8: her place on the sign-in she shares; empty without one', null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='phone_lost_at',
            field=models.DateTimeField(blank=True, help_text='when somebody else proved that the number is hers now', null=True),
        ),
        migrations.RunPython(take_seats, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='learner',
            constraint=models.UniqueConstraint(fields=('user', 'seat'), name='learner_seat_once'),
        ),
        migrations.AddConstraint(
            model_name='learner',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('seat', None), ('user', None)), models.Q(('seat__range', (1, 8)), ('user__isnull', False)), _connector='OR'), name='learner_sits_on_her_sign_in'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('email__isnull', False), ('phone__isnull', False), ('phone_lost_at__isnull', False), _connector='OR'), name='user_has_email_or_phone'),
        ),
        migrations.AddField(
            model_name='merge',
            name='canonical',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merged_as_canonical', to='accounts.learner'),
        ),
        migrations.AddField(
            model_name='merge',
            name='duplicate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merged_as_duplicate', to='accounts.learner'),
        ),
        migrations.AddField(
            model_name='merge',
            name='merged_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='merge',
            name='undone_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mergedrow',
            name='merge',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='accounts.merge'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('duplicate',), name='merge_once_while_it_stands'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.CheckConstraint(condition=models.Q(('duplicate', models.F('canonical')), _negated=True), name='merge_of_two'),
        ),
    ]
