// The library of images as a dialog: recent pictures, a search, and the chosen one with its texts.

const DELAY_MS = 200;
let library = null;

/**
 * Opens the dialog; returns a promise of {value, label, src, alt, title} of the chosen picture, of "upload", or of null.
 * For a text (`isForText`) its alternative text and caption can be edited. `language` is that of the text.
 */
export function chooseImage(dialog, options) {
  library ??= imageLibrary(dialog);
  return library.open(options);
}

function imageLibrary(dialog) {
  const form = dialog.querySelector("form"), { query } = form.elements, { dataset } = dialog;
  const [results, choice, status, more, chooseButton] = ["results", "choice", "status", "more", "choose"].map((name) => dialog.querySelector(`[data-${name}]`));
  let resolve = () => {}, isForText = true, language = "", timer = 0, requestNumber = 0, isDoubleClicked = false;

  function open(options) {
    ({ isForText, language } = options);
    chooseButton.value = isForText ? dataset.forText : dataset.forCover;
    query.value = "";
    dialog.showModal();
    query.focus();
    search();
    return new Promise((settle) => { resolve = settle; });
  }

  function finish(result) {
    resolve(result);
    resolve = () => {};
    clearTimeout(timer);
    dialog.close();
  }

  async function request(path, params) {
    const response = await fetch(`${dataset.url}${path}?${new URLSearchParams({ language, ...params })}`);
    if (response.redirected || response.status === 403) throw new Error(dataset.signedOut);
    if (!response.ok) throw new Error(dataset.failed);
    return [...new DOMParser().parseFromString(await response.text(), "text/html").body.children];
  }

  // Of several requests only the answer to the last one is shown.
  async function load(path, params, show) {
    const number = ++requestNumber;
    status.textContent = "";
    try {
      const elements = await request(path, params);
      if (number === requestNumber) show(elements);
    } catch (error) {
      if (number === requestNumber) status.textContent = error instanceof TypeError ? dataset.failed : error.message;
    }
  }

  function search() {
    clearTimeout(timer);
    return load("", { q: query.value.trim() }, (elements) => {
      choice.replaceChildren();
      chooseButton.disabled = true;
      results.replaceChildren();
      append(elements);
    });
  }

  function append(elements) {
    const next = elements.at(-1)?.dataset.next;
    results.append(...elements.filter((element) => !element.hidden));
    more.hidden = !next;
    more.dataset.page = next ?? "";
  }

  async function showMore() {
    const shown = results.children.length;
    await load("", { q: query.value.trim(), page: more.dataset.page }, append);
    results.children[shown]?.querySelector("input").focus();
  }

  function showChoice(key) {
    chooseButton.disabled = true;
    isDoubleClicked = false;
    return load(`${key}/`, {}, (elements) => {
      choice.replaceChildren(...elements);
      choice.querySelector("[data-texts]").hidden = !isForText;
      chooseButton.disabled = false;
      choice.scrollIntoView({ block: "nearest" });
      if (isDoubleClicked) form.requestSubmit();
    });
  }

  function chosen() {
    const { chosen: value, label, src } = choice.firstElementChild.dataset, { alt, caption } = form.elements;
    const [altText, title] = [alt, caption].map((field) => field.value.trim().replace(/\s+/g, " "));
    return { value, label, src, alt: altText, title: title || null };
  }

  query.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, DELAY_MS);
  });
  query.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    search();
  });
  results.addEventListener("change", ({ target }) => showChoice(target.value));
  // A double click chooses: at once, or when the picture of the first click is shown.
  results.addEventListener("dblclick", ({ target }) => {
    isDoubleClicked = Boolean(target.closest("label"));
    if (isDoubleClicked && !chooseButton.disabled) form.requestSubmit();
  });
  more.addEventListener("click", showMore);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!chooseButton.disabled) finish(chosen());
  });
  dialog.querySelector("[data-upload]")?.addEventListener("click", () => finish("upload"));
  dialog.querySelector("[data-cancel]").addEventListener("click", () => finish(null));
  dialog.addEventListener("close", () => { if (!dialog.open) finish(null); });
  return { open };
}
