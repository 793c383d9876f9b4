// Watches the text area of the editor and keeps what is typed on the server: a text area in a form
// says nothing before it is saved, and a reload loses it. Sends {text, target} after a pause, and
// at once when the text area is left. Text only travels as a value; nothing here is parsed as HTML.

const PAUSE_MS = 700;
const LONG_PAUSE_MS = 2500;
const LONG_TEXT = 100000;

function watch(area, target) {
  const state = { timer: 0, send: null, tell: null, last: area.value };
  const flush = () => {
    clearTimeout(state.timer);
    state.timer = 0;
    if (area.value === state.last) return;
    state.last = area.value;
    state.send({ text: area.value, target });
  };
  area.addEventListener("input", () => {
    clearTimeout(state.timer);
    state.timer = setTimeout(flush, area.value.length > LONG_TEXT ? LONG_PAUSE_MS : PAUSE_MS);
    state.tell("typing");
  });
  area.addEventListener("blur", flush);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && area.isConnected) flush();
  });
  return state;
}

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const line = parentElement.querySelector(".line");
  const words = parentElement.querySelector(".words");
  const tell = (kind, text) => {
    line.className = `line ${kind}`;
    words.textContent = text || data.typing;
  };
  tell(data.kind, data.words);
  let tries = 0;
  const attach = () => {
    const area = document.querySelector(`.st-key-${data.target} textarea`);
    if (!area) {
      tries += 1;
      if (tries < 50) waiting = setTimeout(attach, 100);
      return;
    }
    area.setAttribute("spellcheck", "false");
    area.runbookKeeper = area.runbookKeeper || watch(area, data.target);
    area.runbookKeeper.send = (value) => setStateValue("typed", value);
    area.runbookKeeper.tell = tell;
  };
  let waiting = setTimeout(attach, 0);
  return () => clearTimeout(waiting);
}
