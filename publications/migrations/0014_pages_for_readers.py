"""Empty: the first site pages are written by publications/seeds.py, after migrate."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("publications", "0013_reviews")]
    operations = []
