"""Sample pages beside what is understood of them: a file that is safe to open, whatever the old site holds."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from tests.old_site import SMALL_RULES, small_site, write_warc

pytestmark = pytest.mark.django_db
HOSTILE = (
    "<p onclick='x()'>On <script>alert(1)</script>gas</p><div class=share>Share this</div>"
    "<img src=https://evil.example/x.png alt='A map'><iframe src='https://evil.example/'></iframe>"
    "<p>&lt;script&gt;alert(2)&lt;/script&gt; <a href='javascript:x()' style='background:url(//evil.example)'>link</a></p>"
    "<svg onload=x()><style>@import '//evil.example/a.css';</style></svg>"
)
RULES = f"{SMALL_RULES}    remove: .share\n"


def write_samples(tmp_path, *arguments: str, bodies=None, rules: str = RULES) -> str:
    copy = write_warc(tmp_path / "site.warc.gz", small_site(bodies))
    (tmp_path / "site.yaml").write_text(rules, encoding="utf-8")
    page = tmp_path / "samples.html"
    call_command(
        "import_publications", str(copy), "--mapping", str(tmp_path / "site.yaml"), "--samples", str(page), *arguments,
        stdout=StringIO(), stderr=StringIO(),
    )  # fmt: skip
    return page.read_text(encoding="utf-8")


def test_a_page_stands_beside_what_is_understood_of_it_and_what_is_left_out_is_marked(tmp_path):
    page = write_samples(tmp_path, bodies={"Gas": HOSTILE})

    gas = page[page.index("/news/gas") :].partition("</section>")[0]
    blocks = re.findall(
        r'sample-block( left-out)?">\s*<span class="sample-use">(.*?)</span>\s*<p>(.*?)</p>', gas
    )
    assert ("", "Title", "Gas") in blocks and ("", "Date", "4 March 2021") in blocks
    assert ("", "Authors", "By Anna Berg") in blocks and ("", "Text", "On gas") in blocks
    assert (" left-out", "Removed by the rule", "Share this") in blocks
    assert "<dd>Anna Berg</dd>" in gas and "<dd>4 March 2021</dd>" in gas
    assert "1 picture</summary>" in gas and "<p>Picture: logo.png (The institute)</p>" in gas
    assert "<p>Picture: x.png (A map)</p>" in gas
    body = gas.partition('<div class="sample-body">')[2].partition("</div>")[0]
    assert "On gas" in body and "A map" in body and "Share this" not in body


def test_a_hostile_page_runs_and_requests_nothing(tmp_path):
    page = write_samples(tmp_path, bodies={"Gas": HOSTILE, "Oil": "</div></body></html><script>x()</script>"})

    assert "default-src 'none'" in page
    assert not re.search(r"<(?:script|img|iframe|svg|link|a|form|base|object)\b", page)
    assert not re.search(r"url\(|@import|onclick=|onload=|javascript:[^<]*[\"']", page.replace("&#x27;", ""))
    assert page.count("<style") == 1 and "&lt;script&gt;alert(2)" in page


def test_the_page_is_in_the_language_of_the_command(tmp_path):
    with override("sv"):
        page = write_samples(tmp_path)

    assert '<html lang="sv">' in page and "Den gamla sidan" in page and "4 mars 2021" in page


def test_only_old_sites_have_samples(tmp_path):
    (tmp_path / "a.md").write_text("# A\n\nText", encoding="utf-8")

    with pytest.raises(CommandError, match="only old sites"):
        call_command("import_publications", str(tmp_path / "a.md"), "--samples", str(tmp_path / "x.html"))
