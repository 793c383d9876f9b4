// Stands before everything else in the document, so the first Tab finds it; it shows itself then.
// Streamlit's own link leads to the beginning of the page, this one to what the page is for.

const ID = "rb-skip";
const LEFT_MS = [0, 300, 1000]; // until then what had the focus on the page before is gone

function jump(place, name) {
  const goal = document.querySelector(`.${place}`) || document.getElementById("stMain");
  if (!goal) return;
  goal.tabIndex = -1;
  goal.setAttribute("role", "group");
  goal.setAttribute("aria-label", name);
  goal.focus();
}

function linkOf() {
  const known = document.getElementById(ID);
  if (known) return known;
  const link = document.createElement("a");
  link.id = ID;
  link.href = "#root";
  link.addEventListener("focus", () => {
    const app = document.querySelector(".stApp");
    if (app) link.style.colorScheme = getComputedStyle(app).colorScheme;
  });
  document.body.prepend(link);
  return link;
}

// Where the focus was lost with the page before, Tab would go on from that place in the middle.
function beginHere(link) {
  if (!link.isConnected || document.activeElement !== document.body) return;
  const start = document.createElement("span");
  start.tabIndex = -1;
  link.before(start);
  start.focus({ preventScroll: true });
  start.remove();
}

export default function ({ data }) {
  if (!data.label) {
    document.getElementById(ID)?.remove();
    return undefined;
  }
  const link = linkOf();
  if (link.textContent !== data.label) LEFT_MS.forEach((ms) => setTimeout(beginHere, ms, link));
  link.textContent = data.label;
  link.onclick = (event) => {
    event.preventDefault();
    jump(data.place, data.name);
  };
  return () => link.remove();
}
