// A date without its hour has no value: without a word here, it would be lost when the form is sent.

const isUnfinished = ({ validity }) => validity?.badInput;

document.addEventListener("submit", (event) => {
  const unfinished = [...event.target.elements].find(isUnfinished);
  if (!unfinished) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  unfinished.reportValidity(); // in the words and the language of the browser
}, { capture: true });
