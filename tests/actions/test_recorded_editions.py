"""Actions that change editions record their own change: what was changed past the audit log stays a fault of `verify`."""

import ast

import pytest

from publications import actions
from publications.admin.history.audit_text import describe_entry
from publications.integrity import CHECKS, find_faults, no_progress
from publications.models import AuditEntry, Author, Edition, Image, Tag
from tests.actions.test_audit_chain import forge_digests, unguarded
from tests.actions.test_redacted_files import picture
from tests.conftest import ROOT
from tests.factories import make_author, make_image, make_live, make_tag, picture_bytes

pytestmark = pytest.mark.django_db

NAME = "Vera Åkerholm"
REMOVAL = actions.NameRemoval(spellings=(NAME,))


def take_pen_name(_edition: Edition, editor) -> None:
    author = Author.objects.get()
    author.name, author.is_pseudonymous = "A. Writer", True
    actions.save_instance(author, by=editor)


def replace_picture(_edition: Edition, editor) -> None:
    image = Image.objects.get()
    image.store_upload(picture_bytes("red"), "field.png")
    actions.save_instance(image, by=editor)


def remove_author(_edition: Edition, editor) -> None:
    author = Author.objects.get()
    actions.remove_name_from_rows(actions.NameRemoval(spellings=(NAME,), author=author), by=editor)


def remove_name_of_rows(_edition: Edition, editor) -> None:
    """The drafts of the author and the tag get other digests, and their editions with them."""
    actions.remove_name_from_rows(REMOVAL, by=editor)


def remove_metadata(_edition: Edition, editor) -> None:
    assert actions.remove_name_from_image(Image.objects.get(), REMOVAL, by=editor)


def remove_name_of_publication(edition: Edition, editor) -> None:
    assert actions.remove_name_from_publication(edition.publication, REMOVAL, by=editor)


def redact(edition: Edition, editor) -> None:
    actions.redact(edition.publication, NAME, by=editor)


def merge(source: Author | Tag, editor) -> None:
    target = type(source).objects.create(name="Vera A. Åkerholm")
    actions.merge(source, target, seen=actions.plan_merge(source, target).digest, by=editor)


def merge_author(_edition: Edition, editor) -> None:
    merge(Author.objects.get(), editor)


def merge_tag(_edition: Edition, editor) -> None:
    merge(Tag.objects.get(), editor)


BESIDE = (
    take_pen_name, replace_picture, remove_author, remove_name_of_rows, remove_metadata, merge_author, merge_tag,
)  # fmt: skip
"""Changes of rows beside publications, which both editions show."""
OF_PUBLICATION = (remove_name_of_publication, redact)


@pytest.fixture
def editions() -> list[Edition]:
    """Two live editions with the same author, tag and picture, whose names and metadata hold the name."""
    image = make_image()
    image.store_upload(picture("PNG"), "field.png")
    image.save()
    rows = {"authors": [make_author(NAME)], "tags": [make_tag(NAME)], "cover": image}
    return [make_live(title=title, body=f"Of {NAME}.", **rows) for title in ("Rye", "Oats")]


def recorded_faults() -> list[str]:
    (check,) = (check for check in CHECKS if check.name == "recorded-editions")
    return find_faults(check, no_progress)


def key_of(edition: Edition) -> str:
    return f"{edition.publication_id}/{edition.number}"


@pytest.mark.parametrize("is_hidden", [False, True], ids=["digest as it was", "digest forged too"])
@pytest.mark.parametrize("act", [*BESIDE, *OF_PUBLICATION])
def test_an_action_does_not_record_an_earlier_change_as_its_own(editions, editor, act, is_hidden):
    forged, sound = editions
    with unguarded():
        Edition.objects.filter(pk=forged.pk).update(summary="Rice.")
    if is_hidden:
        forge_digests()

    act(forged, editor)

    entry = AuditEntry.objects.first()
    (fault,) = recorded_faults()
    assert fault.startswith(f"publication {forged.publication_id} ")
    assert entry.public_part.get("editions", {}).keys() == ({key_of(sound)} if act in BESIDE else set())
    assert entry.detail["differing"] == ([key_of(forged)] if act in BESIDE else [1])
    assert "past the audit trail: " in describe_entry(entry).description


@pytest.mark.parametrize("act", [*BESIDE, *OF_PUBLICATION])
def test_an_action_records_its_change_of_sound_editions(editions, editor, act):
    act(editions[0], editor)

    entry = AuditEntry.objects.first()
    changed = editions if act in BESIDE else editions[:1]
    assert recorded_faults() == [] and "differing" not in entry.detail
    assert entry.public_part["editions"].keys() == {key_of(edition) for edition in changed}


def test_only_new_editions_and_checked_ones_get_a_content_digest():
    """Any other code that stores one could record what somebody has changed past the audit log."""
    package = ROOT / "publications"
    modules = [path for path in package.rglob("*.py") if "migrations" not in path.parts]

    writing = {path.relative_to(package).as_posix() for path in modules if _writes_digest(path.read_text())}

    assert writing == {"models/edition.py", "actions/windows.py", "actions/recorded_editions.py"}


def _writes_digest(source: str) -> bool:
    """Return whether code assigns `content_digest`, or gives a function an argument of this name."""
    return any(
        (
            isinstance(node, ast.Attribute)
            and node.attr == "content_digest"
            and isinstance(node.ctx, ast.Store)
        )
        or (isinstance(node, ast.Name) and node.id == "content_digest" and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.keyword) and node.arg == "content_digest")
        for node in ast.walk(ast.parse(source))
    )
