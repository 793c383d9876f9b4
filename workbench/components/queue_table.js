// The table of the queue. All text goes in through textContent; nothing here is parsed as HTML.
// It gives back: `selected` ({ids, at}; `at` makes each choice a new one), and once: `open` (id), `group` (a similarity group),
// `assignee` (an actor), `duplicate` ([id, of which id]).

function node(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined && text !== "") made.textContent = text;
  return made;
}

function badge(label, tone, hint) {
  const made = node("span", `badge ${tone}`, label);
  if (hint) made.title = hint;
  return made;
}

// Streamlit would put two addresses into the history for one step; the first stands here already.
function goTo(href) {
  window.history.pushState({}, "", href);
}

function link(className, text, href, act) {
  const made = node("a", className, text);
  made.href = href;
  made.addEventListener("click", (event) => {
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey);
    event.stopPropagation();
    if (!plain || event.altKey) return;
    event.preventDefault();
    goTo(href);
    act();
  });
  return made;
}

function cell(row, className, label) {
  const made = node("td", className);
  made.setAttribute("role", "cell");
  if (label) made.dataset.label = label;
  row.append(made);
  return made;
}

function duplicateButton(item, send) {
  const made = node("button", "duplicate", "reject as duplicate…");
  made.type = "button";
  made.title = `Duplicate of ${item.duplicate_of}; asks first`;
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    send("duplicate", [item.id, item.duplicate_of]);
  });
  return made;
}

function suggestionCell(row, item, send) {
  const place = cell(row, "what");
  const title = link("title", item.title, item.href, () => send("open", item.id));
  place.append(title);
  const line = node("div", "line");
  line.append(node("span", "kind", item.kind));
  if (item.seen_often) line.append(node("span", "often", item.seen_often));
  if (item.group) {
    line.append(link("group", item.group_label, item.group_href, () => send("group", item.group)));
  }
  if (item.duplicate_of) line.append(duplicateButton(item, send));
  if (item.sample) line.append(node("span", "sample", item.sample));
  const id = node("span", "id", item.id);
  id.title = item.id;
  line.append(id);
  place.append(line);
  if (item.problem) place.append(node("div", "problem", item.problem));
}

function findingsCell(row, item) {
  const place = cell(row, "findings", "Findings");
  if (!item.findings.length) place.append(node("span", "quiet", item.no_findings));
  for (const found of item.findings) place.append(badge(found.label, found.tone, found.hint));
}

function marksCell(row, item, send) {
  const place = cell(row, "marks", "Who");
  if (item.assignee) {
    const { label, tone, hint } = item.assigned;
    const made = link(`badge ${tone}`, label, item.assignee_href, () => send("assignee", item.assignee));
    made.title = hint;
    place.append(made);
  }
  for (const mark of item.marks) place.append(badge(mark.label, mark.tone, mark.hint));
  if (!item.marks.length && !item.assignee) place.classList.add("empty");
}

function checkbox(label, checked, change) {
  const box = node("input");
  box.type = "checkbox";
  box.setAttribute("aria-label", label);
  box.checked = checked;
  box.addEventListener("change", () => change(box.checked));
  box.addEventListener("click", (event) => event.stopPropagation());
  return box;
}

function rowOf(item, picked, toggle, send) {
  const row = node("tr", item.follower ? "follower" : "");
  row.setAttribute("role", "row");
  row.classList.toggle("picked", picked.has(item.id));
  const check = cell(row, "check");
  const pad = node("label", "pad");
  pad.append(checkbox(`Select ${item.title}`, picked.has(item.id), (on) => toggle(item.id, on, row)));
  pad.addEventListener("click", (event) => event.stopPropagation());
  check.append(pad);
  cell(row, "severity").append(badge(item.severity.label, item.severity.tone));
  suggestionCell(row, item, send);
  cell(row, "service", "Service").append(node("span", item.service ? "" : "quiet", item.service || "unknown"));
  const age = node("span", "", item.age);
  age.title = item.created;
  cell(row, "age", "Age").append(age);
  cell(row, "state").append(badge(item.state.label, item.state.tone, item.state.hint));
  findingsCell(row, item);
  marksCell(row, item, send);
  row.addEventListener("click", () => {
    if (String(window.getSelection())) return;
    goTo(item.href);
    send("open", item.id);
  });
  return row;
}

function headOf(columns, allPicked, toggleAll) {
  const head = node("thead");
  head.setAttribute("role", "rowgroup");
  const row = node("tr");
  row.setAttribute("role", "row");
  const first = node("th", "check");
  first.setAttribute("role", "columnheader");
  const pad = node("label", "pad");
  const box = checkbox("Select all on this page", allPicked, toggleAll);
  pad.append(box, node("span", "all", "Select all"));
  first.append(pad);
  row.append(first);
  for (const [name, className] of columns) {
    const made = node("th", className, name);
    made.setAttribute("role", "columnheader");
    made.scope = "col";
    row.append(made);
  }
  head.append(row);
  return [head, box];
}

const COLUMNS = [
  ["Severity", "severity"], ["Suggestion", "what"], ["Service", "service"], ["Age", "age"],
  ["Draft", "state"], ["Findings", "findings"], ["Who", "marks"],
];

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  const table = parentElement.querySelector("table");
  const shown = JSON.stringify(data.rows);
  if (table.shown === shown && table.round === data.round) return;
  table.shown = shown;
  table.round = data.round;
  const ids = data.rows.map((item) => item.id);
  const picked = new Set(data.selected.filter((id) => ids.includes(id)));
  const tell = () => {
    setStateValue("selected", { ids: ids.filter((id) => picked.has(id)), at: performance.now() });
  };
  const full = () => ids.length > 0 && picked.size === ids.length;
  const send = (name, value) => setTriggerValue(name, value);
  const toggle = (id, on, row) => {
    if (on) picked.add(id);
    else picked.delete(id);
    row.classList.toggle("picked", on);
    box.checked = full();
    box.indeterminate = picked.size > 0 && !full();
    tell();
  };
  const [head, box] = headOf(COLUMNS, full(), (on) => {
    picked.clear();
    if (on) ids.forEach((id) => picked.add(id));
    body.querySelectorAll("tr").forEach((row) => row.classList.toggle("picked", on));
    body.querySelectorAll("input").forEach((each) => { each.checked = on; });
    box.indeterminate = false;
    tell();
  });
  box.indeterminate = picked.size > 0 && !full();
  const body = node("tbody");
  body.setAttribute("role", "rowgroup");
  body.append(...data.rows.map((item) => rowOf(item, picked, toggle, send)));
  table.replaceChildren(head, body);
}
