// A date without its hour has no value: without a word here, it would be lost when the form is sent.

addEventListener("submit", (event) => {
  if (![...event.target.elements].some((field) => field.validity?.badInput && !field.reportValidity())) return;
  event.preventDefault();
  event.stopPropagation();
}, true);
