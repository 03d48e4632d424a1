// The buttons above the text. One of them is in the tab order, arrow keys move between them (the ARIA toolbar pattern).

/**
 * Connects buttons with commands by their names (`data-command`), also those of the menu of styles (its values).
 * Returns {update}, which shows what applies to the selection: `perform(name)` performs a command, `isAvailable(name)` and
 * `isPressed(name)` describe it, `style()` is the value of the menu.
 */
export function toolbar(bar, { perform, isAvailable, isPressed, style }) {
  const controls = [...bar.querySelectorAll("[data-command], select")];
  const menu = bar.querySelector("select");
  const shown = () => controls.filter((control) => control.getClientRects().length);

  function setTabStop(tabStop) {
    for (const control of controls) control.tabIndex = control === tabStop ? 0 : -1;
  }

  function update() {
    for (const control of controls) {
      const { command } = control.dataset;
      if (!command) continue;
      control.setAttribute("aria-disabled", String(!isAvailable(command)));
      if (control.hasAttribute("aria-pressed")) control.setAttribute("aria-pressed", String(isPressed(command)));
    }
    if (menu) menu.value = style();
  }

  bar.addEventListener("mousedown", (event) => { if (event.target.closest("[data-command]")) event.preventDefault(); });
  bar.addEventListener("click", ({ target }) => {
    const control = target.closest("[data-command]");
    if (!control) return;
    setTabStop(control);
    if (control.getAttribute("aria-disabled") !== "true") perform(control.dataset.command);
  });
  bar.addEventListener("keydown", (event) => {
    const places = shown(), index = places.indexOf(document.activeElement), last = places.length - 1;
    const next = { ArrowRight: index === last ? 0 : index + 1, ArrowLeft: index ? index - 1 : last, Home: 0, End: last }[event.key];
    if (index < 0 || next === undefined) return;
    event.preventDefault();
    setTabStop(places[next]);
    places[next].focus();
  });
  bar.addEventListener("focusin", ({ target }) => { if (controls.includes(target)) setTabStop(target); });
  // On a closed menu some browsers choose with each arrow key and letter: these open it.
  menu?.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !/^(Arrow(Up|Down)|Page(Up|Down)|.)$/.test(event.key)) return;
    event.preventDefault();
    menu.showPicker?.();
  });
  menu?.addEventListener("change", () => perform(menu.value));
  setTabStop(controls[0]);
  return { update };
}
