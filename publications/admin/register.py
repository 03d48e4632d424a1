"""Register every model with its `ModelAdmin`, and every page of our own with its address and URL name.

`sceeus.urls` imports this module.
"""

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.urls import path, re_path
from django.views.generic import RedirectView

from accounts.models import AccountEvent
from publications.models import (
    AuditEntry,
    Author,
    Image,
    Kind,
    MenuLink,
    OutboxMail,
    Publication,
    SitePage,
    SiteSettings,
    Synonym,
    Tag,
)

from . import (
    account_review,
    account_role,
    account_state,
    archive_import_publish,
    archive_import_undo,
    archive_imports,
    choice_sources,
    comments,
    drill_reports,
    help,
    home,
    image_descriptions,
    image_library,
    images,
    import_left,
    import_names,
    invitations,
    link_targets,
    merges,
    my_settings,
    name_removals,
    news,
    newsletter,
    old_addresses,
    old_site_samples,
    operations,
    own_address,
    press_access,
    press_link,
    press_links,
    proposed_authors,
    provider_sign_in,
    quick_add,
    related_links,
    review_link,
    reviews,
    role_matrix,
    second_step,
    security,
    sessions,
    sign_in,
    site_settings,
    submissions,
    subscribers,
    text_editor,
    translations,
    user_factors,
    word,
    word_report,
    word_versions,
)
from .account_events import AccountEventAdmin
from .accounts import StaffUserAdmin
from .authors import AuthorAdmin
from .drafts import autosave, bulk, bulk_authors, deleted_drafts, preview, suggestions
from .drafts.publication_admin import PublicationAdmin
from .groups import StaffGroupAdmin
from .history import restore, timeline
from .history.audit_log import AuditEntryAdmin
from .images import ImageAdmin
from .mails import OutboxMailAdmin
from .planning import calendars
from .planning import pages as planning
from .publish import approvals, result, retract, withdraw
from .publish import page as publish
from .site import admin_site
from .site_settings import MenuLinkAdmin, SitePageAdmin, SiteSettingsAdmin
from .taxonomy import KindAdmin, SynonymAdmin, TagAdmin

MODEL_ADMINS = {
    Publication: PublicationAdmin,
    Author: AuthorAdmin,
    Tag: TagAdmin,
    Image: ImageAdmin,
    Kind: KindAdmin,
    SiteSettings: SiteSettingsAdmin,
    SitePage: SitePageAdmin,
    MenuLink: MenuLinkAdmin,
    Synonym: SynonymAdmin,
    AuditEntry: AuditEntryAdmin,
    User: StaffUserAdmin,
    Group: StaffGroupAdmin,
    AccountEvent: AccountEventAdmin,
    OutboxMail: OutboxMailAdmin,
}

PUBLICATION_ROUTE = "publications/publication/<number:pk>/"

PAGES = (
    ("", "index", home.index_page),
    ("carried/", "carried", sign_in.confirm_carried_form),
    ("signed-in/", "signed-in", sign_in.signed_in_user),
    ("help/", "help", help.help_page),
    ("my-settings/", "my-settings", my_settings.my_settings_page),
    ("my-settings/address/", "own-address", own_address.own_address_page),
    ("my-settings/sessions/", "own-sessions", sessions.own_sessions_page),
    ("confirm/address/<str:token>/", "address-confirm", own_address.address_confirm_page),
    # Second factors
    ("reauthenticate/", "reauthenticate", second_step.reauthentication_page),
    ("reauthenticate/options/", "reauthentication-options", second_step.reauthentication_options),
    ("reauthenticate/provider/", "provider-reauthentication", provider_sign_in.provider_reauthentication),
    ("security/", "security", security.security_page),
    ("security/passkeys/add/", "passkey-add", security.passkey_add_page),
    ("security/passkeys/options/", "passkey-creation-options", security.passkey_creation_options),
    ("security/passkeys/<number:pk>/", "passkey", security.passkey_page),
    ("security/app/", "authenticator-app", security.app_page),
    ("security/codes/", "recovery-codes", security.recovery_codes_page),
    ("auth/user/<number:user_pk>/factors/", "user-factors", user_factors.user_factors_page),
    # News
    ("news/", "news", news.news_page),
    ("news/<int:pk>/", "news-open", news.open_news),
    ("news/mail/", "news-choices", news.choices_page),
    # Drafts
    ("typed/", "autosave", autosave.autosave_form),
    ("typed/preview/", "preview-unsaved", preview.preview_unsaved),
    ("editor/blocks/", "editor-blocks", text_editor.blocks_of_markdown),
    ("editor/markdown/", "editor-markdown", text_editor.markdown_of_blocks),
    ("editor/links/", "link-search", link_targets.link_search),
    ("editor/pictures/", "image-library", image_library.image_library),
    ("editor/pictures/<slug:key>/", "image-choice", image_library.image_choice),
    ("typed/suggestions/", "suggestions", suggestions.suggest_unsaved),
    ("recovered/<number:pk>/", "autosave-detail", autosave.autosave_detail),
    ("recovered/<number:pk>/discard/", "autosave-discard", autosave.autosave_discard),
    ("choose/<slug:source_name>/", "chooser-search", choice_sources.chooser_search),
    ("choose/new/<slug:name>/", "quick-add", quick_add.quick_add_page),
    ("publications/author/<number:pk>/replace/", "author-replace", proposed_authors.replace_author_page),
    ("publications/author/<number:pk>/merge/", "author-merge", merges.author_merge_page),
    ("publications/tag/<number:pk>/merge/", "tag-merge", merges.tag_merge_page),
    ("similar-names/", "similar-names", merges.similar_names_page),
    ("tags/", "tag-search", suggestions.tag_search),
    ("publications/publication/author/", "bulk-author", bulk_authors.bulk_author),
    ("publications/publication/tags/", "bulk-tags", bulk.bulk_tags),
    ("publications/publication/withdraw/", "bulk-withdraw", bulk.bulk_withdraw),
    ("publications/publication/deleted/", "deleted-drafts", deleted_drafts.deleted_drafts_page),
    (f"{PUBLICATION_ROUTE}deleted/restore/", "deleted-draft-restore", deleted_drafts.restore_deleted_draft),
    (f"{PUBLICATION_ROUTE}here/", "presence", autosave.report_presence),
    (f"{PUBLICATION_ROUTE}preview/", "preview", preview.preview_page),
    (f"{PUBLICATION_ROUTE}not-ready/", "submission-return", submissions.return_page),
    # Planning
    ("planning/", "planning", planning.planning_page),
    ("planning/idea/", "planning-idea", planning.idea_page),
    ("planning/calendar/", "planning-calendar", calendars.calendar_page),
    ("planning/<number:pk>/move/", "planning-move", planning.move_page),
    (f"{PUBLICATION_ROUTE}plan/", "plan", planning.plan_page),
    # Actions
    (f"{PUBLICATION_ROUTE}publish/", "publish", publish.publish_page),
    (f"{PUBLICATION_ROUTE}approve/", "approve", approvals.approval_page),
    (f"{PUBLICATION_ROUTE}published/<number:number>/", "publish-result", result.publish_result),
    (f"{PUBLICATION_ROUTE}withdraw/", "withdraw", withdraw.withdraw_page),
    (f"{PUBLICATION_ROUTE}faulty-text/", "faulty-text", retract.faulty_text_page),
    (f"{PUBLICATION_ROUTE}retract/", "retract", retract.retract_page),
    (f"{PUBLICATION_ROUTE}express-concern/", "express-concern", retract.express_concern_page),
    (f"{PUBLICATION_ROUTE}lift-concern/", "lift-concern", retract.lift_concern_page),
    (f"{PUBLICATION_ROUTE}undo/", "undo", withdraw.undo_page),
    (f"{PUBLICATION_ROUTE}redact/", "redact", withdraw.redact_page),
    (
        f"{PUBLICATION_ROUTE}translations/<number:counterpart_pk>/",
        "translation",
        translations.translation_page,
    ),
    # History
    (f"{PUBLICATION_ROUTE}revisions/", "history", timeline.history_page),
    (f"{PUBLICATION_ROUTE}revisions/<number:number>/", "revision", timeline.revision_page),
    (f"{PUBLICATION_ROUTE}revisions/<number:number>/restore/", "restore", restore.restore_page),
    (f"{PUBLICATION_ROUTE}difference/", "difference", timeline.difference_page),
    # Comments and reviews
    (f"{PUBLICATION_ROUTE}comments/", "comments", comments.comments_page),
    (f"{PUBLICATION_ROUTE}comments/<number:number>/", "comment-update", comments.comment_update),
    (f"{PUBLICATION_ROUTE}comments/<number:number>/resolve/", "comment-resolve", comments.comment_resolve),
    (f"{PUBLICATION_ROUTE}reviews/", "reviews", reviews.reviews_page),
    (f"{PUBLICATION_ROUTE}reviews/<number:number>/", "review-update", reviews.review_update),
    (f"{PUBLICATION_ROUTE}press/", "press-links", press_links.press_links_page),
    (f"{PUBLICATION_ROUTE}press/<number:number>/", "press-link-update", press_links.press_link_update),
    # Word
    ("word/", "word-new", word.word_new),
    ("word/again/", "word-again", word.word_again),
    (f"{PUBLICATION_ROUTE}word/", "word-report", word_report.word_report),
    (f"{PUBLICATION_ROUTE}word/replace/", "word-replace", word_versions.word_next_version),
    (f"{PUBLICATION_ROUTE}word/changes/", "word-changes", word_versions.word_changes),
    (f"{PUBLICATION_ROUTE}word/<number:file_pk>/original/", "word-original", word.word_original),
    # Imports of archives
    ("import/", "archive-imports", archive_imports.archive_imports_page),
    ("import/<number:pk>/", "archive-import", archive_imports.archive_import_page),
    ("import/names/", "import-decisions", import_names.import_decisions_page),
    ("import/<number:pk>/left/", "archive-import-left", import_left.archive_import_left_page),
    ("import/<number:pk>/names/", "archive-import-names", import_names.archive_import_names_page),
    ("import/<number:pk>/samples/", "archive-import-samples", old_site_samples.old_site_samples_page),
    ("import/<number:pk>/rules.yaml", "archive-import-rules", old_site_samples.old_site_rules_file),
    (
        "import/<number:pk>/publish/",
        "archive-import-publish",
        archive_import_publish.archive_import_publish_page,
    ),
    ("import/<number:pk>/delete/", "archive-import-delete", archive_imports.archive_import_delete_page),
    ("import/<number:pk>/undo/", "archive-import-undo", archive_import_undo.archive_import_undo_page),
    # Images, related links, settings
    (f"{PUBLICATION_ROUTE}pictures/", "image-descriptions", image_descriptions.image_descriptions),
    ("library/arriving/", "image-upload", images.upload_image),
    ("library/<slug:key>.jpg", "editor-image", preview.editor_image),
    ("library/<slug:key>/<slug:size>.<slug:extension>", "library-image", preview.library_image),
    ("links/", "related-links", related_links.related_links_list),
    ("links/<number:pk>/", "related-links-edit", related_links.related_links_edit),
    ("lead/", "home-lead", site_settings.home_lead),
    ("auth/user/review/", "account-review", account_review.account_review_page),
    ("auth/user/<number:user_pk>/state/", "account-state", account_state.account_state_page),
    ("auth/user/<number:user_pk>/role/", "account-role", account_role.account_role_page),
    ("auth/user/<number:user_pk>/sessions/", "account-sessions", sessions.account_sessions_page),
    ("who-may-do-what/", "role-matrix", role_matrix.role_matrix_page),
    ("operations/", "operations", operations.operations_page),
    ("subscribers/", "subscribers", subscribers.subscribers_page),
    ("subscribers/log/", "subscriber-log", subscribers.subscriber_log),
    ("subscribers/list/", "subscriber-list", subscribers.subscriber_list_page),
    ("names/", "name-removals", name_removals.name_removals_page),
    ("names/<number:pk>/", "name-removal", name_removals.name_removal_page),
    ("names/<number:pk>/report.txt", "name-report", name_removals.name_report_file),
    ("addresses/", "old-addresses", old_addresses.old_addresses_page),
    ("addresses/<number:pk>/remove/", "old-address-removal", old_addresses.old_address_removal_page),
    ("newsletter/", "newsletter", site_settings.newsletter_page),
    ("newsletter/issues/", "newsletter-issues", newsletter.newsletter_issues),
    ("newsletter/issues/<number:pk>/", "newsletter-issue", newsletter.newsletter_issue),
    ("newsletter/issues/<number:pk>/mail/", "newsletter-mail", newsletter.newsletter_mail),
    ("newsletter/issues/<number:pk>/test/", "newsletter-test", newsletter.newsletter_test),
)
"""Route, URL name and view. They precede the URLs of Django's admin."""

OPEN_PAGES = (
    ("login/second-step/", "second-step", second_step.second_step_page),
    ("login/second-step/options/", "second-step-options", second_step.second_step_options),
    ("login/passkey/", "passkey-sign-in", second_step.passkey_sign_in),
    ("login/passkey/options/", "passkey-sign-in-options", second_step.passkey_sign_in_options),
    ("login/provider/", "provider-sign-in", provider_sign_in.provider_sign_in),
    ("login/provider/return/", "provider-return", provider_sign_in.provider_return),
    ("review/press/<str:token>/", "press", press_access.press_password_page),
    ("review/press/<str:token>/<str:access>/", "press-page", press_link.press_page),
    ("review/press/<str:token>/<str:access>/publication.pdf", "press-pdf", press_link.press_pdf),
    ("review/press/<str:token>/<str:access>/files/<slug:digest>", "press-file", press_link.press_attachment),
    (
        "review/press/<str:token>/<str:access>/<slug:key>/<slug:size>.<slug:extension>",
        "press-image",
        press_link.press_image,
    ),
    ("review/<str:token>/", "review", review_link.review_page),
    (
        "review/<str:token>/<slug:key>/<slug:size>.<slug:extension>",
        "review-picture",
        review_link.review_image,
    ),
    ("confirm/invitation/<str:token>/", "invitation", invitations.invitation_page),
    ("drill/", "drill-report", drill_reports.drill_report),
    ("calendar/<str:token>.ics", "calendar", calendars.calendar_file),
    ("news/stop/<str:token>/", "news-stop", news.stop_page),
)
"""Pages without sign-in: each checks a secret in its address or a signature, or is a part of the sign-in."""

FORMER_MODEL_PATHS = {
    "auditline": "auditentry",
    "page": "sitepage",
    "site": "sitesettings",
    "sitelink": "menulink",
}
"""Former model names in addresses of the desk, with the current ones: bookmarks are redirected."""

for model, model_admin in MODEL_ADMINS.items():
    admin_site.register(model, model_admin)

desk_urls = (
    [
        *(path(route, view, name=name) for route, name, view in OPEN_PAGES),
        *(path(route, admin_site.admin_view(view), name=name) for route, name, view in PAGES),
        *(
            re_path(
                rf"^publications/{former}/(?P<rest>.*)$",
                RedirectView.as_view(
                    url=f"{settings.DESK}publications/{current}/%(rest)s",
                    query_string=True,
                    permanent=True,
                    preserve_request=True,
                ),
            )
            for former, current in FORMER_MODEL_PATHS.items()
        ),
        *admin_site.get_urls(),
    ],
    "admin",
    admin_site.name,
)
"""For `path()` in `sceeus.urls`."""
