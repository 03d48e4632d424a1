// Selects a line of the text that a link names (`?line=12#id_body`), and scrolls it to the middle of the window.

const number = Number(new URLSearchParams(location.search).get("line"));
const textarea = document.querySelector("#id_body");
// The browser scrolls to the field itself first, and may do so until everything is loaded.
if (number > 0 && textarea && location.hash === "#id_body") {
  if (document.readyState === "complete") select();
  else addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(select)));
}

function select() {
  const lines = textarea.value.split("\n");
  if (number > lines.length) return;
  const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  const offset = measureHeight(textarea.value.slice(0, start));
  textarea.focus({ preventScroll: true });
  textarea.setSelectionRange(start, start + lines[number - 1].length);
  textarea.scrollTop = offset - textarea.clientHeight / 2;
  const top = textarea.getBoundingClientRect().top + scrollY + offset - textarea.scrollTop;
  scrollTo({ top: top - innerHeight / 2 });
}

// Measured in a hidden copy of the textarea, because lines wrap.
function measureHeight(text) {
  const copy = textarea.cloneNode();
  for (const name of ["id", "name"]) copy.removeAttribute(name);
  copy.style.cssText = `position: absolute; visibility: hidden; block-size: 0; min-block-size: 0; inline-size: ${textarea.offsetWidth}px`;
  copy.value = text;
  textarea.after(copy);
  const height = copy.scrollHeight;
  copy.remove();
  return height;
}
