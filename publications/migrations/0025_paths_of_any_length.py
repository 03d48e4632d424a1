from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publications", "0024_typed_into_other_forms")]

    operations = [
        migrations.AlterField(model_name="typed", name="path", field=models.TextField(blank=True)),
    ]
