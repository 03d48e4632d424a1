"""Who leaves is in no file of the site, in nothing that it prints, and in no backup that is made afterwards."""

import base64
import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from shutil import copytree

from tests.conftest import ROOT
from tests.mail_sink import mail_sink
from tests.test_deploying import run

ADDRESS = "zzqreader@example.org"
SIGN_UP_AND_LEAVE = f"""
import json, re, django
django.setup()
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from subscriptions.models import Subscriber
from subscriptions.tokens import TokenPurpose, make_token

client = Client(HTTP_HOST="127.0.0.1")

def post(name, **data):
    path = reverse(f"subscriptions:{{name}}", args=[make_token(TokenPurpose(name), subscriber.uid)])
    assert client.post(path, data).status_code == 200, path

answer = client.post("/en/alerts/", {{"email": "{ADDRESS}", "locale": "en", "timing": "at_once", "choice": "q=grain"}})
assert answer.status_code == 200, answer
subscriber = Subscriber.objects.get()
call_command("send_mail")
post("confirm", chosen=subscriber.subscriptions.get().pk)
call_command("send_mail")
post("leave")
call_command("send_mail")
print("LEFT", json.dumps([subscriber.address_digest, bytes(subscriber.encrypted_address).hex(), subscriber.uid.hex]))
"""


def find_in_files(folder: Path, text: bytes) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and text in path.read_bytes().lower()]


def test_who_has_left_is_in_no_file_no_output_and_no_backup(tmp_path, migrated_sqlite):
    site = copytree(migrated_sqlite, tmp_path / "site")
    database = sqlite3.connect(site / "site.sqlite3")
    with mail_sink() as sink, closing(database):
        # Open, as in a site that runs: the last connection that is closed removes the log.
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA user_version")
        environment = {
            **os.environ, "SITE_DATA": str(site), "DATABASE_URL": f"sqlite:///{site}/site.sqlite3", "DEBUG": "1", "EMAIL_URL": sink.url,
            "SITE_URL": "http://127.0.0.1", "DJANGO_SETTINGS_MODULE": "sceeus.settings",
        }  # fmt: skip
        process = subprocess.run(
            [sys.executable, "-c", SIGN_UP_AND_LEAVE], cwd=ROOT, env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        copytree(site, tmp_path / "copied while it runs")
    assert process.returncode == 0, process.stderr
    assert [accepted.recipient for accepted in sink.mails] == [ADDRESS]
    digest, encrypted, uid = json.loads(re.search("LEFT (.+)", process.stdout)[1])
    assert ADDRESS not in process.stdout + process.stderr

    backup = run("backup", tmp_path / "backups", site)

    assert backup.returncode == 0, backup.stderr
    assert ADDRESS not in backup.stdout + backup.stderr
    code = base64.urlsafe_b64encode(bytes.fromhex(uid)).rstrip(b"=")
    traces = (
        ADDRESS.encode(),
        b"zzqreader",
        bytes.fromhex(encrypted),
        bytes.fromhex(uid),
        uid.encode(),
        code,
    )
    assert {trace: found for trace in traces if (found := find_in_files(tmp_path, trace.lower()))} == {}
    assert len(find_in_files(tmp_path / "backups", digest.encode())) == 1  # SuppressedAddress
