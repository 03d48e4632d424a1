// A dialog with the form of a new author or tag, for a form that refers to it. One that is closed keeps what was typed.

const closedDialogs = new Map(); // by the address of their form and the name

/**
 * Opens the dialog with the form at `url`; returns a promise of {value, label, isFirst} of what was added, or of null.
 * `isFirstOffered` says that it may be placed before what is chosen already. Throws an error if there is no form.
 * It does not open over another field than `activeElement`, that of the click, in which somebody types by the time the
 * form is there: the next use opens it.
 */
export async function quickAdd(url, { name, activeElement, isFirstOffered = false }) {
  const language = document.querySelector("select[name=language]")?.value ?? "";
  const key = `${url} ${name}`;
  const dialog = closedDialogs.get(key) ?? await load(`${url}?${new URLSearchParams({ name, language })}`);
  if (![activeElement, document.body].includes(document.activeElement)) {
    closedDialogs.set(key, dialog);
    return null;
  }
  closedDialogs.delete(key);
  document.body.append(dialog);
  const result = await new Promise((resolve) => show(dialog, { isFirstOffered, resolve }));
  if (!result) closedDialogs.set(key, dialog);
  return result;
}

async function load(address) {
  const response = await fetch(address);
  const dialog = response.ok && !response.redirected && parse(await response.text());
  if (!dialog) throw new Error("no form");
  return dialog;
}

const parse = (html) => new DOMParser().parseFromString(html, "text/html").querySelector("dialog");

function show(dialog, { isFirstOffered, resolve }) {
  const form = dialog.querySelector("form"), fields = dialog.querySelector("[data-fields]"), status = dialog.querySelector("[data-status]");
  const { failed, signedOut } = dialog.dataset;
  let result = null;

  async function send(isFirst) {
    setDisabled(true);
    try {
      const response = await fetch(form.getAttribute("action"), { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      if (response.redirected || response.status === 403) throw new Error(signedOut);
      if (response.status === 422) return showErrors(parse(await response.text()));
      if (!response.ok) throw new Error(failed);
      result = { ...(await response.json()), isFirst };
      dialog.close();
    } catch (error) {
      status.textContent = error instanceof TypeError ? failed : error.message;
    } finally {
      setDisabled(false);
    }
  }

  function setDisabled(isDisabled) {
    for (const button of dialog.querySelectorAll("button, input[type=submit]")) button.disabled = isDisabled;
  }

  function showErrors(answer) {
    fields.replaceChildren(...answer.querySelector("[data-fields]").childNodes);
    status.textContent = answer.querySelector("[data-status]").textContent;
    (fields.querySelector("[aria-invalid=true]") ?? fields.querySelector("input")).focus();
  }

  dialog.querySelector("[value=first]")?.toggleAttribute("hidden", !isFirstOffered);
  form.onsubmit = (event) => {
    event.preventDefault();
    send(event.submitter?.value === "first");
  };
  dialog.querySelector("[data-cancel]").onclick = () => dialog.close();
  dialog.onclose = () => {
    dialog.remove();
    resolve(result);
  };
  dialog.showModal();
}
