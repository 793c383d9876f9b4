"""The Datadog search language: what is read, what is refused and where, and back to text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.lint.datadog_query import (
    MAX_DEPTH,
    And,
    Cidr,
    Comparison,
    Field,
    Group,
    Not,
    Or,
    Phrase,
    Query,
    QuerySyntaxError,
    Range,
    Text,
    parse_query,
    print_query,
)
from tests.examples import examples

ACCEPTED = [
    # spans
    "authentication AND failure",
    "authentication OR password",
    "authentication AND -password",
    "@git.commit.sha:12345",
    "(hostname:web-server OR env:prod)",
    "(availability-zone:us-east OR container_name:api-frontend)",
    "(service:api AND -kube_deployment:canary)",
    "tags:x",
    'tags:"auto-discovery.cluster-autoscaler.k8s.io/daffy"',
    "service:web*",
    "@url:data*",
    "@http.response_time:>100",
    "@http.status_code:[400 TO 499]",
    r"@url:*user\=JaneDoe*",
    r"@user.first\ name:myvalue",
    "@peer.db.name:users @peer.db.system:postgres",
    "duration:>20ms",
    # logs
    "test",
    '"hello dolly"',
    "*:hello",
    "*:hello*",
    '*:"hello world"',
    "hello world",
    "@url:www.datadoghq.com",
    r"@my_attribute:hello\:world",
    '@my_attribute:"hello:world"',
    "@my_attribute:hello?world",
    '@http.url_details.path:"/api/v1/test"',
    r"@http.url:/api\-v1/*",
    r"@http.status_code:[200 TO 299] @http.url_details.path:/api\-v1/*",
    "-@http.status_code:*",
    "CIDR(@network.client.ip,13.0.0.0/8)",
    "CIDR(@network.ip.list,13.0.0.0/8, 15.0.0.0/8)",
    "source:pan.firewall evt.name:reject CIDR(@network.client.ip, 13.0.0.0/8)",
    "source:vpc NOT(CIDR(@network.client.ip, 13.0.0.0/8)) CIDR(@network.destination.ip, 15.0.0.0/8)",
    "web*",
    "*web",
    '"*test*"',
    "*test*",
    "service:*mongo",
    "*NETWORK*",
    "env:(prod OR test)",
    "(env:prod AND -version:beta)",
    "@Event.EventData.Data.Name:ObjectServer",
    "#request_duration:>5",
    # LLM Observability
    "@duration:>5s",
    "ml_app:my_llm_app",
    '"what\'s the weather"',
    '@duration:>5s AND -"foo"',
    "@status:error",
    '@meta.error.type:"Max turns exceeded"',
    "@trace.total_tokens:>=1000",
    '@evaluations.hallucination:"hallucination found"',
    "@evaluations.custom.user_mood:happy",
    "@meta.span.kind:llm",
    "@meta.model_name:gpt-4.1",
    '@child.@evaluations.hallucination:"hallucination found"',
    "@child.@meta.span.name:retrieval AND @meta.span.kind:workflow",
    "@trace.tool_calls:>=4",
    "@trace.number_of_tools:<5",
    # the catalogue of rules
    "service:llm-agent status:error",
    "@http.status_code:>=500",
    "@key:*",
    "-@key:*",
    "NOT service:web",
    "@duration:[* TO 5s]",
    "*",
]

REFUSED = [
    ("service:a and status:error", 10),
    ("@duration:[1 to 5]", 13),
    ("service:", 8),
    ("service: web", 8),
    ("(a OR b", 7),
    ('"open', 0),
    ('service:a "open', 10),
    ("@http.status_code>500", 17),
    ("status=error", 6),
    ("", 0),
    ("   ", 3),
    ("service:a AND", 13),
    ("OR service:a", 0),
    ("service:a OR OR b", 13),
    ("a && b", 2),
    ("a || b", 2),
    ("!status:ok", 0),
    ("not service:a", 0),
    ("a)", 1),
    ("()", 1),
    ("@duration:>", 11),
    ("@duration:>abc", 11),
    ("@duration:[1 TO", 15),
    ("@duration:[1 TO 5", 17),
    ("@duration:[1 5]", 13),
    ("--a", 1),
    ("- a", 1),
    ("@key", 4),
    ("CIDR(@ip)", 8),
    ("CIDR(@ip, nonsense)", 10),
    ('a"b"', 1),
    ("service:a[1]", 9),
    ("a]", 1),
    ("(a)(b)", 3),
    ("env:(prod OR", 12),
    (":value", 0),
    ("a\\", 1),
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_every_documented_query_is_read(text: str) -> None:
    """The forms that Datadog's pages on spans, logs and LLM Observability show."""
    assert parse_query(print_query(parse_query(text))) == parse_query(text)


@pytest.mark.parametrize(("text", "position"), REFUSED)
def test_a_wrong_query_is_refused_at_the_right_place(text: str, position: int) -> None:
    """The position is that of the first character that does not fit."""
    with pytest.raises(QuerySyntaxError) as refused:
        parse_query(text)
    assert refused.value.position == position
    assert refused.value.message


def test_the_tree_has_the_shape_of_the_grammar() -> None:
    """AND binds more tightly than OR, a minus sign more tightly than both."""
    assert parse_query("a b OR -c:(d OR e)") == Or(
        (
            And((Text("a"), Text("b"))),
            Not(Field("c", Group(Or((Text("d"), Text("e")))))),
        )
    )
    assert parse_query("@d:>=5s") == Field("@d", Comparison(">=", "5", "s"))
    assert parse_query("@d:[* TO 1.5ms]") == Field("@d", Range("*", "1.5ms"))
    assert parse_query('x:"a b"') == Field("x", Phrase("a b"))
    assert parse_query("CIDR(@ip,10.0.0.0/8)") == Cidr("@ip", ("10.0.0.0/8",))


@pytest.mark.parametrize("opening", ["(", "-(", "a:(", "NOT ("])
def test_deep_nesting_is_a_syntax_error(opening: str) -> None:
    """Never a RecursionError, however deep, and the limit itself is still read."""
    with pytest.raises(QuerySyntaxError):
        parse_query(opening * 50_000)
    assert parse_query("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH) == Text("a")


def test_the_wrong_case_comes_with_its_correction() -> None:
    """Where there is one sensible reading, the error says what to write."""
    with pytest.raises(QuerySyntaxError) as refused:
        parse_query("a and b")
    assert (refused.value.position, refused.value.correction) == (2, "AND")


_RESERVED_WORDS = {"and", "or", "not"}
_words = st.from_regex(r"[A-Za-z0-9_.*?,/'%$][A-Za-z0-9_.*?,/'%$-]{0,8}", fullmatch=True).filter(
    lambda word: word.lower() not in _RESERVED_WORDS
)
_escaped = st.sampled_from([r"a\ b", r"\(x\)", r"k\:v", r"a\=b", r"\-x", r"\"q\"", r"back\\slash"])
_texts = st.builds(Text, _words | _escaped)
_phrases = st.builds(Phrase, st.text("ab *?:()[]'/=<>-", max_size=12))
_numbers = st.from_regex(r"-?[0-9]{1,4}(\.[0-9]{1,2})?", fullmatch=True)
_units = st.sampled_from(["", "s", "ms", "µs", "min", "%"])
_comparisons = st.builds(Comparison, st.sampled_from([">", ">=", "<", "<="]), _numbers, _units)
_bounds = st.just("*") | st.builds(lambda number, unit: number + unit, _numbers, _units)
_ranges = st.builds(Range, _bounds, _bounds)
_keys = st.sampled_from(
    ["service", "env", "@http.status_code", "#calc", "*", "tags", "@child.@meta.span.name", "a-b"]
)
_cidrs = st.builds(
    Cidr,
    st.sampled_from(["@network.client.ip", "ip"]),
    st.lists(st.sampled_from(["10.0.0.0/8", "2001:db8::/32"]), min_size=1, max_size=3).map(tuple),
)


def _not(term: Query) -> Query:
    return Not(term)


def _several(kind: type[And] | type[Or]) -> st.SearchStrategy[Query]:
    """Two or more terms, none of them of the same kind: the parser flattens those."""
    others = _queries.filter(lambda term: not isinstance(term, kind))
    return st.lists(others, min_size=2, max_size=4).map(lambda terms: kind(tuple(terms)))


_leaves = (
    _texts | _phrases | _cidrs | st.builds(Field, _keys, _texts | _phrases | _comparisons | _ranges)
)
_queries: st.SearchStrategy[Query] = st.deferred(
    lambda: (
        _leaves
        | _queries.map(_not)
        | st.builds(Field, _keys, _queries.map(Group))
        | _several(And)
        | _several(Or)
    )
)


def _outcome(text: str) -> Query | QuerySyntaxError:
    try:
        return parse_query(text)
    except QuerySyntaxError as error:
        return error


@given(_queries)
@settings(max_examples=examples(500), deadline=None)
def test_printing_and_reading_a_query_gives_the_same_query(query: Query) -> None:
    """For any tree that the grammar allows and that is not nested beyond the limit."""
    read = _outcome(print_query(query))
    assert read == query or (isinstance(read, QuerySyntaxError) and "nested" in read.message)


@given(st.text('ab:@#-()[]"\\ <>=&|!*TOANDR0159.', max_size=60) | st.text(max_size=60))
@settings(max_examples=examples(1_000), deadline=None)
def test_any_text_is_read_or_refused_inside_the_text(text: str) -> None:
    """The only error is QuerySyntaxError, and its place lies in the text or at its end."""
    read = _outcome(text)
    if isinstance(read, QuerySyntaxError):
        assert 0 <= read.position <= len(text)
    else:
        assert parse_query(print_query(read)) == read
