"""Signing in with a second factor: the password alone gives no access, whatever makes the session."""

import base64
import time
from datetime import timedelta

import pytest
import time_machine
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts import limits, recovery_codes, totp
from accounts.models import AccountEvent, AuthenticatorApp, EventType, Passkey, RecoveryCode
from tests.authenticator import Authenticator, options_of
from tests.factories import make_person

pytestmark = pytest.mark.django_db

LOGIN, STEP = "/desk/login/", "/desk/login/second-step/"
PASSWORD = "a long way to Tbilisi"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _site_with_a_name(settings):
    settings.SITE_URL = "http://localhost"


@pytest.fixture
def person():
    return make_person("Editors", password=PASSWORD)


@pytest.fixture
def secret(person) -> str:
    """The secret of the app that the person has set up."""
    secret = totp.new_secret()
    totp.add_app(person, secret, step=0)
    return secret


def code_of(secret: str, steps: int = 0) -> str:
    """The code that an app shows, now or some time steps later."""
    app = TOTP(base64.b32decode(secret), 6, SHA1(), 30, enforce_key_length=False)
    return app.generate(int(time.time()) + 30 * steps).decode()


def type_password(client: Client, person, **fields):
    return client.post(LOGIN, {"username": person.username, "password": PASSWORD, **fields})


def is_signed_in(client: Client) -> bool:
    return client.get("/desk/").status_code == 200


def types_of(person) -> list[str]:
    return list(AccountEvent.objects.filter(account=person).order_by("pk").values_list("type", flat=True))


def test_without_a_second_factor_the_password_signs_in(client, person):
    assert type_password(client, person).status_code == 302

    assert is_signed_in(client)


def test_after_the_password_alone_nothing_is_open(client, person, secret):
    page = type_password(client, person, next="/desk/help/")

    assert "Now show your second factor" in page.text
    assert SESSION_KEY not in client.session
    assert not is_signed_in(client)
    assert types_of(person) == [EventType.PASSWORD_ACCEPTED]


def test_the_code_of_the_app_signs_in_and_leads_to_the_page(client, person, secret):
    type_password(client, person)

    response = client.post(STEP, {"code": code_of(secret), "next": "/desk/help/"})

    assert response.status_code == 302 and response["Location"] == "/desk/help/"
    assert is_signed_in(client)
    assert types_of(person) == [EventType.SIGNED_IN]


def test_a_code_works_once(person, secret):
    code = code_of(secret)
    first, second = Client(), Client()
    for client in (first, second):
        type_password(client, person)
        client.post(STEP, {"code": code})

    assert is_signed_in(first) and not is_signed_in(second)


@pytest.mark.parametrize(("steps", "is_right"), [(-3, False), (-1, True), (0, True), (1, True), (3, False)])
def test_a_code_is_right_for_about_a_minute(client, person, secret, steps, is_right):
    with time_machine.travel("2026-05-03 10:00:10Z", tick=False):
        type_password(client, person)
        client.post(STEP, {"code": code_of(secret, steps)})

        assert is_signed_in(client) == is_right


@pytest.mark.parametrize("code", ["", "000000x", "１２３４５６", "12345", "a" * 500, "\0", "🔑" * 6])
def test_what_is_no_code_is_refused_with_a_sentence(client, person, secret, code):
    type_password(client, person)

    response = client.post(STEP, {"code": code})

    assert response.status_code == 200
    assert "errornote" in response.text or "errorlist" in response.text
    assert not is_signed_in(client)


def test_the_code_of_somebody_else_does_not_work(client, person, secret):
    other = make_person("Editors", password=PASSWORD)
    totp.add_app(other, totp.new_secret(), step=0)
    type_password(client, other)

    client.post(STEP, {"code": code_of(secret)})

    assert not is_signed_in(client)


def test_the_secret_is_encrypted_and_of_no_use_for_another_account(person, secret):
    app = AuthenticatorApp.objects.get(owner=person)

    assert secret not in app.encrypted_secret
    assert totp.decrypt_secret(app.encrypted_secret, person.pk) == secret
    assert totp.decrypt_secret(app.encrypted_secret, person.pk + 1) is None


def test_the_secret_can_be_read_with_a_former_key_alone(person, secret, settings):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert totp.decrypt_secret(AuthenticatorApp.objects.get().encrypted_secret, person.pk) == secret

    settings.SECRET_KEY_FALLBACKS = []
    assert not totp.use_code(person, code_of(secret))


def test_an_app_that_was_used_after_a_change_of_the_key_needs_the_former_one_no_more(
    person, secret, settings
):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert totp.use_code(person, code_of(secret))

    settings.SECRET_KEY_FALLBACKS = []
    assert totp.use_code(person, code_of(secret, 1))


def test_a_stored_secret_of_the_release_before_is_read(person, settings):
    """AES-GCM with a key and a binding that are data of stored rows."""
    key = salted_hmac("accounts.totp", "key", algorithm="sha256").digest()
    sealed = AESGCM(key).encrypt(bytes(12), b"GEZDGNBVGY3TQOJQ", f"accounts.totp:{person.pk}".encode())

    stored = base64.b64encode(bytes(12) + sealed).decode()

    assert totp.decrypt_secret(stored, person.pk) == "GEZDGNBVGY3TQOJQ"


def test_wrong_codes_are_limited_and_then_the_right_one_is_refused_too(client, person, secret):
    type_password(client, person)
    for number in range(limits.CODES.count):
        client.post(STEP, {"code": f"{number:06}"})

    response = client.post(STEP, {"code": code_of(secret)})

    assert response.status_code == 429 and int(response["Retry-After"]) > 0
    assert not is_signed_in(client)
    assert types_of(person).count(EventType.SECOND_STEP_FAILED) == limits.CODES.count
    assert EventType.REFUSED in types_of(person)


def test_a_day_has_a_limit_of_its_own(client, person, secret):
    with time_machine.travel("2026-05-03 00:10Z", tick=False) as clock:
        statuses = []
        for number in range(limits.CODES_OF_A_DAY.count + 1):
            if number % limits.CODES.count == 0:
                clock.shift(timedelta(minutes=16))
                type_password(client, person)
            statuses.append(client.post(STEP, {"code": f"{number:06}"}).status_code)

    assert statuses == [200] * limits.CODES_OF_A_DAY.count + [429]


def test_the_second_step_ends_after_a_while_and_begins_with_the_password(client, person, secret):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        type_password(client, person)
        clock.shift(timedelta(minutes=16))

        response = client.post(STEP, {"code": code_of(secret), "next": "/desk/help/"})

        assert response.status_code == 403 and 'name="password"' in response.text
        assert 'name="next" value="/desk/help/"' in response.text
        assert not is_signed_in(client)


def test_a_new_password_ends_the_second_step(client, person, secret):
    type_password(client, person)
    person.set_password("another way to Tbilisi")
    person.save()

    client.post(STEP, {"code": code_of(secret)})

    assert not is_signed_in(client)


def test_a_deactivated_account_does_not_get_through_the_second_step(client, person, secret):
    type_password(client, person)
    type(person).objects.filter(pk=person.pk).update(is_active=False)

    client.post(STEP, {"code": code_of(secret)})

    assert SESSION_KEY not in client.session


def test_the_session_has_another_key_after_the_second_step(client, person, secret):
    type_password(client, person)
    before = client.session.session_key

    client.post(STEP, {"code": code_of(secret)})

    assert client.session.session_key != before


def test_without_a_password_the_second_step_leads_to_the_sign_in(client):
    assert client.get(STEP)["Location"] == LOGIN
    assert client.post("/desk/login/second-step/options/").status_code == 403


# Sessions that are made in any other way


def test_a_session_made_without_the_second_step_gives_no_access(client, person, secret):
    client.force_login(person, backend=BACKEND)

    response = client.get("/desk/help/")

    assert response.status_code == 302 and response["Location"].startswith(LOGIN)
    assert person.username not in client.get(LOGIN).text


def test_a_session_that_was_open_before_the_factor_is_over(person):
    thief, owner = Client(), Client()
    for client in (thief, owner):
        type_password(client, person)
    page = owner.get("/desk/security/app/")
    secret = page.context["secret"].replace(" ", "")

    owner.post("/desk/security/app/", {"setup": page.context["setup"], "code": code_of(secret)})

    assert is_signed_in(owner) and not is_signed_in(thief)


def test_a_password_set_by_mail_signs_nobody_in(client, person, secret, settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    person.email = "ann@example.org"
    person.save()
    client.post(reverse("admin_password_reset"), {"email": person.email})
    link = next(word for word in mail.outbox[0].body.split() if "/password_reset/" in word)
    page = client.get(link.removeprefix("http://localhost"), follow=True)
    new = "another way to Tbilisi"

    client.post(page.request["PATH_INFO"], {"new_password1": new, "new_password2": new})

    assert not is_signed_in(client)
    client.post(LOGIN, {"username": person.username, "password": new})
    assert not is_signed_in(client)
    client.post(STEP, {"code": code_of(secret)})
    assert is_signed_in(client)


def test_a_mark_of_another_account_in_the_session_is_worth_nothing(client, person, secret):
    client.force_login(person, backend=BACKEND)
    session = client.session
    session["second_factor_of"] = person.pk + 1
    session.save()

    assert HASH_SESSION_KEY in client.session and not is_signed_in(client)


# Recovery codes


def test_ten_codes_each_work_once(client, person):
    codes = recovery_codes.replace_codes(person)
    assert len(set(codes)) == 10

    for _attempt in range(2):
        other = Client()
        type_password(other, person)
        other.post(STEP, {"code": codes[0].lower().replace("-", " ")})

    assert recovery_codes.count_unused(person) == 9
    assert types_of(person).count(EventType.CODE_USED) == 1
    assert not is_signed_in(other)


def test_a_code_has_112_bits_and_is_printed_in_groups_of_four(person):
    (code, *_others) = recovery_codes.replace_codes(person)

    assert [len(group) for group in code.split("-")] == [4] * 6
    assert len(base64.b32decode(code.replace("-", ""))) * 8 >= 112


def test_a_code_that_an_older_release_printed_is_taken(person):
    code = "ABCD-EFGH-IJKL-MNOP"
    digest = recovery_codes._digests(person, code.replace("-", ""))[0]
    RecoveryCode.objects.create(owner=person, digest=digest)

    assert recovery_codes.use_code(person, code.lower())


def test_codes_are_stored_as_digests(person):
    codes = recovery_codes.replace_codes(person)

    stored = " ".join(RecoveryCode.objects.values_list("digest", flat=True))

    assert not [code for code in codes if code in stored or code.replace("-", "") in stored]


def test_new_codes_end_the_old_ones(person):
    (old, *_others), new = recovery_codes.replace_codes(person), recovery_codes.replace_codes(person)

    assert not recovery_codes.use_code(person, old)
    assert recovery_codes.use_code(person, new[0])


def test_an_account_whose_codes_are_used_up_is_not_open_to_the_password(client, person):
    for code in recovery_codes.replace_codes(person):
        recovery_codes.use_code(person, code)

    assert "All your recovery codes are used" in type_password(client, person).text
    assert not is_signed_in(client)


# Passkeys


@pytest.fixture
def key(person) -> Authenticator:
    key = Authenticator()
    key.store(person)
    return key


def answer_of(client: Client, key: Authenticator, kind: str = "passkey") -> str:
    return key.get(options_of(client, f"/desk/login/{kind}/options/"))


def test_a_passkey_signs_in_alone(client, key):
    response = client.post(
        "/desk/login/passkey/", {"credential": answer_of(client, key), "next": "/desk/help/"}
    )

    assert response.status_code == 302 and response["Location"] == "/desk/help/"
    assert is_signed_in(client)


def test_a_passkey_is_a_second_step(client, person, key):
    type_password(client, person)

    client.post(STEP, {"credential": answer_of(client, key, "second-step")})

    assert is_signed_in(client)
    assert types_of(person) == [EventType.SIGNED_IN]


def refused_events(person) -> list[str]:
    return [type for type in types_of(person) if type != EventType.SIGNED_IN]


def test_an_answer_is_refused_when_it_is_sent_again(person, key):
    client = Client()
    answer, cookie = answer_of(client, key), client.cookies["desk_passkey"].value
    client.post("/desk/login/passkey/", {"credential": answer})
    again = Client()
    again.cookies["desk_passkey"] = cookie

    response = again.post("/desk/login/passkey/", {"credential": answer})

    assert is_signed_in(client)
    assert response.status_code == 403 and "was not accepted" in response.text
    assert not is_signed_in(again)
    assert refused_events(person) == [EventType.SECOND_STEP_FAILED]


def test_a_passkey_that_does_not_count_cannot_be_replayed_either(person):
    key = Authenticator(sign_count=None)
    key.store(person)
    test_an_answer_is_refused_when_it_is_sent_again(person, key)


def test_a_copy_of_a_passkey_is_refused_and_recorded(client, person, key):
    client.post("/desk/login/passkey/", {"credential": answer_of(client, key)})
    client.post("/desk/login/passkey/", {"credential": answer_of(client, key)})
    key.sign_count = 0
    copy = Client()

    response = copy.post("/desk/login/passkey/", {"credential": answer_of(copy, key)})

    assert response.status_code == 403 and not is_signed_in(copy)
    assert refused_events(person) == [EventType.SECOND_STEP_FAILED, EventType.PASSKEY_CLONED]
    assert Passkey.objects.get().sign_count == 2


@pytest.mark.parametrize(
    "fault",
    [
        {"origin": "http://localhost.evil.example"},
        {"origin": "https://localhost"},
        {"rp_id": "evil.example"},
        {"is_verified": False},
        {"key": Authenticator().key},
    ],
    ids=["other origin", "other scheme", "other RP ID", "user not verified", "other key"],
)
def test_an_answer_that_is_not_for_this_site_or_not_of_this_key_is_refused(client, person, key, fault):
    for name, value in fault.items():
        setattr(key, name, value)

    response = client.post("/desk/login/passkey/", {"credential": answer_of(client, key)})

    assert response.status_code == 403 and not is_signed_in(client)
    assert refused_events(person) == [EventType.SECOND_STEP_FAILED]


def test_a_challenge_is_for_one_purpose_one_account_and_five_minutes(client, person, key):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        late = answer_of(client, key)
        clock.shift(timedelta(minutes=6))
        assert client.post("/desk/login/passkey/", {"credential": late}).status_code == 403

        type_password(client, person)
        step = answer_of(client, key, "second-step")
        assert client.post("/desk/login/passkey/", {"credential": step}).status_code == 403

        alone = answer_of(client, key)
        client.post(STEP, {"credential": alone})
        assert not is_signed_in(client)


def test_the_passkey_of_somebody_else_is_no_second_step(client, person, key, secret):
    other = Authenticator()
    other.store(make_person("Editors"))
    type_password(client, person)

    client.post(STEP, {"credential": answer_of(client, other, "second-step")})

    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "answer",
    ["", "{}", "[]", "null", "x", '{"id": 1}', '{"id": "x"}', "[" * 5000, "x" * 30_000, '{"id": "\\u0000"}'],
)
def test_what_is_no_answer_of_a_passkey_is_refused(client, person, secret, answer):
    type_password(client, person)

    assert client.post("/desk/login/passkey/", {"credential": answer}).status_code == 403
    assert client.post(STEP, {"credential": answer}).status_code == 200
    assert not is_signed_in(client)


def test_a_deactivated_account_is_not_opened_by_its_passkey(client, person, key):
    type(person).objects.filter(pk=person.pk).update(is_active=False)

    assert client.post("/desk/login/passkey/", {"credential": answer_of(client, key)}).status_code == 403


def test_the_sign_in_page_offers_passkeys_where_browsers_make_them(client, settings):
    assert "Sign in with a passkey" in client.get(LOGIN).text

    settings.SITE_URL = "http://127.0.0.1:8000"
    assert "Sign in with a passkey" not in client.get(LOGIN).text


def test_no_session_is_stored_for_strangers_who_press_the_button(client):
    options_of(client, "/desk/login/passkey/options/")

    assert set(client.cookies) == {"desk_passkey"}
