// Comboboxes whose script is loaded when their text box first has the focus. Until it is there Enter in an eager box does nothing,
// least of all submits the form.

const EVENTS = ["focus", "click", "input", "keydown"];

/**
 * Connects a text box as `combobox` does. Also of the options are `showStatus(text)` and `failedText`, which is shown when the
 * script cannot be loaded: the next key tries again.
 */
export function comboboxAtFocus(input, options) {
  const { showStatus, failedText } = options;
  let isLoading = false, isMissed = false, hasFailed = false;

  async function load(event) {
    const { type, key } = event;
    if (key === "Enter" && options.isEager && !event.ctrlKey && !event.metaKey) event.preventDefault();
    isMissed ||= type === "click" || type === "input" || key === "Enter" || key === "ArrowDown";
    if (isLoading) return;
    isLoading = true;
    try {
      const { combobox } = await import("./combobox.js");
      for (const name of EVENTS) input.removeEventListener(name, load);
      combobox(input, options);
      if (hasFailed) showStatus("");
      if (isMissed) input.dispatchEvent(new Event(options.isEager ? "click" : "input"));
    } catch {
      isLoading = false;
      hasFailed = true;
      showStatus(failedText);
    }
  }

  for (const name of EVENTS) input.addEventListener(name, load);
}

/** Returns the results of a query, or none where the server does not answer. */
export async function fetchResults(url, query) {
  try {
    const response = await fetch(`${url}?q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } });
    return response.ok ? (await response.json()).results : [];
  } catch {
    return [];
  }
}

/** Opens the dialog of quick_add.js, unless the focus goes from where it is now to another field; returns what was added. */
export async function quickAdd(url, options) {
  const { activeElement } = document;
  return (await import("./quick_add.js")).quickAdd(url, { ...options, activeElement });
}
