"""Empty: groups and their permissions are made by publications/roles.py, after migrate."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("publications", "0002_first_rows"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = []
