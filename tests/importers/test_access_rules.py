"""What fields and shortcodes say of readers: the same words hide, or hide nothing, in each format."""

import pytest

from publications.importers.imported_file import ImportLog
from publications.importers.markdown.access import access_keys, expiry_in, reasons_in_fields
from publications.importers.markdown.front_matter import read_front_matter
from publications.importers.wordpress.access import find_access_fields
from publications.importers.wordpress.export_item import ExportItem
from publications.importers.wordpress.post_parts import PostParts
from publications.importers.wordpress.shortcodes import replace_shortcodes

HIDING_WORDS = (
    "board_members_only=1", "staff_private=yes", "team_restricted=1", "internal=1", "confidential=1", "secret=true",
    "login_required=1", "requiresLogin=yes", "subscriber_only=1", "subscribers=true", "memberOnly=true", "membersonly=1",
    "prenumeranter=1", "medlemmar=ja", "access_level=2", "dold=1", "visible=false", "offentlig=false", "publicerad=nej",
    "restricted_access=1", "private_content=on", "members=subscribers", "audience=members", "audience=for members only",
    "audience=policy makers and staff", "visibility=unknown", "not_public=1", "password=hunter2", "public=maybe",
    "paywall=active", "draft=final", "restrict_by_role=editor", "required_membership=3", "premium_level=2", "protect_post=on", "do_not_publish=1", "paywall_enabled=1", "membersArea=yes", "version=draft", "tier=paid", "sekretess=ja", "dolt=ja",
    *(f"public={value}" for value in ("n", "f", "never", "ingen", "nope", "inte än", "no yet", "after the summit", "2099-01-01")),
    "visibility=x", "access=x", "listed=n", "visible=never", "visible=none", "visible=n", "publik=kanske", "members=y", "members=x",
    *(f"{name}={value}" for name in ("hidden", "private", "internal", "restricted", "unlisted", "members_only", "draft")
      for value in ("all", "everyone", "published")),
    *(f"{name}=true" for name in (
        "not_visible", "non_public", "nonpublic", "not_for_publication", "not_yet_public", "no_longer_public", "invisible",
        "notListed", "unpublished", "not_open_access", "ej_synlig", "inte_publicerad", "osynlig", "opublicerat",
        "premium_only", "private_only", "paid_only", "login_only", "subscription_only", "logged_in_only", "patrons_only",
        "only_members", "endast_medlemmar", "bara_styrelsen", "email_only", "gated")),
    *(f"{name}=members" for name in (
        "restrict_to", "show_to", "available_to", "access_for", "who_can_read", "permission", "access_mode", "open_to")),
    "plan=premium", "audience=paying members", "audience=Internal staff", "audience=paid staff",
    "audience=for members of our network", "audience=members of the institute", "isAccessibleForFree=false",
    "open_access=false", "free=false", "status=archived", "publicerat=nej", "publikt=nej", "offentligt=nej",
    "synligt=nej", "målgrupp=medlemmar", "synlighet=medlemmar", "åtkomst=medlemmar", "kräver_inloggning=ja",
    "lösenordsskyddad=ja", "status=pending", "post_status=scheduled", "editorial_status=pending", "moderation=pending",
    *(f"{name}=true" for name in (
        "skip_publish", "publicera_ej", "ej_för_publicering", "not_approved", "do_not_distribute", "hidden_from_public",
        "internal_use_only", "for_internal_use", "requires_auth", "begränsad_åtkomst", "archived", "is_deleted")),
    *(f"{name}=internal" for name in ("classification", "privacy", "distribution", "readers", "sensitivity")),
    "approved=false", "show=false", "state=preview", "project_private=1",
    *(f"{name}=true" for name in (
        "hide_from_general_public", "hidden_from_general_public", "not_for_general_public", "restrict_to_board_members",
        "restricted_to_staff_members", "access_for_staff_members", "only_team_members", "confidentiality", "privacy",
        "subscription")),
    "visible_to_board_members=yes", "visible_to_general_public=false", "circulation=internal circulation",
    *(f"classification={value}" for value in (
        "Top secret", "Strictly confidential", "EU RESTRICTED", "NATO Restricted", "TLP:RED", "Hemligt")),
    "confidentiality=high", "sensitivity=high", "sensitivity_level=high", "distribution=limited",
    *(f"{name}=required" for name in ("subscription", "auth", "authentication", "login")),
    "moderation=spam", "moderation=needs review",
    *(f"{name}=2021-03-01" for name in (
        "deleted_at", "deleted_on", "date_deleted", "trashed_at", "unpublished_at", "archived_at", "archived")),
    "archived=March 2019", "passcode=4711", "access_code=4711", "pin=1234",
    *(f"{name}=false" for name in ("unlocked", "unrestricted", "not_private", "no_password")),
    *(f"audience={value}" for value in (
        "registered press", "members in EU", "paying public sector subscribers", "staff of the press office",
        "public sector subscribers", "everyone (members only until June)", "everyone (registered users, for now)")),
    "workflow=final (internal)", "workflow=final (internal, for now)", "published=yes (members only)",
    "access=CC BY for members", "access=CC BY internal", "access=open (CC BY members)", "free_access=registered users",
    *(f"{name}={value}" for name in ("accessRights", "dcterms:accessRights", "access_rights")
      for value in ("closed", "closedAccess", "embargoedAccess", "restricted")),
    *(f"{name}=red" for name in ("tlp", "classification")), "protective_marking=OFFICIAL-SENSITIVE", "security_level=high",
    *(f"{name}=false" for name in ("online", "live", "is_active", "available", "released", "public.en")),
    *(f"{name}=true" for name in (
        "draft_en", "private_sv", "expired", "is_removed", "suppressed", "invite_only", "by_invitation", "eyes_only")),
    "tags=private", "flags=draft", "categories=members-only", "layout=private", "type=draft", "keywords=coal, subscribers only",
    "vertraulich=true", "entwurf=ja", "published=nein", "post_status=brouillon", "privé=oui", "kladde=1", "julkaistu_luonnos=kyllä",
    "status=withdrawn", "for=members", "intended_for=board members", "approved=no (legal)", "_wp_page_template=members-only.php", "wip=yes - not ready",
)  # fmt: skip
OPEN_WORDS = (
    "members_0_name=Ann", "members=27", "number_of_members=27", "member_organisations=NATO", "membership_fee=1",
    "private_sector=1", "restrictions=none known", "title_visibility=hidden", "sidebar_visibility=hide", "clocked=1",
    "hide_title=1", "intern=Anna Berg", "audience=Members of Parliament", "audience=policy makers, private sector",
    "audience=internal auditors", "access=open-access", "visibility=default", "internal=nej", "members_only=false",
    "team_member=1", "state=DC", "project_status=ongoing", "_edit_lock=1700000000:1", "number_of_subscribers=1",
    "is_public=ja", "data_access=on request", "hide=toc", "access=peer-reviewed", "publication_status=published",
    "public=x", "public=2014-05-01", "public=2014", "visible=everyone", "listed=y", "offentligt=ja", "not_public=false",
    "paywall=everyone", "premium=alla", "private=none", "hidden=n", "draft=never", "internal=public", "members=n",
    "members_only=nej", "unlisted=0", "read_only=1", "text_only=1", "mobile_only=yes", "isAccessibleForFree=true",
    "free=true", "gluten_free=no", "open_access=gold", "plan=Marshall", "audience=member states", "audience=staff of ministries", "publik=allmänheten",
    "audience=Members of the European Parliament", "audience=embassy staff", "audience=staff officers",
    "newsletter_status=sent", "email_status=sent", "_mailster_status=sent", "tweet_status=sent",
    *(f"{name}_status=scheduled" for name in ("_tribe_events", "event", "social")),
    "project_status=pending", "payment_status=pending", "sync_status=pending", "translation_status=draft",
    "accessMode=textual", "access=full text", "access=pdf", "access=CC BY", "access=CC BY-SA 4.0",
    "access=Full open access", "access=Open Access (CC BY)", "access=unrestricted", "eu_member=true", "nato_membership=yes",
    "approved=yes", "show=title", "classification=report", "privacy=public", "distribution=CC BY", "number_public=yes",
    "number_of_board_members=9", "our_staff_members=yes", "newsletter_subscription=true", "subscription=free", "login=not required",
    "classification=Unclassified", "classification=Policy brief", "jel_classification=F50", "sensitivity=low", "privacy=false",
    "distribution=unlimited", "circulation=5000", "archived_at=https://web.archive.org/web/2020/x", "archived_at=2099-01-01",
    "pin=true", "unlocked=true", "not_private=true", "audience=member states of the EU", "audience=EU members",
    "audience=staff members of ministries", "workflow=final (2014)", "access=CC BY 4.0 International", "access=CC BY-NC-ND 3.0 IGO",
    "accessRights=open access", "tlp=clear", "online=https://example.org/report", "comments_enabled=false",
    "expired=false", "event_withdrawn=true", "for=policymakers", "approved=yes (2014)", "_wp_active=0", "_wp_page_template=default", "template=report",
    "tags=members", "tags=private sector, security, review", "layout=post", "type=closed", "event_type=private", "categories=audio only",
    "vertraulich=nein", "brouillon=non", "luonnos=ei", "public=oui", "interne_politique=1",
    "_fl_builder_draft_settings=x", "_fl_builder_draft=x",
)  # fmt: skip
HIDING_FRONT_MATTER = (
    "publishOn: later", "releaseDate: TBD", "publishAfter: after the summit", "embargo: later", "publish: later",
    "status: Draft (do not publish)", "state: draft-2", "stage: in review", "expires: soon", "publicerad: i maj",
    "draft: {en: true}", "publication_date: 2099-01-01", "visible_from: 2099-01-01", "go_live_date: 2099-01-01",
    "params: {private: true}", "params: {embargo: 2099-01-01}", "extra: {draft: true}", "publishing: {status: draft}",
    "settings: {access: {level: members}}", "a: &a {draft: true}\nb: &b {<<: *a}\n<<: *b", "<<: [{draft: true}, {draft: no}]",
    f"visibility: [{'public, ' * 300}members]", f"tags: [{'coal, ' * 300}private]", "tags: [coal, private]", "categories:\n- Members Only", "embargo_end: 2099-01-01", "scheduled: 2099-01-01", "scheduled: true", "publicerat: 2099-01-01",
)  # fmt: skip
OPEN_FRONT_MATTER = (
    "status: released", "status: completed", "scheduled: false", "scheduled: 2019-01-01", "publication_date: Spring 2014", "status: final version", "status: true",
    "status: Final report", "status: version of record", "published: Spring 2014", "embargoed_until: 2020-01-01", "status: 'Published: 2014'",
    "expires: never", "expires: false", "embargo: lifted", "embargo: none", "embargo: March 2019", "releaseDate: 2019",
    "date: TBD", "posted: on the old site", "cover: {hidden: true}", "author: {private: true}", "draft: no\n<<: {draft: true}",
    "event: {status: scheduled}", "params: &params {self: *params, toc: {hidden: true}}",
)  # fmt: skip
HIDING_SHORTCODES = (
    "staff_only", "board_only", "team_area", "staff-content", "staffOnly", "team_members_only", "team", "note", "group", "author",
    "su_members", "premium_box", "content", "is_lead", "has", "authors_note", "author_note", "note_text", "message",
)  # fmt: skip
OPEN_SHORTCODES = (
    "faq", "callout", "infobox", "summary", "abstract", "span", "div", "cite", "q", "pull_quote", "margin_note",
    "dropcaps", "buttons", "one_fifth", "four-fifth-last", "full_width", "list_item", "accordion-item", "accordionItem",
    "font", "size", "notes", "lang", "faktaruta", "citat", "h2", "col-6", "team_member", "team-members", "staff_list",
    "board_grid", "su_box", "tab-content", "panel-group", "author_box", "content_box", "side_note", "note_box", "figure", "ingress", "en",
)  # fmt: skip


def wordpress_reasons(field: str) -> list[str]:
    name, _equals, value = field.partition("=")
    return list(find_access_fields(ExportItem(metadata=[(name, value)])))


def markdown_reasons(field: str) -> list[str]:
    front = f"---\n{field.replace('=', ': ')}\n---\n".encode()
    return reasons_in_fields(read_front_matter(front, ImportLog()).fields)


def shortcode_reasons(name: str) -> list[str]:
    log = ImportLog()
    replace_shortcodes(f"[{name}]Words[/{name}]", PostParts({}, (), log), log)
    return [note.text for note in log.notes if note.topic == "not-public"]


@pytest.mark.parametrize(
    ("find_reasons", "text"),
    [
        *((wordpress_reasons, field) for field in HIDING_WORDS),
        *((markdown_reasons, field) for field in (*HIDING_WORDS, *HIDING_FRONT_MATTER)),
        *((shortcode_reasons, name) for name in HIDING_SHORTCODES),
    ],
)
def test_words_for_some_readers_hide_a_text(find_reasons, text):
    reasons = find_reasons(text)

    assert reasons and not any(secret in str(reasons) for secret in ("hunter2", "4711", "1234"))


@pytest.mark.parametrize(
    ("find_reasons", "text"),
    [
        *((wordpress_reasons, field) for field in OPEN_WORDS),
        *((markdown_reasons, field) for field in (*OPEN_WORDS, *OPEN_FRONT_MATTER)),
        *((shortcode_reasons, name) for name in OPEN_SHORTCODES),
    ],
)
def test_words_that_only_sound_so_hide_nothing(find_reasons, text):
    assert find_reasons(text) == []


def test_a_field_that_says_something_else_is_reported_as_unread():
    fields = {"members": "27", "intern": "Anna Berg", "draft": "no", "is_public": "yes"}

    assert access_keys(fields) == {"draft", "is_public"}


def test_a_text_that_never_expires_has_no_end():
    assert expiry_in({"expires": "never"}) == (None, "")
