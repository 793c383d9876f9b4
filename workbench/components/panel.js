// Asks for the panels anew when the checks say something else of the text in the editor by now.

export default function ({ data, setTriggerValue }) {
  const look = () => {
    const now = window.runbooksChecked;
    if (!now || now.item !== data.item || !now.name || now.name === data.name) return;
    if (window.runbooksAsked === now.name) return;
    window.runbooksAsked = now.name;
    setTriggerValue("look", now.name);
  };
  if (window.runbooksChecked?.name === data.name) window.runbooksAsked = data.name;
  window.addEventListener("runbooks:checked", look);
  look();
  return () => window.removeEventListener("runbooks:checked", look);
}
