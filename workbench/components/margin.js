// The marks beside a runbook are <details> of the page and open without this. It puts what they say
// behind the block that they concern, applies a fix by one click, and lets Escape close a mark.

const BLOCK = /^(P|PRE|H[1-6]|UL|OL|TABLE|BLOCKQUOTE|DIV|HR|DETAILS|DL|SECTION)$/;
const notes = new WeakMap();

function isBlock(node) {
  return node.nodeType === Node.ELEMENT_NODE && BLOCK.test(node.tagName);
}

// The block behind a mark; in a list without paragraphs that is all up to the next block.
function endOfBlock(mark) {
  let node = mark.nextSibling;
  while (node && node.nodeType === Node.TEXT_NODE && !node.data.trim()) node = node.nextSibling;
  if (!node || isBlock(node)) return node;
  while (node.nextSibling && !isBlock(node.nextSibling)) node = node.nextSibling;
  return node;
}

function onToggle(event) {
  const mark = event.target;
  if (!mark.matches || !mark.matches(".rv-mark")) return;
  const note = notes.get(mark) || mark.querySelector(":scope > .rv-note");
  if (!note) return;
  notes.set(mark, note);
  const end = mark.open ? endOfBlock(mark) : null;
  if (end) end.after(note);
  else mark.append(note);
}

export default function (component) {
  const { data, setTriggerValue } = component;
  const onClick = (event) => {
    const button = event.target.closest ? event.target.closest(".rv-note [data-rv-fix]") : null;
    if (!button) return;
    event.preventDefault();
    button.disabled = true;
    setTriggerValue("fix", { number: Number(button.dataset.rvFix), revision: data.revision });
  };
  const onKey = (event) => {
    const mark = event.key === "Escape" ? document.querySelector(".rv-mark[open]") : null;
    if (!mark) return;
    mark.open = false;
    mark.querySelector("summary").focus();
  };
  document.addEventListener("toggle", onToggle, { capture: true });
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  return () => {
    document.removeEventListener("toggle", onToggle, { capture: true });
    document.removeEventListener("click", onClick);
    document.removeEventListener("keydown", onKey);
  };
}
