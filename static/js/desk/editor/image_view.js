// A picture in the editor: the picture of the library, with its alternative text and its caption to edit.

const KEY = /^image:([a-z0-9]+)$/;

/** Returns a node view. `url` is the address of a picture with KEY in it. */
export const imageView = ({ url, captionText, altText }) => (initial, view, getPos) => {
  let node = initial;
  const dom = document.createElement("span"), image = document.createElement("img");
  dom.className = "picture";
  dom.contentEditable = "false";
  const caption = createField("title", captionText, "picture__caption"), alt = createField("alt", altText, "picture__alt");
  dom.append(image, caption, alt);
  show();

  function createField(name, label, className) {
    const input = Object.assign(document.createElement("textarea"), { rows: 1, className, placeholder: label });
    input.setAttribute("aria-label", label);
    input.addEventListener("input", () => {
      view.dispatch(view.state.tr.setNodeMarkup(getPos(), null, { ...node.attrs, [name]: input.value.replace(/\s+/g, " ") || (name === "alt" ? "" : null) }, node.marks));
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      view.focus();
    });
    return input;
  }

  function show() {
    const key = KEY.exec(node.attrs.src)?.[1];
    if (image.dataset.key !== (key ?? "")) load(key);
    image.alt = node.attrs.alt ?? "";
    for (const [input, value] of [[caption, node.attrs.title], [alt, node.attrs.alt]]) if (input.value !== (value ?? "")) input.value = value ?? "";
  }

  function load(key) {
    image.dataset.key = key ?? "";
    if (key && url) image.src = url.replace("KEY", key);
  }

  return {
    dom,
    stopEvent: (event) => event.target.matches("textarea"),
    ignoreMutation: () => true,
    update(other) {
      if (other.type !== node.type) return false;
      node = other;
      show();
      return true;
    },
  };
};
