/** Opens footnotes below their paragraph and the contents on wide screens. Without it footnotes are links. */

const prose = document.querySelector(".prose");
let opened = 0;

/** Returns a copy of the note that a reference links to, without ids and back links. */
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

function made(tag, className, more = {}) {
  return Object.assign(document.createElement(tag), { className, ...more });
}

/** Returns the open note of a number, with its text and the button that closes it. */
function noteOf(number, copy) {
  const aside = made("aside", "note", { id: `note-${++opened}`, tabIndex: -1, role: "note" });
  const text = made("div", "note__text");
  const button = made("button", "note__close", { type: "button", textContent: "×", ariaLabel: prose.dataset.close });
  button.addEventListener("click", () => close(aside));
  text.append(...copy.childNodes);
  aside.dataset.number = number;
  aside.append(made("p", "note__number", { textContent: number }), text, button);
  return aside;
}

/** Inserts the note below the block of its reference, in the order of the numbers. */
function place(aside, block) {
  const isInside = block.matches("li, dd");
  let next = isInside ? block.querySelector(":scope > .note") : block.nextElementSibling;
  while (next?.matches(".note") && Number(next.dataset.number) <= Number(aside.dataset.number)) next = next.nextElementSibling;
  (isInside ? block : block.parentNode).insertBefore(aside, next);
}

function open(link, copy) {
  const aside = noteOf(link.textContent, copy);
  place(aside, link.closest(".table-scroll, figure, h2, h3, h4, h5, h6, p, dt, dd, li, .note") ?? link.parentNode);
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
  if (event.key !== "Escape") return;
  const aside = event.target.closest(".note") ?? document.getElementById(event.target.getAttribute("aria-controls"));
  if (aside) close(aside);
});

const room = matchMedia("(min-width: 62rem)");
for (const contents of document.querySelectorAll("[data-opens-where-there-is-room]")) {
  const fit = () => (contents.open = room.matches);
  room.addEventListener("change", fit);
  fit();
}
