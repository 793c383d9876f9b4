// Stands on every page. It looks for texts that the editor left in this browser and that no open
// editor has any more, and sends them to the server; what that says that it has goes from here.
// Text only travels as a value.

const PREFIX = "runbooks:text:";
const LIVE = "runbooks:live:";
const LOOK_MS = 2000;
const LEFT_MS = 400;
const AGAIN_MS = 15000;
const ALIVE_MS = 8000;
const HIDDEN_ALIVE_MS = 90000; // a hidden tab is woken about once a minute
const MOST = 4;
const MOST_CHARACTERS = 1500000;

const shared = (window.runbooksTexts ??= {
  load: Math.random().toString(36).slice(2, 12),
  sheets: new Map(),
  open: new Set(),
});

function names(prefix) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name) || "null");
  } catch {
    return null;
  }
}

function beat() {
  try {
    localStorage.setItem(LIVE + shared.load, Date.now() + (document.hidden ? HIDDEN_ALIVE_MS : ALIVE_MS));
  } catch {
    // Without storage there are no copies either.
  }
}

// Somebody types in it: another tab that lives, or an editor of this page.
function isOpen(copy) {
  if (copy.load === shared.load) {
    const sheet = shared.sheets.get(copy.item);
    const heard = sheet && sheet.told === copy.text && sheet.heard >= sheet.toldAs;
    return shared.open.has(copy.item) || heard;
  }
  return Number(read(LIVE + copy.load) || 0) > Date.now();
}

// A name that was given in this browser before may be another person's.
function isTheirs(copy, mine) {
  return copy.who && copy.who !== mine.who && !copy.who.startsWith(mine.nameless);
}

function clean() {
  const alive = names(PREFIX).map((name) => read(name)?.load);
  for (const name of names(LIVE)) {
    const load = name.slice(LIVE.length);
    if (Number(read(name)) < Date.now() && !alive.includes(load)) localStorage.removeItem(name);
  }
}

function look(keeper) {
  beat();
  let left = MOST_CHARACTERS;
  const copies = [];
  for (const name of names(PREFIX)) {
    const copy = read(name);
    if (!copy || typeof copy.text !== "string" || isOpen(copy) || isTheirs(copy, keeper.mine)) continue;
    if (keeper.mine.taken?.[name] === copy.at) continue;
    const sent = keeper.sent.get(name);
    if (sent && sent.stamp === copy.at && Date.now() - sent.at < AGAIN_MS) continue;
    left -= copy.text.length;
    if (copies.length && (copies.length >= MOST || left < 0)) break;
    keeper.sent.set(name, { stamp: copy.at, at: Date.now() });
    copies.push({ name, at: copy.at, item: copy.item, base: copy.base, place: copy.place, text: copy.text });
  }
  if (copies.length) keeper.send({ copies });
  else if (keeper.holds) keeper.send(null);
  keeper.holds = copies.length > 0;
}

function forget(taken) {
  for (const [name, stamp] of Object.entries(taken)) {
    const copy = read(name);
    if (copy && copy.at === stamp && copy.load !== shared.load) localStorage.removeItem(name);
  }
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".keeper");
  const keeper = (root.keeper ??= { sent: new Map() });
  keeper.send = (value) => setStateValue("found", value);
  keeper.mine = data;
  for (const [item, sequence] of Object.entries(data.heard || {})) {
    const sheet = shared.sheets.get(item);
    if (sheet) sheet.heard = Math.max(sheet.heard || 0, sequence);
  }
  forget(data.taken || {});
  if (!keeper.timer) {
    window.addEventListener("runbooks:left", () => setTimeout(() => root.isConnected && look(keeper), LEFT_MS));
    window.addEventListener("pagehide", () => localStorage.removeItem(LIVE + shared.load));
    keeper.timer = setInterval(() => (root.isConnected ? look(keeper) : clearInterval(keeper.timer)), LOOK_MS);
    clean();
    look(keeper);
  }
}
