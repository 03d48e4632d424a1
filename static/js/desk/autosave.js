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
  const otherEditors = document.querySelector("[data-other-editors]");
  const page = randomKey();
  let changedAt = 0, timer = 0, pendingRequests = 0, turn = 0, isRefused = false, isSubmitting = false;

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
      if (!changedAt) showStatus(`${storedText} ${result.stored_at}`);
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
    status.textContent = text;
    warning.hidden = true;
    setWarning("");
  }

  // The warning is at the foot of the window, in sight wherever in the form somebody types.
  function showWarning(text, { hasSignInLinks = false } = {}) {
    status.textContent = "";
    warning.hidden = false;
    setWarning(text, hasSignInLinks);
  }

  // An unchanged text is not set again, so that screen readers do not repeat it.
  function setWarning(text, hasSignInLinks = false) {
    const element = warning.querySelector("[data-warning-text]");
    if (element.textContent !== text) element.textContent = text;
    warning.querySelector("[data-sign-in-links]").hidden = !hasSignInLinks;
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
  document.addEventListener("visibilitychange", reportPresence);
}
