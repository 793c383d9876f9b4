// A click on a node of the lineage, or on the number of a message, leads to its place on the page.
// A trace is chosen on the server first; it stands there a moment later.

const PLACES = {
  trace: () => document.querySelector(".st-key-rv_traces"),
  pattern: (number) => document.querySelector(`.rv-pattern-${number}`),
  message: (number) => document.querySelector(`.rv-message-${number}`),
  suggestion: () => document.querySelector(".rv-suggestion"),
  draft: () => document.querySelector(".st-key-rv_facts") || document.querySelector(".st-key-rv_paper"),
};
const FLASH = [{ outline: "3px solid currentColor" }, { outline: "3px solid transparent" }];

function show(place) {
  if (!place) return;
  for (let node = place; node; node = node.parentElement) {
    if (node.tagName === "DETAILS") node.open = true;
  }
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  place.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  if (!calm) place.animate(FLASH, { duration: 900 });
}

export default function (component) {
  const { setTriggerValue } = component;
  const onClick = (event) => {
    const link = event.target.closest ? event.target.closest("[data-rv-jump]") : null;
    if (!link) return;
    event.preventDefault();
    const [kind, text] = link.dataset.rvJump.split(":");
    const find = PLACES[kind];
    if (!find) return;
    const number = Number(text);
    if (kind === "trace") setTriggerValue("trace", number);
    show(find(number));
  };
  document.addEventListener("click", onClick);
  return () => document.removeEventListener("click", onClick);
}
