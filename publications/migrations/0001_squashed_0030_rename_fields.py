"""The schema of a new site: all migrations up to the rename of fields in one, for databases that have none of them."""

import datetime
import django.db.models.deletion
import django.utils.timezone
import publications.models.author
import publications.models.image
import publications.models.validators
import taggit.managers
import sqlite3
import uuid
from django.conf import settings
from django.db import migrations, models


SEARCH_TABLES = {
    "sqlite": (
        """
        CREATE VIRTUAL TABLE publications_search USING fts5 (
            title, summary, people, topics, text, marks, {content}
            prefix = '3', tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* Co'"
        )
        """,
        "CREATE TABLE publications_filed (edition_id integer PRIMARY KEY, marks text NOT NULL)",
    ),
    "postgresql": (
        """
        CREATE TABLE publications_search (
            edition_id bigint PRIMARY KEY, vector tsvector NOT NULL, marks text NOT NULL DEFAULT ''
        )
        """,
        "CREATE INDEX publications_search_vector ON publications_search USING gin (vector)",
        """
        CREATE FUNCTION publications_by_the_index(edition bigint) RETURNS boolean
        LANGUAGE plpgsql STABLE COST 10000 AS 'BEGIN RETURN true; END'
        """,
    ),
}
"""Tables of the search index, which have no model; for the function see `publications.search.engines.postgres`."""
NO_CONTENT = "content = '', contentless_delete = 1,"  # the texts stand in the editions already
DROPPED = {
    "sqlite": ("DROP TABLE publications_search", "DROP TABLE publications_filed"),
    "postgresql": ("DROP TABLE publications_search", "DROP FUNCTION publications_by_the_index"),
}


def create_search_tables(apps, schema_editor):
    can_delete_without_content = sqlite3.sqlite_version_info >= (3, 43)
    for statement in SEARCH_TABLES[schema_editor.connection.vendor]:
        schema_editor.execute(statement.replace("{content}", NO_CONTENT if can_delete_without_content else ""))


def drop_search_tables(apps, schema_editor):
    for statement in DROPPED[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("publications", "0001_initial"),
        ("publications", "0002_first_rows"),
        ("publications", "0003_roles"),
        ("publications", "0004_pages_and_paths"),
        ("publications", "0005_first_pages"),
        ("publications", "0006_identifiers"),
        ("publications", "0007_search"),
        ("publications", "0008_typing"),
        ("publications", "0009_word"),
        ("publications", "0010_former_paths"),
        ("publications", "0011_likeness"),
        ("publications", "0012_ready"),
        ("publications", "0013_reviews"),
        ("publications", "0014_pages_for_readers"),
        ("publications", "0015_tag_made_in_draft"),
        ("publications", "0016_found"),
        ("publications", "0017_deed_of_its_own"),
        ("publications", "0018_filed"),
        ("publications", "0019_found_with_piece"),
        ("publications", "0020_byline_role_choices"),
        ("publications", "0021_external_url"),
        ("publications", "0022_versions_have_entries"),
        ("publications", "0023_administrators_view_account_events"),
        ("publications", "0024_typed_into_other_forms"),
        ("publications", "0025_paths_of_any_length"),
        ("publications", "0026_organisations"),
        ("publications", "0027_editions_share_columns"),
        ("publications", "0028_rename_tree_to_locale"),
        ("publications", "0029_rename_models"),
        ("publications", "0030_rename_fields"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Author',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('slug', models.CharField(blank=True, max_length=120, unique=True, verbose_name='address')),
                ('family_name', models.CharField(blank=True, help_text='What references sort by. The last word of the name when left empty; for somebody of one name, the whole name.', max_length=120, verbose_name='family name')),
                ('aliases', models.TextField(blank=True, help_text='One per line.', verbose_name='other spellings')),
                ('title_en', models.CharField(blank=True, max_length=160, verbose_name='title, English')),
                ('title_sv', models.CharField(blank=True, max_length=160, verbose_name='title, Swedish')),
                ('affiliation_en', models.CharField(blank=True, max_length=200, verbose_name='affiliation, English')),
                ('affiliation_sv', models.CharField(blank=True, max_length=200, verbose_name='affiliation, Swedish')),
                ('biography_en', models.TextField(blank=True, verbose_name='biography, English')),
                ('biography_sv', models.TextField(blank=True, verbose_name='biography, Swedish')),
                ('orcid', models.CharField(blank=True, max_length=19, validators=[publications.models.author.check_orcid], verbose_name='ORCID iD')),
                ('is_guest', models.BooleanField(default=False, help_text='Writes for the centre, is not of it.', verbose_name='guest')),
                ('is_pseudonymous', models.BooleanField(default=False, help_text='The name is a pen name: no page, portrait, biography or ORCID iD is ever shown.', verbose_name='pseudonymous')),
                ('is_organisation', models.BooleanField(default=False, help_text='Not a person but, say, an editorial desk: references give the name as it is, never turned round.', verbose_name='organisation')),
            ],
            options={
                'verbose_name': 'author',
                'verbose_name_plural': 'authors',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='IndexedTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('term', models.CharField(max_length=50, unique=True)),
                ('prefix', models.CharField(db_index=True, max_length=3)),
                ('edition_count', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Kind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=40, unique=True, verbose_name='key')),
                ('name_en', models.CharField(max_length=80, verbose_name='name, English')),
                ('name_sv', models.CharField(max_length=80, verbose_name='name, Swedish')),
                ('plural_en', models.CharField(max_length=80, verbose_name='plural, English')),
                ('plural_sv', models.CharField(max_length=80, verbose_name='plural, Swedish')),
                ('type_line_en', models.CharField(help_text='Stands above the title. {number} and {year} are filled in for numbered kinds.', max_length=200, verbose_name='type line, English')),
                ('type_line_sv', models.CharField(max_length=200, verbose_name='type line, Swedish')),
                ('disclaimer_en', models.TextField(blank=True, verbose_name='disclaimer, English')),
                ('disclaimer_sv', models.TextField(blank=True, verbose_name='disclaimer, Swedish')),
                ('is_numbered', models.BooleanField(default=False, help_text='A number per year, given at first publication and kept.', verbose_name='numbered')),
                ('is_guest', models.BooleanField(default=False, verbose_name='guest kind')),
                ('is_scholarly', models.BooleanField(default=False, help_text='Told to Google Scholar.', verbose_name='scholarly')),
                ('schema_type', models.CharField(default='Article', max_length=40, verbose_name='schema.org type')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
            ],
            options={
                'verbose_name': 'kind',
                'verbose_name_plural': 'kinds',
                'ordering': ['position', 'slug'],
            },
        ),
        migrations.CreateModel(
            name='Synonym',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('spellings', models.TextField(help_text='One per line: names in transliteration, abbreviations, the same name in other languages.', max_length=2000, verbose_name='spellings')),
            ],
            options={
                'verbose_name': 'equal spellings',
                'verbose_name_plural': 'equal spellings',
                'ordering': ['spellings'],
            },
        ),
        migrations.CreateModel(
            name='Byline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('author', 'Author'), ('with', 'With'), ('editor', 'Editor')], default='author', max_length=10, verbose_name='role')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bylines', to='publications.author', verbose_name='author')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('sv', 'Svenska'), ('uk', 'Українська'), ('ru', 'Русский'), ('be', 'Беларуская'), ('pl', 'Polski'), ('de', 'Deutsch'), ('fr', 'Français'), ('es', 'Español'), ('ka', 'ქართული'), ('hy', 'Հայերեն'), ('az', 'Azərbaycanca'), ('ro', 'Română'), ('et', 'Eesti'), ('lv', 'Latviešu'), ('lt', 'Lietuvių'), ('fi', 'Suomi'), ('da', 'Dansk'), ('no', 'Norsk'), ('cs', 'Čeština'), ('sk', 'Slovenčina'), ('hu', 'Magyar'), ('bg', 'Български'), ('el', 'Ελληνικά'), ('tr', 'Türkçe'), ('ar', 'العربية'), ('he', 'עברית'), ('fa', 'فارسی'), ('zh', '中文'), ('ja', '日本語')], default='en', max_length=10, verbose_name='language of the text')),
                ('title', models.CharField(blank=True, max_length=250, verbose_name='title')),
                ('slug', models.CharField(blank=True, help_text='Made from the title when left empty.', max_length=100, verbose_name='address')),
                ('summary', models.TextField(blank=True, max_length=2000, verbose_name='summary')),
                ('key_points', models.TextField(blank=True, help_text='One per line, three to five.', verbose_name='key points')),
                ('body', models.TextField(blank=True, verbose_name='text')),
                ('external_url', models.CharField(blank=True, help_text='Of an article in a newspaper, for instance. Readers are led there; the text may then stay empty.', max_length=500, validators=[publications.models.validators.check_external_url], verbose_name='address of a text elsewhere')),
                ('doi', models.CharField(blank=True, max_length=200, validators=[publications.models.validators.check_doi], verbose_name='DOI')),
                ('isbn', models.CharField(blank=True, max_length=17, validators=[publications.models.validators.check_isbn], verbose_name='ISBN')),
                ('translation_group', models.BigIntegerField(editable=False)),
                ('number', models.PositiveIntegerField(verbose_name='edition')),
                ('locale', models.CharField(max_length=2)),
                ('type_line', models.CharField(max_length=200)),
                ('word_count', models.PositiveIntegerField(default=0)),
                ('published_at', models.DateTimeField(verbose_name='date readers see')),
                ('year', models.PositiveSmallIntegerField()),
                ('change', models.CharField(choices=[('first', 'First edition'), ('silent', 'Silent fix'), ('correction', 'Correction, with a note to readers'), ('update', 'Update, the date moves')], max_length=10)),
                ('change_note', models.TextField(blank=True)),
                ('digest', models.CharField(max_length=64)),
                ('redaction_count', models.PositiveIntegerField(default=0)),
                ('visible_from', models.DateTimeField()),
                ('visible_until', models.DateTimeField(default=datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('expires_at', models.DateTimeField(default=datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
                ('record_changed_at', models.DateTimeField(null=True)),
                ('is_scheduled', models.BooleanField(default=False)),
                ('end_reason', models.CharField(blank=True, choices=[('', '–'), ('cancelled', 'Cancelled before it was public'), ('withdrawn', 'Withdrawn'), ('undone', 'Undone')], default='', max_length=10)),
                ('withdrawal_reason', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('contents', models.JSONField(default=list)),
                ('html', models.TextField()),
                ('plain_text', models.TextField()),
                ('paragraphs', models.JSONField(default=list)),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('restored_from', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publications.edition')),
            ],
            options={
                'verbose_name': 'edition',
                'verbose_name_plural': 'editions',
                'ordering': ['-published_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='EditionAttachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('original', models.CharField(max_length=120)),
                ('filename', models.CharField(max_length=200)),
                ('label', models.CharField(blank=True, max_length=200)),
                ('size', models.PositiveBigIntegerField()),
                ('position', models.PositiveSmallIntegerField()),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='publications.edition')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Image',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=publications.models.image.new_key, editable=False, max_length=32, unique=True, verbose_name='key')),
                ('original', models.CharField(editable=False, max_length=120, verbose_name='original')),
                ('filename', models.CharField(editable=False, max_length=200, verbose_name='file name')),
                ('width', models.PositiveIntegerField(editable=False)),
                ('height', models.PositiveIntegerField(editable=False)),
                ('alt_en', models.CharField(blank=True, help_text='What the picture shows, for readers who do not see it.', max_length=300, verbose_name='alternative text, English')),
                ('alt_sv', models.CharField(blank=True, max_length=300, verbose_name='alternative text, Swedish')),
                ('is_decorative', models.BooleanField(default=False, help_text='Says nothing that the text does not say.', verbose_name='decorative')),
                ('credit', models.CharField(blank=True, max_length=200, verbose_name='credit')),
                ('licence', models.CharField(blank=True, max_length=200, verbose_name='licence')),
                ('focus_x', models.PositiveSmallIntegerField(default=50, verbose_name='focal point, per cent from the left')),
                ('focus_y', models.PositiveSmallIntegerField(default=50, verbose_name='focal point, per cent from the top')),
                ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='added')),
            ],
            options={
                'verbose_name': 'image',
                'verbose_name_plural': 'images',
                'ordering': ['-added_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('focus_x__lte', 100), ('focus_y__lte', 100)), name='focus_within_the_picture')],
            },
        ),
        migrations.CreateModel(
            name='EditionImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='image_rows', to='publications.edition')),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shown_in', to='publications.image')),
            ],
        ),
        migrations.AddField(
            model_name='edition',
            name='cover',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publications.image', verbose_name='cover'),
        ),
        migrations.AddField(
            model_name='edition',
            name='images',
            field=models.ManyToManyField(related_name='editions', through='publications.EditionImage', to='publications.image'),
        ),
        migrations.AddField(
            model_name='author',
            name='portrait',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='portrays', to='publications.image', verbose_name='portrait'),
        ),
        migrations.CreateModel(
            name='EditionByline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('published_at', models.DateTimeField()),
                ('visible_from', models.DateTimeField()),
                ('visible_until', models.DateTimeField()),
                ('year', models.PositiveSmallIntegerField()),
                ('language', models.CharField(max_length=10)),
                ('position', models.PositiveSmallIntegerField()),
                ('role', models.CharField(choices=[('author', 'Author'), ('with', 'With'), ('editor', 'Editor')], max_length=10)),
                ('name', models.CharField(max_length=120)),
                ('title', models.CharField(blank=True, max_length=160)),
                ('affiliation', models.CharField(blank=True, max_length=200)),
                ('author', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='published', to='publications.author')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bylines', to='publications.edition')),
                ('kind', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publications.kind')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.AddField(
            model_name='edition',
            name='kind',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='publications.kind', verbose_name='kind'),
        ),
        migrations.CreateModel(
            name='NamedTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('term', models.CharField(max_length=50)),
                ('row_key', models.CharField(db_index=True, max_length=24)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('term', 'row_key'), name='named_once')],
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=[('en', 'English'), ('sv', 'Svenska'), ('uk', 'Українська'), ('ru', 'Русский'), ('be', 'Беларуская'), ('pl', 'Polski'), ('de', 'Deutsch'), ('fr', 'Français'), ('es', 'Español'), ('ka', 'ქართული'), ('hy', 'Հայերեն'), ('az', 'Azərbaycanca'), ('ro', 'Română'), ('et', 'Eesti'), ('lv', 'Latviešu'), ('lt', 'Lietuvių'), ('fi', 'Suomi'), ('da', 'Dansk'), ('no', 'Norsk'), ('cs', 'Čeština'), ('sk', 'Slovenčina'), ('hu', 'Magyar'), ('bg', 'Български'), ('el', 'Ελληνικά'), ('tr', 'Türkçe'), ('ar', 'العربية'), ('he', 'עברית'), ('fa', 'فارسی'), ('zh', '中文'), ('ja', '日本語')], default='en', max_length=10, verbose_name='language of the text')),
                ('title', models.CharField(blank=True, max_length=250, verbose_name='title')),
                ('slug', models.CharField(blank=True, help_text='Made from the title when left empty.', max_length=100, verbose_name='address')),
                ('summary', models.TextField(blank=True, max_length=2000, verbose_name='summary')),
                ('key_points', models.TextField(blank=True, help_text='One per line, three to five.', verbose_name='key points')),
                ('body', models.TextField(blank=True, verbose_name='text')),
                ('external_url', models.CharField(blank=True, help_text='Of an article in a newspaper, for instance. Readers are led there; the text may then stay empty.', max_length=500, validators=[publications.models.validators.check_external_url], verbose_name='address of a text elsewhere')),
                ('published_at', models.DateTimeField(blank=True, help_text='Set at publication when left empty.', null=True, verbose_name='date readers see')),
                ('doi', models.CharField(blank=True, max_length=200, validators=[publications.models.validators.check_doi], verbose_name='DOI')),
                ('isbn', models.CharField(blank=True, max_length=17, validators=[publications.models.validators.check_isbn], verbose_name='ISBN')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('internal_note', models.TextField(blank=True, help_text='For colleagues. Never public.', verbose_name='internal note')),
                ('undecided_changes', models.PositiveIntegerField(default=0, editable=False, verbose_name='tracked changes to be decided')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('digest', models.CharField(blank=True, db_index=True, editable=False, max_length=64)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='saved')),
                ('authors', models.ManyToManyField(related_name='+', through='publications.Byline', to='publications.author')),
                ('cover', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publications.image', verbose_name='cover')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='publications.kind', verbose_name='kind')),
                ('translation_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='translations', to='publications.publication', verbose_name='translation of')),
            ],
            options={
                'verbose_name': 'publication',
                'verbose_name_plural': 'publications',
                'ordering': ['-updated_at', '-pk'],
                'permissions': [('publish_publication', 'Can publish, withdraw and undo'), ('relate_publication', 'Can change related links'), ('redact_publication', 'Can redact a name or passage everywhere')],
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_at', models.DateTimeField()),
                ('typed_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='presences', to='publications.publication')),
            ],
            options={
                'verbose_name': 'presence',
                'ordering': ['-seen_at'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ExcludedSuggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('one', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='publications.publication')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='publications.publication')),
            ],
        ),
        migrations.AddField(
            model_name='edition',
            name='publication',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='publications.publication'),
        ),
        migrations.CreateModel(
            name='DraftComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('word', 'comment in Word')], default='word', max_length=10)),
                ('author_name', models.CharField(blank=True, max_length=150, verbose_name='by')),
                ('passage', models.CharField(blank=True, max_length=300, verbose_name='about')),
                ('text', models.TextField(verbose_name='remark')),
                ('created_at', models.DateTimeField(null=True)),
                ('is_resolved', models.BooleanField(default=False, verbose_name='done')),
                ('position', models.PositiveIntegerField(default=0)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='draft_comments', to='publications.publication')),
            ],
            options={
                'verbose_name': 'remark',
                'verbose_name_plural': 'remarks',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='byline',
            name='publication',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bylines', to='publications.publication'),
        ),
        migrations.CreateModel(
            name='Autosave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=32)),
                ('path', models.TextField(blank=True)),
                ('page', models.CharField(blank=True, max_length=32)),
                ('turn', models.PositiveIntegerField(default=0)),
                ('values', models.JSONField(default=list)),
                ('typed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('saved_at', models.DateTimeField(null=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('publication', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='autosaves', to='publications.publication')),
            ],
            options={
                'verbose_name': 'typed and not saved',
                'ordering': ['-typed_at', '-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(choices=[('publish', 'Published'), ('schedule', 'Scheduled'), ('withdraw', 'Withdrawn'), ('undo', 'Undone'), ('cancel', 'Schedule cancelled'), ('relate', 'Related links changed'), ('apart', 'Suggestions changed'), ('amend', 'Amended'), ('redact', 'Redacted'), ('rebuild', 'Rebuilt')], max_length=10, verbose_name='action')),
                ('actor_name', models.CharField(max_length=150, verbose_name='by')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                ('subject', models.CharField(max_length=300, verbose_name='what')),
                ('detail', models.JSONField(default=dict, verbose_name='detail')),
                ('site_version', models.PositiveBigIntegerField(unique=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deeds', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('publication', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='audit_entries', to='publications.publication')),
            ],
            options={
                'verbose_name': 'audit line',
                'verbose_name_plural': 'audit trail',
                'ordering': ['-site_version'],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('original', models.CharField(editable=False, max_length=120)),
                ('filename', models.CharField(max_length=200, verbose_name='file name')),
                ('label', models.CharField(blank=True, max_length=200, verbose_name='label')),
                ('size', models.PositiveBigIntegerField(default=0, editable=False)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='publications.publication')),
            ],
            options={
                'verbose_name': 'attachment',
                'verbose_name_plural': 'attachments',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Address',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('locale', models.CharField(max_length=2)),
                ('slug', models.CharField(max_length=100, verbose_name='address')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='publications.publication')),
            ],
            options={
                'verbose_name': 'address',
                'verbose_name_plural': 'addresses',
            },
        ),
        migrations.CreateModel(
            name='RelatedLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='related_links', to='publications.publication')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='linked_from', to='publications.publication')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reader', models.CharField(max_length=100, verbose_name='reader')),
                ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='publications.publication')),
            ],
            options={
                'verbose_name': 'review',
                'ordering': ['-created_at', '-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ReviewComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveIntegerField(default=0)),
                ('text', models.TextField(blank=True, max_length=4000, verbose_name='remark')),
                ('is_fine', models.BooleanField(default=False)),
                ('is_resolved', models.BooleanField(default=False, verbose_name='done')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='publications.review')),
            ],
            options={
                'verbose_name': 'remark of a reader',
                'ordering': ['place', 'created_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('manuscript', models.TextField()),
                ('digest', models.CharField(max_length=64)),
                ('saved_at', models.DateTimeField(auto_now_add=True)),
                ('reason', models.CharField(choices=[('saved', 'Saved'), ('published', 'Published'), ('imported', 'Imported'), ('restored', 'Restored'), ('redacted', 'Redacted'), ('word', 'From Word')], default='saved', max_length=10)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='publications.publication')),
                ('saved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'revision',
                'verbose_name_plural': 'revisions',
                'ordering': ['-number'],
            },
        ),
        migrations.AddField(
            model_name='review',
            name='revision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='publications.revision'),
        ),
        migrations.CreateModel(
            name='SearchIndex',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField(default=0)),
                ('likeness', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'search index',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='single_searchindex')],
            },
        ),
        migrations.CreateModel(
            name='SeriesNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('number', models.PositiveIntegerField()),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='numbers', to='publications.kind')),
            ],
        ),
        migrations.AddField(
            model_name='publication',
            name='series_number',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publications.seriesnumber'),
        ),
        migrations.AddField(
            model_name='edition',
            name='series_number',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publications.seriesnumber'),
        ),
        migrations.CreateModel(
            name='Similarity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.FloatField()),
                ('tags', models.JSONField(default=list)),
                ('authors', models.JSONField(default=list)),
                ('words', models.JSONField(default=list)),
                ('edition', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='similarities', to='publications.edition')),
                ('similar_edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='similarities_to', to='publications.edition')),
            ],
        ),
        migrations.CreateModel(
            name='SitePage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title_en', models.CharField(blank=True, max_length=160, verbose_name='title, English')),
                ('title_sv', models.CharField(blank=True, max_length=160, verbose_name='title, Swedish')),
                ('slug_en', models.CharField(blank=True, max_length=100, verbose_name='address, English')),
                ('slug_sv', models.CharField(blank=True, max_length=100, verbose_name='address, Swedish')),
                ('summary_en', models.CharField(blank=True, max_length=300, verbose_name='summary, English')),
                ('summary_sv', models.CharField(blank=True, max_length=300, verbose_name='summary, Swedish')),
                ('body_en', models.TextField(blank=True, verbose_name='text, English')),
                ('body_sv', models.TextField(blank=True, verbose_name='text, Swedish')),
                ('html_en', models.TextField(blank=True, editable=False)),
                ('html_sv', models.TextField(blank=True, editable=False)),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
            ],
            options={
                'verbose_name': 'site page',
                'verbose_name_plural': 'site pages',
                'ordering': ['title_en', 'title_sv', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('slug_en', ''), _negated=True), fields=('slug_en',), name='page_address_once_en'), models.UniqueConstraint(condition=models.Q(('slug_sv', ''), _negated=True), fields=('slug_sv',), name='page_address_once_sv')],
            },
        ),
        migrations.CreateModel(
            name='MenuLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(choices=[('menu', 'Menu'), ('footer', 'Footer'), ('social', 'Social accounts')], default='footer', max_length=10, verbose_name='place')),
                ('position', models.PositiveSmallIntegerField(default=10, verbose_name='position')),
                ('section', models.CharField(blank=True, choices=[('publications', 'Publications'), ('topics', 'Topics'), ('authors', 'Authors')], max_length=20, verbose_name='section')),
                ('address_en', models.CharField(blank=True, max_length=500, validators=[publications.models.validators.check_link], verbose_name='address elsewhere, English')),
                ('address_sv', models.CharField(blank=True, max_length=500, validators=[publications.models.validators.check_link], verbose_name='address elsewhere, Swedish')),
                ('label_en', models.CharField(blank=True, max_length=60, verbose_name='label, English')),
                ('label_sv', models.CharField(blank=True, max_length=60, verbose_name='label, Swedish')),
                ('page', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='publications.sitepage', verbose_name='site page')),
            ],
            options={
                'verbose_name': 'link of the site',
                'verbose_name_plural': 'menu, footer and social accounts',
                'ordering': ['place', 'position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='SiteSettings',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('short_name', models.CharField(default='SCEEUS', max_length=60, verbose_name='short name')),
                ('name_en', models.CharField(default='Stockholm Centre for Eastern European Studies', max_length=160, verbose_name='name, English')),
                ('name_sv', models.CharField(default='Centrum för Östeuropastudier', max_length=160, verbose_name='name, Swedish')),
                ('description_en', models.CharField(blank=True, max_length=300, verbose_name='description, English')),
                ('description_sv', models.CharField(blank=True, max_length=300, verbose_name='description, Swedish')),
                ('publisher_en', models.TextField(blank=True, help_text='A few lines at the foot of every page: host, funder.', verbose_name='who publishes, English')),
                ('publisher_sv', models.TextField(blank=True, verbose_name='who publishes, Swedish')),
                ('newsletter', models.CharField(blank=True, help_text='The address of a sign-up page, or an e-mail address.', max_length=500, validators=[publications.models.validators.check_link], verbose_name='newsletter')),
                ('lead', models.ForeignKey(blank=True, help_text='While it is public it leads the home page; else the newest piece does.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='publications.publication', verbose_name='lead of the home page')),
            ],
            options={
                'verbose_name': 'name of the site',
                'verbose_name_plural': 'name of the site',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SiteVersion',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveBigIntegerField(default=0)),
                ('changed_at', models.DateTimeField(default=datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
            ],
            options={
                'verbose_name': 'site version',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='single_siteversion')],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('submitted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('publication', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='submission', to='publications.publication')),
                ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'draft to check',
                'ordering': ['submitted_at'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('slug', models.CharField(blank=True, max_length=100, unique=True, verbose_name='address')),
                ('name_sv', models.CharField(blank=True, max_length=100, verbose_name='name, Swedish')),
                ('kind', models.CharField(choices=[('theme', 'Theme'), ('country', 'Country'), ('series', 'Series or project')], default='theme', max_length=10, verbose_name='kind')),
                ('introduction_en', models.TextField(blank=True, verbose_name='introduction, English')),
                ('introduction_sv', models.TextField(blank=True, verbose_name='introduction, Swedish')),
                ('made_in_draft', models.BooleanField(default=False, editable=False)),
                ('lead', models.ForeignKey(blank=True, help_text='While it is public it leads the page of the topic; else the newest piece does.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='publications.publication', verbose_name='lead of its page')),
                ('responsible', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='publications.author', verbose_name='responsible for its page')),
            ],
            options={
                'verbose_name': 'tag',
                'verbose_name_plural': 'tags',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Redirect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=500, unique=True, verbose_name='path')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='redirects', to='publications.author')),
                ('publication', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='redirects', to='publications.publication')),
                ('page', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='redirects', to='publications.sitepage')),
                ('tag', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='redirects', to='publications.tag')),
            ],
            options={
                'verbose_name': 'former path',
                'verbose_name_plural': 'former paths',
            },
        ),
        migrations.CreateModel(
            name='EditionTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('published_at', models.DateTimeField()),
                ('visible_from', models.DateTimeField()),
                ('visible_until', models.DateTimeField()),
                ('year', models.PositiveSmallIntegerField()),
                ('language', models.CharField(max_length=10)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tag_rows', to='publications.edition')),
                ('kind', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='publications.kind')),
                ('tag', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='published', to='publications.tag')),
            ],
            options={
                'ordering': ['tag__name'],
            },
        ),
        migrations.CreateModel(
            name='TaggedPublication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tagged', to='publications.publication')),
                ('tag', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tagged', to='publications.tag')),
            ],
        ),
        migrations.AddField(
            model_name='publication',
            name='tags',
            field=taggit.managers.TaggableManager(blank=True, help_text='Divided by commas.', through='publications.TaggedPublication', to='publications.Tag', verbose_name='tags'),
        ),
        migrations.CreateModel(
            name='WordFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('original', models.CharField(blank=True, editable=False, max_length=120)),
                ('filename', models.CharField(max_length=200, verbose_name='file name')),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('text', models.TextField()),
                ('report', models.JSONField(default=dict)),
                ('tracked_changes', models.CharField(choices=[('none', 'none'), ('open', 'to be decided'), ('accepted', 'accepted'), ('rejected', 'rejected')], default='none', max_length=10)),
                ('is_undecided', models.BooleanField(default=False)),
                ('added_at', models.DateTimeField(auto_now_add=True, verbose_name='added')),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='word_files', to='publications.publication')),
            ],
            options={
                'verbose_name': 'Word file',
                'verbose_name_plural': 'Word files',
                'ordering': ['-added_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='EditionTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('term', models.CharField(max_length=50)),
                ('weight', models.PositiveIntegerField()),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='publications.edition')),
            ],
            options={
                'indexes': [models.Index(fields=['term', 'edition', 'weight'], name='term_tells_edition')],
            },
        ),
        migrations.AddConstraint(
            model_name='editionimage',
            constraint=models.UniqueConstraint(fields=('edition', 'image'), name='image_once_per_edition'),
        ),
        migrations.AddIndex(
            model_name='editionbyline',
            index=models.Index(fields=['author', '-published_at', '-edition', 'visible_from', 'visible_until', 'kind', 'year', 'language'], name='byline_list'),
        ),
        migrations.AddConstraint(
            model_name='editionbyline',
            constraint=models.UniqueConstraint(fields=('edition', 'author'), name='author_once_per_edition'),
        ),
        migrations.AddConstraint(
            model_name='presence',
            constraint=models.UniqueConstraint(fields=('person', 'publication'), name='present_once_at_a_piece'),
        ),
        migrations.AddConstraint(
            model_name='excludedsuggestion',
            constraint=models.UniqueConstraint(fields=('one', 'other'), name='ruled_out_once'),
        ),
        migrations.AddConstraint(
            model_name='excludedsuggestion',
            constraint=models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='ruled_out_in_order'),
        ),
        migrations.AddConstraint(
            model_name='byline',
            constraint=models.UniqueConstraint(fields=('publication', 'author'), name='author_once_per_publication'),
        ),
        migrations.AddConstraint(
            model_name='autosave',
            constraint=models.UniqueConstraint(fields=('owner', 'key'), name='one_typed_a_form'),
        ),
        migrations.AddConstraint(
            model_name='address',
            constraint=models.UniqueConstraint(fields=('locale', 'slug'), name='address_of_one_publication'),
        ),
        migrations.AddConstraint(
            model_name='relatedlink',
            constraint=models.UniqueConstraint(fields=('source', 'target'), name='linked_once'),
        ),
        migrations.AddConstraint(
            model_name='relatedlink',
            constraint=models.CheckConstraint(condition=models.Q(('source', models.F('target')), _negated=True), name='not_linked_to_itself'),
        ),
        migrations.AddConstraint(
            model_name='reviewcomment',
            constraint=models.UniqueConstraint(condition=models.Q(('is_fine', True)), fields=('review',), name='fine_once_a_review'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('publication', 'number'), name='revision_numbered_once'),
        ),
        migrations.AddConstraint(
            model_name='seriesnumber',
            constraint=models.UniqueConstraint(fields=('kind', 'year', 'number'), name='one_piece_per_number'),
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(fields=['-published_at', '-id', 'visible_from', 'visible_until', 'kind', 'year', 'language', 'publication'], name='edition_newest'),
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(fields=['kind', 'year', 'language', '-published_at', '-id', 'visible_from', 'visible_until'], name='edition_kind_year'),
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(fields=['kind', '-published_at', '-id', 'visible_from', 'visible_until'], name='edition_kind'),
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(fields=['publication', 'visible_until', 'visible_from'], name='edition_window'),
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(fields=['translation_group', 'language', 'visible_until', 'visible_from'], name='edition_family'),
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(fields=['id', 'visible_from', 'visible_until', 'kind', 'year', 'language', 'translation_group', 'published_at', 'publication'], name='edition_found'),
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(fields=['visible_from', 'publication', 'visible_until'], name='edition_begun'),
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(fields=['visible_until', 'publication'], name='edition_ended'),
        ),
        migrations.AddIndex(
            model_name='edition',
            index=models.Index(condition=models.Q(('record_changed_at__isnull', False)), fields=['record_changed_at', 'publication'], name='edition_touched'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.UniqueConstraint(fields=('publication', 'number'), name='edition_numbered_once'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.UniqueConstraint(condition=models.Q(('end_reason', 'cancelled'), _negated=True), fields=('publication', 'visible_from'), name='one_start_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.UniqueConstraint(condition=models.Q(('visible_until', datetime.datetime(9000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), models.Q(('end_reason', 'cancelled'), _negated=True)), fields=('publication',), name='one_open_end'),
        ),
        migrations.AddConstraint(
            model_name='edition',
            constraint=models.CheckConstraint(condition=models.Q(('visible_from__lte', models.F('visible_until')), ('visible_until__lte', models.F('expires_at'))), name='window_in_order'),
        ),
        migrations.AddConstraint(
            model_name='similarity',
            constraint=models.UniqueConstraint(fields=('edition', 'similar_edition'), name='alike_once'),
        ),
        migrations.AddConstraint(
            model_name='sitesettings',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='single_sitesettings'),
        ),
        migrations.AddConstraint(
            model_name='redirect',
            constraint=models.CheckConstraint(condition=models.Q(('publication__isnull', False), ('tag__isnull', False), ('author__isnull', False), ('page__isnull', False), _connector='OR'), name='former_path_of_something'),
        ),
        migrations.AddIndex(
            model_name='editiontag',
            index=models.Index(fields=['tag', '-published_at', '-edition', 'visible_from', 'visible_until', 'kind', 'year', 'language'], name='tag_list'),
        ),
        migrations.AddConstraint(
            model_name='editiontag',
            constraint=models.UniqueConstraint(fields=('edition', 'tag'), name='tag_once_per_edition'),
        ),
        migrations.AddConstraint(
            model_name='taggedpublication',
            constraint=models.UniqueConstraint(fields=('content_object', 'tag'), name='tag_once_per_publication'),
        ),
        migrations.RunPython(create_search_tables, drop_search_tables),
    ]
