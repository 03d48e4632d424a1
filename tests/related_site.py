"""A small site in which publications are related in every way, and every kind of change to it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone

from publications import actions
from publications.models import (
    Author,
    Byline,
    Edition,
    Kind,
    LinkPlacement,
    MenuLink,
    Publication,
    SitePage,
    SiteSettings,
    Tag,
)
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved

LISTS = ("/en/", "/sv/", "/en/publications/", "/sv/publikationer/", "/en/feeds/publications.atom")
GRAIN = "harvest wheat barley export harbour corridor shipment silo inspection tonnage"
COURTS = "judge verdict tribunal appeal prosecutor statute hearing defendant chamber"


class RelatedSite:
    """Publications that are related by topic, words, link and translation, and some that are not."""

    def __init__(self, capture_on_commit: Callable) -> None:
        self.capture_on_commit = capture_on_commit
        self.authors = [make_author(f"Vera Writer {letter}") for letter in "ABC"]
        self.topics = [make_tag(f"Topic {letter}") for letter in "ABC"]
        with self.commit():
            self.grain = [self.publish(f"Grain {n}", GRAIN, topic=0) for n in range(15)]
            self.courts = [self.publish(f"Courts {n}", COURTS, topic=1, author=1) for n in range(4)]
            self.alone = self.publish(
                "Lighthouses of the north", "lantern keeper fog rock", topic=2, author=2
            )
            self.draft = self.make("Grain, unpublished", GRAIN, topic=0)
            actions.set_related_links(self.courts[0], [self.draft, self.grain[0]], by=None)

    def make(self, title: str, words: str, *, topic: int, author: int = 0, **fields) -> Publication:
        body = "\n\n".join(f"{title}: {words} {n}. The {words}, again and again." for n in range(3))
        return make_publication(
            title=title, body=body, authors=[self.authors[author]], tags=(self.topics[topic],), **fields
        )

    def publish(self, *args, **fields) -> Publication:
        publication = self.make(*args, **fields)
        actions.publish(publication, by=None)
        return publication

    def again(self, publication: Publication, change: str = "silent", note: str = "", **fields) -> Edition:
        """Publish a later edition."""
        publication.refresh_from_db()
        return actions.publish(saved(publication, **fields), by=None, change=change, note=note)

    @contextmanager
    def commit(self) -> Iterator[None]:
        with self.capture_on_commit():
            yield

    def paths(self) -> list[str]:
        """Return the paths of every publication, of the editions where there are several, and of some lists."""
        paths = list(LISTS)
        for edition in Edition.objects.select_related("publication").order_by("pk"):
            page = edition.get_absolute_url()
            paths += [page, f"{page}share/mastodon/"]
            if edition.number > 1:
                editions = f"{page}editions/"
                paths += [
                    editions,
                    f"{editions}1/",
                    f"{editions}{edition.number}/",
                    f"{editions}{edition.number}/changes/",
                ]
        return list(dict.fromkeys(paths))


def publish_a_first_edition(site: RelatedSite) -> None:
    site.publish("Grain, the newest", GRAIN, topic=0)


def publish_what_others_link_to(site: RelatedSite) -> None:
    actions.publish(site.draft, by=None)


def publish_on_nothing_known(site: RelatedSite) -> None:
    make_live(title="Zebras", body="Stripes of animals.", author=make_author("Nobody Known"))


def publish_a_translation(site: RelatedSite) -> None:
    site.publish("Spannmål 1", "skörd vete", topic=0, language="sv", translation_of=site.grain[1])


def publish_a_correction_with_a_note(site: RelatedSite) -> None:
    site.again(site.grain[2], "correction", "The tonnage was wrong.", body=f"{GRAIN} corrected. {GRAIN}.")


def publish_an_update_under_a_new_title(site: RelatedSite) -> None:
    site.again(site.grain[3], "update", "Later news.", title="Grain, renamed", slug="grain-renamed")


def publish_a_silent_fix(site: RelatedSite) -> None:
    site.again(site.grain[4], title="Grain 4, spelt right")


def publish_another_subject(site: RelatedSite) -> None:
    """Replace a text that others are related to by one that nothing is related to."""
    publication = site.courts[3]
    publication.tags.clear()
    publication.bylines.update(author=make_author("Somebody Else"))
    site.again(publication, "update", "Another subject.", title="Zebras again", body="Stripes of animals.")


def publish_on_another_topic(site: RelatedSite) -> None:
    site.grain[6].tags.set([site.topics[1]])
    site.again(site.grain[6], "update", "Another topic.")


def publish_as_a_translation_of_another(site: RelatedSite) -> None:
    swedish = Publication.objects.get(title="Spannmål 1")
    site.again(swedish, translation_of=site.courts[1])


def publish_for_a_limited_time(site: RelatedSite) -> None:
    actions.publish(
        site.make("Grain, briefly", GRAIN, topic=0), by=None, until=timezone.now() + timedelta(days=2)
    )


def schedule_a_first_edition(site: RelatedSite) -> None:
    actions.publish(site.make("Grain, later", GRAIN, topic=0), by=None, at=timezone.now() + timedelta(days=1))


def publish_several(site: RelatedSite) -> None:
    actions.publish_many([site.make(f"Several {n}", GRAIN, topic=0) for n in range(3)], by=None)


def publish_very_many(site: RelatedSite) -> None:
    actions.publish_many([site.make(f"Many {n}", COURTS, topic=1) for n in range(21)], by=None)


def publish_with_image_and_file(site: RelatedSite) -> None:
    site.publish("Grain in pictures", GRAIN, topic=0, cover=make_image(alt_en="A silo"))


def publish_with_another_author(site: RelatedSite) -> None:
    Byline.objects.create(publication=site.courts[2], author=site.authors[0], position=1)
    site.again(site.courts[2], "correction", "An author was missing.")


def link_publications(site: RelatedSite) -> None:
    actions.set_related_links(site.alone, [site.courts[0], site.grain[7]], by=None)


def unlink_publications(site: RelatedSite) -> None:
    actions.set_related_links(site.alone, [], by=None)


def exclude_a_suggestion(site: RelatedSite) -> None:
    actions.exclude_suggestion(site.grain[8], site.grain[9], by=None)


def allow_a_suggestion(site: RelatedSite) -> None:
    actions.allow_suggestion(site.grain[8], site.grain[9], by=None)


def cancel_the_scheduled_edition(site: RelatedSite) -> None:
    actions.undo(Publication.objects.get(title="Grain, later"), by=None)


def undo_an_edition(site: RelatedSite) -> None:
    actions.undo(site.grain[2], by=None)


def undo_a_first_edition(site: RelatedSite) -> None:
    actions.undo(Publication.objects.get(title="Zebras"), by=None)


def withdraw_a_publication(site: RelatedSite) -> None:
    actions.withdraw(site.grain[10], by=None, note="For a reason.")


def publish_a_withdrawn_one_again(site: RelatedSite) -> None:
    site.again(site.grain[10], "update", "Back again.")


def redact_a_name(site: RelatedSite) -> None:
    actions.redact(site.grain[11], "shipment", by=None, reason="Asked for.")


def amend(instance, **fields) -> None:
    for name, value in fields.items():
        setattr(instance, name, value)
    actions.save_instance(instance, by=None, changed=list(fields))


def rename_an_author(site: RelatedSite) -> None:
    amend(Author.objects.get(pk=site.authors[0].pk), slug="vera-renamed", position_en="Analyst")


def give_an_author_a_pen_name(site: RelatedSite) -> None:
    amend(Author.objects.get(pk=site.authors[1].pk), name="Pen Name", is_pseudonymous=True)


def rename_a_topic(site: RelatedSite) -> None:
    amend(Tag.objects.get(pk=site.topics[0].pk), name="Grain and bread", name_sv="Spannmål")


def rename_a_kind(site: RelatedSite) -> None:
    amend(Kind.objects.get(slug="quick-comment"), name_en="Fast Comment")


def rename_the_site(site: RelatedSite) -> None:
    amend(SiteSettings.objects.get(), name_en="Another Centre")


def add_a_link_to_the_menu(site: RelatedSite) -> None:
    amend(MenuLink(place=LinkPlacement.MENU, address_en="https://example.org/", label_en="Else", label_sv="Annat", position=50))  # fmt: skip


def change_a_site_page(site: RelatedSite) -> None:
    amend(SitePage.objects.first(), title_en="About it all")


def describe_an_image(site: RelatedSite) -> None:
    amend(Publication.objects.get(title="Grain in pictures").cover, alt_en="A silo at dawn")


def delete_a_topic(site: RelatedSite) -> None:
    actions.delete_instance(make_tag("Unused"), by=None)


def redirect_an_old_path(site: RelatedSite) -> None:
    actions.add_redirects(site.alone, ["/old/lighthouses.html"], by=None)


def rebuild_similarity(site: RelatedSite) -> None:
    actions.rebuild_index("similarity")


KEEPING_CHANGES = (
    publish_a_first_edition, publish_what_others_link_to, publish_on_nothing_known, publish_a_translation,
    publish_a_correction_with_a_note, publish_an_update_under_a_new_title, publish_a_silent_fix, publish_another_subject,
    publish_on_another_topic, publish_as_a_translation_of_another, publish_for_a_limited_time, schedule_a_first_edition,
    publish_several, publish_with_image_and_file, publish_with_another_author, link_publications, unlink_publications,
    exclude_a_suggestion, allow_a_suggestion,
)  # fmt: skip
"""Changes after which pages that do not show the publication are kept."""

OTHER_CHANGES = (
    cancel_the_scheduled_edition, undo_an_edition, undo_a_first_edition, withdraw_a_publication, redact_a_name,
    rename_an_author, give_an_author_a_pen_name, rename_a_topic, rename_a_kind, rename_the_site, add_a_link_to_the_menu,
    change_a_site_page, describe_an_image, delete_a_topic, redirect_an_old_path, rebuild_similarity, publish_very_many,
)  # fmt: skip
"""Changes that outdate every page."""
