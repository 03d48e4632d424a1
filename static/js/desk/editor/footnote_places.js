// Where a document has references to footnotes and notes, and which number each has.

import { schema } from "./schema.js";

const { nodes } = schema;
const RAW_REFERENCE = /\[\^([^\]\n]+)\]/g, RAW_NOTE = /^ {0,3}\[\^([^\]\n]+)\]:/gm;

// What each block has of footnotes. Blocks do not change: a change makes another one.
const cache = new WeakMap(), found = new WeakMap();

function contentsOf(block) {
  if (!cache.has(block)) cache.set(block, readContents(block));
  return cache.get(block);
}

function readContents(block) {
  const references = [], notes = [];
  block.descendants((node, offset) => {
    if (node.type === nodes.footnote_ref) references.push({ label: node.attrs.label, content: node.attrs.content, offset: offset + 1 });
    if (node.type === nodes.note) notes.push({ label: labelOf(node), node, offset: offset + 1 });
  });
  const labels = (pattern) => (block.type === nodes.raw_block ? [...block.textContent.matchAll(pattern)].map((match) => match[1]) : []);
  return { references, notes, rawNotes: labels(RAW_NOTE), rawReferences: labels(RAW_REFERENCE) };
}

/** Returns the label of a note. */
export const labelOf = (note) => note.attrs.id.slice("fn-".length);

/**
 * Returns the references and notes of a document with their positions, the labels of those in blocks of Markdown, and all
 * labels of references in their order.
 */
export function findFootnotes(doc) {
  if (found.get(doc)) return found.get(doc);
  const result = { references: [], notes: [], rawNotes: new Set(), order: new Set(), highest: 0 };
  doc.forEach((block, start) => {
    const { references, notes, rawNotes, rawReferences } = contentsOf(block);
    for (const reference of references) result.references.push({ ...reference, pos: start + reference.offset });
    for (const note of notes) result.notes.push({ ...note, pos: start + note.offset });
    for (const label of rawNotes) result.rawNotes.add(label);
    for (const { label } of references) result.order.add(label);
    for (const label of rawReferences) if (!rawNotes.includes(label)) result.order.add(label);
  });
  const labels = [...result.order, ...labelsOf(result.notes), ...result.rawNotes];
  result.highest = Math.max(0, ...labels.map((label) => (/^\d{1,6}$/.test(label) ? Number(label) : 0)));
  found.set(doc, result);
  return result;
}

/** Returns the numbers of the labels that have a note, in the order of their first references. */
export function numberLabels({ order, notes, rawNotes }) {
  const known = new Set([...labelsOf(notes), ...rawNotes]);
  return new Map([...order].filter((label) => known.has(label)).map((label, index) => [label, index + 1]));
}

/** Returns the labels of references or notes. */
export const labelsOf = (places) => new Set(places.map(({ label }) => label));
