// A runbook's text with a Copy button at each command block, and the list of all commands.
// `data.html` comes from runbooks.markdown.html.render, which lets only a fixed list of tags and
// attributes through; everything else goes in through textContent.

const SAID_MS = 2000;

function node(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined && text !== "") made.textContent = text;
  return made;
}

// On plain http there is no navigator.clipboard; a selected text area can be copied all the same.
function copyBySelection(text) {
  const before = document.activeElement;
  const area = node("textarea");
  area.value = text;
  area.style.cssText = "position:fixed;top:0;left:0;width:1px;height:1px;opacity:0";
  document.body.append(area);
  area.select();
  let done = false;
  try {
    done = document.execCommand("copy");
  } catch {
    done = false;
  }
  area.remove();
  if (before && before.focus) before.focus({ preventScroll: true });
  return done;
}

async function toClipboard(text) {
  try {
    if (window.isSecureContext && navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Refused by the browser or its settings: the other way may still be open.
  }
  return copyBySelection(text);
}

function selectAll(place) {
  const range = document.createRange();
  range.selectNodeContents(place);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

function copyButton(text, place, say) {
  const button = node("button", "copy", "Copy");
  button.type = "button";
  const first = text.split("\n")[0];
  button.setAttribute("aria-label", `Copy: ${first.length > 80 ? `${first.slice(0, 79)}…` : first}`);
  let timer = 0;
  button.addEventListener("click", async () => {
    const done = await toClipboard(text);
    button.textContent = done ? "Copied" : "Selected";
    button.classList.toggle("done", done);
    if (!done) selectAll(place);
    say(done ? "Copied" : "The browser does not allow copying. The text is selected: copy it by hand.");
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.textContent = "Copy";
      button.classList.remove("done");
    }, SAID_MS);
  });
  return button;
}

function effectBadge(item) {
  const made = node("span", `badge ${item.tone}`, item.effect);
  made.title = item.deed;
  return made;
}

function scrollable(place, name) {
  place.tabIndex = 0;
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", name);
}

function dressed(pre, known, say) {
  const shown = pre.textContent.replace(/^\n+|\n+$/g, "");
  const item = known.get(shown) || { copied: shown, effect: "" };
  const code = pre.querySelector("code");
  const language = /language-(\S+)/.exec(code ? code.className : "");
  const frame = node("div", "block");
  const bar = node("div", "bar");
  bar.append(node("span", "language", language ? language[1] : "text"));
  if (item.copied && item.effect) bar.append(effectBadge(item));
  if (item.copied) bar.append(copyButton(item.copied, pre, say));
  else bar.append(node("span", "badge red", "Do not run"));
  scrollable(pre, "Command");
  pre.replaceWith(frame);
  frame.append(bar, pre);
}

function factRow(fact) {
  const row = node("div", "fact");
  const value = node("dd");
  if (fact.href) {
    const link = node("a", "", fact.value);
    link.href = fact.href;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    value.append(link);
  } else {
    value.append(node("span", "", fact.value));
  }
  if (fact.mark) value.append(" ", node("span", `badge ${fact.tone}`, fact.mark));
  if (fact.hint) value.title = fact.hint;
  row.append(node("dt", "", fact.name), value);
  return row;
}

// Where it wraps, a command breaks at its spaces and not behind the dashes of an option.
function unbroken(text) {
  const code = node("code");
  for (const part of text.split(/(\s+)/)) {
    code.append(/^\s*$/.test(part) ? part : node("span", "word", part));
  }
  return code;
}

function commandRow(item, say) {
  const row = node("li");
  const bar = node("div", "bar");
  bar.append(node("span", "where", item.where || "Above the sections"));
  if (item.effect) bar.append(effectBadge(item));
  const pre = node("pre");
  pre.append(unbroken(item.text));
  scrollable(pre, "Command");
  bar.append(copyButton(item.text, pre, say));
  row.append(bar, pre);
  return row;
}

function allCommands(place, commands, say) {
  place.hidden = !commands.length;
  if (!commands.length) return;
  const heading = node("h2", "", "All commands");
  heading.id = "all-commands";
  const list = node("ol");
  list.append(...commands.map((item) => commandRow(item, say)));
  place.replaceChildren(
    heading,
    node("p", "note", "Once more, for copying. What to expect and when to stop is said in the steps."),
    list,
  );
}

function jumpTo(target) {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
}

function jumps(nav, targets, { jumps: names, mark }) {
  nav.hidden = targets.length < 2 && !mark;
  const marked = mark ? [node("span", "badge red", mark)] : [];
  nav.replaceChildren(...marked, ...targets.map((target) => {
    const title = target.textContent.trim();
    const made = node("button", target.id === "all-commands" ? "jump last" : "jump", names[title] || title);
    made.type = "button";
    made.addEventListener("click", () => jumpTo(target));
    target.jump = made;
    return made;
  }));
}

// Marks the section that is being read, and keeps its name in sight where the bar is narrow.
// What scrolls is an element of the app, so the event is caught on its way down.
function follow(nav, targets, end) {
  let current = null;
  let asked = 0;
  const mark = () => {
    asked = 0;
    const top = (target) => target.getBoundingClientRect().top;
    const last = targets[targets.length - 1];
    const atEnd = last && end.getBoundingClientRect().bottom <= window.innerHeight;
    const passed = targets.filter((target) => top(target) <= window.innerHeight * 0.35);
    const now = atEnd && top(last) > 0 ? last : passed[passed.length - 1] || targets[0];
    if (!now || now === current) return;
    current = now;
    for (const target of targets) target.jump.toggleAttribute("data-current", target === now);
    const { offsetLeft, offsetWidth } = now.jump;
    if (nav.scrollWidth > nav.clientWidth) nav.scrollTo({ left: offsetLeft - nav.offsetLeft - (nav.clientWidth - offsetWidth) / 2 });
  };
  const ask = () => {
    if (!asked) asked = requestAnimationFrame(mark);
  };
  document.addEventListener("scroll", ask, { capture: true, passive: true });
  mark();
  return () => {
    document.removeEventListener("scroll", ask, { capture: true });
    cancelAnimationFrame(asked);
  };
}

// Anchors inside the text lead to places inside the text; the address of the page stays.
function innerLinks(paper, root) {
  paper.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link) return;
    event.preventDefault();
    const target = root.getElementById
      ? root.getElementById(decodeURIComponent(link.hash.slice(1)))
      : null;
    if (target) jumpTo(target);
  });
}

function sameTitle(heading, title) {
  const plain = (text) => text.replace(/\s+/g, " ").trim().toLowerCase();
  return plain(heading).replace(/\s*[-–—]\s*operational runbook$/, "") === plain(title);
}

// The app keeps its place when only the address changes; what is new is read from its beginning.
function toTop(sheet) {
  let place = sheet.getRootNode().host;
  while (place) {
    if (place.scrollTop > 0) place.scrollTop = 0;
    place = place.parentElement;
  }
}

function isBeside(sheet) {
  return getComputedStyle(sheet).display === "grid";
}

function draw(sheet, data, root) {
  const said = sheet.querySelector(".said");
  const say = (text) => {
    said.textContent = "";
    setTimeout(() => { said.textContent = text; }, 50);
  };
  const facts = sheet.querySelector(".facts");
  facts.hidden = !data.facts.length;
  facts.replaceChildren(...data.facts.map(factRow));
  const paper = node("div", "paper runbook-preview");
  paper.innerHTML = data.html;
  const first = paper.firstElementChild;
  if (first && first.tagName === "H1" && sameTitle(first.textContent, data.title)) first.remove();
  const known = new Map(data.blocks.map((block) => [block.shown, block]));
  paper.querySelectorAll("pre").forEach((pre) => dressed(pre, known, say));
  innerLinks(paper, root);
  sheet.querySelector(".paper").replaceWith(paper);
  const all = sheet.querySelector(".all");
  allCommands(all, data.commands, say);
  const targets = [...paper.querySelectorAll("h2"), ...all.querySelectorAll("h2")];
  jumps(sheet.querySelector(".jumps"), targets, data);
  sheet.targets = targets;
}

export default function (component) {
  const { data, parentElement } = component;
  const sheet = parentElement.querySelector(".sheet");
  const shown = JSON.stringify(data);
  if (sheet.unfollow) sheet.unfollow();
  if (!sheet.shown) toTop(sheet);
  if (sheet.shown !== shown) draw(sheet, data, parentElement);
  sheet.shown = shown;
  const passed = sheet.targets.filter((target) => !target.closest(".all") || !isBeside(sheet));
  sheet.unfollow = follow(sheet.querySelector(".jumps"), passed, sheet);
  return () => sheet.unfollow();
}
