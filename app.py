"""The workbench in the browser: `streamlit run app.py`, or `serve.py` with REST beside it."""

import streamlit as st

from runbooks.errors import RunbookError
from workbench import messages, theme
from workbench.components import shell

st.set_page_config(page_title="EvalForge Runbooks", page_icon=str(theme.ICON), layout="wide")
theme.use_style()
page = shell.navigation()
try:
    shell.show(page)
    page.run()
except RunbookError as error:
    messages.show_error(error)
