// The editor: a textarea over its own highlighted, numbered lines.
//
// The text goes to the server with the act in one message. Before any click or key outside the
// editor is acted on, what was typed last is put into the state of the carrier, which every message
// of this browser tab carries: so a button or link outside travels with the text, too. Besides,
// each keystroke leaves a copy in this browser, until the server says that the text is saved.

const PAUSE_MS = 500;
const MOST_MS = 1100;
const AGAIN_MS = 4000;
const COPY_PAUSE_FROM = 150000;
const COPY_PAUSE_MS = 300;
const LINES_UP_TO = 60000; // beyond, colours and numbers would cost more than a frame a key
const OF_SAVED = -1; // marks of the saved text
const BY_HAND_MS = 300;
const INSIST_MS = 3000;
const INSIST_MOST = 2;
const DIALOG = '[data-testid="stDialog"]';
const IN_REACH = "data-react-aria-top-layer"; // a dialog of the page leaves what has it usable
const PREFIX = "runbooks:text:";

// What outlives this component while the page is loaded; the keeper uses it too.
const shared = (window.runbooksTexts ??= {
  load: Math.random().toString(36).slice(2, 12),
  sheets: new Map(),
  open: new Set(),
});

// A plain click, one that no browser answers with a new tab or a download.
function linkOf(event) {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return null;
  return event.composedPath().find((each) => each instanceof HTMLAnchorElement) || null;
}

// Until the other page is there, a message of this one would lead back: the panels wait for it, too.
function leadsAway(link) {
  return link.origin === location.origin && link.pathname !== location.pathname && !link.target;
}

const unix = (text) => text.replace(/\r\n?/g, "\n");
const kilobytes = (bytes) => `${Math.ceil(bytes / 1000).toLocaleString("en")} kB`;

function isCutOff() {
  const known = document.querySelector('[data-testid="stApp"]')?.dataset.testConnectionState;
  return known !== undefined && known !== "CONNECTED";
}

function store(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

// --- colours -------------------------------------------------------------------------------

const INLINE = /(`[^`\n]{1,500}`)|(\*\*[^*\n]{1,300}\*\*)|(\[[^\]\n]{1,200}\]\([^)\n]{1,400}\))/g;
const WORST = "EWI";

function node(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function lineKind(text, fence) {
  if (/^\s{0,9}(```|~~~)/.test(text)) return "fence";
  if (fence) return "code";
  if (/^#{1,6}\s/.test(text)) return "heading";
  if (/^\s{0,20}([-*+]|\d{1,9}[.)])\s/.test(text)) return "item";
  if (/^\s{0,9}>/.test(text)) return "quote";
  return "";
}

function paint(line, text, kind) {
  const mark = line.querySelector(".mark");
  line.replaceChildren();
  line.className = `line ${kind}`;
  if (mark) line.append(mark);
  if (kind === "code" || kind === "fence" || !text) {
    line.append(text || "\u200b");
    return;
  }
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    line.append(text.slice(from, found.index));
    line.append(node("span", found[1] ? "mono" : found[2] ? "strong" : "link", found[0]));
    from = found.index + found[0].length;
  }
  line.append(text.slice(from));
}

// Marks hang on the elements of the lines: they move with them until the server sends new ones.
class Lines {
  constructor(place, go) {
    this.place = place;
    this.go = go;
    this.texts = [];
    this.kinds = [];
  }

  show(text) {
    if (text.length > LINES_UP_TO) {
      this.place.replaceChildren();
      this.texts = [];
      this.kinds = [];
      return false;
    }
    const next = text.split("\n");
    const kinds = this.kindsOf(next);
    const same = (a, b) => next[a] === this.texts[b] && kinds[a] === this.kinds[b];
    const [top, bottom] = this.unchanged(next.length, same);
    this.redraw(next, kinds, top, bottom);
    this.texts = next;
    this.kinds = kinds;
    return true;
  }

  unchanged(length, same) {
    const most = Math.min(length, this.texts.length);
    let top = 0;
    while (top < most && same(top, top)) top += 1;
    let bottom = 0;
    while (bottom < most - top && same(length - 1 - bottom, this.texts.length - 1 - bottom)) bottom += 1;
    return [top, bottom];
  }

  redraw(next, kinds, top, bottom) {
    const old = this.texts.length - top - bottom;
    const fresh = next.length - top - bottom;
    for (let n = 0; n < old - fresh; n += 1) this.place.children[top].remove();
    const before = this.place.children[top + Math.min(old, fresh)] || null;
    const added = document.createDocumentFragment();
    for (let n = 0; n < fresh - old; n += 1) added.append(node("div"));
    this.place.insertBefore(added, before);
    let line = this.place.children[top];
    for (let n = top; n < top + fresh; n += 1) {
      paint(line, next[n], kinds[n]);
      line = line.nextElementSibling;
    }
  }

  kindsOf(lines) {
    let fence = false;
    return lines.map((text) => {
      const kind = lineKind(text, fence);
      if (kind === "fence") fence = !fence;
      return kind;
    });
  }

  mark(marks) {
    for (const old of this.place.querySelectorAll(".mark")) old.remove();
    const found = new Map();
    for (const mark of marks) found.set(mark.line, [...(found.get(mark.line) || []), mark]);
    for (const [line, all] of found) this.markLine(line, all);
  }

  markLine(line, all) {
    const place = this.place.children[line - 1];
    if (!place) return;
    const made = node("span", "mark");
    made.dataset.severity = WORST[Math.min(...all.map((mark) => WORST.indexOf(mark.severity)))] || "I";
    made.title = all.map((mark) => mark.message).join("\n");
    made.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.go(place);
    });
    place.prepend(made);
  }

  marked() {
    return [...this.place.querySelectorAll(".mark")].map((mark) => this.number(mark.parentElement));
  }

  number(place) {
    return [...this.place.children].indexOf(place) + 1;
  }

  at(line) {
    return this.place.children[line - 1]?.querySelector(".mark");
  }
}

// --- one editor ----------------------------------------------------------------------------

class Editor {
  constructor(root) {
    this.root = root;
    this.area = root.querySelector("textarea");
    this.status = root.querySelector(".status");
    this.detail = root.querySelector(".detail");
    this.long = root.querySelector(".long");
    this.told = root.querySelector(".told");
    this.why = root.querySelector(".why");
    this.button = root.querySelector("button.main");
    this.lines = new Lines(root.querySelector(".lines"), (place) => this.goTo(this.lines.number(place)));
    this.area.addEventListener("input", () => this.typed());
    this.area.addEventListener("blur", () => this.flush(true));
    for (const name of ["keyup", "click", "focus"]) this.area.addEventListener(name, () => this.tellLine());
    this.button.addEventListener("click", () => this.act());
    root.addEventListener("keydown", (event) => this.key(event));
    for (const name of ["keyup", "keypress"]) root.addEventListener(name, (event) => event.stopPropagation());
    this.stay();
    this.outside();
    this.pulse = setInterval(() => this.again(), 1000);
  }

  // The capturing phase comes before anything that the page does with a click or a key.
  outside() {
    this.ends = new AbortController();
    const heard = { capture: true, signal: this.ends.signal };
    const flush = (event) => {
      if (event.composedPath().includes(this.root)) return;
      this.leftAt = Date.now();
      this.flush(true);
    };
    for (const name of ["pointerdown", "mousedown", "keydown"]) window.addEventListener(name, flush, heard);
    window.addEventListener("click", (event) => {
      flush(event);
      const link = linkOf(event);
      if (link && leadsAway(link)) window.runbooksLeaving = Date.now();
      if (link && this.leaving) this.linkLater(link, event);
      else if (link) this.insist(link, event);
    }, heard);
    document.addEventListener("visibilitychange", () => document.hidden && this.flush(true), heard);
    window.addEventListener("pagehide", () => this.flush(true), heard);
    window.addEventListener("beforeunload", (event) => {
      this.flush(true);
      if (this.dirty() || this.sheet.saving) event.preventDefault();
    }, heard);
  }

  // When the server is gone, Streamlit opens a dialog by itself. It takes the keyboard and locks the
  // rest of the page, and what is typed on would go nowhere: so the focus stays with who types.
  stay() {
    const places = [this.root, this.root.getRootNode().host].filter(Boolean);
    this.root.addEventListener("focusin", () => places.forEach((place) => place.setAttribute(IN_REACH, "true")));
    this.root.addEventListener("focusout", (event) => {
      const taken = event.relatedTarget?.closest?.(DIALOG);
      const byHand = Date.now() - (this.leftAt || 0) < BY_HAND_MS;
      if (taken && !byHand) event.target.focus({ preventScroll: true });
      else if (!this.root.contains(event.relatedTarget)) places.forEach((place) => place.removeAttribute(IN_REACH));
    });
  }

  // A link to another page is followed at once, a state is sent a moment later, and then it would
  // lead back to this page: so the link waits for it.
  linkLater(link, event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    this.insisted = 0;
    setTimeout(() => link.click(), 0);
  }

  // A click is lost when another message of this tab arrives in the same moment. That a link to
  // another page was followed shows in the end of this editor.
  insist(link, event) {
    if (!leadsAway(link)) return;
    if (event.isTrusted) this.insisted = 0;
    const { leftAt } = this;
    clearTimeout(this.insisting);
    this.insisting = setTimeout(() => {
      const stays = link.isConnected && this.leftAt === leftAt && !this.ends.signal.aborted;
      if (!stays || this.insisted >= INSIST_MOST) return;
      this.insisted += 1;
      link.click();
    }, INSIST_MS);
  }

  close() {
    clearInterval(this.pulse);
    clearTimeout(this.timer);
    this.copyHere();
    this.ends.abort();
    shared.open.delete(this.item);
    window.dispatchEvent(new Event("runbooks:left"));
  }

  // What the server says arrives here at every run of the page, also while a person types.
  receive({ data, setStateValue }) {
    this.send = (value) => setStateValue("said", value);
    this.data = data;
    if (this.item !== data.item) this.begin();
    this.sheet.heard = Math.max(this.sheet.heard || 0, data.heard);
    this.answered();
    this.put();
    if (data.base !== this.sheet.base) this.follow();
    this.frame();
    this.findings();
    this.tell();
  }

  begin() {
    const { item, start, base } = this.data;
    this.item = item;
    shared.open.add(item);
    const left = shared.sheets.get(item);
    this.sheet = left || { item, base, clean: unix(start), text: unix(start), told: null, sequence: 0, saving: null };
    shared.sheets.set(item, this.sheet);
    this.area.value = this.sheet.text;
    this.typedSince = 0;
    this.draw();
  }

  answered() {
    const { sheet, data } = this;
    const act = sheet.saving;
    if (!act || data.answered < act.sequence) return;
    sheet.saving = null;
    if (!data.saved) {
      this.say();
      return;
    }
    const former = this.key_();
    sheet.base = data.revision;
    sheet.clean = act.text;
    this.why.value = "";
    this.copyHere();
    if (former !== this.key_()) store(former, null);
    if (act.key !== this.key_()) store(act.key, null);
    if (!this.dirty()) sheet.told = null;
    this.say();
  }

  // A person put another text here from outside: a recovered one, a fix, the saved one.
  put() {
    const { put, base, start, heard } = this.data;
    if (!put || put.name === this.sheet.put) return;
    const text = unix(put.text);
    const clean = put.base === base ? unix(start) : null;
    store(this.key_(), null);
    Object.assign(this.sheet, { put: put.name, base: put.base, clean, told: text === clean ? null : text, toldAs: heard, resting: true });
    this.write(text);
    this.copyHere();
  }

  // Another text is the saved one now. Nothing that is typed is ever swapped for it.
  follow() {
    const { base } = this.data;
    const start = unix(this.data.start);
    const same = this.text === start;
    if (!same && (this.dirty() || this.sheet.saving)) return;
    store(this.key_(), null);
    Object.assign(this.sheet, { base, clean: start });
    if (same) return;
    this.area.value = start;
    this.sheet.text = start;
    this.draw();
  }

  // Change only what differs, as typing does, so that it can be undone.
  write(text) {
    const old = this.area.value;
    if (old !== text) {
      let from = 0;
      while (from < old.length && from < text.length && old[from] === text[from]) from += 1;
      let end = 0;
      const most = Math.min(old.length, text.length) - from;
      while (end < most && old[old.length - 1 - end] === text[text.length - 1 - end]) end += 1;
      this.area.focus();
      this.area.setSelectionRange(from, old.length - end);
      const piece = text.slice(from, text.length - end);
      document.execCommand(piece ? "insertText" : "delete", false, piece);
      if (this.area.value !== text) this.area.value = text;
    }
    this.sheet.text = text;
    this.draw();
  }

  // What stands in the editor; reading a long one from the field is slow, so it is read once.
  get text() {
    return this.sheet.text;
  }

  dirty() {
    return this.text !== this.sheet.clean;
  }

  typed() {
    this.sheet.text = this.area.value;
    this.draw();
    clearTimeout(this.copyTimer);
    if (this.text.length < COPY_PAUSE_FROM) this.copyHere();
    else this.copyTimer = setTimeout(() => this.copyHere(), COPY_PAUSE_MS);
    this.typedSince ||= Date.now();
    const left = Math.max(0, MOST_MS - (Date.now() - this.typedSince));
    this.copyThere(Math.min(PAUSE_MS, left));
    this.tell();
  }

  // At a pause the server also checks the text and draws the page anew; while somebody types on,
  // it only takes the copy.
  copyThere(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.flush(false, wait >= PAUSE_MS);
      if (wait < PAUSE_MS) this.copyThere(PAUSE_MS);
    }, wait);
  }

  key(event) {
    // Letters typed here are no shortcuts of the page.
    event.stopPropagation();
    const plain = !event.shiftKey && !event.altKey;
    if ((event.ctrlKey || event.metaKey) && plain && event.key.toLowerCase() === "s") {
      event.preventDefault();
      this.act();
    } else if (event.key === "F8") {
      event.preventDefault();
      this.nextMark(event.shiftKey);
    } else if (event.key === "Tab") {
      this.leftAt = Date.now();
    } else if (event.key === "Escape") {
      document.querySelector(`${DIALOG} button[aria-label="Close"]`)?.click();
    }
  }

  act() {
    const { sheet, data } = this;
    if (data.read_only) return;
    clearTimeout(this.timer);
    sheet.saving = {
      sequence: this.next(),
      kind: data.act,
      base: sheet.base,
      text: this.text,
      why: this.why.value,
      key: this.copyHere(true),
    };
    this.say();
    this.tell();
  }

  next() {
    this.sheet.sequence = Math.max(this.sheet.sequence + 1, Date.now());
    return this.sheet.sequence;
  }

  // --- to the server ---------------------------------------------------------------------------

  // Tell what is typed, at once, unless the server was told exactly that.
  flush(outside, resting = true) {
    clearTimeout(this.timer);
    if (!this.send || !this.root.isConnected) return;
    const { sheet } = this;
    const known = sheet.saving ? sheet.saving.text : (sheet.told ?? sheet.clean);
    const due = resting && sheet.told !== null && !sheet.resting;
    if (this.text !== known || due) this.say(outside, resting);
  }

  say(outside, resting = true) {
    const { sheet, data } = this;
    const { text } = this;
    const beyond = sheet.saving ? text !== sheet.saving.text : this.dirty() || sheet.told !== null;
    const fresh = text !== sheet.told || (resting && !sheet.resting);
    if (beyond && fresh) Object.assign(sheet, { told: text, toldAs: this.next(), resting });
    if (!beyond) sheet.told = sheet.saving ? sheet.told : null;
    this.typedSince = 0;
    this.saidAt = Date.now();
    const { sequence, kind, base, why } = sheet.saving || {};
    const send = (outside && window.runbooksCarry) || this.send;
    send({
      item: this.item,
      place: sheet.place || data.place,
      act: sheet.saving ? { sequence, kind, base, why, text: sheet.saving.text } : null,
      typed: beyond ? { sequence: sheet.toldAs, base: sheet.base, text, resting: sheet.resting } : null,
    });
    sheet.place = data.place;
    if (!outside) return;
    this.leaving = true;
    setTimeout(() => (this.leaving = false), 0);
  }

  // A message may have met a server that was not there.
  again() {
    const waits = this.sheet?.saving || (this.sheet?.told !== null && this.data.heard < this.sheet.toldAs);
    const leaving = Date.now() - (window.runbooksLeaving || 0) < INSIST_MS;
    if (waits && !leaving && Date.now() - this.saidAt > AGAIN_MS) this.say();
    this.tell();
  }

  // --- the copy in this browser -----------------------------------------------------------------

  key_() {
    return `${PREFIX}${this.item}|${this.sheet.base}|${shared.load}`;
  }

  copyHere(always) {
    clearTimeout(this.copyTimer);
    const key = this.key_();
    if (!always && !this.dirty() && !this.sheet.saving) {
      store(key, null);
      return key;
    }
    const { item, base } = this.sheet;
    const { who, place } = this.data;
    const copy = { item, base, who, place, load: shared.load, text: this.text, at: Date.now() };
    this.kept = store(key, copy);
    return key;
  }

  // --- what is seen ----------------------------------------------------------------------------

  frame() {
    const { data } = this;
    this.area.readOnly = data.read_only;
    this.area.setAttribute("aria-label", data.label);
    this.root.querySelector(".foot").hidden = data.read_only;
    this.button.hidden = data.read_only;
    this.root.querySelector(".asked").textContent = data.asked;
    this.button.textContent = data.name;
    const find = data.marks.length ? " F8 goes to the next finding." : "";
    const long = this.text.length > LINES_UP_TO ? " A text of this length has no colours and line numbers." : "";
    this.root.querySelector(".keys").textContent = data.read_only ? long : `Ctrl+S saves. Tab and Shift+Tab leave the editor.${find}${long}`;
  }

  draw() {
    const numbered = this.lines.show(this.text);
    this.root.classList.toggle("bare", !numbered);
  }

  findings() {
    const { data, sheet, text } = this;
    const theirs = data.marked === OF_SAVED ? text === unix(data.start) : data.marked === sheet.toldAs && text === sheet.told;
    const shown = JSON.stringify([data.marked, data.marks]);
    if (!theirs || shown === this.shownMarks) return;
    this.shownMarks = shown;
    this.lines.mark(data.marks);
    this.tellLine();
  }

  line() {
    return this.text.slice(0, this.area.selectionStart).split("\n").length;
  }

  tellLine() {
    const mark = this.lines.texts.length ? this.lines.at(this.line()) : null;
    const text = mark ? `Line ${this.line()}: ${mark.title.replaceAll("\n", " · ")}` : "";
    if (this.told.textContent !== text) this.told.textContent = text;
    this.told.dataset.severity = mark?.dataset.severity || "";
  }

  nextMark(back) {
    const marked = this.lines.marked();
    const here = this.line();
    const later = back ? marked.filter((line) => line < here).reverse() : marked.filter((line) => line > here);
    const line = later[0] ?? (back ? marked.at(-1) : marked[0]);
    if (line) this.goTo(line);
  }

  goTo(line) {
    const before = this.lines.texts.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    this.area.focus();
    this.area.setSelectionRange(before, before);
    this.lines.place.children[line - 1]?.scrollIntoView({ block: "nearest" });
    this.tellLine();
  }

  // How many bytes are too many to be saved. A UTF-16 unit is at most three bytes of UTF-8, so a
  // short text need not be measured.
  tooMany() {
    const { most } = this.data;
    if (this.data.read_only || this.text.length * 3 <= most) return 0;
    if (this.measured?.text !== this.text) {
      this.measured = { text: this.text, bytes: new TextEncoder().encode(this.text).length };
    }
    return Math.max(0, this.measured.bytes - most);
  }

  tellLength() {
    const over = this.tooMany();
    const text = over
      ? `Too long to be saved: ${kilobytes(this.measured.bytes)}, and at most ${kilobytes(this.data.most)} fit. ` +
        `Shorten it by ${kilobytes(over)}.`
      : "";
    if (this.long.textContent !== text) this.long.textContent = text;
  }

  tell() {
    if (!this.sheet) return;
    this.tellLength();
    const [kind, text, detail] = this.state();
    this.detail.textContent = detail ? `· ${detail}` : "";
    if (this.status.textContent === text) return;
    this.status.dataset.kind = kind;
    this.status.textContent = text;
  }

  state() {
    const { sheet, data } = this;
    const late = Date.now() - (this.saidAt || 0) > AGAIN_MS;
    const here = this.kept === false ? "this page alone has it: do not close it" : "this browser has a copy";
    if (sheet.saving) return ["saving", "Saving …", late ? `no answer yet; ${here}` : ""];
    if (!this.dirty()) return data.base === "none" ? ["empty", "Nothing is saved yet"] : ["saved", "Saved"];
    const copied = sheet.told === this.text && data.heard >= sheet.toldAs && data.kept;
    const where = copied ? "the server has a copy" : here;
    return ["unsaved", "Not saved", isCutOff() ? `no connection to the server; ${where}` : where];
  }
}

export default function (component) {
  const root = component.parentElement.querySelector(".editor");
  if (!root.editor) root.editor = new Editor(root);
  root.editor.receive(component);
  return () => {
    // A page switch removes the element; a mere new run of the page does not.
    setTimeout(() => {
      if (root.isConnected) return;
      root.editor?.close();
      root.editor = null;
    }, 0);
  };
}
