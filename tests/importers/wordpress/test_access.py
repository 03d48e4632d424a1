"""What plugins kept from readers of the old site is recognised, and what only sounds so is not."""

import json

import pytest

from publications.importers.mapping import parse_mapping
from publications.importers.wordpress.access import (
    find_access_fields,
    is_access_block,
    is_access_shortcode,
    read_expiry,
)
from publications.importers.wordpress.export_item import ExportItem, ItemTerm

from .exports import item, read, write_export

HIDING_FIELDS = [
    ("_jetpack_newsletter_access", "paid_subscribers"), ("_jetpack_newsletter_access", "subscribers"),
    ("_members_access_role", "editor"), ("rcUserLevel", "Subscriber"), ("_is_paid", "1"),
    ("rcp_subscription_level", 'a:1:{i:0;s:1:"3";}'), ("rcp_user_level", "editor"), ("_wpmem_block", "1"),
    ("um_content_restriction", 'a:2:{s:26:"_um_custom_access_settings";b:1;s:14:"_um_accessible";s:1:"2";}'),
    ("_issuem_leaky_paywall_visibility", 'a:1:{s:15:"visibility_type";s:4:"only";}'),
    ("memberful_acl", 'a:1:{i:0;s:3:"all-members";}'), ("groups-read", "2"), ("members-only", "1"),
    ("Members Only", "yes"), ("ppwp_post_password", "hunter2"), ("_expiration-date", "soon"),
    ("ihc_mb_who", "reg"), ("ihc_mb_type", "block"), ("_visibility", "private"), ("_wpac_is_members_only", "true"),
    ("_wc_memberships_plan", "12"), ("isLocked", "1"), ("content_restriction", "a:1:{i:0;s:1:\"3\";}"),
    ("_settings", 'a:1:{s:7:"private";b:1;}'), ("post_meta", 'a:2:{i:0;N;s:6:"public";b:0;}'), ("show_paywall", "1"), ("medlemsartikel", "ja"),
    ("_elementor_data", r'[{"settings":{"e_display_conditions":["[{\"condition\":\"login_status\"}]"]}}]'),
    ("_elementor_data", '[{"elements":[{"settings":{"stax_visibility_enabled":"yes"}}]}]'),
    ("_elementor_data", '[{"settings":{"hide_desktop":"hidden-desktop","hide_tablet":"x","hide_mobile":"x"}}]'),
    ("_fl_builder_data", 'a:1:{s:18:"visibility_display";s:9:"logged_in";}'), ("embargo_until", "20990101"),
    ("embargo_until", "after the summit"), ("publish_on", "4070908800"),
]  # fmt: skip
OPEN_FIELDS = [
    ("_jetpack_newsletter_access", "everybody"), ("_jetpack_newsletter_access", ""), ("rcUserLevel", "None"),
    ("rcp_user_level", 'a:1:{i:0;s:3:"all";}'), ("rcp_access_level", "0"), ("memberful_acl", "a:0:{}"),
    ("um_content_restriction", 'a:1:{s:14:"_um_accessible";s:1:"0";}'), ("members_only", "false"),
    ("_issuem_leaky_paywall_visibility", 'a:1:{s:15:"visibility_type";s:7:"default";}'), ("private", "0"),
    ("members", "27"), ("_members_access_error", "Sorry"), ("_members_only", "field_5f3a"), ("visibility", "public"),
    ("title_visibility", "default"), ("ihc_mb_who", ""), ("ihc_mb_type", "show"), ("team_member", "Ann"),
    ("_settings", 'a:1:{s:7:"private";b:0;}'), ("_builder", 'a:1:{s:3:"row";a:1:{s:6:"hidden";b:1;}}'),
    ("page_settings", 'a:1:{s:12:"title_hidden";b:1;}'), ("remember_me", "1"), ("member_states", "Sweden"), ("unlocked", "1"), ("_wc_memberships_force_public", "yes"),
    ("_elementor_data", '[{"settings":{"e_display_conditions":[],"title":"x"}}]'),
    ("_elementor_data", '[{"settings":{"hide_desktop":"x"}},{"settings":{"hide_tablet":"x","hide_mobile":"x"}}]'),
    ("_fl_builder_data", 'a:2:{s:18:"visibility_display";s:0:"";s:16:"visibility_logic";s:2:"[]";}'),
    ("embargo_until", "20200101"), ("embargo", "lifted"), ("_embargo_until", "field_2"), ("publish_on", "spring"),
]  # fmt: skip


def fields_of(*pairs: tuple[str, str]) -> list[str]:
    metadata = [
        *pairs,
        *([("_expiration-date-status", "saved")] if pairs[0][0] == "_expiration-date" else []),
    ]
    return list(find_access_fields(ExportItem(metadata=metadata)))


@pytest.mark.parametrize("field", HIDING_FIELDS)
def test_fields_of_plugins_for_members_hide_a_post(field):
    assert fields_of(field) == [field[0]]


def test_a_category_for_members_hides_a_post():
    terms = [ItemTerm("category", name.lower(), name) for name in ("Members only", "Members", "Energy")]

    assert list(find_access_fields(ExportItem(terms=terms))) == ["Members only"]


@pytest.mark.parametrize("field", OPEN_FIELDS)
def test_fields_that_are_open_hide_nothing(field):
    assert fields_of(field) == []


@pytest.mark.parametrize(
    ("kind", "seconds", "status", "year"),
    [("draft", "1500000000", "saved", 2017), ("", "1500000000", "1", 2017), ("stick", "1500000000", "saved", None),
     ("draft", "1500000000", "", None), ("draft", "9" * 18, "saved", None), ("draft", "", "saved", None)],
)  # fmt: skip
def test_a_post_ends_when_its_plugin_hides_it(kind, seconds, status, year):
    names = ("_expiration-date", "_expiration-date-status", "_expiration-date-type")
    expiry = read_expiry(ExportItem(metadata=list(zip(names, (seconds, status, kind), strict=True))))

    assert (expiry and expiry.year) == year


SHORTCODES = [
    "[restrict]x[/restrict]", '[members_access role="editor"]x[/members_access]', "[is_paid]x[/is_paid]",
    '[mepr-show rules="3"]x[/mepr-show]', "[um_loggedin]x[/um_loggedin]", "[wlm_private 'Gold']x[/wlm_private]",
    '[ppwp passwords="hunter2"]x[/ppwp]', '[show role="member"]x[/show]', "x [paywall] y", '[s2If is_user(1)]x[/s2If]',
    '[et_pb_text disabled="on"]x[/et_pb_text]', '[vc_row disable_element="yes"]x[/vc_row]',
    '[am4show have="1"]x[/am4show]', "[content_control]x[/content_control]", "[student]x[/student]", "[lock]x[/lock]",
    "[memb_has_any_tag tagid=3]x[/memb_has_any_tag]", "[wc_memberships_content]x[/wc_memberships_content]",
    "[premium]<img src='a.png' />[/premium]", "[MM_Decision]x[/MM_Decision]", "[vc_row][note]x[/note][/vc_row]",
    '[et_pb_text display_conditions="W3siaWQiOiJhIn1d"]x[/et_pb_text]',
    '[fusion_text render_logics="W3sib3BlcmF0b3IiOiJhbmQifV0="]x[/fusion_text]',
    '<!-- wp:shortcode -->\n[restrict]x[/restrict]\n<!-- /wp:shortcode -->',
]  # fmt: skip
BLOCKS = [
    "<!-- wp:premium-content/subscriber-view --><p>x</p><!-- /wp:premium-content/subscriber-view -->",
    "<!-- wp:jetpack/paywall /--><p>x</p>", "<!-- wp:pmpro/membership --><p>x</p><!-- /wp:pmpro/membership -->",
    '<!-- wp:group {"blockVisibility":{"hideBlock":true}} --><p>x</p><!-- /wp:group -->',
    '<!-- wp:group {"metadata":{"blockVisibility":false}} --><p>x</p><!-- /wp:group -->',
    '<!-- wp:paragraph {"contentControls":{"enabled":true,"roles":["a"]}} --><p>x</p><!-- /wp:paragraph -->',
    '<!-- wp:paragraph {"gbBlockCondition":"12"} --><p>x</p><!-- /wp:paragraph -->',
    '<!-- wp:group {"otterConditions":[[{"type":"loggedInUser"}]]} --><p>x</p><!-- /wp:group -->',
    '<!-- wp:paragraph {"um_is_restrict":true} --><p>x</p><!-- /wp:paragraph -->',
    *(f"<!-- wp:group {settings} --><p>x</p><!-- /wp:group -->" for settings in (
        '{"UAGDisplayConditions":"userstate"}', '{"UAGLoggedOut":true}', '{"kbVisibility":{"loggedIn":true}}',
        '{"conditionalBlocks":[{"conditions":[{"type":"userLoggedIn"}]}]}', '{"vsdesk":true,"vstablet":true,"vsmobile":true}',
        '{"hideOnDesktop":true,"hideOnTablet":true,"hideOnMobile":true}',
        '{"metadata":{"blockVisibility":{"viewport":{"mobile":false,"tablet":false,"desktop":false}}}}',
    )),
]  # fmt: skip


@pytest.mark.parametrize("text", [*SHORTCODES, *BLOCKS, '<!-- wp:block {"ref":5} /-->'])
def test_a_text_with_a_part_for_some_readers_is_a_draft(tmp_path, text):
    shared = item(5, type="wp_block", text="".join([BLOCKS[0], SHORTCODES[0]]))
    imported = read(write_export(tmp_path, item(1, text=text), shared))[1]

    notes = [note.text for note in imported.notes if note.topic == "not-public"]
    assert imported.is_draft and notes and "hunter2" not in json.dumps(notes)


def test_what_only_sounds_like_members_is_public(tmp_path):
    text = (
        "The [member] states, [private] talks. [team_member name='Ann']Ann[/team_member] [rcp_registration_form] "
        '[caption]<img src="a.png" />x[/caption] [[restrict]x[/restrict]] [slides id="3"] [/slides] [b]x[/b] '
        "[vc_row][vc_column]x[/vc_column][/vc_row] [et_pb_text display_conditions='']x[/et_pb_text] "
        "[fusion_text render_logics='W10=']x[/fusion_text] [one_half]x[/one_half] [code]x[/code] [ref]x[/ref] "
        "<!-- wp:premium/heading --><h2>x</h2><!-- /wp:premium/heading --> <!-- wp:jetpack/subscriptions /--> "
        '<!-- wp:group {"contentControls":{"enabled":false}} --><p>x</p><!-- /wp:group -->'
        '<!-- wp:group {"otterConditions":[],"gbBlockCondition":"","hideOnMobile":true,"UAGResponsiveConditions":true} -->'
        "<p>x</p><!-- /wp:group -->"
        '<!-- wp:group {"metadata":{"blockVisibility":{"viewport":{"mobile":false}}},"vsdesk":true,"lock":{"move":true}} -->'
        "<p>x</p><!-- /wp:group -->"
    )

    assert not read(write_export(tmp_path, item(1, text=text)))[1].is_draft


def test_the_mapping_says_of_a_shortcode_that_it_hides_nothing(tmp_path):
    path = write_export(tmp_path, item(1, text="[Sammandrag]x[/Sammandrag] [lock]x[/lock]"))
    mapping = parse_mapping("shortcodes:\n  Sammandrag: open\n  lock: open\n", name="site.yaml")

    assert read(path)[1].is_draft and not read(path, shortcodes=mapping.shortcodes)[1].is_draft


@pytest.mark.parametrize("value", ["disabled=on", 'disable_element="Yes"', 'status="draft"'])
def test_the_mapping_opens_no_element_that_was_shown_to_nobody(tmp_path, value):
    path = write_export(tmp_path, item(1, text=f"[lock {value}]x[/lock]"))

    assert read(path, shortcodes={"lock": "open"})[1].is_draft


def test_names_of_shortcodes_and_blocks_are_read_by_their_words():
    assert is_access_shortcode("membersonly", {}, has_end=True) and not is_access_shortcode(
        "mission", {}, has_end=True
    )
    assert is_access_block("ppwp/password-protected", {}, has_end=True)
    assert not is_access_block("stackable/team-member", {}, has_end=True)
