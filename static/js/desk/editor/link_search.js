// What the dialog for links finds: pages of the site by words of their titles, and what an address leads to.

import { combobox } from "../combobox.js";

const MAX_WAIT_MS = 3000;

/**
 * Completes the address of the dialog. Returns {showTarget, targetOf}: the first says what the address leads to, the second
 * returns a promise of {value, label, note, is_public} of a page of this site, or of null.
 */
export function linkSearch(dialog, { language, completeAddress, showFault }) {
  const { href, words } = dialog.querySelector("form").elements, place = dialog.querySelector("[data-target]");
  const { url, none, leads, pages } = dialog.dataset, answers = new Map();

  function ask(query) {
    const key = `${language()} ${query}`;
    if (!answers.has(key)) answers.set(key, request(query).catch(() => (answers.delete(key), {})));
    return answers.get(key);
  }

  async function request(query) {
    const response = await fetch(`${url}?${new URLSearchParams({ q: query, language: language() })}`, {
      headers: { Accept: "application/json" }, signal: AbortSignal.timeout(MAX_WAIT_MS),
    });
    return response.ok && !response.redirected ? response.json() : {};
  }

  const addressIn = (text) => (text && /^(https?:|\/)/i.test(completeAddress(text) ?? "") ? completeAddress(text) : "");

  async function targetOf(text) {
    const address = addressIn(text);
    return address ? (await ask(address)).target : null;
  }

  async function showTarget() {
    const address = addressIn(href.value.trim());
    const { target, message = "" } = address ? await ask(address) : {};
    if (address === addressIn(href.value.trim())) describe(target, message);
  }

  function describe(target, message = "") {
    place.textContent = target ? `${leads} ${target.label} · ${target.note}` : message;
    place.toggleAttribute("data-wrong", Boolean(target && !target.is_public));
  }

  combobox(href, {
    isEager: true,
    label: pages,
    leavesEnter: () => completeAddress(href.value.trim()) !== null,
    async getOptions(query) {
      showFault();
      await showTarget();
      return query.trim() && completeAddress(query.trim()) !== null ? null : (await ask(query.trim())).results ?? [];
    },
    select(target) {
      href.value = target.value;
      words.value ||= target.label;
      describe(target);
    },
    showStatus: (text) => { if (text) place.textContent = text; },
    noResultsText: none,
  });
  return { showTarget, targetOf };
}
