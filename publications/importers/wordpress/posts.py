"""What the index keeps of each item of an export: some hundred bytes, never its text."""

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

from .export_item import ExportItem, ItemTerm, read_number
from .language_marks import choose_part

POST, PAGE, ATTACHMENT, BLOCK, GUEST_AUTHOR = "post", "page", "attachment", "wp_block", "guest-author"
REDIRECT_RULE = "redirect_rule"
"""The type of the plugin Safe Redirect Manager."""
PUBLISHED = "publish"
PORTRAIT = "_thumbnail_id"
"""The field of a guest author with the number of a picture."""
LEFT_OUT_STATUSES = frozenset({"trash", "auto-draft", "inherit"})
HIDDEN_FILE_STATUSES = frozenset({"trash", "private", "auto-draft"})
REPEATED = "repeated"
"""The status, in counts, of items that a later item of the same number replaces."""
UPLOADS = "/wp-content/uploads/"
MAX_CAPTION_CHARACTERS = 2_000
SIZE = re.compile(r"(?:-\d{1,5}x\d{1,5}|-scaled|-rotated)?(\.\w{1,8})\Z")
UPLOAD = re.compile(
    r"(?:/wp-content/uploads/|/wp-content/blogs\.dir/\d+/files/|\.files\.wordpress\.com/|/files/(?=\d{4}/))"
    r"([^\s\"'<>()\\\[\]?#]+)"
)
"""An address of a file, also of older networks of sites, and of WordPress.com, which has a host of its own for them."""


@dataclass(frozen=True, slots=True)
class LibraryFile:
    """A file of the media library: its address, alternative text and caption, and the post that it was uploaded to."""

    post_id: int
    url: str
    alt: str
    caption: str
    page: str
    parent: int
    order: int

    @property
    def upload(self) -> str:
        return upload_of(self.url)


@dataclass(slots=True)
class IndexedPost:
    """A text of the export, before it is read. `start` and `length` are its place in the file of number `file`.

    `marks` are the languages between whose marks its words stand.
    """

    post_id: int
    post_type: str
    status: str
    title: str
    slug: str
    link: str
    guid: str
    creator: str
    date: str
    modified: str
    terms: tuple[ItemTerm, ...]
    old_slugs: tuple[str, ...]
    old_dates: tuple[str, ...]
    language: str
    translations: str
    marks: tuple[str, ...]
    file: int
    start: int
    length: int


def upload_of(address: str) -> str:
    """Return the path of a file below the folder of uploads, without the size of a smaller picture, or ""."""
    match = UPLOAD.search(address)
    return SIZE.sub(r"\1", unquote(match[1])) if match else ""


def plain_name(text: str) -> str:
    """Return a name on one line, without HTML entities."""
    return " ".join(unescape(choose_part(text)).split())


SYSTEM_TYPES = frozenset({
    ATTACHMENT, BLOCK, GUEST_AUTHOR, "nav_menu_item", "revision", "custom_css", "customize_changeset", "oembed_cache",
    "user_request", "wp_template", "wp_template_part", "wp_global_styles", "wp_navigation", "wp_font_family",
    "wp_font_face", "acf-field", "acf-field-group", "acf-post-type", "acf-taxonomy", "elementor_library",
    "wpcf7_contact_form", "mc4wp-form", "scheduled-action", "amp_validated_url", "jp_img_sitemap", "jp_sitemap",
    "jp_sitemap_master", "safecss", "et_pb_layout", "vc_grid_item", "wpforms", "feedback", "custom-css", REDIRECT_RULE,
})  # fmt: skip
"""Types of items that are no texts of the site: its menus, designs, forms and earlier versions."""

SILENT_FIELDS = (
    "_edit_", "_wp_", "_thumbnail_id", "_oembed_", "_encloseme", "_pingme", "_publicize", "_yoast_", "rank_math_",
    "_rank_math_", "_aioseo", "_genesis", "_elementor", "_wpb_", "_menu_item", "_jetpack", "_wpas_", "_pll_", "_wpml",
    "_last_editor_used_jetpack", "_attachment_", "_dp_", "_vc_", "_et_", "_fl_", "_wpcom", "_feedback", "_rest_",
    "footnotes", "cap-", "enclosure", "_mc_", "_links_to", "_crosspost", "_sharing", "_at_widget", "_ez-toc",
    "_monsterinsights", "_exactmetrics", "_primary_term", "_wp_page_template", "_aioseop_", "_wplp", "classic-editor",
    "_customize", "_trash", "_bj_", "_revision", "_um_", "_expiration", "_post_restored", "_tec_", "_disable", "_astra",
    "_generate", "_kad", "inline_featured_image", "_wxr_import",
)  # fmt: skip
"""The beginnings of names of custom fields that WordPress and known plugins keep for themselves."""


def read_attachment(item: ExportItem) -> LibraryFile:
    url = item.get("wp:attachment_url") or item.get("guid")
    return LibraryFile(
        item.post_id,
        url,
        plain_name(item.value_of("_wp_attachment_image_alt"))[:MAX_CAPTION_CHARACTERS],
        item.get("excerpt:encoded")[:MAX_CAPTION_CHARACTERS],
        item.get("link"),
        read_number(item.get("wp:post_parent")),
        read_number(item.get("wp:menu_order")),
    )
