"""Tells by its form what a word of a runbook names: a file, an id, a service, or nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from runbooks.evidence.quantities import unit_of
from runbooks.evidence.report import ClaimKind
from runbooks.lint.tools import word_set

JOINER = "\u2060"
"""Stands for a backslash that escapes the sign behind it; no part of any word."""

_ENDINGS = (
    "py|pyx|js|mjs|jsx|ts|tsx|java|kt|kts|go|rb|rs|c|cc|cpp|h|hpp|cs|php|scala|swift|sh|bash|sql"
    "|yaml|yml|json|jsonl|toml|ini|conf|cfg|cnf|xml|html|css|md|txt|csv|tsv|log|lock|tf|tfvars|env"
    "|properties|proto|gradle|ipynb|pem|crt|cer|key|part|so|jar|war|whl|zip|gz|tgz|tar|service|sock"
    "|pid|db|sqlite|parquet|avsc|graphql|vue|svelte|lua|pl|ex|exs|erl|clj|hs|ml|r|mk|j2|tpl|tmpl"
)
FILE = re.compile(
    rf"(?:~?/|\.{{1,2}}/)?(?:[\w.@+-]{{1,80}}/){{0,10}}[\w@+.-]{{0,100}}[\w@+-]\.(?:{_ENDINGS})"
    r"(?::\d{1,7}(?:[-:]\d{1,7})?)?",
    re.IGNORECASE,
)
_PATH = re.compile(r"(?:~|\.{1,2})?/(?:[\w.@+{}:-]{1,80}/){1,10}[\w.@+{}*-]{0,80}(?::\d{1,7})?")
_WORD = re.compile(r"[^\s`\"'<>()\[\]{},;|*“”„]{2,300}")
_PLAIN_WORD = re.compile(r"[A-Z]?[a-z]+(?:['’][a-z]{1,2})?[.:!?…]{0,3}|[A-Z]{2,5}[.:!?]?")
_URL = re.compile(r"[a-z]{2,10}://\S{3,400}")
DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
    r"|(?<![\w:.])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?![\w:])"
)
_VERSION = re.compile(r"v?\d{1,6}(?:\.\d{1,6}){2,4}(?:[-+][\w.]{1,30})?|v\d{1,4}(?:\.\d{1,4})?")
_HOST = re.compile(
    r"(?=[^:]{1,253}(?::|$))[a-z0-9][\w-]{0,62}(?:\.[a-z0-9][\w-]{0,62}){1,9}(?::\d{1,5})?", re.I
)
_PORT = re.compile(r"[a-z][a-z0-9-]{1,62}:\d{2,5}")
_HEX = re.compile(r"(?=[0-9a-f]{0,64}\d)(?=[0-9a-f]{0,64}[a-f])[0-9a-f]{7,64}|\d{16,40}", re.I)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_TICKET = re.compile(r"[A-Z][A-Z0-9]{1,9}-\d{1,9}|[A-Z]{2,10}\d{2,10}")
_MIXED = re.compile(r"(?=\w{0,80}\d)(?=\w{0,80}[A-Za-z])\w{3,80}")
_CAMEL = re.compile(r"[A-Za-z]{0,40}(?:[a-z][A-Z]|[A-Z]{2}[a-z])\w{0,60}")
_SNAKE = re.compile(r"\w{1,60}_\w{1,60}")
_DOTTED = re.compile(r"@?[A-Za-z_][\w-]{0,60}(?:\.[A-Za-z_][\w-]{0,60}){1,9}")
_KEBAB = re.compile(r"[A-Za-z0-9][A-Za-z0-9]{0,40}(?:-[A-Za-z0-9]{1,40}){1,8}")
_HYPHENS = re.compile(r"(?<![\w-])[a-z][a-z0-9]{0,40}(?:-[a-z0-9]{1,40}){1,6}(?![\w-])")
_FLAG = re.compile(r"--[A-Za-z][\w-]{1,60}")
_FILES_WITHOUT_ENDING = re.compile(r"(?:[\w.-]{1,60}/){0,6}(?:Docker|Make|Jenkins|Proc|Gem)file")
_CHANNEL = re.compile(r"#[a-z][\w-]{1,60}")
_NO_NAME = re.compile(
    r"p\d{2,3}|\d{1,4}(?:st|nd|rd|th|x|xx|\+)|[45]xx|h\d|k8s|s3|ec2|utf-?\d{1,2}|sha-?\d{1,3}|md5"
    r"|ipv[46]|p[1-5]|sev-?\d|http2?|oauth2?|base64|x509|24x7|e\.g|i\.e|a\.m|p\.m|u\.s",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\d{1,9}(?:-[a-z]{1,20}){1,3}")
_PRODUCTS = word_set(
    """
    GitHub GitLab JavaScript TypeScript PostgreSQL MySQL MongoDB RabbitMQ OpenAI OpenTelemetry
    DynamoDB CloudWatch PagerDuty OpenShift ElasticSearch DevOps OnCall JSON YAML APIs URLs IDs PRs
    LLMs CPUs VMs OKs SLOs SLAs DNSs EvalForge LangChain OpenSearch CoreDNS WebSocket WebSockets
    DataDog GraphQL gRPC macOS iOS vCPU eBPF PromQL LogQL NoSQL PubSub ChatGPT
    """
)
_ADJECTIVES = word_set(
    """
    affected whole entire each every same other another own new old first second last next failing
    failed healthy unhealthy running stopped broken slow fast busy idle full empty single multiple
    several many few all both any some no this that these those the a an its their our your which
    what internal external upstream downstream local remote public private shared central main
    primary secondary backend frontend managed dedicated dependent target source current previous
    correct wrong right actual real original given named default test production staging live
    third other relational vector human dead message work job task input output default web
    kubernetes postgres postgresql mysql redis kafka rabbitmq mongodb datadog cloud per of
    """
)
_ABOUT_SERVICES = (
    "service|services|deployment|pods?|namespace|database|queue|cluster|host|node|topic|bucket"
    "|endpoint|microservice|daemon|container|broker"
)
_SPOKEN_NAME = re.compile(rf"(?<![\w-])(?P<x>[a-z][a-z0-9]{{2,30}}) (?:{_ABOUT_SERVICES})\b")
_TITLE_NAME = re.compile(
    r"\b(?!(?:The|An?|This|That|Each|Every|All|Our|No|If|In|On|When)\b)"
    r"(?P<x>(?:[A-Z][a-z]{1,20} ){1,3}(?:Service|Gateway|Proxy|Worker|Database|Cluster|Queue"
    r"|Agent|Server|Store|Cache|Engine|Broker))\b"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word that names something; `doubtful` where it may be ordinary language as well."""

    kind: ClaimKind
    text: str
    start: int
    end: int
    doubtful: bool = False


def words_in(text: str) -> Iterator[Word]:
    """Give the words of a text that name something, except numbers."""
    for match in DATE.finditer(text):
        yield Word("number", match.group(), match.start(), match.end())
    rest = DATE.sub(lambda match: " " * len(match.group()), text)
    for match in _WORD.finditer(rest):
        if not _PLAIN_WORD.fullmatch(match.group()):
            yield from _words(match.group(), match.start())
    for match in _SPOKEN_NAME.finditer(text):
        if match["x"] not in _ADJECTIVES:
            yield Word("name", match["x"], match.start("x"), match.end("x"), doubtful=True)
    for match in _TITLE_NAME.finditer(text):
        yield Word("name", match["x"], match.start("x"), match.end("x"))


def names_in(text: str) -> Iterator[str]:
    """Give the names with hyphens of a text in lower case."""
    return (match.group() for match in _HYPHENS.finditer(text))


def _words(raw: str, start: int) -> Iterator[Word]:
    begin = len(raw) - len(raw.lstrip("(.:=>&~≈+$€£"))
    text = raw[begin:].rstrip(".:!?…=&-").replace(JOINER, "")
    end = start + len(raw.rstrip(".:!?…=&-"))
    kind = kind_of(text)
    if kind:
        doubtful = kind == "name" and bool(_KEBAB.fullmatch(text))
        yield Word(kind, text, start + begin, end, doubtful)
        return
    for sign in ("/", "=", ":"):
        if sign in text and JOINER not in raw:
            at = start + begin
            for part in text.split(sign):
                if len(part) > 1 and not _PLAIN_WORD.fullmatch(part):
                    yield from _words(part, at)
                at += len(part) + 1
            return


def kind_of(text: str) -> ClaimKind | None:
    """Tell what a single word names, if anything."""
    if _NO_NAME.fullmatch(text) or _COUNTED.fullmatch(text) or text in _PRODUCTS:
        return None
    if unit_of(text):
        return None
    if text.startswith("-"):
        return "flag" if _FLAG.fullmatch(text) else None
    if _URL.fullmatch(text):
        return "name"
    if any(shape.fullmatch(text) for shape in (FILE, _PATH, _FILES_WITHOUT_ENDING)):
        return "file"
    if _VERSION.fullmatch(text) or _UUID.fullmatch(text) or _HEX.fullmatch(text):
        return "identifier"
    if _TICKET.fullmatch(text):
        return "identifier"
    return _name_or_id(text)


def _name_or_id(text: str) -> ClaimKind | None:
    if text[:1].isdigit() and not any(char.isalpha() for char in text):
        return "identifier" if re.fullmatch(r"\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?", text) else None
    if _MIXED.fullmatch(text):
        return None if _quantity_like(text) else "identifier"
    shapes = (_SNAKE, _DOTTED, _CAMEL, _KEBAB, _HOST, _PORT, _CHANNEL)
    return "name" if any(shape.fullmatch(text) for shape in shapes) else None


def _quantity_like(text: str) -> bool:
    return re.fullmatch(r"\d+[A-Za-zµ]{1,3}", text) is not None
