// A table of text, badges and links; every text goes in through textContent.
// It gives back, once for each click: `open`, the key of the row.

function node(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined && text !== "") made.textContent = text;
  return made;
}

function role(made, name) {
  made.setAttribute("role", name);
  return made;
}

function rowLink(row, text, open) {
  const made = node("a", "title", text);
  made.href = row.href;
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open();
  });
  return made;
}

function filled(place, row, cell, column, open) {
  if (cell.tone) place.append(node("span", `badge ${cell.tone}`, cell.text));
  else if (column.main && row.href) place.append(rowLink(row, cell.text, open));
  else place.append(node("span", cell.quiet ? "quiet" : "", cell.text));
  if (cell.note) place.append(node("div", "note", cell.note));
  if (cell.hint) place.title = cell.hint;
  if (!cell.text && !cell.note) place.classList.add("empty");
  return place;
}

function bodyRow(row, columns, send) {
  const made = role(node("tr", row.href ? "linked" : ""), "row");
  const open = () => {
    // Streamlit would put two addresses into the history for one step; the first stands here already.
    window.history.pushState({}, "", row.href);
    send("open", row.key);
  };
  columns.forEach((column, at) => {
    const place = role(node("td", column.className), "cell");
    place.dataset.label = column.name;
    made.append(filled(place, row, row.cells[at], column, open));
  });
  if (row.href) {
    made.addEventListener("click", () => {
      if (!String(window.getSelection())) open();
    });
  }
  return made;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const table = parentElement.querySelector("table");
  const shown = JSON.stringify(data);
  if (table.shown === shown) return;
  table.shown = shown;
  table.setAttribute("aria-label", data.label);
  const head = role(node("thead"), "rowgroup");
  const names = role(node("tr"), "row");
  for (const column of data.columns) {
    const made = role(node("th", column.className, column.name), "columnheader");
    if (column.width) made.style.width = column.width;
    made.scope = "col";
    names.append(made);
  }
  head.append(names);
  const body = role(node("tbody"), "rowgroup");
  body.append(...data.rows.map((row) => bodyRow(row, data.columns, setTriggerValue)));
  table.replaceChildren(head, body);
}
