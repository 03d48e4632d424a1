"""What was last done to keep the site safe, and mails that warn administrators."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0064_hash_chain_of_audit_entries'),
    ]

    operations = [
        migrations.CreateModel(
            name='OperationRecord',
            fields=[
                ('operation', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='time')),
                ('detail', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'operation',
                'verbose_name_plural': 'operations',
                'default_permissions': ('view',),
            },
        ),
        migrations.AlterField(
            model_name='outboxmail',
            name='purpose',
            field=models.CharField(choices=[('news', 'news, at once'), ('digest', 'daily mail'), ('invitation', 'invitation'), ('address', 'link to confirm an address'), ('changed', 'address changed'), ('operations', 'warnings')], max_length=10, verbose_name='purpose'),
        ),
    ]
