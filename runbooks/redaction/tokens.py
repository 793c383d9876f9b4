"""Tokens that carry their issuer's mark: cloud, code-hosting, chat, payment and model keys.

The shape is the issuer's own (prefix, alphabet, length); a blotted-out example is left alone.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from runbooks.redaction.spans import LEFT, RIGHT, Kind, Page, Span
from runbooks.redaction.values import is_mask

Check = Callable[[str], bool]


class Shape(NamedTuple):
    """One kind of token: a literal that every instance contains, its expression, a last check."""

    needle: str
    pattern: re.Pattern[str]
    check: Check


def _always(_: str) -> bool:
    return True


def _unmasked(token: str, skip: int = 0) -> bool:
    body = token[skip:]
    return not is_mask(body) and len(set(body)) > 4


def _is_aws_id(token: str) -> bool:
    return not token.endswith("EXAMPLE") and "XXXXXXXX" not in token


def _is_mixed(token: str) -> bool:
    tests = (str.isdigit, str.islower, str.isupper)
    return _unmasked(token) and all(any(map(test, token[2:])) for test in tests)


def is_jwt(token: str) -> bool:
    """Whether the first part of a dotted token is base64url of a JSON object, as in a JWT."""
    head = token.split(".", 1)[0]
    try:
        return isinstance(json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))), dict)
    except (ValueError, RecursionError):
        return False


def _prefixed(prefix: str, rest: str, check: Check, right: str = RIGHT) -> Shape:
    """The expression starts with the bare prefix, which the engine finds fast, then looks back."""
    mark = re.escape(prefix)
    alone = rf"(?:(?<![A-Za-z0-9_]{mark})|(?<=\\[nrt]{mark}))"
    if check is _unmasked:
        check = partial(_unmasked, skip=len(prefix))
    return Shape(prefix, re.compile(mark + alone + rest + right), check)


def _table(check: Check, rows: str, right: str = RIGHT) -> list[Shape]:
    """One row a line: prefixes parted by a bar, then the expression of what follows them."""
    split = (row.split(None, 1) for row in rows.strip().splitlines())
    return [
        _prefixed(one, rest.strip(), check, right)
        for names, rest in split
        for one in names.split("|")
    ]


_ISSUED = (
    *_table(
        _unmasked,
        r"""
ABSK  [A-Za-z0-9+/]{109,269}={0,2}(?![A-Za-z0-9+/=])
AIza  [\w\-]{35}(?![\w\-])
GOCSPX-  [\w\-]{28}
LTAI  [A-Za-z0-9]{12,24}
p8e-  [a-z0-9]{32}
pat  [A-Za-z0-9]{14}\.[0-9a-f]{64}
ATATT3|ATCTT3  [\w=\-]{60,240}
ATBB  [A-Za-z0-9]{32}
CLOJARS_  [a-z0-9]{60}
CFPAT-  [\w\-]{43}
v1.0-  [0-9a-f]{24}-[0-9a-f]{146}
dapi  [0-9a-f]{32}(?:-\d)?
dnkey-  [\w=\-]{26}-[\w=\-]{52}
dckr_pat_|dckr_oat_  [\w\-]{24,40}
doo_v1_|dop_v1_|dor_v1_  [0-9a-f]{64}
dp.pt.|dp.st.|dp.ct.|dp.sa.|dp.scim.|dp.audit.  (?:[a-z0-9_\-]{2,40}\.)?[A-Za-z0-9]{40,44}
duffel_test_|duffel_live_  [\w=\-]{43}
dt0  [a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}
EZAK|EZTK  (?<![+/].{4})[A-Za-z0-9]{54}(?![A-Za-z0-9+/])
EAA  [A-Za-z][A-Za-z0-9]{80,400}
EAAA  [\w\-]{60}
figd_  [\w\-]{40}
FLWSECK_TEST-|FLWPUBK_TEST-  [a-h0-9]{12,32}(?:-X)?
fo1_  [\w\-]{43}
fio-u-  [\w=\-]{64}
gho_|ghp_|ghr_|ghs_|ghu_  [A-Za-z0-9]{36,255}
github_pat_  \w{60,100}
glpat-|gldt-|glrt-|glcbt-|glptt-|glft-|glsoat-|glimt-  [\w\-]{20,300}(?:\.[0-9a-z.]{9,20})?
GR1348941  [\w\-]{18,60}
glc_|eyJrIjoi  [A-Za-z0-9+/]{32,500}={0,3}
glsa_  [A-Za-z0-9]{32}_[0-9A-Fa-f]{8}
pat.|sat.  [\w\-]{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20}
HRKU-  [\w\-]{36,80}
hf_|api_org_  [A-Za-z0-9]{34,40}
pat-na1-|pat-na2-|pat-eu1-  [0-9a-f\-]{36}
ico-  [A-Za-z0-9]{32}
s-s4t2ud-|s-s4t2af-  [0-9a-f]{64}
lin_api_|lin_oauth_  [A-Za-z0-9]{32,64}
live_|test_  (?:pub_)?[0-9a-f]{35}
key-  [0-9a-f]{32}
pk.  [a-z0-9]{60}\.[a-z0-9]{22}
sk.eyJ  [\w\-]{40,200}\.[\w\-]{20,40}
nfp_  [A-Za-z0-9]{36,40}
NRAK-|NRAA-|NRRA-|NRSP-|NRJS-|NRII-|NRIQ-  [A-Za-z0-9\-_]{19,60}
ntn_  \d{8,14}[A-Za-z0-9]{32,40}
secret_  [A-Za-z0-9]{43}
npm_  [A-Za-z0-9]{36}
API-  [A-Z0-9]{26}
A3-  [A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}
sk-proj-|sk-svcacct-|sk-admin-|sk-None-|sk-service-  [\w\-]{32,200}
sk-  [A-Za-z0-9]{32,64}(?![\w\-])
sk-ant-  (?:api|admin|sid|oat|ort)\d\d-[\w\-]{80,110}AA(?![\w\-])
sk-or-v1-  [0-9a-f]{64}
sk-lf-  [0-9a-f\-]{36}
lsv2_pt_|lsv2_sk_  [0-9a-f]{32}_[0-9a-f]{10}
gsk_  [A-Za-z0-9]{48,60}
xai-  [A-Za-z0-9]{70,90}
r8_  [A-Za-z0-9]{37}
pplx-  [A-Za-z0-9]{48,56}
tvly-|tvly-dev-|tvly-prod-  [A-Za-z0-9]{28,40}
nvapi-  [\w\-]{60,70}
sha256~  [\w\-]{43}
access-sandbox-|access-development-|access-production-  [0-9a-f\-]{36}
pscale_tkn_|pscale_oauth_|pscale_pw_  [\w=.\-]{32,64}
phc_|phx_  [A-Za-z0-9]{40,48}
PMAK-  [0-9a-f]{24}-[0-9a-f]{34}
pnu_  [A-Za-z0-9]{36}
pul-  [0-9a-f]{40}
rdme_  [a-z0-9]{70}
rubygems_  [0-9a-f]{48}
tk-us-  [\w\-]{48}
SG.  [\w\-]{16,32}\.[\w\-]{32,64}
xkeysib-|xsmtpsib-  [0-9a-f]{64}-[A-Za-z0-9]{16}
sbp_  [0-9a-f]{40}
sb_secret_  [\w\-]{30,60}
sm_aat_|sm_pat_|sm_sat_  [A-Za-z0-9]{16}
shippo_live_|shippo_test_  [0-9a-f]{40}
shpat_|shpca_|shppa_|shpss_|shpua_  [0-9A-Fa-f]{32,40}
xox  [a-z]-(?:\d-)?(?:\d{5,20}-){1,3}[0-9A-Za-z]{16,64}
xapp-  \d-[A-Z0-9]{8,16}-\d{8,16}-[0-9a-z]{32,80}
xoxe-|xoxe.xoxb-|xoxe.xoxp-  \d-[A-Za-z0-9]{100,200}
sqa_|sqp_|squ_  [0-9a-f]{40}
sq0csp-|sq0atp-|sq0idp-|sq0idb-  [\w\-]{22,60}
sgp_  (?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}
sk_live_|rk_live_|sk_test_|rk_test_|sk_prod_|rk_prod_  [A-Za-z0-9]{10,99}
whsec_  [A-Za-z0-9+/]{24,64}={0,2}
tskey-  (?:auth|api|client|scim|webhook)-[A-Za-z0-9]{8,24}-[A-Za-z0-9]{20,40}
tfp_  [\w.=\-]{40,64}
AQVN  [\w\-]{35,38}(?![\w\-])
YC  [\w\-]{38}(?![\w\-])
t1.  [\w\-]{10,80}={0,2}\.[\w\-]{86}={0,2}
vcp_|vck_|vcr_|vci_  [A-Za-z0-9]{50,64}
wandb_v1_  [\w\-]{60,100}
AGE-SECRET-KEY-1  [02-9AC-HJ-NP-Z]{58}
""",
    ),
    *_table(
        _is_aws_id,
        r"""
ABIA|ACCA|AKIA|ASIA  [A-Z0-9]{16}(?!_)
A3T  [A-Z0-9]{17}(?!_)
""",
    ),
    *_table(
        _always,
        r"""
SK|AC  [0-9a-z]{32}(?![\w\-])
""",
    ),
    # These have no longest form: the end of the expression is not the end of the token.
    *_table(
        _unmasked,
        r"""
bedrock-api-key-  [A-Za-z0-9+/=]{20,1024}
ya29.  [\w\-]{20,1024}
sl.|sl.u.  [\w\-]{120,1024}
fm1_|fm2_|fm1a_|fm1r_  [A-Za-z0-9+/]{90,1024}={0,3}
glagent-|gloas-|glffct-|glwt-  [\w\-]{20,1024}
hvb.|hvs.|hvr.  [\w\-]{24,400}
ops_eyJ  [A-Za-z0-9+/]{100,1500}={0,3}
pypi-AgE  [\w\-]{50,1000}
sntrys_|sntryu_  [\w+/=]{60,600}
""",
        right="",
    ),
    *_table(is_jwt, r"eyJ  [\w\-]{6,1500}\.[\w\-]{2,2000}(?:\.[\w\-]{0,500})?", right=""),
    *_table(_is_mixed, r"s.  [A-Za-z0-9]{24}(?![\w.])"),
)
_INNER = (
    Shape("T3BlbkFJ", re.compile(LEFT + r"sk-[\w\-]{16,170}T3BlbkFJ[\w\-]{16,160}"), _unmasked),
    Shape("-us", re.compile(LEFT + r"[0-9a-f]{32}-us\d{1,2}" + RIGHT), _unmasked),
    Shape("_mmk", re.compile(LEFT + r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk" + RIGHT), _unmasked),
    Shape(".atlasv1.", re.compile(r"[A-Za-z0-9]{14}\.atlasv1\.[\w=\-]{60,70}"), _unmasked),
    Shape(":AA", re.compile(r"(?<!\d)\d{8,10}:AA[\w\-]{30,36}(?![\w\-])"), _unmasked),
    Shape("$2", re.compile(r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}"), _always),
)
_ANYWHERE = (
    # Two letters and a digit are a thin mark: the rest may not be a word in capitals.
    _prefixed("AKC", r"[A-Za-z0-9]{10,80}(?![\w\-])", _always),
    _prefixed("AP", r"[0-9A-F](?=\w{0,60}[a-z])[A-Za-z0-9]{8,80}(?![\w\-])", _always),
    Shape(
        "Q~",
        re.compile(r"(?:(?<![\w.~\-])|(?<=\\[nrt]))[\w~.\-]{3}\dQ~[\w~.\-]{31,34}(?![\w~\-])"),
        _unmasked,
    ),
    Shape("$6$", re.compile(r"\$6\$[./A-Za-z0-9=,$]{0,40}\$[./A-Za-z0-9]{86}"), _always),
    Shape(
        "hooks.slack.com",
        re.compile(
            r"hooks\.slack\.com/(?:services/T\w{6,14}/B\w{6,14}/\w{20,40}"
            r"|(?:workflows|triggers)/[A-Z]\w{6,14}/[\w/]{20,100})"
        ),
        _always,
    ),
    Shape(
        "/webhooks/",
        re.compile(r"discord(?:app)?\.com/api/webhooks/\d{15,22}/[\w\-]{40,100}"),
        _unmasked,
    ),
    Shape(
        ".office.com/", re.compile(r"webhook\.office\.com/webhookb?2?/[\w@\-/]{40,300}"), _always
    ),
    Shape("/soap/v3", re.compile(r"(?<=softlayer\.com/soap/v3)(?:\.1)?/[0-9a-f]{64}"), _unmasked),
    Shape(
        "CONTRIBSYS__COM",
        re.compile(r"(?<=CONTRIBSYS__COM)\W{1,4}[0-9a-f]{8}:[0-9a-f]{8}"),
        _always,
    ),
)
_DISCORD = Shape(
    ".", re.compile(r"[MNO][A-Za-z0-9_\-]{23,25}\.[\w\-]{6}\.[\w\-]{27,38}"), _unmasked
)
_LONG_WORD = re.compile(r"[0-9A-Za-z_.~:$\-]{14}[0-9A-Za-z_.~:$\-]{0,1024}")
_REST = re.compile(r"[\w.~+/=\-]{1,2048}")


def find_tokens(page: Page, start: int, end: int) -> Iterator[Span]:
    """Spans of issuers' tokens; the long words are gathered first, the needles sought in them."""
    digest = "\n".join(_LONG_WORD.findall(page.text, start, end))
    for shape in (*_ISSUED, *_INNER) if digest else ():
        if shape.needle in digest:
            yield from _matches(shape, page.text, start, end)
    if _DISCORD.pattern.search(digest):
        yield from _matches(_DISCORD, page.text, start, end)
    for shape in _ANYWHERE:
        if page.text.find(shape.needle, start, end) >= 0:
            yield from _matches(shape, page.text, start, end)


def _matches(shape: Shape, text: str, start: int, end: int) -> Iterator[Span]:
    for match in shape.pattern.finditer(text, start, end):
        if shape.check(match.group()):
            yield Span(match.start(), _end(text, match), Kind.SECRET)


def _end(text: str, match: re.Match[str]) -> int:
    """The end of a token; one that filled its expression's bound is followed to its true end."""
    end = match.end()
    if end - match.start() < 400:
        return end
    while rest := _REST.match(text, end):
        end = rest.end()
    return end
