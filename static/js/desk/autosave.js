// Autosave: posts the values of the form a moment after each change, and every few seconds while somebody types. The
// browser warns on leaving only while something is not stored. Also reports presence and shows the other editors.

import { formData } from "./form_data.js";

const DELAY_MS = 3000, MAX_DELAY_MS = 11000, RETRY_MS = 5000, PRESENCE_MS = 20000, MAX_KEEPALIVE_LENGTH = 60000;
const randomKey = () => crypto.getRandomValues(new Uint32Array(2)).join("");
const root = document.querySelector("[data-autosave]");
const form = root?.closest("form");
if (form) start();

function start() {
  const { url, presenceUrl, userUrl, userId, storedText, failedText, signedOutText, otherUserText } = root.dataset;
  const warning = document.querySelector("[data-autosave-warning]");
  const status = document.querySelector("[data-autosaved-at]");
  const age = document.querySelector(".form-bar [data-kept]");
  const otherEditors = document.querySelector("[data-other-editors]");
  const page = randomKey();
  const ages = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "short", numeric: "auto" });
  let changedAt = 0, keptAt = 0, timer = 0, pendingRequests = 0, turn = 0, isRefused = false, isSubmitting = false;

  function scheduleSave() {
    changedAt ||= Date.now();
    isSubmitting = false;
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(DELAY_MS, changedAt + MAX_DELAY_MS - Date.now())));
  }

  async function save(options = {}) {
    clearTimeout(timer);
    if (pendingRequests && !options.keepalive) return void (timer = setTimeout(save, 300));
    const firstChangedAt = changedAt || Date.now();
    changedAt = 0;
    pendingRequests++;
    try {
      const response = await post(url, values(), options);
      const result = response.redirected ? null : await response.json().catch(() => null);
      const isSignedOut = response.redirected || response.status === 403;
      if (!response.ok || !result) throw Object.assign(new Error("not stored"), { result, isSignedOut });
      isRefused = false;
      keptAt = Date.now();
      if (!changedAt) showStatus(storedText);
    } catch (error) {
      isRefused = Boolean(error.result?.error); // the same values would be refused again: the next change tries anew
      if (error.isSignedOut) await checkSignIn();
      else showWarning(error.result?.error || failedText);
      if (!isRefused) {
        changedAt = firstChangedAt;
        clearTimeout(timer);
        timer = setTimeout(save, RETRY_MS);
      }
    } finally {
      pendingRequests--;
    }
  }

  // A request that outlives the page has to be small; a larger one is sent like any other.
  function post(target, body, { keepalive = false } = {}) {
    const isSmall = `${body}`.length < MAX_KEEPALIVE_LENGTH;
    return fetch(target, { method: "POST", body, keepalive: keepalive && isSmall, headers: { Accept: "application/json" } });
  }

  function values() {
    return formData(form, { piece: root.dataset.publication, page, turn: ++turn });
  }

  function showStatus(text) {
    setText(status, text);
    warning.hidden = true;
    setWarning("");
    showAge();
  }

  function showWarning(text, { hasSignInLinks = false } = {}) {
    setText(status, "");
    keptAt = 0;
    showAge();
    warning.hidden = false;
    setWarning(text, hasSignInLinks);
  }

  function setWarning(text, hasSignInLinks = false) {
    setText(warning.querySelector("[data-warning-text]"), text);
    warning.querySelector("[data-sign-in-links]").hidden = !hasSignInLinks;
  }

  // An unchanged text is not set again, so that screen readers do not repeat it.
  function setText(element, text) {
    if (element.textContent === text) return;
    if (text && element.firstChild && !element.firstElementChild) element.firstChild.data = text; // a new node restyles the whole form (:has)
    else element.textContent = text;
  }

  // The age counts beside the status, which alone is read aloud.
  function showAge() {
    const seconds = Math.max(0, Math.floor((Date.now() - keptAt) / 1000));
    const [value, unit] = seconds < 60 ? [seconds, "second"] : seconds < 3600 ? [seconds / 60, "minute"] : [seconds / 3600, "hour"];
    if (age.hidden !== !keptAt) age.hidden = !keptAt;
    setText(age, age.dataset.text.replace("{ago}", ages.format(-Math.floor(value), unit)));
  }

  // After a sign-in of the same user in another window the form needs the new CSRF token.
  async function checkSignIn() {
    const response = await fetch(userUrl, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!response || response.status >= 500) return;
    const result = response.ok && !response.redirected ? await response.json().catch(() => null) : null;
    if (`${result?.person}` !== userId) return showWarning(result ? otherUserText : signedOutText, { hasSignInLinks: true });
    for (const input of document.getElementsByName("csrfmiddlewaretoken")) input.value = result.token;
    if (!warning.querySelector("[data-sign-in-links]").hidden) showStatus("");
  }

  async function reportPresence() {
    if (document.hidden) return;
    if (!presenceUrl) return checkSignIn();
    try {
      const { value } = form.elements.csrfmiddlewaretoken;
      const response = await post(presenceUrl, new URLSearchParams({ csrfmiddlewaretoken: value }));
      if (response.redirected || response.status === 403) return checkSignIn();
      if (response.ok) otherEditors.textContent = (await response.json()).others.join(" · ");
    } catch {
      // Without a network the other editors are unknown; the next report tries again.
    }
  }

  form.addEventListener("input", scheduleSave);
  form.addEventListener("change", scheduleSave);
  form.addEventListener("submit", ({ submitter }) => {
    if (submitter?.formTarget || submitter?.hasAttribute("formaction")) return;
    if (changedAt) save({ keepalive: true });
    isSubmitting = true;
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden && changedAt) save({ keepalive: true }); });
  addEventListener("beforeunload", (event) => { if ((changedAt || isRefused || pendingRequests) && !isSubmitting) event.preventDefault(); });
  // A page that is restored from the back/forward cache counts as a form that is opened anew.
  addEventListener("pageshow", ({ persisted }) => { if (persisted) form.elements.form_key.value = randomKey(); });
  reportPresence();
  setInterval(reportPresence, PRESENCE_MS);
  setInterval(() => { if (keptAt && !document.hidden) showAge(); }, 1000);
  document.addEventListener("visibilitychange", reportPresence);
}
