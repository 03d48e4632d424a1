"""An earlier revision becomes the draft again, as a new revision: nothing that was saved is lost."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from publications import composing, deeds, manuscript
from publications.models import Publication, Revision, Why

from ..site import get_publication_or_404, render_publication_page, require_permissions
from ..unsent_forms import UnsentFormMixin
from .comparison import build_comparison, content_of_draft

PLAIN = (
    "title",
    "slug",
    "summary",
    "key_points",
    "body",
    "published_at",
    "note",
    "language",
    "kind",
    "cover",
    "external_url",
)
IDENTIFIERS = ("doi", "isbn")


class RestoreForm(UnsentFormMixin, forms.Form):
    """`seen` is the version of the draft that the difference was shown of."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


@require_permissions("change_publication")
def restore_page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What the draft would become; done when the button is pressed and the draft is still the one that was seen."""
    piece = get_publication_or_404(pk)
    kept = get_object_or_404(piece.revisions.select_related("saved_by"), number=number)
    form = RestoreForm(request.POST or None, initial={"seen": piece.version})
    if request.method == "POST" and form.is_valid():
        if _restore(request, piece, kept, form.cleaned_data["seen"]):
            return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[pk]))
        form = RestoreForm(initial={"seen": Publication.objects.get(pk=pk).version})
        piece = get_publication_or_404(pk)
    changed = build_comparison(content_of_draft(piece), content_of_draft(_draft_of_revision(piece, kept)))
    title = _("Restore revision %(number)d") % {"number": number}
    return render_publication_page(
        request, "restore", piece, title=title, form=form, revision=kept, **changed
    )


@transaction.atomic
def _restore(request: HttpRequest, piece: Publication, kept: Revision, seen: int) -> bool:
    deeds.hold(piece.pk)
    stored = Publication.objects.get(pk=piece.pk)
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


def restore_revision(piece: Publication, kept: Revision, *, by) -> list[str]:
    """Write a revision into the draft and keep that as a new one; says what could not come back.

    Related publications stay as they are: they are public by themselves, and no part of a draft.
    """
    text, was = manuscript.loads(kept.manuscript), _draft_of_revision(piece, kept)
    for name in PLAIN:
        setattr(piece, name, getattr(was, name))
    missing = [
        *_restore_identifiers(piece, was),
        *_restore_translation(piece, was),
        *_list_missing(text, was),
    ]
    piece.save()
    _restore_rows(piece, was)
    Revision.objects.keep(piece, by=by, why=Why.RESTORED)
    return missing


def _draft_of_revision(piece: Publication, kept: Revision) -> Publication:
    """The draft that a revision becomes. A publication keeps its address where the revision had none yet."""
    draft = composing.sketch(manuscript.loads(kept.manuscript), of=piece)
    if not draft.slug and piece.editions.exists():
        draft.slug = piece.slug
    return draft


def _restore_identifiers(piece: Publication, was: Publication) -> list[str]:
    """DOI and ISBN, unless another publication has been given them since."""
    missing = []
    for name in IDENTIFIERS:
        value = getattr(was, name)
        others = Publication.objects.exclude(pk=piece.pk).filter(**{f"{name}__iexact": value})
        if value and others.exists():
            missing.append(
                _("%(value)s belongs to another publication now and stayed away.") % {"value": value}
            )
        else:
            setattr(piece, name, value)
    return missing


def _restore_translation(piece: Publication, was: Publication) -> list[str]:
    """What it was a translation of, where the family still has room for its language."""
    original = was.translation_of
    if original and (
        original.original.pk == piece.pk or piece.translations.exists() or _is_taken(piece, original)
    ):
        return [_("It could not become a translation of “%(piece)s” again.") % {"piece": original}]
    piece.translation_of = original.original if original else None
    return []


def _is_taken(piece: Publication, original: Publication) -> bool:
    return original.family().exclude(pk=piece.pk).filter(language=piece.language).exists()


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


def _restore_rows(piece: Publication, was: Publication) -> None:
    piece.bylines.all().delete()
    for line in was.bylines.all():
        line.pk, line.publication = None, piece
        line.save(force_insert=True)
    piece.tags.set(was.tags.all())
    piece.attachments.all().delete()
    for file in was.attachments.all():
        file.pk, file.publication = None, piece
        file.save(force_insert=True)
