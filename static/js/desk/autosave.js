// Nothing typed is lost: what stands in the form is sent to be kept a little after the last key, and at the latest some
// seconds after the first that is not kept yet. A warning on leaving only while something is not. Who else is here.

import { formData } from "./form_data.js";

const PAUSE = 3000, LONGEST = 11000, AGAIN = 5000, PRESENT = 20000;
const word = () => crypto.getRandomValues(new Uint32Array(2)).join("");
const place = document.querySelector("[data-autosave]");
const form = place?.closest("form");
if (form) start();

function start() {
  const { url, presence, kept, failed, signedIn, signedOut, other, person } = place.dataset;
  const warning = document.querySelector("[data-autosave-warning]");
  const status = document.querySelector("[data-autosaved-at]");
  const others = document.querySelector("[data-other-editors]");
  const page = word();
  let since = 0, timer = 0, sending = 0, turn = 0, leaves = false;

  function changed() {
    since ||= Date.now();
    leaves = false;
    clearTimeout(timer);
    timer = setTimeout(keep, Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
  }

  async function keep(options = {}) {
    clearTimeout(timer);
    if (sending && !options.keepalive) return void (timer = setTimeout(keep, 300));
    const begun = since || Date.now();
    since = 0;
    sending++;
    try {
      const answer = await send(url, values(), options);
      const said = answer.redirected ? null : await answer.json().catch(() => null);
      if (!answer.ok || !said) throw Object.assign(new Error("not kept"), { said, out: answer.redirected || answer.status === 403 });
      if (!since) tell(`${kept} ${said.kept_at}`);
    } catch (fault) {
      since = begun;
      if (fault.out) await enter();
      else tell(fault.said?.refused || failed, true);
      timer = setTimeout(keep, AGAIN);
    } finally {
      sending--;
    }
  }

  // What is sent as the page goes away has to be small; where it is not, it is sent as usual.
  function send(to, body, { keepalive = false } = {}) {
    return fetch(to, { method: "POST", body, keepalive: keepalive && `${body}`.length < 60000, headers: { Accept: "application/json" } });
  }

  function values() {
    return formData(form, { piece: place.dataset.publication, page, turn: ++turn });
  }

  // What is wrong stands at the foot of the window, wherever in the form somebody types.
  function tell(words, isWrong = false, isOut = false) {
    status.textContent = isWrong ? "" : words;
    const said = warning.querySelector("[data-warning-text]");
    warning.hidden = !isWrong;
    if (said.textContent !== (isWrong ? words : "")) said.textContent = isWrong ? words : "";
    warning.querySelector("[data-sign-in-links]").hidden = !isOut;
  }

  // Signed out, or in again in another window: then the open form needs the token of that sign-in, if it is one's own.
  async function enter() {
    const answer = await fetch(signedIn, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer || answer.status >= 500) return; // the server will be back, too
    const said = answer.ok && !answer.redirected ? await answer.json().catch(() => null) : null;
    if (`${said?.person}` !== person) return tell(said ? other : signedOut, true, true);
    for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = said.token;
    if (!warning.querySelector("[data-sign-in-links]").hidden) tell("");
  }

  async function present() {
    if (document.hidden) return;
    if (!presence) return enter();
    try {
      const answer = await send(presence, new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value }));
      if (answer.redirected || answer.status === 403) return enter();
      if (answer.ok) others.textContent = (await answer.json()).others.join(" · ");
    } catch {
      // The network will be back, and so will the colleagues.
    }
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", ({ submitter }) => {
    if (submitter?.formTarget || submitter?.hasAttribute("formaction")) return;
    if (since) keep({ keepalive: true });
    leaves = true;
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden && since) keep({ keepalive: true }); });
  addEventListener("beforeunload", (event) => { if ((since || sending) && !leaves) event.preventDefault(); });
  // A page that comes back from the browser's memory is a form opened anew.
  addEventListener("pageshow", ({ persisted }) => { if (persisted) form.elements.form_key.value = word(); });
  present();
  setInterval(present, PRESENT);
  document.addEventListener("visibilitychange", present);
}
