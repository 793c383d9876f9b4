"""The claims of commands: program, options, query terms, and the names they are given."""

import re
from collections.abc import Iterator

from runbooks.evidence.options import CLOSED, path_of, same
from runbooks.evidence.quantities import NUMBER, read
from runbooks.evidence.report import ClaimKind
from runbooks.evidence.shapes import kind_of
from runbooks.evidence.spots import Place, Spot
from runbooks.evidence.words import stems
from runbooks.lint.calls import Call
from runbooks.lint.command import Command
from runbooks.lint.shell import Word
from runbooks.lint.tools import KUBE_CLIENTS, SQL_CLIENTS, word_set

_FREE = word_set(
    """
    -o --output --format --formatter --sort --sort-by --compute --since --from --to --limit --tail
    --timeout --max-time --connect-timeout --max-depth --indent -w --write-out -X --request
    --field-separator --replicas --lines -L --label-columns --template --no-headers --delimiter
    --since-time --interval --retry --request-timeout --grace-period --until --period --statistics
    --start-time --end-time --max-items --page-size -F --pset --color --date --pretty --style
    --type --dry-run --cascade --overwrite
    """
)
"""Options whose value is a choice of the reader and states nothing about the failure."""
_NAMING = word_set("-n --namespace -d --dbname --database --cluster --context --service --host -h")
_KINDS = word_set(
    """
    all po pod pods deploy deployment deployments deployment.apps svc service services ep endpoints
    endpointslice endpointslices ds daemonset daemonsets sts statefulset statefulsets rs replicaset
    replicasets rc job jobs cj cronjob cronjobs cm configmap configmaps secret secrets ing ingress
    ingresses ns namespace namespaces no node nodes pv pvc persistentvolume persistentvolumes
    persistentvolumeclaim persistentvolumeclaims sc storageclass storageclasses sa serviceaccount
    serviceaccounts ev event events quota resourcequota resourcequotas limits limitrange hpa
    horizontalpodautoscaler networkpolicy networkpolicies netpol crd crds pdb poddisruptionbudget
    role roles rolebinding rolebindings clusterrole clusterroles lease leases csr certificate
    certificates resources image env
    """
)
_VERBS = {
    **dict.fromkeys(word_set("systemctl rabbitmqctl rabbitmq-diagnostics git docker redis-cli"), 1),
    **dict.fromkeys(word_set("openssl terraform tofu etcdctl istioctl argocd vault consul gh"), 1),
    **dict.fromkeys(
        word_set("nodetool supervisorctl ollama podman apt apt-get yum dnf pip npm"), 1
    ),
    **dict.fromkeys(word_set("aws gcloud az promtool amtool logcli crictl flux helm"), 2),
}
"""How many words behind a program say what it does and name nothing."""
_QUERY_OPTIONS = frozenset({"--query", "-q"})
TERM = re.compile(
    r"-?(?P<key>@?[A-Za-z_*][\w.@*-]{0,120}):(?!//)(?P<value>\((?:[^()]{0,400})\)|\"[^\"]{0,400}\""
    r"|\[[^\]]{0,80}\]|(?:\\.|[^\s\\()\"']){1,300})"
)
_NAME_KEYS = re.compile(
    r"@?(?:service|env|host|hostname|ml_app|kube_\w{1,40}|pod_name|container_name|cluster_name"
    r"|namespace|deployment|trace_id|resource_name|operation_name|version|queue|db\.instance"
    r"|(?:meta|child\.@meta)\.(?:span\.name|model_name)|peer\.service|error\.type|meta\.error\.type"
    r"|evaluations\.(?:custom\.)?[\w-]{1,60})"
)
_STATES_NOTHING = re.compile(
    r"\$\S{0,80}|.{0,20}\$\{?\w{1,60}\}?.{0,20}|<[^<>]{1,80}>|-?\d{1,9}[a-zA-Z%]{0,2}|now(?:-\d{1,6}\w)?"
    r"|true|false|none|null|yes|no|json|yaml|wide|table|-|\*|\.|/dev/(?:null|stdin|stdout)|[+@]\S{1,60}"
    r"|\W{1,20}",
    re.IGNORECASE,
)
_LITERAL = re.compile(r'"([\w.:/ -]{2,120})"|\'([\w.:/ -]{2,120})\'')
_KEY_BEHIND = re.compile(r"\s{0,4}:")
"""Behind a literal: it is a key of a JSON body, which says what and not how much."""
_TABLE = re.compile(r"\b(?:from|join|into|update|table)\s{1,4}\"?([A-Za-z_][\w.]{1,80})", re.I)
_CODE = re.compile(r"[|{}();$]|==|\s")


def spots_of(command: Command) -> Iterator[Spot]:
    """Give the claims of one command line."""
    for call in command.calls:
        yield from _Reader(command, call).read()


class _Reader:
    """Reads one program call; offsets of calls within a quoted script are looked up again."""

    def __init__(self, command: Command, call: Call) -> None:
        self.command = command
        self.call = call
        self.place = Place(command.body)
        words = tuple(word for word in call.args if not word.quoted)
        plain = tuple(word.text for word in words if not word.text.startswith("-"))
        self.path = path_of(call.program, plain)
        unknown = same(call.program) in CLOSED and len(self.path) == 1
        spoken = 1 if unknown else _VERBS.get(call.program, 0)
        self.verbs = frozenset((*self.path[1:], *plain[:spoken]))

    def read(self) -> Iterator[Spot]:
        if self.call.program == "sql":
            yield from self._code(self.command.text, self.command.start)
            return
        yield self._program()
        option = ""
        for word in self.call.args:
            if word.text == "--":
                return
            if self._is_option(word):
                option, _, value = word.text.partition("=")
                yield self._spot("flag", option, *self._range(word, 0, len(option)))
                if value:
                    yield from self._value(option, value, word, len(option) + 1)
                    option = ""
            elif not self._is_subcommand(word):
                yield from self._value(option, word.text, word, 0)
                option = ""

    def _is_option(self, word: Word) -> bool:
        text = word.text
        if not text.startswith(("-", "+L")) or len(text) < 2 or text[1:].isdigit():
            return False
        opened = self.command.body.text[word.start : word.start + 1] if self.call.direct else ""
        return opened not in ("'", '"') and " " not in text.split("=")[0]

    def _is_subcommand(self, word: Word) -> bool:
        return word.text in self.verbs and not word.quoted

    def _program(self) -> Spot:
        program = self.call.program
        end = self.call.program_end
        start = max(self.command.start, end - len(program))
        words = [word for word in self.call.args if word.text in self.path[1:]]
        behind = words[len(self.path) - 2].end if len(self.path) > 1 and words else end
        if not self.call.direct:
            start, behind = self._found(program)
        text = " ".join(self.path)
        if len(self.path) == 1 and same(program) in CLOSED:
            first = next((w for w in self.call.args if not w.text.startswith("-")), None)
            if first and re.fullmatch(r"[a-z][a-z-]{1,40}", first.text):
                text, behind = f"{program} {first.text}", first.end if self.call.direct else behind
        return self._spot("command", text, start, max(start + 1, behind))

    def _value(self, option: str, value: str, word: Word, offset: int) -> Iterator[Spot]:
        if (option in _FREE and option != "--query") or _STATES_NOTHING.fullmatch(value):
            return
        if option in _QUERY_OPTIONS and self.call.program == "pup":
            yield from self._query(value, word)
        elif _CODE.search(value) and "://" not in value.split(" ")[0]:
            yield from self._code(value, self._range(word, offset, len(value))[0])
        elif option in ("--group-by", "--compute"):
            yield self._spot("query", value, *self._range(word, offset, len(value)))
        else:
            yield from self._names(option, value, word, offset)

    def _names(self, option: str, value: str, word: Word, offset: int) -> Iterator[Spot]:
        """Names of resources, with their kind, or as `key=value` of a selector."""
        kube = self.call.program in KUBE_CLIENTS
        parts = re.split(r"([/=,])", value) if kube or "=" in value else [value]
        at = offset
        for number, part in enumerate(parts):
            is_key = "=" in parts[number + 1 : number + 2]
            if part and number % 2 == 0 and not is_key:
                kind = self._kind(option, part, kube)
                if kind and not _STATES_NOTHING.fullmatch(part):
                    yield self._spot(kind, part, *self._range(word, at, len(part)))
            at += len(part)

    def _kind(self, option: str, part: str, kube: bool) -> ClaimKind | None:
        if kube and not option and part.lower() in _KINDS:
            return None
        kind = kind_of(part)
        if kind == "number":
            return None
        named = kube or option in _NAMING or self.call.program in SQL_CLIENTS
        return kind or ("name" if named and not part.startswith(".") else None)

    def _query(self, query: str, word: Word) -> Iterator[Spot]:
        begin, _ = self._range(word, 0, len(word.text))
        base = self.command.body.text.find(query, begin, self.command.end)
        for match in TERM.finditer(query):
            start = base + match.start() if base >= 0 else begin
            yield from term_spots(self.place, match, start - match.start(), self.command.text)

    def _code(self, code: str, start: int) -> Iterator[Spot]:
        sql = self.call.program in SQL_CLIENTS or self.call.program == "sql"
        base = self.command.body.text.find(code, max(0, start - 2), self.command.end)
        for pattern in (_TABLE, _LITERAL) if sql else (_LITERAL,):
            for match in pattern.finditer(code):
                if not sql and _KEY_BEHIND.match(code, match.end()):
                    continue
                group = next(i for i in range(1, pattern.groups + 1) if match[i] is not None)
                text = match[group].strip()
                at = base + match.start(group) if base >= 0 else start
                kind: ClaimKind = "quote" if " " in text else kind_of(text) or "name"
                if not _STATES_NOTHING.fullmatch(text):
                    yield self._spot(kind, text, at, at + len(match[group]))

    def _range(self, word: Word, offset: int, length: int) -> tuple[int, int]:
        """Where a part of a word stands; quotes and escapes within it are skipped."""
        if not self.call.direct:
            return self._found(word.text[offset : offset + length])
        part = word.text[offset : offset + length]
        start = self.command.body.text.find(part, word.start + min(offset, 1), word.end)
        start = start if start >= 0 else word.start
        return start, min(word.end, start + length) if part else word.end

    def _found(self, part: str) -> tuple[int, int]:
        start = self.command.body.text.find(part, self.command.start, self.command.end)
        return (start, start + len(part)) if start >= 0 else (self.command.start, self.command.end)

    def _spot(self, kind: ClaimKind, text: str, start: int, end: int) -> Spot:
        claim = self.place.claim(kind, text, start, max(end, start + 1))
        return Spot(claim, text, program=self.path, whole=self.command.text)


def term_spots(place: Place, match: re.Match[str], base: int, whole: str) -> Iterator[Spot]:
    """Give the claims of one `key:value` of a Datadog query."""
    key, value = match["key"], re.sub(r"\\(.)", r"\1", match["value"])
    start, end = base + match.start("value"), base + match.end("value")
    bare = value.strip('"')
    if _NAME_KEYS.fullmatch(key) and bare not in ("*", "") and not bare.startswith("("):
        if not _STATES_NOTHING.fullmatch(bare) or bare.isdigit():
            yield Spot(place.claim("name", bare, start, end), bare, match.group(), whole=whole)
        return
    term = place.claim("query", f"{key}:{value}"[:200], base + match.start(), end)
    yield Spot(term, f"{key}:{value}", whole=whole, beside=frozenset(stems(key)))


def numbers_of(value: str) -> Iterator[float]:
    """Give the numbers in the value of a query term: `>=16`, `[500 TO 599]`."""
    for match in NUMBER.finditer(value):
        quantity = read(match)
        if quantity:
            yield quantity.value
