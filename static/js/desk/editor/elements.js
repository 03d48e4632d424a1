// Changes of single elements of pasted HTML.

// The style of an element, in the attribute that `parseHtml` renames it to (see clean_html.js).
export const styleOf = (element) => element.getAttribute?.("data-style") ?? "";

export function unwrap(element) {
  element.replaceWith(...element.childNodes);
}

export function renameElement(element, tag) {
  const renamed = element.ownerDocument.createElement(tag);
  renamed.append(...element.childNodes);
  element.replaceWith(renamed);
  return renamed;
}
