// The bar below the form: its menu and the panel of details close with Escape, the menu also with a click elsewhere, and
// a link to a field in the panel opens it. Without this script both close with their buttons.

const menu = document.querySelector("[data-menu]");
const panel = document.querySelector("#form-side[popover]");
const isPanelOpen = () => Boolean(panel?.matches(":popover-open"));

document.addEventListener("click", ({ target }) => {
  if (menu?.open && !menu.contains(target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog:modal")) return;
  if (menu?.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (isPanelOpen()) {
    panel.hidePopover();
  }
});
// The keys of the buttons, in all fields of the form and beside them. Before the editor, where the Enter key has other meanings.
document.addEventListener("keydown", (event) => {
  const button = !event.isComposing && buttonOfKeys(event), { form } = event.target;
  if (!button || (form && form !== button.form) || document.querySelector("dialog:modal")) return;
  event.preventDefault();
  event.stopPropagation();
  if (!event.repeat) button.click();
}, { capture: true });

function buttonOfKeys({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  if (ctrlKey === metaKey || altKey || shiftKey) return null;
  const keys = `${ctrlKey ? "Control" : "Meta"}+${key.length === 1 ? key.toUpperCase() : key}`;
  return document.querySelector(`.form-bar [aria-keyshortcuts~="${CSS.escape(keys)}"]`);
}

panel?.addEventListener("toggle", ({ newState }) => {
  if (newState === "closed") document.querySelector(".form-bar__details").focus();
  else if (!panel.contains(document.activeElement)) panel.focus();
});
