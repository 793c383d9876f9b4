"""One process for pages and REST: `python -m runbooks serve`, or `uvicorn serve:app`."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from runbooks import logs
from runbooks.api import Front, create_api
from runbooks.bootstrap import close_shared_service, shared_service
from runbooks.config import load_settings
from runbooks.errors import InvalidSettings
from workbench.addresses import PAGES
from workbench.jobs import close_jobs
from workbench.wiring import names_are_kept_in_a_cookie, pages_come_from_app

try:
    settings = load_settings()
except InvalidSettings as wrong:
    sys.exit(f"runbooks: {wrong}")
level = settings.log_level or "INFO"
logs.set_up(level)
names_are_kept_in_a_cookie()
pages_come_from_app()
api = create_api(shared_service, settings)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Start REST within the pages' process; at the end stop the batches, close the service."""
    logs.set_up(level)  # again: Streamlit has set up its own meanwhile
    async with api.router.lifespan_context(api):
        yield
    close_jobs()
    close_shared_service()


app = st.App(
    Path(__file__).with_name("app.py"),
    middleware=[Middleware(Front, api=api, settings=settings, addresses=PAGES)],
    lifespan=lifespan,
)
