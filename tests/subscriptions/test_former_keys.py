"""A change of `SECRET_KEY`: what readers have stays theirs while a former key is named, and nothing is lost unsaid."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.encryption import decrypt, encrypt
from publications.models import SiteSettings
from publications.operations import find_warnings
from subscriptions.conditions import Choice
from subscriptions.key_renewal import count_unreadable, renew_addresses
from subscriptions.list_import import ListImport, import_list
from subscriptions.models import AlertMail, Subscriber, SuppressedAddress, Timing
from subscriptions.models.alerts import ALERT_RETRY_DELAYS, UNWRITTEN_DELAY
from subscriptions.refusals import refuse_sign_ups
from subscriptions.removal import remove_subscriber
from subscriptions.replies import describe_codes
from subscriptions.retention import MAIL_DAYS, delete_old_mails
from subscriptions.sending import stop_sending
from tests.factories import make_live

from .factories import make_subscriber, make_unconfirmed
from .other_connections import LOCK_SUBSCRIBERS, locked_by_another
from .own_pages import url
from .sending import ADDRESS, retry, send, subjects
from .sign_up import sign_up

pytestmark = pytest.mark.django_db
OLD, NEW = "old " * 15, "new " * 15
FALLBACKS = ["SECRET_KEY_FALLBACKS", "SUBSCRIBER_KEY_FALLBACKS"]


@pytest.fixture(autouse=True)
def _old_key(settings):
    settings.SECRET_KEY = OLD


def change_key(settings, *, fallbacks: str = "") -> None:
    """Use a new key; the former one is in the setting of this name, if any."""
    settings.SECRET_KEY = NEW
    for name in FALLBACKS:
        setattr(settings, name, [OLD] if name == fallbacks else [])


def import_address(address: str) -> ListImport:
    return import_list(address, Choice(), timing=Timing.DAILY, locale="en", consent_note="A list")


@pytest.mark.parametrize("fallbacks", FALLBACKS)
@pytest.mark.parametrize("is_renewed", [False, True])
@pytest.mark.usefixtures("recording")
def test_readers_are_mailed_found_and_leave_by_old_links_after_a_change_of_the_key(
    client, sink, settings, fallbacks, is_renewed
):
    subscriber, old_link = (reader := make_subscriber(address=ADDRESS)), url("leave", reader)
    change_key(settings, fallbacks=fallbacks)
    make_live(title="Gas")
    if is_renewed:
        call_command("tidy", verbosity=0)

    send()

    assert subjects(sink) == ["New: “Gas”"]
    assert Subscriber.objects.with_address(ADDRESS).get() == subscriber
    assert import_address(ADDRESS).known == 1
    assert client.post(old_link).status_code == 200 and not Subscriber.objects.exists()
    settings.SUBSCRIBER_KEY_FALLBACKS = settings.SECRET_KEY_FALLBACKS = []
    assert import_address(ADDRESS).suppressed == 1, "who leaves is stored by the present key"


@pytest.mark.parametrize(("fallbacks", "suppressed"), [("", 0), *((name, 1) for name in FALLBACKS)])
def test_who_has_left_stays_away_while_the_former_key_is_named(settings, fallbacks, suppressed):
    remove_subscriber(make_subscriber(address=ADDRESS))
    change_key(settings, fallbacks=fallbacks)

    renew_addresses()

    assert import_address(ADDRESS).suppressed == suppressed


def test_who_refuses_mails_of_the_form_goes_on_refusing_them(client, settings):
    refuse_sign_ups(make_unconfirmed(Choice(), address=ADDRESS).subscriber)
    change_key(settings, fallbacks="SUBSCRIBER_KEY_FALLBACKS")

    sign_up(client, ADDRESS)

    assert not Subscriber.objects.exists()


def test_a_former_key_of_readers_opens_nothing_else(settings):
    sealed = encrypt(b"secret", purpose="second factor")

    change_key(settings, fallbacks="SUBSCRIBER_KEY_FALLBACKS")

    assert decrypt(sealed, purpose="second factor") is None


@pytest.mark.usefixtures("recording")
def test_once_addresses_are_stored_anew_mails_go_without_the_former_key(sink, settings, capsys):
    addresses = [ADDRESS, "b@example.org", "c@example.org"]
    subscribers = [make_subscriber(address=address) for address in addresses]
    change_key(settings, fallbacks="SECRET_KEY_FALLBACKS")
    call_command("tidy")
    assert "Stored with the present key: 3 addresses of readers." in capsys.readouterr().out
    assert renew_addresses() == 0

    change_key(settings)
    make_live()
    send()

    assert len(sink.mails) == 3 and count_unreadable() == 0
    assert [Subscriber.objects.with_address(address).get() for address in addresses] == subscribers


def test_nothing_is_read_where_there_is_no_former_key(django_assert_num_queries):
    make_subscriber()

    with django_assert_num_queries(0):
        assert renew_addresses() == 0


def test_any_number_of_addresses_is_stored_anew(settings, monkeypatch):
    monkeypatch.setattr("subscriptions.key_renewal.BATCH_ROWS", 2)
    for _number in range(5):
        make_subscriber()
    change_key(settings, fallbacks="SUBSCRIBER_KEY_FALLBACKS")

    assert renew_addresses() == 5


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_reader_whose_mail_is_being_sent_is_left_to_the_next_night(settings):
    first, _other = make_subscriber(), make_subscriber()
    change_key(settings, fallbacks="SUBSCRIBER_KEY_FALLBACKS")

    with locked_by_another(f"{LOCK_SUBSCRIBERS.replace(' FOR', f' WHERE id = {first.pk} FOR')}"):
        assert renew_addresses() == 1

    first.refresh_from_db()
    assert first.address and renew_addresses() == 1


def test_who_signed_up_anew_while_the_key_was_missing_leaves_with_both_rows(client, settings):
    first = make_subscriber(address=ADDRESS)
    old_link = url("leave", first)
    change_key(settings)
    make_subscriber(address=ADDRESS)
    settings.SUBSCRIBER_KEY_FALLBACKS = [OLD]

    renew_addresses()

    settings.SUBSCRIBER_KEY_FALLBACKS = []
    assert count_unreadable() == 0
    settings.SUBSCRIBER_KEY_FALLBACKS = [OLD]
    assert client.post(old_link).status_code == 200 and not Subscriber.objects.exists()
    assert SuppressedAddress.objects.count() == 1


@pytest.mark.usefixtures("recording")
def test_a_mail_whose_address_no_key_reads_waits_for_the_key_and_holds_up_no_other(sink, settings, caplog):
    lost = [make_subscriber(address=ADDRESS), make_subscriber()]
    change_key(settings)
    make_subscriber(address="other@example.org")
    make_live(title="Gas")
    for _attempt in range(len(ALERT_RETRY_DELAYS) + 2):
        send()
        retry()

    assert len(subjects(sink, "other@example.org")) == 1 and len(sink.mails) == 1
    mail = AlertMail.objects.get(subscriber=lost[0])
    assert mail.attempts == 0 and "SUBSCRIBER_KEY_FALLBACKS" in describe_codes(mail.last_error)
    assert caplog.text.count("could not be written") == len(ALERT_RETRY_DELAYS) + 2, "once for all of a run"

    settings.SUBSCRIBER_KEY_FALLBACKS = [OLD]
    send()
    assert subjects(sink) == ["New: “Gas”"]


@pytest.mark.usefixtures("recording", "sink")
def test_a_mail_that_cannot_be_written_is_tried_again_later_and_goes_after_30_days(settings):
    make_subscriber()
    change_key(settings)
    make_live()
    send()
    mail = AlertMail.objects.select_related("event").get()
    assert mail.next_attempt_at > timezone.now() + UNWRITTEN_DELAY / 2

    for days in (MAIL_DAYS - 1, MAIL_DAYS + 1):
        type(mail.event).objects.update(happens_at=timezone.now() - timedelta(days=days))
        delete_old_mails()
        assert AlertMail.objects.exists() is (days < MAIL_DAYS)


@pytest.mark.usefixtures("recording", "sink")
def test_a_mail_that_waits_without_a_fault_is_kept_however_old():
    make_subscriber()
    make_live()
    stop_sending(by="Ann")
    send()
    mail = AlertMail.objects.select_related("event").get()
    type(mail.event).objects.update(happens_at=timezone.now() - timedelta(days=MAIL_DAYS + 1))

    delete_old_mails()

    assert AlertMail.objects.get() == mail


@pytest.mark.usefixtures("recording")
def test_a_name_of_the_site_with_the_end_of_a_line_stops_no_mail(sink):
    SiteSettings.objects.update(short_name="SCE\nEUS\r")
    make_subscriber(address=ADDRESS)
    make_live(title="Gas")

    send()

    assert subjects(sink) == ["New: “Gas”"] and "SCE EUS" in sink.mails[0].message["From"]


def test_administrators_are_warned_of_addresses_that_no_key_reads(settings):
    make_subscriber()
    make_subscriber()
    call_command("check_operations", verbosity=0)
    assert "readers" not in {warning.check.name for warning in find_warnings()}
    change_key(settings)
    make_subscriber()

    call_command("check_operations", verbosity=0)

    [warning] = [warning for warning in find_warnings() if warning.check.name == "readers"]
    assert warning.finding.value == "2 addresses cannot be decrypted"
    assert "SUBSCRIBER_KEY_FALLBACKS" in warning.check.remedy
