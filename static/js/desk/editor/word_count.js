// The number of words of the text, and the minutes it takes to read.

const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’.-]*/gu;
const WORDS_PER_MINUTE = 230;
const DELAY_MS = 300;
const cache = new WeakMap();

function countWords(block) {
  if (!cache.has(block)) cache.set(block, block.textBetween(0, block.content.size, " ", " ").match(WORD)?.length ?? 0);
  return cache.get(block);
}

/** Returns a function that shows the figures of a document in an element, a moment later. */
export function textCounter(element) {
  let timer = 0;
  return (doc) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const words = doc.content.content.reduce((sum, block) => sum + countWords(block), 0);
      const values = { words: words.toLocaleString(document.documentElement.lang), minutes: Math.max(1, Math.round(words / WORDS_PER_MINUTE)) };
      const { text, none } = element.dataset;
      const shown = (words ? text : none).replace(/\{(\w+)\}/g, (_match, name) => values[name]);
      if (!element.firstChild) element.textContent = shown;
      else if (element.firstChild.data !== shown) element.firstChild.data = shown; // a new node restyles the whole form (:has)
    }, DELAY_MS);
  };
}
