/** Reading: footnotes open below their paragraph, contents stand open where there is room. Without it notes are jumped to. */

const prose = document.querySelector(".prose");
let opened = 0;

/** The note that a number leads to, as a copy without ids and ways back. */
function copyOf(link) {
  const note = document.getElementById(link.hash.slice(1));
  if (!note) return null;
  const copy = note.cloneNode(true);
  for (const back of copy.querySelectorAll(".footnote-backref")) back.remove();
  for (const each of [copy, ...copy.querySelectorAll("[id]")]) each.removeAttribute("id");
  return copy;
}

function close(aside) {
  const link = prose.querySelector(`[aria-controls="${aside.id}"]`);
  link.setAttribute("aria-expanded", "false");
  link.removeAttribute("aria-controls");
  aside.remove();
  link.focus();
}

function open(link, copy) {
  const aside = document.createElement("aside");
  const button = document.createElement("button");
  aside.className = "note";
  aside.id = `note-${++opened}`;
  aside.tabIndex = -1;
  aside.setAttribute("role", "note");
  button.className = "note__close";
  button.type = "button";
  button.textContent = "×";
  button.setAttribute("aria-label", prose.dataset.close);
  button.addEventListener("click", () => close(aside));
  aside.append(...copy.childNodes, button);
  const block = link.closest(".table-scroll, figure, h2, h3, h4, h5, h6, p, dt, dd, li, .note") ?? link.parentNode;
  if (block.matches("li, dd")) block.append(aside);
  else block.after(aside);
  link.setAttribute("aria-controls", aside.id);
  link.setAttribute("aria-expanded", "true");
  aside.focus();
}

prose?.addEventListener("click", (event) => {
  const link = event.target.closest(".footnote-ref");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const aside = document.getElementById(link.getAttribute("aria-controls"));
  const copy = aside ? null : copyOf(link);
  if (!aside && !copy) return;
  event.preventDefault();
  if (aside) close(aside);
  else open(link, copy);
});

prose?.addEventListener("keydown", (event) => {
  const aside = event.key === "Escape" && event.target.closest(".note");
  if (aside) close(aside);
});

const room = matchMedia("(min-width: 62rem)");
for (const contents of document.querySelectorAll("[data-opens-where-there-is-room]")) {
  const fit = () => (contents.open = room.matches);
  room.addEventListener("change", fit);
  fit();
}
