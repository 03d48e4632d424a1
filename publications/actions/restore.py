"""Restore an earlier revision as the draft. The result is a new revision: nothing that was saved is lost."""

from collections.abc import Collection

from publications import manuscript
from publications.draft_content import (
    IDENTIFIERS,
    Content,
    content_of,
    find_authors,
    unsaved_publication,
    write_draft,
)
from publications.models import Publication, Revision, RevisionReason
from publications.stored_messages import gettext as _

from .hidden_reason import restore_hidden_reason
from .revisions import store_revision


def restore_revision(
    publication: Publication,
    revision: Revision,
    *,
    by,
    reason: RevisionReason = RevisionReason.RESTORED,
    kept_fields: Collection[str] = (),
) -> list[str]:
    """Write a revision into the draft and store it as a new revision.

    Related publications stay as they are: they are public at once, and no part of a draft.

    Args:
        reason: of the new revision.
        kept_fields: the names of fields that stay as they are.

    Returns:
        What could not be restored, a sentence each.
    """
    draft = draft_of_revision(publication, revision)
    content = content_of(draft)
    missing = [
        *drop_used_identifiers(publication, content),
        *_drop_impossible_translation(publication, content),
        *_list_missing(manuscript.loads(revision.manuscript), draft),
    ]
    restore_hidden_reason(publication, revision)
    write_draft(publication, {name: content[name] for name in content if name not in kept_fields})
    store_revision(publication, by=by, reason=reason)
    return missing


def draft_of_revision(publication: Publication, revision: Revision) -> Publication:
    """Return the draft of a revision. A publication keeps its address if the revision had none."""
    draft = unsaved_publication(manuscript.loads(revision.manuscript), publication=publication)
    if not draft.slug and publication.editions.exists():
        draft.slug = publication.slug
    return draft


def drop_used_identifiers(publication: Publication, content: Content) -> list[str]:
    """Drop a DOI or ISBN that another publication has now. Returns the reasons."""
    missing = []
    for name in IDENTIFIERS:
        value = content[name]
        others = Publication.objects.exclude(pk=publication.pk).with_identifier(name, value)
        if value and others.exists():
            missing.append(
                _("%(value)s belongs to another publication now and stayed away.") % {"value": value}
            )
            del content[name]
    return missing


def _drop_impossible_translation(publication: Publication, content: Content) -> list[str]:
    """Drop the original that it was a translation of, if the group has its language already. Returns the reason."""
    original = content["translation_of"]
    content["translation_of"] = original.source_publication if original else None
    if original and (
        original.source_publication.pk == publication.pk
        or publication.translations.exists()
        or _has_translation_in(publication, original, content["language"])
    ):
        del content["translation_of"]
        return [_("It could not become a translation of “%(piece)s” again.") % {"piece": original}]
    return []


def _has_translation_in(publication: Publication, original: Publication, language: str) -> bool:
    return original.self_and_translations().exclude(pk=publication.pk).filter(language=language).exists()


def _list_missing(stored: manuscript.Manuscript, draft: Publication) -> list[str]:
    """Return the authors, tags, files and cover that no longer exist, a sentence each."""
    authors = find_authors(stored)
    names = {
        _("Author"): ([line.author for line in stored.bylines], authors),
        _("Tag"): (stored.tags, [tag.name for tag in draft.tags.all()]),
        _("File"): (
            [file.file for file in stored.attachments],
            [file.filename for file in draft.attachments.all()],
        ),
        _("Cover"): ([stored.cover] if stored.cover else [], [draft.cover.key] if draft.cover else []),
    }
    template = _("%(what)s no longer there: %(name)s.")
    return [
        template % {"what": what, "name": name}
        for what, (expected, restored) in names.items()
        for name in expected
        if name not in restored
    ]
