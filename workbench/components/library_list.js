// The list of the library. All text goes in through textContent; nothing here is parsed as HTML.
// It gives back: `selected` ({ids, at}; `at` makes each choice a new one), and once: `open` (id).

function node(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined && text !== "") made.textContent = text;
  return made;
}

function cell(row, className, ...parts) {
  const made = node("td", className);
  made.setAttribute("role", "cell");
  made.append(...parts);
  row.append(made);
  return made;
}

function titleLink(item, open) {
  const made = node("a", "title", item.title);
  made.href = item.href;
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    const plain = !(event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!plain) return;
    event.preventDefault();
    open();
  });
  return made;
}

function words(text) {
  return node("span", text ? "" : "quiet", text || "unknown");
}

function checkbox(label, checked, change) {
  const box = node("input");
  box.type = "checkbox";
  box.setAttribute("aria-label", label);
  box.checked = checked;
  box.addEventListener("change", () => change(box.checked));
  return box;
}

function padded(box, name) {
  const pad = node("label", "pad");
  pad.append(box);
  if (name) pad.append(node("span", "all", name));
  pad.addEventListener("click", (event) => event.stopPropagation());
  return pad;
}

function runbookRow(item, picked, toggle, send) {
  const row = node("tr");
  row.setAttribute("role", "row");
  row.classList.toggle("picked", picked.has(item.id));
  const open = () => send("open", item.id);
  const box = checkbox(`Select ${item.title}`, picked.has(item.id), (on) => toggle(item.id, on, row));
  cell(row, "check", padded(box));
  const tags = node("div", "tags");
  tags.append(node("span", "badge gray", item.kind));
  if (item.sample) tags.append(node("span", "sample", item.sample));
  cell(row, "what", titleLink(item, open), tags);
  cell(row, "severity", node("span", `badge ${item.severity_tone}`, item.severity));
  cell(row, "service", words(item.service));
  cell(row, "owner", words(item.owner));
  cell(row, "by", words(item.approved_by));
  const age = node("span", "age", item.reviewed);
  age.title = item.reviewed_at;
  const reviewed = cell(row, "reviewed", age);
  if (item.due) {
    const due = node("span", "badge orange", item.due);
    due.title = item.due_hint;
    reviewed.append(due);
  }
  row.addEventListener("click", () => {
    if (!String(window.getSelection())) open();
  });
  return row;
}

const COLUMNS = [
  ["Runbook", "what"], ["Severity", "severity"], ["Service", "service"], ["Owner", "owner"],
  ["Approved by", "by"], ["Last reviewed", "reviewed"],
];

function headOf(box) {
  const head = node("thead");
  head.setAttribute("role", "rowgroup");
  const row = node("tr");
  row.setAttribute("role", "row");
  const first = node("th", "check");
  first.setAttribute("role", "columnheader");
  first.append(padded(box, "Select all"));
  row.append(first);
  for (const [name, className] of COLUMNS) {
    const made = node("th", className, name);
    made.setAttribute("role", "columnheader");
    made.scope = "col";
    row.append(made);
  }
  head.append(row);
  return head;
}

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  const table = parentElement.querySelector("table");
  const shown = JSON.stringify(data.rows);
  if (table.shown === shown && table.round === data.round) return;
  table.shown = shown;
  table.round = data.round;
  const ids = data.rows.map((item) => item.id);
  const picked = new Set(data.selected.filter((id) => ids.includes(id)));
  const settle = () => {
    all.checked = ids.length > 0 && picked.size === ids.length;
    all.indeterminate = picked.size > 0 && picked.size < ids.length;
  };
  const tell = () => {
    settle();
    setStateValue("selected", { ids: ids.filter((id) => picked.has(id)), at: performance.now() });
  };
  const toggle = (id, on, row) => {
    if (on) picked.add(id);
    else picked.delete(id);
    row.classList.toggle("picked", on);
    tell();
  };
  const all = checkbox("Select all on this page", false, (on) => {
    picked.clear();
    if (on) ids.forEach((id) => picked.add(id));
    body.querySelectorAll("tr").forEach((row) => row.classList.toggle("picked", on));
    body.querySelectorAll("input").forEach((each) => { each.checked = on; });
    tell();
  });
  settle();
  const body = node("tbody");
  body.setAttribute("role", "rowgroup");
  body.append(...data.rows.map((item) => runbookRow(item, picked, toggle, setTriggerValue)));
  table.replaceChildren(headOf(all), body);
}
