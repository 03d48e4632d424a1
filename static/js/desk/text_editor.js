// The text of a publication: the rich text editor, or the Markdown itself in its textarea, as somebody prefers.
// Without this script there is the textarea alone.

import { readBlocks } from "./editor/block_document.js";
import { canLink, depthOf, hasHeaderRow, isTableSelected, pressed, styleOfSelection } from "./editor/commands.js";
import { imageFiles, pasting } from "./editor/paste.js";
import { richText } from "./editor/rich_text.js";
import { toolbar } from "./editor/toolbar.js";
import { textCounter } from "./editor/word_count.js";
import { keepForm, keepPlace, restoreForm, takePlace } from "./form_history.js";
import { recall, remember } from "./preferences.js";

const PREFERENCE = "desk-editor", KEEP_DELAY_MS = 500;
const root = document.querySelector("[data-text-editor]");
const textarea = root?.querySelector("textarea");
if (textarea && document.querySelector("dialog[data-image-dialog]")) start();

function start() {
  const { form } = textarea, { dataset } = root;
  const place = root.querySelector("[data-rich-text]"), wordCount = document.querySelector("[data-word-count]");
  const bars = [...root.querySelectorAll("[role=toolbar]")], tableBar = root.querySelector("[data-table-tools]");
  const switchButton = root.querySelector("[data-switch]"), notice = root.querySelector("[data-editor-notice]");
  const losses = root.querySelector("[data-pasted]");
  const keysHelp = root.querySelector("[data-keys-help]");
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  const showCount = textCounter(wordCount);
  let isRich = false, keepTimer = 0, unreadText = "";

  const language = () => form.elements.language?.value ?? "";
  const loadInsertions = keepLoaded(() => import("./editor/insertions.js").then(({ connectInsertions }) => connectInsertions({
    editor, textarea, language, isRich: () => isRich, tables: { depthOf, hasHeaderRow },
  })));
  const insertImages = (files) => attempt(async () => (await loadToUse(loadInsertions)).insertImages(files));
  const choosePicture = async (place) => (await loadToUse(loadInsertions)).choosePicture(place);

  form.addEventListener("chooser:browse", ({ target, detail }) => choosePicture({
    isCover: true,
    insert: ({ value, label }) => target.dispatchEvent(new CustomEvent("chooser:add", { detail: { value, label } })),
    finish() {},
  }).catch(detail.fail));

  function countText(number, name) {
    const text = losses.dataset[number === 1 ? name : `${name}s`];
    return number ? text.replace("{n}", number) : "";
  }

  const { plugin: paste, whenRead } = pasting({
    insertImages,
    readMarkdown: async (text) => readBlocks((await request(dataset.blocksUrl, { text })).blocks).doc,
    reportLosses({ lostNotes = 0, lostImages = 0, error = null }) {
      losses.textContent = [error && `${losses.dataset.plain} ${reasonOf(error)}`, countText(lostNotes, "note"), countText(lostImages, "picture")].filter(Boolean).join(" ");
    },
  });
  const loadLinks = keepLoaded(() => import("./editor/link_dialog.js").then(({ linkDialog }) => linkDialog(document.querySelector("[data-link-dialog]"), language)));
  let links = null, isSubmitWaiting = false, isLoading = false;
  const whenSettled = () => whenRead() ?? links?.whenFound();

  const editor = richText(place, {
    attributes,
    paste,
    texts: { back: dataset.back, note: dataset.note },
    images: { url: dataset.imageUrl, captionText: dataset.caption, altText: dataset.alt },
    actions: {
      link: (state, dispatch) => canLink(state) && Boolean(!dispatch || attempt(link)),
      comment: () => Boolean(attempt(comment)),
    },
    onChange(isEdited) {
      for (const bar of toolbars) bar.update();
      const isOutsideTable = !isRich || !isTableSelected(editor.view.state);
      if (tableBar.hidden !== isOutsideTable) {
        tableBar.hidden = isOutsideTable; // set again, it restyles the whole form (:has)
        loadInsertions().catch(showFailure);
      }
      showCount(editor.view.state.doc);
      if (!isEdited) return;
      form.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });

  const actions = { markdown: toggle, picture: () => choosePicture(), comment };
  const toolbars = bars.map((bar) => toolbar(bar, {
    perform,
    isAvailable: (name) => name in actions || (isRich && editor.isAvailable(name)),
    isPressed: (name) => ({ ...pressed, markdown: () => !isRich })[name](editor.view.state),
    style: () => styleOfSelection(editor.view.state),
  }));

  function perform(name) {
    if (name in actions) attempt(actions[name]);
    else if (editor.isLoaded(name)) editor.perform(name);
    else attempt(() => loadToUse(loadInsertions).then(() => editor.perform(name)));
  }

  // Comments are kept with a saved draft; their script is loaded when there are some.
  const section = document.querySelector("[data-comments]");
  const loadComments = keepLoaded(() => import("./editor/comments.js").then(({ connectComments }) => connectComments(section, editor)));

  async function comment() {
    notice.textContent = section ? "" : dataset.saveFirst;
    if (section && isRich) (await loadToUse(loadComments)).comment();
  }

  async function link() {
    links = await loadToUse(loadLinks);
    links.open(editor.view);
  }

  // Somebody may go on while a part is loaded: what is typed stands behind the selected words, and nothing opens over it later.
  async function loadToUse(load) {
    const { view } = editor, { selection } = view.state;
    if (isLoading) throw failure("");
    if (view.hasFocus() && !selection.empty) editor.select([selection.to, selection.to]);
    const before = whereIsUser();
    isLoading = true;
    const part = await load().finally(() => { isLoading = false; });
    if (whereIsUser().some((value, index) => value !== before[index])) throw failure(dataset.again);
    if (selection !== view.state.selection) view.dispatch(view.state.tr.setSelection(selection));
    return part;
  }

  // A text that is changed has a new selection too.
  const whereIsUser = () => [document.activeElement, editor.view.state.selection, textarea.value, textarea.selectionEnd];

  function attributes() {
    return {
      class: "prose rich-text", role: "textbox", "aria-multiline": "true", "aria-label": label?.textContent.trim().replace(/:$/, "") ?? "",
      "aria-describedby": (textarea.getAttribute("aria-describedby") ?? "").replace(/\S+_helptext/, keysHelp.id), "aria-invalid": textarea.getAttribute("aria-invalid") ?? "false",
      lang: language(), dir: "auto", spellcheck: "true",
    };
  }

  async function request(url, values) {
    const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value, ...values });
    const response = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" } });
    const isSignedOut = response.redirected || response.status === 403;
    const result = isSignedOut ? { error: dataset.signedOut } : await response.json();
    if (!response.ok || isSignedOut) throw failure(result.error);
    return result;
  }

  async function requestBlocks() {
    return textarea.value.trim() ? (await request(dataset.blocksUrl, { text: textarea.value })).blocks : [];
  }

  function keep(isSubmitted = false) {
    clearTimeout(keepTimer);
    keepForm(form, isRich && !editor.isUnchanged() ? JSON.stringify(editor.blocks()) : unreadText, isSubmitted);
  }

  async function restore() {
    const { text = "", isOutdated } = restoreForm(form);
    unreadText = text;
    if (isOutdated) notice.textContent = dataset.outdated;
    if (text) textarea.value = (await request(dataset.markdownUrl, { blocks: text })).text;
    unreadText = "";
  }

  async function showRichText() {
    editor.load(await requestUntilStill(() => textarea.value, requestBlocks));
    const hadFocus = document.activeElement === textarea;
    setMode(true);
    if (hadFocus) editor.view.focus();
  }

  async function showMarkdown() {
    while (whenSettled()) await whenSettled();
    const requestText = async () => (await request(dataset.markdownUrl, { blocks: JSON.stringify(editor.blocks()) })).text;
    if (!editor.isUnchanged()) textarea.value = await requestUntilStill(() => editor.view.state.doc, requestText);
    setMode(false);
  }

  // What somebody types during a request is not lost: the answer to an earlier text is not shown.
  async function requestUntilStill(currentText, requestAnswer) {
    const text = currentText(), answer = await requestAnswer();
    return text === currentText() ? answer : requestUntilStill(currentText, requestAnswer);
  }

  function setMode(isRichNow) {
    isRich = isRichNow;
    textarea.hidden = isRich;
    place.hidden = wordCount.hidden = !isRich;
    root.dataset.mode = isRich ? "rich" : "markdown";
    for (const bar of toolbars) bar.update();
  }

  async function toggle() {
    await (isRich ? showMarkdown() : showRichText());
    remember(PREFERENCE, isRich ? "rich" : "markdown");
    (isRich ? editor.view : textarea).focus();
  }

  const failure = (reason) => Object.assign(new Error(reason), { reason });
  const reasonOf = (error) => error.reason ?? dataset.failed;

  function showFailure(error) {
    console.warn(error);
    notice.textContent = reasonOf(error);
  }

  async function attempt(action) {
    notice.textContent = "";
    await action().catch(showFailure);
  }

  async function open() {
    try {
      await restore();
      if (recall(PREFERENCE) !== "markdown") return await showRichText();
    } catch (error) {
      showFailure(error);
    }
    setMode(false);
  }

  function focusText() {
    (isRich ? editor.view : textarea).focus();
    root.scrollIntoView();
  }

  async function returnToPlace() {
    const place = takePlace();
    if (place) (await import("./form_place.js")).returnToPlace(place, root, form, (selection) => isRich && editor.select(selection));
  }

  // The line that the address names, or the text, where a link of the checks leads.
  async function gotoLine() {
    if (!new URLSearchParams(location.search).has("line")) {
      if (location.hash === `#${textarea.id}` && document.activeElement === document.body) focusText();
      return;
    }
    const lines = await import("./goto_line.js");
    lines.gotoLine(textarea, (number) => (isRich ? lines.selectBlock(editor, number) : lines.selectLine(textarea, number)));
  }

  form.addEventListener("formdata", ({ formData }) => {
    if (!isRich || editor.isUnchanged()) return;
    formData.set(`${textarea.name}-blocks`, JSON.stringify(editor.blocks()));
    formData.delete(textarea.name);
  });
  for (const type of ["input", "change"]) {
    form.addEventListener(type, () => {
      clearTimeout(keepTimer);
      keepTimer = setTimeout(keep, KEEP_DELAY_MS);
    });
  }
  form.addEventListener("submit", ({ submitter }) => {
    if (submitter?.hasAttribute("formaction")) return;
    keep(true);
    if (submitter?.name === "_save") keepPlace(root, isRich && editor.view.hasFocus() ? editor.selection() : null);
  });
  // What is being pasted or linked is saved too.
  form.addEventListener("submit", async (event) => {
    const { submitter } = event;
    if (!whenSettled()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (isSubmitWaiting) return;
    isSubmitWaiting = true;
    await Promise.allSettled([whenSettled()]);
    isSubmitWaiting = false;
    form.requestSubmit(submitter);
  }, { capture: true });
  textarea.addEventListener("drop", (event) => {
    const files = imageFiles(event.dataTransfer);
    if (!files.length) return;
    event.preventDefault();
    insertImages(files);
  });
  root.querySelector("[data-close-notice]").addEventListener("click", () => {
    losses.textContent = "";
    editor.view.focus();
  });
  // The label and the links of errors lead to the text.
  document.addEventListener("click", (event) => {
    if (!isRich || !event.target.closest?.(`label[for="${textarea.id}"], a[href="#${textarea.id}"]`)) return;
    event.preventDefault();
    focusText();
  });
  form.elements.language?.addEventListener("change", () => editor.view.setProps({ attributes: attributes() }));
  switchButton.hidden = false;
  root.querySelector("[data-editor-tools]").hidden = false;
  // Before the text can be edited: a plugin that is added later could lose a character that is just typed.
  const loaded = (section?.querySelector("[data-comment]") || window.sessionStorage?.[section?.dataset.kept]) && loadComments().catch(showFailure);
  section?.addEventListener("focusin", () => loadComments().catch(showFailure));
  // What opens at a key is fetched when somebody begins to write, so that no key is typed before it is there.
  place.addEventListener("focusin", () => Promise.allSettled([loadInsertions(), loadLinks(), section && import("./editor/comments.js")]), { once: true });
  Promise.allSettled([loaded]).then(open).then(returnToPlace).then(gotoLine);
}

/** Returns a function that loads a part once. After a failure it tries again. */
function keepLoaded(load) {
  let part = null;
  return () => part ??= load().catch((error) => {
    part = null;
    throw error;
  });
}
