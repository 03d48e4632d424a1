"""Drop the tables of django-axes, which `AccountEvent` replaces.

They hold network addresses that nothing would delete any more. Its rows in
`django_migrations` go too, so that an older release creates the tables anew.
"""

from django.db import migrations

TABLES = ("axes_accessattemptexpiration", "axes_accessattempt", "axes_accessfailurelog", "axes_accesslog")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [f"DROP TABLE IF EXISTS {table}" for table in TABLES]
            + ["DELETE FROM django_migrations WHERE app = 'axes'"],
            migrations.RunSQL.noop,
        )
    ]
