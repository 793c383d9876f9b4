// Asks for the panels anew when the checks say something else of the text in the editor by now.

// Not while the person leaves by a link: a message of this page would lead back to it. Longer than
// the editor insists on that link (INSIST_MS there), so that the panel is the second to speak again.
const LEAVING_MS = 3500;

export default function ({ data, setTriggerValue }) {
  let gone = false;
  const look = () => {
    if (Date.now() - (window.runbooksLeaving || 0) < LEAVING_MS) {
      setTimeout(look, LEAVING_MS);
      return;
    }
    const now = gone ? null : window.runbooksChecked;
    if (!now || now.item !== data.item || !now.name || now.name === data.name) return;
    if (window.runbooksAsked === now.name) return;
    window.runbooksAsked = now.name;
    setTriggerValue("look", now.name);
  };
  if (window.runbooksChecked?.name === data.name) window.runbooksAsked = data.name;
  window.addEventListener("runbooks:checked", look);
  look();
  return () => {
    gone = true;
    window.removeEventListener("runbooks:checked", look);
  };
}
