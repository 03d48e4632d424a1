import django.db.models.deletion
import publications.models.validators
import publications.models.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publications', '0026_organisations'),
    ]

    operations = [
        migrations.RenameField("edition", "markdown", "body"),
        # Words, checks and defaults of forms, which the table knows nothing of.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='edition',
                    name='body',
                    field=models.TextField(blank=True, verbose_name='text'),
                ),
                migrations.AlterField(
                    model_name='edition',
                    name='cover',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publications.image', verbose_name='cover'),
                ),
                migrations.AlterField(
                    model_name='edition',
                    name='doi',
                    field=models.CharField(blank=True, max_length=200, validators=[publications.models.validators.check_doi], verbose_name='DOI'),
                ),
                migrations.AlterField(
                    model_name='edition',
                    name='external_url',
                    field=models.CharField(blank=True, help_text='Of an article in a newspaper, for instance. Readers are led there; the text may then stay empty.', max_length=500, validators=[publications.models.validators.check_external_url], verbose_name='address of a text elsewhere'),
                ),
                migrations.AlterField(
                    model_name='edition',
                    name='isbn',
                    field=models.CharField(blank=True, max_length=17, validators=[publications.models.validators.check_isbn], verbose_name='ISBN'),
                ),
                migrations.AlterField(
                    model_name='edition',
                    name='key_points',
                    field=models.TextField(blank=True, help_text='One per line, three to five.', verbose_name='key points'),
                ),
                migrations.AlterField(
                    model_name='edition',
                    name='kind',
                    field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='publications.kind', verbose_name='kind'),
                ),
                migrations.AlterField(
                    model_name='edition',
                    name='language',
                    field=models.CharField(choices=[('en', 'English'), ('sv', 'Svenska'), ('uk', 'Українська'), ('ru', 'Русский'), ('be', 'Беларуская'), ('pl', 'Polski'), ('de', 'Deutsch'), ('fr', 'Français'), ('es', 'Español'), ('ka', 'ქართული'), ('hy', 'Հայերեն'), ('az', 'Azərbaycanca'), ('ro', 'Română'), ('et', 'Eesti'), ('lv', 'Latviešu'), ('lt', 'Lietuvių'), ('fi', 'Suomi'), ('da', 'Dansk'), ('no', 'Norsk'), ('cs', 'Čeština'), ('sk', 'Slovenčina'), ('hu', 'Magyar'), ('bg', 'Български'), ('el', 'Ελληνικά'), ('tr', 'Türkçe'), ('ar', 'العربية'), ('he', 'עברית'), ('fa', 'فارسی'), ('zh', '中文'), ('ja', '日本語')], default='en', max_length=10, verbose_name='language of the text'),
                ),
                migrations.AlterField(
                    model_name='edition',
                    name='series_number',
                    field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publications.number'),
                ),
                migrations.AlterField(
                    model_name='edition',
                    name='slug',
                    field=models.CharField(blank=True, help_text='Made from the title when left empty.', max_length=100, verbose_name='address'),
                ),
                migrations.AlterField(
                    model_name='edition',
                    name='summary',
                    field=models.TextField(blank=True, max_length=2000, verbose_name='summary'),
                ),
                migrations.AlterField(
                    model_name='edition',
                    name='title',
                    field=models.CharField(blank=True, max_length=250, verbose_name='title'),
                ),
                migrations.AlterField(
                    model_name='publication',
                    name='kind',
                    field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='publications.kind', verbose_name='kind'),
                ),
            ],
        ),
    ]
