"""Tables that other systems export: who has left there is not subscribed, and is named by the line."""

import pytest
from django.core.management import call_command

from subscriptions.conditions import Choice
from subscriptions.list_import import ListImport, import_list
from subscriptions.list_rows import count_entries
from subscriptions.models import Subscriber, Timing

pytestmark = pytest.mark.django_db
EXPORTS = {
    "Brevo": """CONTACT ID,EMAIL,LASTNAME,EMAIL_BLACKLISTED,ADDED_TIME
1,stays@example.org,Berg,false,2024-01-01
2,left@example.org,Ek,true,2024-01-01""",
    "Ghost": """id,email,name,note,subscribed_to_emails,created_at
1,stays@example.org,Ann,,true,2024-01-01
2,left@example.org,Bo,,false,2024-01-01""",
    "Mailchimp": """"Email Address","First Name",MEMBER_RATING,UNSUB_TIME,UNSUB_REASON
"stays@example.org","Ann",2,,
"left@example.org","Bo, Jr",2,"2024-01-01 10:00:00","N/A (Unsubscribed by admin)\"""",
    "Mailchimp, cleaned": """Email Address,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE
stays@example.org,,
left@example.org,2024-01-01 10:00:00,Autumn""",
    "MailerLite": """Subscriber;Status;Unsubscribed;Location
stays@example.org;Active;;Sweden
left@example.org;Junk;2024-01-01;Sweden""",
    "MailPoet": """Email\tFirst name\tList status\tGlobal status
stays@example.org\tAnn\tSubscribed\tSubscribed
left@example.org\tBo\tUnsubscribed\tInactive""",
    "Swedish": """E-post;Namn;Prenumerationsstatus
stays@example.org;Ann;Prenumererar
left@example.org;Bo;Avregistrerad""",
    "Swedish column": """Namn;E-post;Avanmäld den
Ann;stays@example.org;
Bo;left@example.org;2024-01-01""",
    "an unknown status": """sep=;
email;status
stays@example.org;active
left@example.org;removed by hand""",
    "no headings": """stays@example.org,Ann
left@example.org,"Ek, Bo",Bounced""",
    "words with spaces": """stays@example.org Ann
left@example.org unsubscribed""",
}


def run(text: str) -> ListImport:
    return import_list(text, Choice(), timing=Timing.WEEKLY, locale="sv", consent_note="Paper")


def addresses() -> list[str]:
    return [subscriber.address for subscriber in Subscriber.objects.order_by("pk")]


@pytest.mark.parametrize("text", EXPORTS.values(), ids=EXPORTS)
def test_who_has_left_in_the_other_system_is_not_subscribed_but_named(text):
    result = run(text)

    assert addresses() == ["stays@example.org"]
    assert str(result.unsubscribed) == str(len(text.splitlines()))
    assert result.numbers["unsubscribed"] == 1 and result.refused.count == text.startswith("sep=")


@pytest.mark.parametrize(
    "text",
    [
        "email;unsubscribe_url\nann@example.org;https://example.org/leave",
        "email;subscribed\nann@example.org;2024-01-01",
        "email;note\nann@example.org;bounced back from holidays",
        "email;name;status\nann@example.org;Ann;",
        "email;Status\nann@example.org;'Active'",
    ],
)
def test_other_columns_and_words_leave_nobody_out(text):
    assert run(text).added == 1 and addresses() == ["ann@example.org"]


@pytest.mark.parametrize(
    "line",
    [
        "'ann@example.org'", '"ann@example.org"', "'ann'@example.org", "‘ann@example.org’", "“ann@example.org”",
        "'Ann Berg' <ann@example.org>", "`ann@example.org`;Ann", "«ann@example.org»",
    ],
)  # fmt: skip
def test_quotes_around_an_address_are_removed(line):
    run(line)

    assert addresses() == ["ann@example.org"]


def test_an_apostrophe_in_a_name_stays():
    run("o'brien@example.org")

    assert addresses() == ["o'brien@example.org"]


@pytest.mark.parametrize(
    "line",
    [
        "=cmd|'/C calc'!A0@x.example", "=1+1@x.example", "'=1+1@x.example'", '"ann berg"@x.example', "ann%host@x.example",
        "@x.example", "ann\vberg@x.example", "ann\x1cberg@x.example", "ann\x85berg@x.example", "ann\u2028berg@x.example",
        "ann\0berg@x.example", "ann\x7fberg@x.example", "-oQ@x.example;Ann",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_reader_is_refused_by_the_number_of_its_line(line):
    result = run(f"o'brien@example.org\n{line}\nann+news@example.org")

    assert set(addresses()) == {"o'brien@example.org", "ann+news@example.org"}
    assert str(result.refused) == "2"


def test_many_addresses_in_one_line_are_counted_as_lines():
    assert count_entries(["heading", "", "ann@example.org; bo@example.org", "name"]) == 5


def test_a_cell_that_is_too_long_breaks_no_import():
    assert run(f"email,status\nann@example.org,{'x' * 200_000}").unsubscribed.count == 1


def test_the_command_names_the_lines_that_are_left_out(tmp_path, capsys):
    path = tmp_path / "list.csv"
    path.write_text(EXPORTS["Swedish"])

    call_command("import_subscribers", path, locale="sv", consent="Paper")

    assert "unsubscribed or not agreed: 1. These lines: 3." in capsys.readouterr().out
