// What is done to single elements of a passage that is being cleaned.

// The style of an element, under the name that reading gave it (see clean_html.js).
export const styleOf = (node) => node.getAttribute?.("data-style") ?? "";

export function unwrap(node) {
  node.replaceWith(...node.childNodes);
}

export function rename(node, tag) {
  const made = node.ownerDocument.createElement(tag);
  made.append(...node.childNodes);
  node.replaceWith(made);
  return made;
}
