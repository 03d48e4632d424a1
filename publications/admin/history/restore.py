"""An earlier revision becomes the draft again, as a new revision: nothing that was saved is lost."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from publications import actions, manuscript
from publications.draft_content import IDENTIFIERS, Content, content_of, unsaved_publication, write_draft
from publications.models import Publication, Revision, RevisionReason

from ..site import get_publication_or_404, render_publication_page, require_permissions
from ..unsent_forms import UnsentFormMixin
from .comparison import build_comparison, content_of_draft


class RestoreForm(UnsentFormMixin, forms.Form):
    """`seen` is the version of the draft that the difference was shown of."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


@require_permissions("change_publication")
def restore_page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What the draft would become; done when the button is pressed and the draft is still the one that was seen."""
    publication = get_publication_or_404(pk)
    kept = get_object_or_404(publication.revisions.select_related("saved_by"), number=number)
    form = RestoreForm(request.POST or None, initial={"seen": publication.version})
    if request.method == "POST" and form.is_valid():
        if _restore(request, publication, kept, form.cleaned_data["seen"]):
            return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[pk]))
        form = RestoreForm(initial={"seen": Publication.objects.get(pk=pk).version})
        publication = get_publication_or_404(pk)
    changed = build_comparison(
        content_of_draft(publication), content_of_draft(_draft_of_revision(publication, kept))
    )
    title = _("Restore revision %(number)d") % {"number": number}
    return render_publication_page(
        request, "restore", publication, title=title, form=form, revision=kept, **changed
    )


@transaction.atomic
def _restore(request: HttpRequest, publication: Publication, kept: Revision, seen: int) -> bool:
    actions.lock_for_action(publication.pk)
    stored = Publication.objects.get(pk=publication.pk)
    if stored.version != seen:
        messages.error(request, _("The draft has been saved since you looked. See what changes now."))
        return False
    missing = restore_revision(stored, kept, by=request.user)
    messages.success(
        request,
        _("The draft is as it was in revision %(number)d. Nothing public has changed.")
        % {"number": kept.number},
    )
    for each in missing:
        messages.warning(request, each)
    return True


def restore_revision(publication: Publication, revision: Revision, *, by) -> list[str]:
    """Write a revision into the draft and keep that as a new one.

    Related publications stay as they are: they are public by themselves, and no part of a draft.

    Returns:
        What could not come back, a sentence each.
    """
    draft = _draft_of_revision(publication, revision)
    content = content_of(draft)
    missing = [
        *_leave_taken_identifiers(publication, content),
        *_leave_impossible_translation(publication, content),
        *_list_missing(manuscript.loads(revision.manuscript), draft),
    ]
    write_draft(publication, content)
    Revision.objects.create_from(publication, by=by, why=RevisionReason.RESTORED)
    return missing


def _draft_of_revision(publication: Publication, revision: Revision) -> Publication:
    """The draft that a revision becomes. A publication keeps its address where the revision had none yet."""
    draft = unsaved_publication(manuscript.loads(revision.manuscript), of=publication)
    if not draft.slug and publication.editions.exists():
        draft.slug = publication.slug
    return draft


def _leave_taken_identifiers(publication: Publication, content: Content) -> list[str]:
    """Leave out a DOI or ISBN that another publication has been given since."""
    missing = []
    for name in IDENTIFIERS:
        value = content[name]
        others = Publication.objects.exclude(pk=publication.pk).filter(**{f"{name}__iexact": value})
        if value and others.exists():
            missing.append(
                _("%(value)s belongs to another publication now and stayed away.") % {"value": value}
            )
            del content[name]
    return missing


def _leave_impossible_translation(publication: Publication, content: Content) -> list[str]:
    """Leave out what it was a translation of, where the family has no room for its language."""
    original = content["translation_of"]
    content["translation_of"] = original.source_publication if original else None
    if original and (
        original.source_publication.pk == publication.pk
        or publication.translations.exists()
        or _is_taken(publication, original, content["language"])
    ):
        del content["translation_of"]
        return [_("It could not become a translation of “%(piece)s” again.") % {"piece": original}]
    return []


def _is_taken(publication: Publication, original: Publication, language: str) -> bool:
    return original.translation_set().exclude(pk=publication.pk).filter(language=language).exists()


def _list_missing(text: manuscript.Manuscript, was: Publication) -> list[str]:
    """Authors, tags, files and a cover that the site has no longer."""
    there = {
        _("Author"): (
            [line.author for line in text.bylines],
            [line.author.slug for line in was.bylines.all()],
        ),
        _("Tag"): (text.tags, [tag.name for tag in was.tags.all()]),
        _("File"): (
            [file.file for file in text.attachments],
            [file.filename for file in was.attachments.all()],
        ),
        _("Cover"): ([text.cover] if text.cover else [], [was.cover.key] if was.cover else []),
    }
    told = _("%(what)s no longer there: %(name)s.")
    return [
        told % {"what": what, "name": name}
        for what, (wanted, found) in there.items()
        for name in wanted
        if name not in found
    ]
