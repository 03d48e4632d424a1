// What is typed into the forms of comments and not sent: the browser warns of leaving it, and it is there again afterwards.
// Saving the draft leads back to it, without a warning.

const BUTTONS_THAT_COME_BACK = ["_save", "_enter", "_ready"];

/** Keeps what is typed from now on. Fills in what was kept, and returns whether there was something. */
export function keepTyped(section, draft, threads) {
  const key = section.dataset.kept;
  let isSaving = false;

  function keep() {
    const fields = threads.typed(), about = threads.quotation();
    write(key, fields.length ? JSON.stringify({ fields, about }) : null);
  }

  function restore() {
    const { fields, about } = JSON.parse(read(key) ?? "{}");
    write(key, null);
    if (about) threads.setQuotation(about);
    threads.fill(fields ?? []);
    if (about) threads.openForm();
    return Boolean(fields);
  }

  draft.addEventListener("submit", ({ submitter }) => { isSaving = BUTTONS_THAT_COME_BACK.includes(submitter?.name); });
  section.addEventListener("input", () => { isSaving = false; });
  addEventListener("beforeunload", (event) => { if (!isSaving && threads.typed().length) event.preventDefault(); });
  addEventListener("pagehide", keep);
  return restore();
}

function read(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // The browser has warned.
  }
}
