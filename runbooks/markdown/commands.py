"""The commands and queries that a runbook gives a person to run, out of its Markdown.

A command is one logical line of a shell block (continuations, quotes, here-documents and loops
kept together), one statement of a query block, or inline code that starts with a known tool or
reads as a query. Comments, prompts and blocks that show an expected output are left out.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from markdown_it.token import Token

Inline = Callable[[Token], list[Token]]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CONSOLES = _words("console shell-session terminal")
SHELL_LANGUAGES = _CONSOLES | _words("sh bash zsh shell shellscript ksh")
_SQL_LANGUAGES = _words("sql psql mysql cql esql")
QUERY_LANGUAGES = _SQL_LANGUAGES | _words(
    "promql logql traceql influxql flux kql spl datadog dd query cypher lucene redis"
)
_PLAIN_LANGUAGES = _words("text txt plain plaintext") | {""}

TOOLS = _words(
    """
    ab amtool ansible ansible-playbook argocd aws awk az bq cat clickhouse-client consul cqlsh
    crictl curl datadog datadog-agent datadog-ci df dig dmesg docker docker-compose dog du echo
    eksctl etcdctl evalforge find flux free gcloud gh git grep gsutil head helm hey host htop http
    influx iostat ip iptables istioctl journalctl jq k6 k9s kafka-consumer-groups.sh
    kafka-topics.sh kafkacat kcat kill kubectl less linkerd logcli ls lsof make mongo mongosh mtr
    mysql mysqladmin nc nerdctl netstat nginx node nomad npm nslookup nvidia-smi oc ollama openssl
    perf pg_dump ping pip podman promtool ps psql pup python python3 rabbitmq-diagnostics
    rabbitmqctl redis-cli rg rsync scp sed service sqlite3 ss ssh stern strace sysctl systemctl
    tail tcpdump terraform top traceroute vault vmstat wget yq zgrep
    """
)
_WRAPPERS = _words("sudo time watch env exec nohup")

# A look ahead for the end of a quote, a here-document or a loop goes no further than this.
_REACH = 100
_PROMPT = re.compile(r"\s{0,8}(?:\$|%|❯|[\w.-]{1,64}@[\w.-]{1,64}[^\s$#]{0,64}[$#])\s{1,8}(?=\S)")
_ROOT_PROMPT = re.compile(r"\s{0,8}[#>]\s{1,8}(?=\S)")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w{0,60}=\S{0,200}$")
_HERE_DOCUMENT = re.compile(r"(?<!<)<<-?\s{0,4}(['\"]?)([A-Za-z_]\w{0,60})\1")
_COMPOUND_START = re.compile(r"(?:for|while|until|select|if|case)\b")
_COMPOUND_END = re.compile(r"(?:^|;)\s{0,40}(?:done|fi|esac)\b")
_OUTPUT_LABEL = re.compile(
    r"(?:the\s{1,4})?(?:(?:expected|example|sample|typical)\b|outputs?\b|results?\b|returns\b|prints\b"
    r"|responds\b|response\b|(?:you|it)\s{1,4}(?:should|will|must)\s{1,4}(?:see|show|return|print)\b)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?;]\s")

_RESERVED = (
    r"service|status|env|operation_name|resource_name|trace_id|span_id|host|source|ml_app"
    r"|kube_\w{1,40}|http\.\w{1,40}|error\.\w{1,40}|version|span\.\w{1,40}"
)
_DATADOG_TERM = re.compile(
    rf"(?:^|[\s(])-?(?:@[\w.@-]{{1,200}}|(?:{_RESERVED})):[(\[\"*\w<>=~-]", re.IGNORECASE
)
_METRIC_QUERY = re.compile(r"(?:avg|sum|min|max|count|p\d{2}):[\w.]{1,200}\{")
_PROMQL = re.compile(
    r"\b(?:rate|irate|increase|delta|sum|avg|min|max|count|topk|bottomk|quantile"
    r"|histogram_quantile|absent|changes|\w{1,20}_over_time)\s{0,2}(?:by\s{0,2})?\("
)
_SELECTOR = re.compile(r"[a-zA-Z_:][\w:]{2,200}\{[^{}]{0,500}\}")
_SQL = re.compile(
    r"(?:select\b.{1,2000}\bfrom\b|explain\b|show\s+\w|with\s+\w{1,60}\s+as\b)",
    re.IGNORECASE | re.DOTALL,
)
_OPERATOR_START = re.compile(r"\s|[)\]}|+*/<>=!,]|(?:and|or|unless|by|without|on|ignoring)\b", re.I)
_OPERATOR_END = re.compile(r"(?:[(\[{|+*/<>=,-]|\b(?:and|or|unless|by|without|on))$", re.I)


def commands_in(tokens: Sequence[Token], inline: Inline) -> tuple[str, ...]:
    """Every command of these block tokens, once each, in the order of the text.

    `inline` gives the inline tokens of an inline block token.
    """
    return tuple(dict.fromkeys(_found(tokens, inline)))


def commands_of(code: str, language: str) -> list[str]:
    """The commands of one code block; none for languages that are not run line by line."""
    lines = code.strip("\n").split("\n")
    if language in SHELL_LANGUAGES:
        return list(_shell_commands(lines, language))
    if language in QUERY_LANGUAGES:
        return list(_statements(lines, language))
    if language in _PLAIN_LANGUAGES:
        return [line for line in _shell_commands(lines, language) if is_command(line)]
    return []


def language_of(fence: Token) -> str:
    """The language that a fence names, in lower case; "" when it names none."""
    words = fence.info.split(maxsplit=1)
    return words[0].lower() if words else ""


def is_command(text: str) -> bool:
    """Whether a line starts with a known tool and says more, or reads as a query."""
    line = text.strip()
    return _starts_with_tool(line) or is_query(line)


def is_query(text: str) -> bool:
    """Whether a text reads as a Datadog, PromQL or SQL query."""
    patterns = (_DATADOG_TERM.search, _METRIC_QUERY.match, _PROMQL.search, _SELECTOR.match)
    return bool(_SQL.match(text)) or any(pattern(text) for pattern in patterns)


def _found(tokens: Sequence[Token], inline: Inline) -> Iterator[str]:
    lead_in = ""
    for token in tokens:
        if token.type == "inline":
            lead_in = token.content
            children = inline(token) if "`" in lead_in and not _states_answer(lead_in) else []
            spans = (child.content.strip() for child in children if child.type == "code_inline")
            yield from filter(is_command, spans)
        elif token.type in ("fence", "code_block"):
            if not _shows_output(lead_in, token.info):
                yield from commands_of(token.content, language_of(token))
            lead_in = ""


def _shows_output(lead_in: str, info: str) -> bool:
    """Whether a code block shows what a command answers: its info or the line above says so."""
    if "output" in info.lower():
        return True
    last_line = lead_in.rstrip().rpartition("\n")[2][-400:]
    label = _SENTENCE_END.split(last_line)[-1].lstrip("*_ ")
    return label.rstrip("*_ ").endswith(":") and bool(_OUTPUT_LABEL.match(label))


def _states_answer(text: str) -> bool:
    return text.lstrip("*_ ").lower().startswith("expected")


def _starts_with_tool(line: str) -> bool:
    words = line[:2_000].split()
    while words and (words[0] in _WRAPPERS or _ASSIGNMENT.match(words[0])):
        words.pop(0)
    return len(words) > 1 and words[0].rpartition("/")[2] in TOOLS


def _shell_commands(lines: list[str], language: str) -> Iterator[str]:
    prompted = any(_PROMPT.match(line) for line in lines)
    index = 0
    while index < len(lines):
        line, prompt = _without_prompt(lines[index], language)
        if not line.strip() or _is_comment(line) or (prompted and not prompt):
            index += 1
            continue
        window = [line, *lines[index + 1 : index + _REACH]]
        length = _length_of_command(window)
        command = _joined(window[:length])
        if command:
            yield command
        index += length


def _without_prompt(line: str, language: str) -> tuple[str, bool]:
    found = _PROMPT.match(line) or _root_prompt(line, language)
    return (line[found.end() :], True) if found else (line, False)


def _root_prompt(line: str, language: str) -> re.Match[str] | None:
    """A "# " or "> " that stands before a known tool: else it is a comment or a redirection."""
    found = _ROOT_PROMPT.match(line)
    if not found or ("#" in found[0] and language not in _CONSOLES):
        return None
    return found if _starts_with_tool(line[found.end() :]) else None


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _length_of_command(lines: list[str]) -> int:
    """How many of these lines the command on the first one takes; at least 1."""
    length = 1
    while length < len(lines) and _goes_on(lines[length - 1]):
        length += 1
    first = "\n".join(lines[:length])
    here = _HERE_DOCUMENT.search(first)
    if here:
        return _up_to(lines, length, lambda line: line.strip() == here[2])
    if _COMPOUND_START.match(first.lstrip()) and not _COMPOUND_END.search(first):
        return _up_to(lines, length, lambda line: bool(_COMPOUND_END.search(line)))
    return _end_of_quote(lines, length)


def _goes_on(line: str) -> bool:
    backslashes = len(line) - len(line.rstrip("\\"))
    return backslashes % 2 == 1 or line.rstrip().endswith(("|", "&&"))


def _up_to(lines: list[str], length: int, ends: Callable[[str], bool]) -> int:
    """The length that includes the first line that ends the command, or the length as it was."""
    for index in range(length, len(lines)):
        if ends(lines[index]):
            return index + 1
    return length


def _end_of_quote(lines: list[str], length: int) -> int:
    quote = ""
    for line in lines[:length]:
        quote = _open_quote(line, quote)
    if not quote:
        return length
    for index in range(length, len(lines)):
        quote = _open_quote(lines[index], quote)
        if not quote:
            return index + 1
    return length


def _open_quote(line: str, quote: str) -> str:
    """The quotation mark that is open at the end of a line on which `quote` was open."""
    before = " "
    for character in line:
        if before == "\\" and quote != "'":
            character = ""
        elif quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "#" and before.isspace():
            break
        before = character
    return quote


def _joined(lines: list[str]) -> str:
    """One command: continued lines become one line, here-documents and loops keep theirs."""
    text = lines[0].strip()
    for before, line in pairwise(lines):
        if not _goes_on(before):
            text += "\n" + line
        elif before.endswith("\\"):
            text = text.removesuffix("\\").rstrip() + " " + line.strip()
        else:
            text += " " + line.strip()
    return text.strip()


def _statements(lines: list[str], language: str) -> Iterator[str]:
    """Query blocks: SQL ends at ";" or an empty line, others where a line starts anew."""
    sql = language in _SQL_LANGUAGES
    comment = "--" if sql else "#"
    statement: list[str] = []
    for line in lines:
        text = line.strip()
        if statement and (not text or (not sql and _starts_anew(statement[-1], line))):
            yield " ".join(statement)
            statement = []
        if text and not text.startswith(comment):
            statement.append(text)
        if statement and sql and text.endswith(";"):
            yield " ".join(statement)
            statement = []
    if statement:
        yield " ".join(statement)


def _starts_anew(before: str, line: str) -> bool:
    return not _OPERATOR_START.match(line) and not _OPERATOR_END.search(before)
