// Random edits of the text in the desk's form that is open: what editors do, by the keys, buttons and the clipboard of the
// browser. Evaluated in the page by random_edits.py, after TRAP has kept the view of the editor in `window.editorView`.

(() => {
  const root = document.querySelector("[data-text-editor]"), textarea = root.querySelector("textarea"), { form } = textarea;
  const linkDialog = document.querySelector("[data-link-dialog]"), imageDialog = document.querySelector("dialog[data-image-dialog]");
  const view = () => window.editorView, doc = () => view().state.doc;
  const NEAR = 120, FAR = 1500; // positions
  const KEY_CODES = { Enter: 13, Backspace: 8, Delete: 46, Tab: 9, Escape: 27, ArrowLeft: 37, ArrowRight: 39, Shift: 16 };
  const NATIVE = { Backspace: "delete", Delete: "forwardDelete", Enter: "insertParagraph" };
  const WORDS = ["the", "northern", "gränsen", "Київ", "vägen", "2026", "EU", "for", "of", "a", "co-operation", "it's", "“so”", "е́", "…", "100 %"];
  const SIGNS = ["*", "**", "_", "#", "# ", "- ", "1. ", "2) ", "> ", "[", "](", "]", "[^1]", "[x]", "<", "<b>", "&amp;", "&", "\\", "`", "~", "|", ":", "!", "![", "--", "---", "...",
    "{", "{: lang=sv }", "=", "==", "+ ", "\"", "'", "  ", "\u00a0", "http://example.org", "a_b", "^", "$", "*[EU]: x", "[a]: /b", "www.", "@", "%", "é"];
  const STARTS = ["- ", "* ", "1. ", "> ", "## ", "### ", "#### ", "1) "];
  const ADDRESSES = ["https://example.org/a_b(c)?d=e&f#g", "mailto:desk@example.org", "/en/publications/", "#top", "https://example.org/ö", "https://example.org/[x]|y*z"];
  const TABLE_TOOLS = ["rowAbove", "rowBelow", "deleteRow", "columnBefore", "columnAfter", "deleteColumn", "headerRow", "caption", "deleteTable"];
  const HTML = [
    "<p>One <b>bold</b> and <i>italic</i> word</p><p>Another</p>",
    "<h1>Title</h1><p>Text<br>with a break</p><h2>Lower</h2>",
    "<ul><li>one</li><li>two<ul><li>nested</li></ul></li></ul>",
    "<ol start=3><li><p>three</p><p>more</p></li><li>four</li></ol><p>after</p>",
    "<table><tr><th>A</th><th>B</th></tr><tr><td>1|2</td><td><b>3</b><br>4</td></tr></table>",
    "<table><caption>Words</caption><tr><td colspan=2>wide</td></tr><tr><td>x</td><td>y</td></tr></table>",
    "<blockquote><p>said</p><ul><li>in a list</li></ul></blockquote>",
    "a <a href='https://example.org/(x)'>link <b>with</b> marks</a> &amp; <code>co`de</code>",
    "<p>Claim<sup><a href='#_ftn1' name='_ftnref1'>[1]</a></sup> goes on.</p><hr><p><a name='_ftn1' href='#_ftnref1'>[1]</a> A pasted note, <i>p.</i> 3.</p>",
    "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp;</span></span>item of Word</p>",
    "<pre>code\n  indented\n\n    more</pre><p>and H<sub>2</sub>O, m<sup>2</sup></p>",
    "<div>loose <div>deeper</div> text</div>",
    "<p dir=rtl>שלום</p><p><strong>all bold</strong></p>",
  ];
  const MARKDOWN = [
    "## Pasted\n\n* odd\n* list\n\n| A | B |\n|---|--:|\n| 1 | 2 |", "See [this](https://example.org/x) and **that**.", "Claim.[^n]\n\n[^n]: Source of the claim.",
    "1. a\n2. b\n\n    more of b\n\n3. c\n\n**end**", "**bold**\nsecond line\n\n> quoted\n> > deeper\n\n    code\n\n---",
  ];
  const PLAIN = ["plain words", "two\nlines", "one\n\ntwo paragraphs", "# no heading", " spaces  inside ", "https://example.org/bare", "a*b_c<d>"];

  // --- chance: the same numbers for the same seed

  function random(seed) {
    let state = seed >>> 0;
    const float = () => {
      state = (state + 0x6D2B79F5) >>> 0;
      let value = Math.imul(state ^ (state >>> 15), 1 | state);
      value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
      return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
    };
    const below = (count) => Math.floor(float() * count);
    const pick = (list) => list[below(list.length)];
    const times = (most, make) => Array.from({ length: 1 + below(most) }, make);
    function weighted(entries) {
      let rest = float() * entries.reduce((sum, [weight]) => sum + weight, 0);
      return entries.find(([weight]) => (rest -= weight) < 0) ?? entries.at(-1);
    }
    return { float, below, pick, times, weighted, is: (share) => float() < share };
  }

  // --- time: undo joins what is typed within half a second, by a clock that depends on the edits alone

  let now = Date.now(), requests = 0, blocks = [];
  Date.now = () => now;

  const { fetch } = window;
  window.fetch = async (url, options) => {
    requests += 1;
    try {
      const response = await fetch(url, options);
      if (`${url}`.endsWith(root.dataset.blocksUrl)) ({ blocks = [] } = await response.clone().json());
      return response;
    } finally {
      requests -= 1;
    }
  };

  const tick = () => new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => { channel.port1.close(); resolve(); };
    channel.port2.postMessage(0);
  });

  async function until(condition, what) {
    for (let attempt = 0; !condition(); attempt++) {
      if (attempt > 4000) throw new Error(`waited for ${what}`);
      await (attempt < 20 ? tick() : new Promise((resolve) => { setTimeout(resolve, 15); }));
    }
  }

  async function settle() {
    for (let calm = 0; calm < 3; calm++) {
      await tick();
      if (requests) { await until(() => !requests, "an answer"); calm = 0; }
    }
    view().domObserver.flush();
  }

  // --- what hands do

  const CODES = { 0: 48, 1: 49, 2: 50, 3: 51, 7: 55, 8: 56, 9: 57 };

  function press(key, { control = false, shift = false, alt = false } = {}) {
    const keyCode = KEY_CODES[key] ?? CODES[key] ?? key.toUpperCase().charCodeAt(0);
    const options = { key, keyCode, ctrlKey: control, shiftKey: shift, altKey: alt, bubbles: true, cancelable: true };
    const isFree = view().dom.dispatchEvent(new KeyboardEvent("keydown", options));
    if (isFree && NATIVE[key] && !control) document.execCommand(NATIVE[key]);
    if (isFree && key.startsWith("Arrow")) getSelection().modify("move", key === "ArrowLeft" ? "left" : "right", "character");
    view().dom.dispatchEvent(new KeyboardEvent("keyup", options));
    view().domObserver.flush();
  }

  function type(text) {
    for (const character of text) {
      const code = character.codePointAt(0), options = { key: character, keyCode: code, charCode: code, bubbles: true, cancelable: true };
      const isFree = view().dom.dispatchEvent(new KeyboardEvent("keydown", options)) && view().dom.dispatchEvent(new KeyboardEvent("keypress", options));
      if (isFree) document.execCommand("insertText", false, character);
      view().domObserver.flush();
    }
  }

  function clipboard(kind, values = {}) {
    const clipboardData = new DataTransfer();
    for (const [format, value] of Object.entries(values)) clipboardData.setData(format, value);
    view().dom.dispatchEvent(new ClipboardEvent(kind, { clipboardData, bubbles: true, cancelable: true }));
    view().domObserver.flush();
    return { "text/html": clipboardData.getData("text/html"), "text/plain": clipboardData.getData("text/plain") };
  }

  function click(command) {
    const button = root.querySelector(`[data-command=${command}]`);
    if (button.getAttribute("aria-disabled") !== "true") button.click();
  }

  function chooseStyle(name) {
    const menu = root.querySelector("[role=toolbar] select");
    menu.value = name;
    menu.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // --- where hands go

  const textblocks = (accepts = (node) => node.type.name !== "raw_block") => {
    const found = [];
    doc().descendants((node, pos) => { if (node.isTextblock && accepts(node)) found.push({ node, pos }); });
    return found;
  };

  const isIn = (...names) => {
    const { $from } = view().state.selection;
    for (let depth = $from.depth; depth > 0; depth--) if (names.includes($from.node(depth).type.name)) return true;
    return false;
  };

  function select(spec) {
    const { Selection } = select;
    view().focus();
    view().dispatch(view().state.tr.setSelection(Selection.fromJSON(doc(), spec)));
  }

  const caret = (pos) => select({ type: "text", anchor: pos, head: pos });

  function offsetIn(chance, node) {
    const { size } = node.content;
    return chance.is(0.2) ? 0 : chance.is(0.3) ? size : chance.below(size + 1);
  }

  function goTo(chance, accepts) {
    const found = textblocks(accepts);
    if (!found.length) return false;
    const { node, pos } = chance.pick(found);
    caret(pos + 1 + offsetIn(chance, node));
    return true;
  }

  // A place within a word of Markdown that is edited as such, where more letters change no markup.
  function goIntoRaw(chance) {
    const places = textblocks((node) => node.type.name === "raw_block").flatMap(({ node, pos }) => (
      [...node.textContent.matchAll(/(?<=\p{Ll})(?=\p{Ll})/gu)].filter(({ index }) => !/[[<{&(]\S*$|\]:.*$/.test(node.textContent.slice(0, index))).map(({ index }) => pos + 1 + index)
    ));
    if (places.length) caret(chance.pick(places));
    return places.length > 0;
  }

  function selectRange(chance) {
    const found = textblocks();
    if (!found.length) return;
    const { node, pos } = chance.pick(found), anchor = pos + 1 + offsetIn(chance, node);
    const reach = chance.weighted([[5, 12], [3, NEAR], [1, FAR]])[1];
    const isWhole = chance.is(0.15);
    const near = found.filter((other) => Math.abs(other.pos - pos) <= reach), other = chance.is(0.5) ? { node, pos } : chance.pick(near);
    const head = other.pos + 1 + offsetIn(chance, other.node);
    select({ type: "text", anchor: isWhole ? pos + 1 : anchor, head: isWhole ? pos + 1 + node.content.size : head });
  }

  function selectNode(chance, accepts) {
    const found = [];
    doc().descendants((node, pos) => { if (accepts(node)) found.push(pos); });
    if (found.length) select({ type: "node", anchor: chance.pick(found) });
    return found.length > 0;
  }

  function selectCells(chance) {
    const tables = [];
    doc().descendants((node, pos) => { if (node.type.name === "table") tables.push({ node, pos }); });
    if (!tables.length) return false;
    const { node, pos } = chance.pick(tables), cells = [];
    node.descendants((child, offset) => { if (child.type.spec.tableRole?.endsWith("cell")) cells.push(pos + 1 + offset); });
    select({ type: "cell", anchor: chance.pick(cells), head: chance.pick(cells) });
    return true;
  }

  // --- edits: [weight, name, action]; an action returns what was done in words, or false if it does not apply

  const chars = (chance) => chance.times(4, () => chance.pick(WORDS)).join(" ");
  const signs = (chance) => chance.times(4, () => chance.pick(chance.is(0.7) ? SIGNS : WORDS)).join("");
  const isNamed = (...names) => (node) => names.includes(node.type.name);
  const isAtomInText = isNamed("image", "footnote_ref", "anchor");
  let copied = { "text/html": "<p>nothing <b>yet</b></p>", "text/plain": "nothing yet" };

  function typed(text) {
    type(text);
    return JSON.stringify(text);
  }

  function pressed(key, chance, most = 1, options = {}) {
    const count = 1 + chance.below(most);
    for (let index = 0; index < count; index++) press(key, options);
    return `${key} × ${count}`;
  }

  async function setLink(chance) {
    if (chance.is(0.4)) selectRange(chance);
    press("k", { control: true });
    await settle(); // its script may come later
    if (!linkDialog.open) return false;
    const { href, words } = linkDialog.querySelector("form").elements, address = chance.pick(ADDRESSES);
    if (!linkDialog.querySelector("[data-remove]").hidden && chance.is(0.5)) linkDialog.querySelector("[data-remove]").click();
    else {
      href.value = address;
      if (!words.readOnly && chance.is(0.3)) words.value = chars(chance);
      linkDialog.querySelector("[type=submit]").click();
    }
    await settle();
    if (linkDialog.open) linkDialog.querySelector("[data-cancel]").click();
    await until(() => !linkDialog.open, "the dialog for links to close");
    view().focus();
    return address;
  }

  async function insertPicture(chance) {
    const canvas = new OffscreenCanvas(8, 8);
    canvas.getContext("2d").fillRect(chance.below(8), 0, 1, 8);
    const file = new File([await canvas.convertToBlob()], "a.png", { type: "image/png" });
    const clipboardData = new DataTransfer();
    clipboardData.items.add(file);
    view().dom.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    await until(() => imageDialog.open, "the dialog for pictures");
    imageDialog.querySelector("form").elements.alt.value = chars(chance);
    imageDialog.querySelector("[data-choose]").click();
    await until(() => !imageDialog.open, "the picture");
    await settle();
    return "uploaded";
  }

  function writeBesidePicture(chance) {
    const fields = [...view().dom.querySelectorAll(".picture textarea")];
    if (!fields.length) return false;
    const field = chance.pick(fields);
    field.value = chance.is(0.2) ? "" : chance.is(0.5) ? chars(chance) : signs(chance);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    return `${field.className} ${JSON.stringify(field.value)}`;
  }

  function useTable(chance, wantsCells) {
    if (wantsCells ? !selectCells(chance) : !isIn("table") && !goTo(chance, (node) => textblocksOfTables().has(node))) return false;
    const command = chance.pick(wantsCells ? TABLE_TOOLS.slice(0, 7) : TABLE_TOOLS);
    click(command);
    return command;
  }

  function textblocksOfTables() {
    const found = new Set();
    doc().descendants((node) => {
      if (node.type.name === "table" || node.type.name === "captioned_table") node.descendants((child) => { if (child.isTextblock) found.add(child); });
    });
    return found;
  }

  const textblocksOfNotes = () => {
    const found = new Set();
    doc().descendants((node) => { if (node.type.name === "note") node.descendants((child) => { if (child.isTextblock) found.add(child); }); });
    return found;
  };

  async function paste(values) {
    clipboard("paste", values);
    await settle();
    return JSON.stringify(values["text/html"] ?? values["text/plain"]).slice(0, 150);
  }

  function copyOrCut(chance, kind) {
    if (view().state.selection.empty) selectRange(chance);
    const taken = clipboard(kind);
    if (taken["text/html"]) copied = taken;
    return kind;
  }

  function addNote(chance) {
    click("footnote");
    if (!isIn("note")) return "no note here";
    type(chance.is(0.8) ? chars(chance) : signs(chance));
    if (chance.is(0.8)) press("Escape");
    return "noted";
  }

  function editRaw(chance) {
    if (!goIntoRaw(chance)) return false;
    type("inserted");
    return "inserted";
  }

  const EDITS = [
    [14, "type words", (chance) => typed(chars(chance))],
    [9, "type signs", (chance) => typed(signs(chance))],
    [4, "type at a start", (chance) => goTo(chance) && caret(view().state.selection.$from.start()) === undefined && typed(chance.pick(STARTS) + chance.pick(WORDS))],
    [7, "split", (chance) => pressed("Enter", chance, 2)],
    [3, "break a line", (chance) => pressed("Enter", chance, 2, { shift: true })],
    [9, "delete backwards", (chance) => pressed("Backspace", chance, 3)],
    [6, "delete forwards", (chance) => pressed("Delete", chance, 3)],
    [3, "join", (chance) => goTo(chance) && caret(view().state.selection.$from.start()) === undefined && pressed("Backspace", chance, 2)],
    [5, "bold", () => press("b", { control: true }) ?? "ctrl+b"],
    [5, "italic", () => press("i", { control: true }) ?? "ctrl+i"],
    [7, "style", (chance) => { const name = chance.pick(["text", "h2", "h3", "h4", "quote"]); chooseStyle(name); return name; }],
    [7, "list or quotation", (chance) => { const name = chance.pick(["bullets", "numbers", "quote"]); click(name); return name; }],
    [4, "in", (chance) => pressed("Tab", chance, 2)],
    [4, "out", (chance) => pressed("Tab", chance, 2, { shift: true })],
    [5, "link", setLink],
    [2, "table", () => click("table") ?? "table"],
    [6, "table tool", (chance) => useTable(chance, false)],
    [3, "cells", (chance) => useTable(chance, true)],
    [2, "delete cells", (chance) => selectCells(chance) && pressed("Delete", chance)],
    [4, "footnote", addNote],
    [4, "edit a note", (chance) => goTo(chance, (node) => textblocksOfNotes().has(node)) && (chance.is(0.7) ? typed(chars(chance)) : pressed("Backspace", chance, 5))],
    [3, "delete an atom", (chance) => selectNode(chance, isAtomInText) && pressed(chance.pick(["Delete", "Backspace"]), chance)],
    [2, "type over an atom", (chance) => selectNode(chance, isAtomInText) && typed(chars(chance))],
    [2, "delete a block", (chance) => selectNode(chance, (node) => node.isBlock && node.type.spec.selectable !== false && !isNamed("note", "notes", "table_row", "table_cell", "table_header", "caption", "list_item", "raw_block")(node)) && pressed("Backspace", chance)],
    [0.4, "picture", insertPicture],
    [3, "text of a picture", writeBesidePicture],
    [4, "cut", (chance) => copyOrCut(chance, "cut")],
    [4, "copy", async (chance) => { copyOrCut(chance, "copy"); goTo(chance); return paste(copied); }],
    [5, "paste again", () => paste(copied)],
    [5, "paste HTML", (chance) => { const html = chance.pick(HTML); return paste({ "text/html": html, "text/plain": html.replace(/<[^>]*>/g, "") }); }],
    [3, "paste Markdown", (chance) => paste({ "text/plain": chance.pick(MARKDOWN) })],
    [3, "paste plain text", (chance) => paste({ "text/plain": chance.pick(PLAIN) })],
    [3, "edit Markdown", editRaw],
    [7, "undo", (chance) => pressed("z", chance, 3, { control: true })],
    [5, "redo", (chance) => pressed("z", chance, 2, { control: true, shift: true })],
    [2, "arrow", (chance) => { press(chance.pick(["ArrowLeft", "ArrowRight"])); return typed(chars(chance)); }],
    [0.2, "select all", (chance) => { pressed("a", chance, 2, { control: true }); return pressed("Delete", chance); }],
  ];

  async function edit(chance) {
    const where = chance.float();
    if (where < 0.4) goTo(chance);
    else if (where < 0.7) selectRange(chance);
    else if (isIn("raw_block")) goTo(chance);
    now += chance.is(0.5) ? 50 : 2000;
    const place = view().state.selection.toJSON(), [, name, action] = chance.weighted(EDITS), what = await action(chance);
    await settle();
    return `${name}: ${what} at ${place.type} ${place.anchor}–${place.head ?? place.anchor}`;
  }

  // --- the text

  let origins = [], shown = null;

  async function show(mode) {
    if (root.dataset.mode !== mode) root.querySelector("[data-switch]").click();
    await until(() => root.dataset.mode === mode, mode);
    await settle();
  }

  // The blocks as the editor joins them, each with the nodes that it is shown as.
  function readOrigins() {
    const nodes = doc().content.content;
    let index = 0, above = "";
    origins = [];
    for (const { source, html } of textarea.value.trim() ? blocks : []) {
      if (source.trim()) {
        if (html?.startsWith("<section") && nodes[index]?.type.name === "paragraph") index += 1; // a line to write on, above the notes
        const isRaw = nodes[index]?.type.name === "raw_block";
        const count = isRaw ? 1 : new DOMParser().parseFromString(html, "text/html").body.childElementCount;
        origins.push({ source: above + source, html: isRaw ? null : html, nodes: nodes.slice(index, index + count) });
        index += count;
        above = "";
      } else if (origins.length) origins.at(-1).source += source;
      else above += source;
    }
  }

  async function load(text) {
    if (!shown) await paste({ "text/html": "<p>The script of the first <b>paste</b> is loaded.</p>", "text/plain": "" }).then(() => until(() => doc().textContent, "the first paste"));
    await show("markdown");
    textarea.value = text;
    return reload();
  }

  // Saves the text as Markdown, and opens that.
  async function reload() {
    await show("markdown");
    const text = textarea.value;
    blocks = [];
    await show("rich");
    select.Selection = Object.getPrototypeOf(view().state.selection.constructor);
    readOrigins();
    shown = doc();
    return { text, origins: origins.map(({ source, html }) => ({ source, html })), isOpen: root.dataset.mode === "rich" };
  }

  const posted = () => new FormData(form).get(`${textarea.name}-blocks`);

  // Whether a change that is undone leaves the text as it was: what the form posts then.
  async function touch() {
    view().focus();
    if (textblocks(() => true).length) {
      caret(textblocks(() => true)[0].pos + 1);
      type("x");
      press("z", { control: true });
    }
    await settle();
    return posted();
  }

  // Edits that change the text, `count` of them; each with what the form would post then.
  async function run(seed, count) {
    const chance = random(seed), states = [];
    for (let attempt = 0; states.length < count && attempt < count * 20; attempt++) {
      const before = doc(), what = await edit(chance);
      if (doc() === before) continue;
      const old = before.content.content, current = doc().content.content, present = new Set(current), past = new Set(old);
      states.push({
        what,
        posted: posted(),
        untouched: origins.flatMap(({ nodes }, index) => {
          const start = current.indexOf(nodes[0]);
          return nodes.every((node, offset) => current[start + offset] === node) ? [index] : [];
        }),
        touched: JSON.stringify([...old.filter((node) => !present.has(node)), ...current.filter((node) => !past.has(node))]),
      });
    }
    return states;
  }

  window.bench = { load, reload, run, touch };
})();
