// The editor: a textarea over its own highlighted, numbered lines. Text travels with the act in
// one message; a copy stays in this browser until the server says that it has the text.

const COPY_EVERY_MS = 1200;
const LIVE_MS = 8000;
const HIGHLIGHT_UP_TO = 120000;
const PREFIX = "runbooks:text:";

function node(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function tabId() {
  let id = sessionStorage.getItem("runbooks:tab");
  if (!id) {
    id = Math.random().toString(36).slice(2, 10);
    sessionStorage.setItem("runbooks:tab", id);
  }
  return id;
}

function stored(key) {
  try {
    return JSON.parse(localStorage.getItem(key) || "null");
  } catch {
    return null;
  }
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

function lineKind(text, fence) {
  if (/^\s{0,9}(```|~~~)/.test(text)) return "fence";
  if (fence) return "code";
  if (/^#{1,6}\s/.test(text)) return "heading";
  if (/^\s*([-*+]|\d{1,9}[.)])\s/.test(text)) return "item";
  if (/^\s*>/.test(text)) return "quote";
  return "";
}

function paint(line, text, kind) {
  line.replaceChildren();
  line.className = `line ${kind}`;
  if (kind === "code" || kind === "fence" || !text) {
    line.textContent = text || "\u200b";
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

class Lines {
  constructor(place) {
    this.place = place;
    this.texts = [];
    this.kinds = [];
    this.marks = new Map();
  }

  show(text) {
    const next = text.split("\n");
    const plain = text.length > HIGHLIGHT_UP_TO;
    const kinds = this.kindsOf(next, plain);
    const same = (a, b) => next[a] === this.texts[b] && kinds[a] === this.kinds[b];
    let top = 0;
    while (top < next.length && top < this.texts.length && same(top, top)) top += 1;
    let bottom = 0;
    const most = Math.min(next.length, this.texts.length) - top;
    while (bottom < most && same(next.length - 1 - bottom, this.texts.length - 1 - bottom)) bottom += 1;
    const old = this.texts.length - top - bottom;
    const fresh = next.length - top - bottom;
    for (let n = 0; n < old - fresh; n += 1) this.place.children[top].remove();
    const before = this.place.children[top + Math.min(old, fresh)] || null;
    const added = document.createDocumentFragment();
    for (let n = 0; n < fresh - old; n += 1) added.append(node("div"));
    this.place.insertBefore(added, before);
    for (let n = top; n < top + fresh; n += 1) paint(this.place.children[n], next[n], kinds[n]);
    this.texts = next;
    this.kinds = kinds;
    this.mark(this.marks);
  }

  kindsOf(lines, plain) {
    if (plain) return lines.map(() => "");
    let fence = false;
    return lines.map((text) => {
      const kind = lineKind(text, fence);
      if (kind === "fence") fence = !fence;
      return kind;
    });
  }

  mark(marks) {
    for (const line of this.marks.keys()) this.tag(line, "");
    this.marks = marks;
    for (const [line, mark] of marks) this.tag(line, mark);
  }

  tag(line, mark) {
    const place = this.place.children[line - 1];
    if (!place) return;
    if (mark) place.dataset.mark = mark.severity;
    else delete place.dataset.mark;
  }
}

// --- one editor ----------------------------------------------------------------------------

class Editor {
  constructor(root) {
    this.root = root;
    this.area = root.querySelector("textarea");
    this.status = root.querySelector(".status");
    this.bar = root.querySelector(".bar");
    this.notices = root.querySelector(".notices");
    this.lines = new Lines(root.querySelector(".lines"));
    this.tab = tabId();
    this.sequence = 0;
    this.sentCopy = "";
    this.saving = null;
    this.area.addEventListener("input", () => this.typed());
    this.area.addEventListener("keydown", (event) => this.key(event));
    this.leave = (event) => {
      if (this.dirty()) event.preventDefault();
    };
    window.addEventListener("beforeunload", this.leave);
    this.pulse = setInterval(() => this.alive(), LIVE_MS / 3);
  }

  close() {
    window.removeEventListener("beforeunload", this.leave);
    clearInterval(this.pulse);
    clearTimeout(this.timer);
    if (this.dirty()) this.copyHere();
  }

  // What the server says arrives here at every run of the page, also while a person types.
  receive(component) {
    this.send = component.setTriggerValue;
    const data = component.data;
    if (this.item !== data.item) this.begin(data);
    else if (data.revision !== this.revision) this.moved(data);
    if (data.acknowledged > (this.acknowledged || 0)) this.acknowledge(data);
    if (this.saving && data.refused >= this.saving.sequence) this.refused();
    this.data = data;
    this.buttons(data.actions);
    this.findings(data.findings || []);
    this.tell();
  }

  begin(data) {
    this.item = data.item;
    this.revision = data.revision;
    this.base = data.text;
    this.acknowledged = data.acknowledged || 0;
    this.sequence = Math.max(this.sequence, this.acknowledged);
    this.saving = null;
    this.area.value = data.text;
    this.area.setAttribute("aria-label", data.label);
    this.area.readOnly = Boolean(data.read_only);
    this.lines.show(data.text);
    this.notices.replaceChildren();
    this.offerCopies();
  }

  // Somebody else changed the text, or our own save came back: never swap what is on the screen.
  moved(data) {
    if (data.acknowledged > (this.acknowledged || 0)) return;
    if (this.area.value === data.text) {
      this.revision = data.revision;
      this.base = data.text;
      return;
    }
    if (!this.dirty() && !this.saving) {
      this.notice("changed", `The text was changed (now ${data.revision}). You still see what you opened.`, [
        ["Show the new text", () => this.begin({ ...data, item: this.item })],
      ]);
      return;
    }
    this.notice("changed", "Somebody changed the text meanwhile. Yours is here; saving shows both.", []);
  }

  acknowledge(data) {
    this.acknowledged = data.acknowledged;
    this.revision = data.revision;
    this.base = data.text;
    const heard = this.saving && this.saving.sequence <= data.acknowledged ? this.saving : null;
    if (heard) this.saving = null;
    // What was typed on since is copied under the new revision before the old copy goes.
    if (this.dirty()) this.copyHere();
    else this.sentCopy = this.area.value;
    if (heard && heard.key !== this.key_()) store(heard.key, null);
    this.notices.querySelector("[data-kind=changed]")?.remove();
  }

  refused() {
    this.saving = null;
  }

  dirty() {
    return this.item !== undefined && this.area.value !== this.base;
  }

  typed() {
    this.lines.show(this.area.value);
    this.copyHere();
    clearTimeout(this.timer);
    const waited = Date.now() - (this.lastCopy || 0);
    const pause = waited > 2 * COPY_EVERY_MS ? COPY_EVERY_MS / 2 : COPY_EVERY_MS;
    this.timer = setTimeout(() => this.copyThere(), pause);
    this.tell();
  }

  key(event) {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      event.stopPropagation();
      this.act("save");
    }
  }

  act(kind) {
    this.sequence = Math.max(this.sequence + 1, Date.now());
    const key = this.copyHere(true);
    clearTimeout(this.timer);
    this.saving = { sequence: this.sequence, key, kind };
    this.send("act", { kind, text: this.area.value, revision: this.revision, item: this.item, sequence: this.sequence });
    this.tell();
  }

  // --- copies --------------------------------------------------------------------------------

  key_() {
    return `${PREFIX}${this.item}|${this.revision}|${this.tab}`;
  }

  copyHere(always) {
    const key = this.key_();
    if (!always && !this.dirty()) {
      store(key, null);
      return key;
    }
    this.kept = store(key, { text: this.area.value, at: Date.now(), item: this.item, tab: this.tab });
    return key;
  }

  copyThere() {
    if (!this.dirty() || this.area.value === this.sentCopy || this.saving) return;
    this.sentCopy = this.area.value;
    this.lastCopy = Date.now();
    this.send("copy", { text: this.area.value, revision: this.revision, item: this.item, at: Date.now() });
  }

  alive() {
    store(`runbooks:live:${this.tab}`, Date.now());
  }

  offerCopies() {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(`${PREFIX}${this.item}|`)) continue;
      const copy = stored(key);
      if (!copy || copy.text === this.base) store(key, null);
      else if (copy.tab === this.tab || Date.now() - (stored(`runbooks:live:${copy.tab}`) || 0) > LIVE_MS) this.offer(key, copy);
    }
  }

  offer(key, copy) {
    const at = new Date(copy.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const ahead = copy.text.split("\n").length - this.base.split("\n").length;
    const how = ahead ? `, ${Math.abs(ahead)} line${Math.abs(ahead) === 1 ? "" : "s"} ${ahead > 0 ? "more" : "fewer"}` : "";
    const drop = () => this.notices.querySelector(`[data-kind="${CSS.escape(key)}"]`)?.remove();
    this.notice(key, `Text that was not saved, recovered from ${at}${how}.`, [
      ["Put it into the editor", () => {
        this.area.value = copy.text;
        drop();
        this.typed();
        if (key !== this.key_()) store(key, null);
        this.area.focus();
      }],
      ["Throw it away", () => {
        store(key, null);
        drop();
      }],
    ]);
  }

  notice(kind, text, actions) {
    this.notices.querySelector(`[data-kind="${CSS.escape(kind)}"]`)?.remove();
    const made = node("div", "notice");
    made.dataset.kind = kind;
    made.append(node("span", "", text));
    for (const [name, act] of actions) {
      const button = node("button", "quiet", name);
      button.type = "button";
      button.addEventListener("click", act);
      made.append(button);
    }
    this.notices.append(made);
  }

  // --- what is seen ----------------------------------------------------------------------------

  buttons(actions) {
    const shown = JSON.stringify(actions);
    if (this.shownActions === shown) return;
    this.shownActions = shown;
    this.bar.replaceChildren();
    for (const action of actions) {
      const button = node("button", action.main ? "main" : "quiet", action.name);
      button.type = "button";
      button.title = action.hint || "";
      button.addEventListener("click", () => this.act(action.kind));
      this.bar.append(button);
    }
  }

  findings(findings) {
    const marks = new Map();
    for (const finding of findings) {
      const known = marks.get(finding.line);
      if (!known || "EWI".indexOf(finding.severity) < "EWI".indexOf(known.severity)) marks.set(finding.line, finding);
    }
    this.lines.mark(marks);
  }

  tell() {
    let [kind, text] = ["saved", `Saved · ${this.revision === "none" ? "no draft yet" : this.revision}`];
    if (this.saving) [kind, text] = ["saving", "Saving …"];
    else if (this.dirty() && this.kept === false) [kind, text] = ["unsaved", "Not saved, and this browser cannot keep a copy: save now"];
    else if (this.dirty()) [kind, text] = ["unsaved", "Not saved yet · a copy is kept"];
    if (this.status.textContent === text) return;
    this.status.dataset.kind = kind;
    this.status.textContent = text;
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
