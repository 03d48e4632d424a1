"""Numbers of what was mailed to readers who have left."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('subscriptions', '0006_mailed_events'),
    ]

    operations = [
        migrations.CreateModel(
            name='RemovedMails',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('confirm', 'link to confirm a subscription'), ('alert', 'alert, at once'), ('daily', 'daily mail'), ('weekly', 'weekly mail')], max_length=10)),
                ('period_end', models.DateTimeField(null=True)),
                ('sent', models.PositiveIntegerField(default=0)),
                ('given_up', models.PositiveIntegerField(default=0)),
                ('event', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='subscriptions.alertevent')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(condition=models.Q(('event__isnull', False)), fields=('event', 'purpose'), name='removed_once_an_event'), models.UniqueConstraint(condition=models.Q(('period_end__isnull', False)), fields=('period_end', 'purpose'), name='removed_once_a_period')],
            },
        ),
    ]
