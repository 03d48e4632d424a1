// The blocks of a text as a document, and the document as blocks. A block whose nodes are all as they were read is
// written as its source; other nodes are written as HTML.

import { readHtml, writeHtml } from "./html.js";
import { schema } from "./schema.js";
import { needsLineBelow } from "./text_ends.js";

const DEFINITION = /^ {0,3}\[([^\]^\n][^\]\n]*)\]:/gm;

/** Returns {doc, origins}: the document of blocks, and the nodes and source of each. */
export function readBlocks(blocks) {
  const origins = [];
  let above = "";
  for (const { source, html } of blocks) {
    const isBlank = !source.trim();
    if (isBlank && origins.length) origins.at(-1).source += source;
    else if (isBlank) above += source;
    else {
      origins.push({ source: above + source, nodes: (html === null ? null : readHtml(html)) ?? [readSource(above + source)] });
      above = "";
    }
  }
  const nodes = origins.flatMap((origin) => origin.nodes);
  const end = nodes.findLastIndex(({ type }) => type !== schema.nodes.notes) + 1;
  if (needsLineBelow(nodes[end - 1])) nodes.splice(end, 0, schema.node("paragraph"));
  return { doc: schema.node("doc", null, nodes), origins };
}

function readSource(source) {
  const text = source.trimEnd();
  return schema.node("raw_block", { gap: source.slice(text.length) }, text ? [schema.text(text)] : []);
}

/** Returns the blocks of a document to post: {source}, or {html, previous} with the source of what stood there before. */
export function writeBlocks(doc, origins) {
  const blocks = [], found = findOrigins(doc.content.content, origins);
  for (const index of linksWithoutDefinition(doc, origins, found)) found.delete(index);
  const unchanged = new Set(found.values()), inOrder = blocksInOrder(found, origins);
  let edited = [], start = 0;
  function flush(isNext, isMoved) {
    const next = isNext ? origins.findIndex((origin, index) => index >= start && isNext(origin)) : -1;
    const end = next < 0 && (!isNext || isMoved) ? origins.length : next;
    const previous = origins.slice(start, Math.max(start, end)).filter((origin) => !unchanged.has(origin) && !isRaw(origin.nodes[0]));
    if (edited.length) blocks.push({ html: writeHtml(edited), previous: previous.map(({ source }) => source).join("") });
    edited = [];
    if (!isMoved) start = Math.max(start, end + 1);
  }
  for (let index = 0; index < doc.childCount;) {
    const origin = found.get(index);
    const node = doc.child(index);
    if (origin || isRaw(node)) {
      const isMoved = origin && !inOrder.has(origin);
      if (isMoved) flush((other) => inOrder.has(other), true);
      else flush((other) => (origin ? other === origin : isRaw(other.nodes[0]) && !unchanged.has(other)));
      blocks.push({ source: origin ? origin.source : node.textContent + node.attrs.gap });
    } else if (!isEmpty(node)) edited.push(node);
    index += origin ? origin.nodes.length : 1;
  }
  flush();
  return blocks;
}

// Returns as many of the unchanged blocks as stand in the order in which they were read. The others were moved: what was edited
// beside them does not stand in their old place.
function blocksInOrder(found, origins) {
  const indexes = new Map(origins.map((origin, index) => [origin, index])), chains = []; // by length, the chain that ends first
  for (const [, origin] of [...found].sort(([one], [other]) => one - other)) {
    const index = indexes.get(origin), shorter = chains.findLastIndex(({ last }) => last < index);
    chains[shorter + 1] = { last: index, rest: chains[shorter] };
  }
  const inOrder = new Set();
  for (let chain = chains.at(-1); chain; chain = chain.rest) inOrder.add(origins[chain.last]);
  return inOrder;
}

// Blocks whose links refer to definitions that were deleted: they are written with the addresses that they are shown with.
function linksWithoutDefinition(doc, origins, found) {
  const labelsIn = (text) => [...text.matchAll(DEFINITION)].map((match) => match[1].toLowerCase());
  const unchanged = new Set(found.values()), defined = new Set(doc.content.content.filter(isRaw).flatMap((node) => labelsIn(node.textContent)));
  const removed = origins.filter((origin) => isRaw(origin.nodes[0]) && !unchanged.has(origin)).flatMap(({ source }) => labelsIn(source));
  const lost = removed.filter((label) => !defined.has(label)).map((label) => `[${label}]`);
  return [...found].filter(([, { source, nodes }]) => !isRaw(nodes[0]) && lost.some((label) => source.toLowerCase().includes(label))).map(([index]) => index);
}

const isRaw = (node) => node?.type === schema.nodes.raw_block;

// Paragraphs, lists and quotations without content are not part of the text yet.
function isEmpty(node) {
  let hasContent = node.isAtom || [schema.nodes.table, schema.nodes.notes].includes(node.type);
  node.descendants((child) => { hasContent ||= child.isText ? /\S/.test(child.text) : child.isAtom || child.type === schema.nodes.table; });
  return !hasContent;
}

/** Returns the position that one of the document has once it is saved, without empty blocks. */
export function savedPosition(doc, pos) {
  let size = 0;
  doc.forEach((node, start) => { if (start + node.nodeSize <= pos && isEmpty(node)) size += node.nodeSize; });
  return pos - size - (isEmpty(doc.child(Math.min(doc.resolve(pos).index(0), doc.childCount - 1))) ? 1 : 0);
}

// Returns the blocks that nodes still are, by the index of their first node. An edit that was undone leaves nodes that are
// equal to those of a block, but not the same: they count if its own nodes are gone.
function findOrigins(nodes, origins) {
  const found = new Map(), remaining = new Set(origins), taken = new Set();
  const indexes = new Map(nodes.map((node, index) => [node, index]));
  const matches = (origin, start, isSame) => origin.nodes.length > 0 && origin.nodes.every((node, offset) => (
    start + offset < nodes.length && !taken.has(start + offset) && isSame(node, nodes[start + offset])
  ));
  function take(origin, start) {
    found.set(start, origin);
    remaining.delete(origin);
    origin.nodes.forEach((_node, offset) => taken.add(start + offset));
  }
  for (const origin of origins) {
    const start = indexes.get(origin.nodes[0]);
    if (start !== undefined && matches(origin, start, (one, other) => one === other)) take(origin, start);
  }
  nodes.forEach((_node, index) => {
    const origin = !taken.has(index) && [...remaining].find((candidate) => matches(candidate, index, (one, other) => one.eq(other)));
    if (origin) take(origin, index);
  });
  return found;
}
