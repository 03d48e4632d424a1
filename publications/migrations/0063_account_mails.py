"""Mails about accounts."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0062_approvals'),
    ]

    operations = [
        migrations.AlterField(
            model_name='outboxmail',
            name='purpose',
            field=models.CharField(choices=[('news', 'news, at once'), ('digest', 'daily mail'), ('invitation', 'invitation'), ('address', 'link to confirm an address'), ('changed', 'address changed')], max_length=10, verbose_name='purpose'),
        ),
    ]
