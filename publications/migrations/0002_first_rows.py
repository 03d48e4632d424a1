"""Empty: the first rows are written by publications/seeds.py, after migrate."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("publications", "0001_initial")]
    operations = []
