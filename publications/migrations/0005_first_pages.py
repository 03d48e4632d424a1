"""Empty: the first site pages are written by publications/seeds.py, after migrate."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("publications", "0004_pages_and_paths"), ("publications", "0003_roles")]
    operations = []
