// What the browser remembers of how somebody works at the desk. Where it keeps nothing, a choice holds for this page.

/** Returns what was chosen, or null. */
export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // It is not kept.
  }
}
