// Comments of a reader on words that are selected in a passage. Without this script a comment is about the passage.

const article = document.querySelector("article.review");
if (article) document.addEventListener("selectionchange", show);

// The comment that is written stays about the words that were selected when its form was opened.
function show() {
  const range = selectedRange(), passage = range && passageOf(range);
  for (const details of article.querySelectorAll("details")) {
    if (!details.open) choose(details, details.closest("[data-passage]") === passage ? range : null);
  }
}

function selectedRange() {
  const selection = getSelection();
  return selection.rangeCount && selection.toString().trim() ? selection.getRangeAt(0) : null;
}

const elementOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);

function passageOf({ startContainer, endContainer }) {
  const [passage, last] = [startContainer, endContainer].map((node) => elementOf(node).closest("[data-passage]"));
  const isInComments = elementOf(endContainer).closest("[data-comments]") || elementOf(startContainer).closest("[data-comments]");
  return passage === last && !isInComments ? passage : null;
}

function choose(details, range) {
  const form = details.querySelector("form"), about = details.querySelector("[data-selected]"), quote = range ? words(range) : "";
  form.elements.quote.value = quote;
  form.elements.start.value = range ? words(before(range, details)).length : "";
  about.hidden = !quote;
  about.querySelector("q").textContent = quote;
}

const words = (range) => range.toString().replace(/\s+/g, " ").trim();

function before(range, details) {
  const start = range.cloneRange();
  start.setStart(details.closest("[data-passage]"), 0);
  start.setEnd(range.startContainer, range.startOffset);
  return start;
}

// A press on the button of a form leaves the selection as it is.
article?.addEventListener("mousedown", (event) => { if (event.target.closest("summary")) event.preventDefault(); });
article?.addEventListener("click", ({ target }) => {
  const details = target.closest("[data-whole]")?.closest("details");
  if (!details) return;
  choose(details, null);
  details.querySelector("textarea").focus();
});
