"""Empty: groups and their permissions are made by publications/roles.py, after migrate."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("publications", "0022_versions_have_entries"), ("accounts", "0001_initial")]

    operations = []
