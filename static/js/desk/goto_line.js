// "Mend it" leads to a line of the text (`?line=12#id_body`): that line is selected, in the middle of what one sees.

const line = Number(new URLSearchParams(location.search).get("line"));
const body = document.querySelector("#id_body");
// The browser goes to the field itself first, and may do so until all is loaded.
if (line > 0 && body && location.hash === "#id_body") {
  if (document.readyState === "complete") select();
  else addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(select)));
}

function select() {
  const lines = body.value.split("\n");
  if (line > lines.length) return;
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const above = heightOf(body.value.slice(0, start));
  body.focus({ preventScroll: true });
  body.setSelectionRange(start, start + lines[line - 1].length);
  body.scrollTop = above - body.clientHeight / 2;
  const at = body.getBoundingClientRect().top + scrollY + above - body.scrollTop;
  scrollTo({ top: at - innerHeight / 2 });
}

// What the lines above take up as they are wrapped: a copy of the field that nobody sees has them alone.
function heightOf(text) {
  const copy = body.cloneNode();
  for (const name of ["id", "name"]) copy.removeAttribute(name);
  copy.style.cssText = `position: absolute; visibility: hidden; block-size: 0; min-block-size: 0; inline-size: ${body.offsetWidth}px`;
  copy.value = text;
  body.after(copy);
  const height = copy.scrollHeight;
  copy.remove();
  return height;
}
