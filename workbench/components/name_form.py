"""The form that posts a name to `serve.py`, which keeps it in a cookie out of scripts' reach.

It is a component because `st.html` takes the name of a field called `name` away.
"""

import streamlit as st

from runbooks.names import MAX_NAME, NAME_ROUTE

_HTML = f"""
<form method="post" action="{NAME_ROUTE}">
  <label for="name">Your name</label>
  <input id="name" name="name" maxlength="{MAX_NAME}" required autocomplete="name">
  <input type="hidden" name="next">
  <button type="submit">Use this name</button>
</form>
"""
_CSS = """
form { display: grid; gap: 0.6rem; font-family: var(--st-font); color: var(--st-text-color); }
label { font-size: 0.9rem; }
input, button {
  font: inherit; color: inherit; padding: 0.45rem 0.7rem; border-radius: var(--st-base-radius);
  border: 1px solid var(--st-border-color); background: var(--st-secondary-background-color);
}
button { justify-self: start; background: transparent; cursor: pointer; }
button:hover { border-color: var(--st-primary-color); color: var(--st-link-color); }
:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
"""
_JS = """
export default function ({ data, parentElement }) {
  const form = parentElement.querySelector("form");
  form.elements.next.value = data.next;
  if (!form.elements.name.value) form.elements.name.value = data.known;
}
"""
_FORM = st.components.v2.component("runbooks.name_form", html=_HTML, css=_CSS, js=_JS)


def show(known: str, back_to: str) -> None:
    """Show the form with the name that is known; it leads back to this address."""
    _FORM(key="rb_name_post", data={"known": known, "next": back_to})
