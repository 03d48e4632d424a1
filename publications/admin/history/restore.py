"""Restore an earlier revision as the draft. The result is a new revision: nothing that was saved is lost."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from publications import actions, manuscript
from publications.draft_content import (
    IDENTIFIERS,
    Content,
    content_of,
    find_authors,
    unsaved_publication,
    write_draft,
)
from publications.models import Publication, Revision, RevisionReason

from ..form_data import RedisplayMixin
from ..site import get_publication_or_404, render_publication_page, require_permissions
from .comparison import build_comparison, build_draft_snapshot


class RestoreForm(RedisplayMixin, forms.Form):
    """`seen` is the version of the draft that the editor compared with."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


@require_permissions("change_publication")
def restore_page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Render the difference and the form; restore if the draft has not changed since the form was rendered."""
    publication = get_publication_or_404(pk)
    revision = get_object_or_404(publication.revisions.select_related("saved_by"), number=number)
    form = RestoreForm(request.POST or None, initial={"seen": publication.version})
    if request.method == "POST" and form.is_valid():
        if _restore(request, publication, revision, form.cleaned_data["seen"]):
            return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[pk]))
        form = RestoreForm(initial={"seen": Publication.objects.get(pk=pk).version})
        publication = get_publication_or_404(pk)
    comparison = build_comparison(
        build_draft_snapshot(publication), build_draft_snapshot(_draft_of_revision(publication, revision))
    )
    title = _("Restore revision %(number)d") % {"number": number}
    return render_publication_page(
        request, "restore", publication, title=title, form=form, revision=revision, **comparison
    )


@transaction.atomic
def _restore(request: HttpRequest, publication: Publication, revision: Revision, seen: int) -> bool:
    actions.lock_for_action(publication.pk)
    stored = Publication.objects.get(pk=publication.pk)
    if stored.version != seen:
        messages.error(request, _("The draft has been saved since you looked. See what changes now."))
        return False
    missing = restore_revision(stored, revision, by=request.user)
    messages.success(
        request,
        _("The draft is as it was in revision %(number)d. Nothing public has changed.")
        % {"number": revision.number},
    )
    for text in missing:
        messages.warning(request, text)
    return True


def restore_revision(publication: Publication, revision: Revision, *, by) -> list[str]:
    """Write a revision into the draft and store it as a new revision.

    Related publications stay as they are: they are public at once, and no part of a draft.

    Returns:
        What could not be restored, a sentence each.
    """
    draft = _draft_of_revision(publication, revision)
    content = content_of(draft)
    missing = [
        *drop_used_identifiers(publication, content),
        *_drop_impossible_translation(publication, content),
        *_list_missing(manuscript.loads(revision.manuscript), draft),
    ]
    write_draft(publication, content)
    actions.store_revision(publication, by=by, reason=RevisionReason.RESTORED)
    return missing


def _draft_of_revision(publication: Publication, revision: Revision) -> Publication:
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
