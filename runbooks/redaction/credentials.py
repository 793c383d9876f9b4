"""Credentials known by where they stand: key blocks, URLs, headers, command lines, manifests."""

import base64
import re
from collections.abc import Iterator

from runbooks.redaction.spans import Kind, Page, Span
from runbooks.redaction.values import Style, is_filler, is_key, is_mask, is_template

_KEY_HEAD = re.compile(r"-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?!-)")
_KEY_FOOT = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_GAP = r"(?:\s|\\{1,4}[nrt]){1,8}"
_KEY_LINE = re.compile(
    rf"(?:{_GAP})?(?:[A-Za-z0-9+/=]{{16,4096}}"
    r"|(?:Proc-Type|DEK-Info|Version|Comment): [^\n\\]{1,100}"
    r"|(?<=[\nn])[A-Za-z0-9+/]{1,76}={0,2}(?=[\s\\\"']|$))"
)
_PUTTY = re.compile(rf"Private-Lines: \d{{1,3}}(?P<word>(?:{_GAP}[A-Za-z0-9+/=]{{8,76}}){{1,80}})")
_KEY_LIMIT = 1 << 16
_URL = re.compile(
    r"://(?P<user>[^\s:/?#@\"'`<>\\]{0,120}):(?P<word>[^\s/\"'`<>\\]{1,160})@(?=[\w\[$<{.])"
)
_AUTHORIZATION = re.compile(
    r"authorization(?:\\{0,7}[\"'`])?\]?\s{0,3}(?:=>|:=|[:=,]|\s)\s{0,3}(?:\\{0,7}[\"'`])?"
    r"(?:(?:basic|bearer|token|api-?key|digest|negotiate|ntlm|oauth|splunk|geniekey|sso-key|ssws|bot"
    r"|key|aws4-hmac-sha256)[ =:]{1,3}){0,1}(?P<word>[^\s\"'`\\,;<>]{8,2000})"
)
_BEARER = re.compile(r"bearer(?<![a-z]bearer)[ :]{1,3}(?P<word>[a-z0-9._~+/=\-]{12,2000})")
_BASIC = re.compile(r"basic(?<![a-z]basic)[ :]{1,3}(?P<word>[a-z0-9+/]{8,400}={0,2})(?![a-z0-9+/])")
_COOKIE = re.compile(
    r"cookie(?:\\{0,7}[\"'`])?\s{0,2}[:=]\s{0,2}(?:\\{0,7}[\"'`])?(?P<word>[\w.\-]{1,60}=[^\n\"'`\\]{6,2000})"
)
_SIGNED = r"=(?P<word>[\w%+/\-]{24,2000}={0,2})"
_SIGNATURE = re.compile(rf"signature(?<=[?&;\-]signature){_SIGNED}")
_SIG = re.compile(rf"sig(?<=[?&;]sig){_SIGNED}")
_SECURITY_TOKEN = re.compile(rf"x-amz-security-token{_SIGNED}")
_NPM = re.compile(r":_(?:authtoken|auth|password)\s?=\s?(?P<word>[\w+/=.\-]{4,300})")
_REGISTRY = re.compile(r"(?<![\w/])//[\w.\-]{1,100}(?::\d{1,5})?/(?:[\w.\-/]{0,100}/)?$")
_IDENTIFIED = re.compile(
    r"identified (?:with [\w'\"]{1,40} )?by (?:password )?"
    r"(?P<q>['\"])(?P<word>[^'\"\n]{3,200})(?P=q)"
)
_SHELL_WORD = (
    r"(?:\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'|\\\"[^\"\n]{0,200}\\\"|[^\s\"'\\;|&]{1,200}){1,6}"
)
_CURL_USER = re.compile(rf"\s(?:-u|--user|-U|--proxy-user)(?:=|\s{{0,3}})(?P<word>{_SHELL_WORD})")
_PLAIN_WORD = r"(?P<word>[^\s\"'\\;|&\-][^\s\"'\\;|&]{2,100}|\"[^\"\n]{3,100}\"|'[^'\n]{3,100}')"
_SHORT_FLAGS = tuple(
    (program, re.compile(program + r"\b[^\n|;]{0,120}? " + flag + _PLAIN_WORD))
    for program, flag in (
        ("mysql", "-p"),
        ("mysqldump", "-p"),
        ("mysqladmin", "-p"),
        ("sshpass", "-p ?"),
        ("redis-cli", "-a "),
        ("docker login", "-p "),
        ("ldapsearch", "-w "),
        ("openssl", "-k "),
    )
)
_PAIR = re.compile(r"(?P<user>[^:]{0,120}):(?P<word>.{1,200})", re.DOTALL)
_MANIFEST = re.compile(r"kind\\{0,3}[\"']?:\s{0,4}\\{0,3}[\"']?secret\b(?!\w)")
_DATA = re.compile(
    r"(?P<indent>(?<![\w.])[ ]{0,40})\b(?:string)?data(?:\\{0,3}[\"'])?:[ ]{0,4}"
    r"(?:\r?\n|\\n|\{\s{0,40})"
)
_DATUM = re.compile(
    r"(?P<indent>[ ]{0,40})(?P<quote>\\{0,3}[\"'])?[\w.\-]{1,120}(?:\\{0,3}[\"'])?:[ ]{0,3}"
    r"(?:\\{0,3}[\"'])?(?P<word>[A-Za-z0-9+/]{4,1000}={0,2})"
    r"(?:\\{0,3}[\"'])?,?(?:\r?\n|\\n|[ ]|(?=\})|$)"
)
_NEAR = 4096


def find_credentials(page: Page, start: int, end: int) -> Iterator[Span]:
    """Spans of secrets whose surroundings give them away."""
    if page.has("private key", start, end):
        yield from _key_blocks(page.text, start, end)
    if page.has("private-lines:", start, end):
        yield from (
            Span(*m.span("word"), Kind.SECRET) for m in _PUTTY.finditer(page.text, start, end)
        )
    if page.has("://", start, end):
        yield from _url_passwords(page.text, start, end)
    for needle, pattern in _HEADERS:
        if page.has(needle, start, end):
            yield from _words(page, pattern, start, end)
    if page.has("curl", start, end) or page.has("wget", start, end):
        yield from _curl_users(page.text, start, end)
    yield from _short_flags(page, start, end)
    if page.has("secret", start, end):
        yield from _manifests(page, start, end)


_HEADERS = (
    ("authorization", _AUTHORIZATION),
    ("bearer", _BEARER),
    ("basic ", _BASIC),
    ("cookie", _COOKIE),
    ("signature=", _SIGNATURE),
    ("sig=", _SIG),
    ("x-amz-security-token=", _SECURITY_TOKEN),
    (":_", _NPM),
    ("identified ", _IDENTIFIED),
)
_SELF_EVIDENT = (_IDENTIFIED, _SIGNATURE, _SIG, _SECURITY_TOKEN, _COOKIE)


def _key_blocks(text: str, start: int, end: int) -> Iterator[Span]:
    """From BEGIN to END; a block that was cut off ends where its lines do."""
    at, foot = start, start - 1
    while (head := _KEY_HEAD.search(text, at, end)) is not None:
        if foot < head.end():  # looked for once, however many blocks begin before it
            foot = text.find("-----END ", head.end())
            foot = len(text) if foot < 0 else foot
        close = _KEY_FOOT.match(text, foot)
        at = (
            close.end()
            if close and foot - head.end() < _KEY_LIMIT
            else _last_line(text, head.end())
        )
        yield Span(head.start(), at, Kind.SECRET)


def _last_line(text: str, at: int) -> int:
    limit = at + _KEY_LIMIT
    while at < limit and (line := _KEY_LINE.match(text, at)) is not None:
        at = line.end()
    return at


def _url_passwords(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _URL.finditer(text, start, end):
        if not is_template(match["word"]):
            yield Span(*match.span("word"), Kind.SECRET)


def _words(page: Page, pattern: re.Pattern[str], start: int, end: int) -> Iterator[Span]:
    for match in pattern.finditer(page.low, start, end):
        word = page.text[match.start("word") : match.end("word")]
        if pattern is _NPM:  # npm itself reads the line only after a registry's address
            head = page.text[max(0, match.start() - 240) : match.start()]
            given = _REGISTRY.search(head) is not None
        else:
            given = not is_template(word) and _is_credential(word, pattern)
        if given:
            yield Span(*match.span("word"), Kind.SECRET)


def _is_credential(word: str, pattern: re.Pattern[str]) -> bool:
    if pattern in _SELF_EVIDENT or _is_user_and_password(word):
        return True
    return pattern is not _BASIC and is_key(word, Style.QUOTED)


def _is_user_and_password(word: str) -> bool:
    """Whether it is base64 of printable text with a colon, as the Basic scheme wants it."""
    try:
        decoded = base64.b64decode(word + "=" * (-len(word) % 4), validate=True).decode()
    except ValueError:
        return False
    return ":" in decoded and decoded.isprintable()


def _curl_users(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _CURL_USER.finditer(text, start, end):
        line = text[max(0, match.start() - 300) : match.start()]
        line = line[line.rfind("\n") + 1 :]
        if "curl" in line or "wget" in line:
            yield from _user_and_password(match["word"], match.start("word"))


def _user_and_password(word: str, at: int) -> Iterator[Span]:
    """The password of `user:password`; of `key:` the key, as many services want it."""
    pair = _PAIR.fullmatch(word)
    if pair is None:
        return
    user, password = (pair[part].strip("\"'\\") for part in ("user", "word"))
    if password and _is_given(password) and not is_filler(user + "_"):
        begin = at + word.index(password, pair.start("word"))
        yield Span(begin, begin + len(password), Kind.SECRET)
    elif not password and user and is_key(user, Style.QUOTED):
        begin = at + word.index(user)
        yield Span(begin, begin + len(user), Kind.SECRET)


def _is_given(password: str) -> bool:
    return (
        not (is_template(password) or is_filler(password) or is_mask(password))
        and len(set(password)) > 1
    )


def _short_flags(page: Page, start: int, end: int) -> Iterator[Span]:
    for program, pattern in _SHORT_FLAGS:
        if not page.has(program, start, end):
            continue
        for match in pattern.finditer(page.text, start, end):
            word = match["word"].strip("\"'")
            if _is_given(word):
                begin = page.text.index(word, match.start("word"))
                yield Span(begin, begin + len(word), Kind.SECRET)


def _manifests(page: Page, start: int, end: int) -> Iterator[Span]:
    """Every value under `data:` of a Kubernetes Secret, in the same YAML or JSON document."""
    seen = -_NEAR
    for kind in _MANIFEST.finditer(page.low, start, end):
        if kind.start() - seen < _NEAR // 2:  # the neighbourhood was read a moment ago
            continue
        seen = kind.start()
        begin = page.low.rfind("\n---", max(0, seen - _NEAR), seen)
        stop = page.low.find("\n---", seen, seen + _NEAR)
        begin = begin if begin >= 0 else max(0, seen - _NEAR)
        stop = stop if stop >= 0 else min(len(page.text), seen + _NEAR)
        yield from _data(page, begin, stop)


def _data(page: Page, begin: int, stop: int) -> Iterator[Span]:
    at = begin
    while (data := _DATA.search(page.text, at, stop)) is not None:
        at, depth = data.end(), None
        while (datum := _DATUM.match(page.text, at)) is not None:
            own = len(datum["indent"])
            depth = own if depth is None else depth
            if not datum["quote"] and (own != depth or own <= len(data["indent"])):
                break  # the block has ended: the next key stands further left
            yield Span(*datum.span("word"), Kind.SECRET)
            at = datum.end()
