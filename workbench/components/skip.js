// Stands before everything else in the document, so the first Tab finds it; it shows itself then.
// Streamlit's own link leads to the beginning of the page, this one to what the page is for.

const ID = "rb-skip";
const START = "rb-start";
const AGAIN_MS = 100;
const LEFT_MS = [0, 300, 1000]; // until then what had the focus on the page before is gone

// The actions are drawn last of all: who is faster than the page gets there when they come.
function jump(place, name, left = 50) {
  const goal = document.querySelector(`.${place}`);
  if (goal) {
    goal.tabIndex = -1;
    goal.setAttribute("role", "group");
    goal.setAttribute("aria-label", name);
    goal.focus();
  } else if (!left) {
    document.getElementById("stMain")?.focus();
  } else if (document.activeElement?.id === ID) {
    setTimeout(jump, AGAIN_MS, place, name, left - 1);
  }
}

function made(tag, id) {
  const node = document.getElementById(id) || document.createElement(tag);
  node.id = id;
  return node;
}

// Where the focus was lost with the page before, Tab would go on from that place in the middle.
function beginHere() {
  if (document.activeElement !== document.body) return;
  const start = made("span", START);
  start.tabIndex = -1;
  document.body.prepend(start);
  start.focus({ preventScroll: true });
  start.blur();
}

function show({ label, name, place }) {
  const link = made("a", ID);
  link.href = "#root";
  link.textContent = label;
  link.onfocus = () => {
    const app = document.querySelector(".stApp");
    if (app) link.style.colorScheme = getComputedStyle(app).colorScheme;
  };
  link.onclick = (event) => {
    event.preventDefault();
    jump(place, name);
  };
  if (!link.isConnected) document.body.prepend(link);
}

export default function ({ data }) {
  const before = window.runbooksPage;
  window.runbooksPage = data.page;
  if (data.goal) show(data.goal);
  else document.getElementById(ID)?.remove();
  if (before !== undefined && before !== data.page) {
    LEFT_MS.forEach((ms) => setTimeout(beginHere, ms));
  }
}
