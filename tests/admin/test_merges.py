"""The pages that propose authors and tags of similar names, and merge them."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from publications.models import Author, ImportDecision, Tag
from tests.factories import make_author, make_live, make_person, make_tag

pytestmark = pytest.mark.django_db
SIMILAR = reverse("desk:similar-names")


def merge_url(row) -> str:
    return reverse(f"desk:{row._meta.model_name}-merge", args=[row.pk])


def hidden(page) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(target|seen)" value="([^"]+)"', page.text))


def test_similar_names_are_proposed_and_merged_once_confirmed(client, editor):
    client.force_login(editor)
    latin, cyrillic = make_author("Anna Petrova"), make_author("Анна Петрова", slug="anna-2")
    make_author("Bo Ek")
    make_live(author=cyrillic)

    page = client.get(SIMILAR).text
    assert (
        f"{merge_url(cyrillic)}?into={latin.pk}" in page or f"{merge_url(latin)}?into={cyrillic.pk}" in page
    )
    assert "Bo Ek" not in page
    form = client.get(merge_url(cyrillic))
    assert f'value="{latin.pk}"' in form.text and "Bo Ek" not in form.context["form"].as_p()
    confirm = client.get(merge_url(cyrillic), {"into": latin.pk, "other_name": ""})
    assert "1 published edition" in confirm.text and Author.objects.count() == 3
    done = client.post(merge_url(cyrillic), hidden(confirm), follow=True)

    assert "“Анна Петрова” is merged" in done.text
    assert Author.objects.get(name="Anna Petrova").published.count() == 1
    assert client.post(merge_url(cyrillic), hidden(confirm)).status_code == 404
    assert "Анна" not in client.get(SIMILAR).text


def test_another_is_chosen_by_name_and_faults_name_the_remedy(client, editor):
    client.force_login(editor)
    source, target = make_author("Anna <b>Ek</b>"), make_author("Anna Lind")
    make_author("Eva Ek", slug="a"), make_author("Eva Ek", slug="b")

    assert "nobody and nothing else" in client.get(merge_url(source), {"other_name": "Nobody"}).text
    assert "There are 2 of the name" in client.get(merge_url(source), {"other_name": "eva ek"}).text
    assert "Choose one, or write the name" in client.get(merge_url(source), {"other_name": ""}).text
    page = client.get(merge_url(source), {"other_name": "anna lind"})
    assert hidden(page)["target"] == str(target.pk) and "<b>Ek" not in page.text
    stale = client.post(merge_url(source), {**hidden(page), "seen": "x"})
    assert "Look again at what follows" in stale.text and Author.objects.filter(pk=source.pk).exists()
    assert client.post(merge_url(source), {"target": "x"}).status_code == 200


def test_that_two_names_are_two_is_remembered(client, editor):
    client.force_login(editor)
    tag = make_tag("Sanctions")
    make_tag("Sanction")
    assert "Sanctions" in client.get(SIMILAR).text

    client.post(SIMILAR, {"type": "tag", "row": tag.pk})

    assert client.get(SIMILAR).context["groups"][1]["pairs"] == []
    assert ImportDecision.objects.get().name == "Sanctions" and Tag.objects.count() == 2
    assert client.post(SIMILAR, {"type": "tag", "row": "0"}, follow=True).status_code == 200


def test_who_may_not_delete_authors_and_tags_merges_none(client):
    row, other = make_author("Anna Berg"), make_author("A. Berg")
    client.force_login(make_person("Contributors"))

    for url in (SIMILAR, merge_url(row), merge_url(make_tag())):
        assert client.get(url).status_code == client.post(url, {"target": other.pk}).status_code == 403
    assert "merge" not in client.get(reverse("desk:publications_author_change", args=[row.pk])).text


def test_the_list_of_similar_names_is_linked_for_those_who_may_open_it(client, editor):
    librarian = make_person()
    librarian.groups.clear()
    librarian.user_permissions.set(Permission.objects.filter(content_type__model="author"))
    authors = reverse("desk:publications_author_changelist")

    for person, is_linked in ((librarian, False), (editor, True)):
        client.force_login(person)
        assert (f'href="{SIMILAR}"' in client.get(authors).text) == is_linked
        assert (client.get(SIMILAR).status_code == 200) == is_linked
