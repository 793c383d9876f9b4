"""Copy and paste (RB301 to RB306): texts that a rule must hit, and such as it must leave alone."""

from tests.unit.lint.builder import draft, fence


def fixed(block: str) -> str:
    """The sound draft with a block in its last section."""
    return draft(fix="Then deploy the fix with this:\n\n" + block)


CASES = [
    ("RB301", False, draft()),
    ("RB301", True, fixed(fence("$ kubectl get pods -n rag", "console"))),
    ("RB301", True, fixed(fence("[root@db-1 ~]# systemctl status postgresql", "console"))),
    ("RB301", True, fixed(fence("user@host:~$ ls -l", "sh"))),
    ("RB301", True, fixed(fence("patroni-01-db  $ sudo patronictl list", ""))),
    ("RB301", True, fixed(fence("> kubectl get pods -n rag", "console"))),
    ("RB301", True, fixed("Run `$ kubectl get pods -n rag` now.")),
    ("RB301", False, fixed(fence("# list the pods\nkubectl get pods -n rag"))),
    ("RB301", False, fixed(fence("echo $HOME > out.txt"))),
    ("RB301", False, fixed(fence("cost: $ 5 a month", "text"))),
    ("RB302", False, draft()),
    ("RB302", True, fixed(fence("kubectl get pods -l 'app=foo -n rag"))),
    ("RB302", True, fixed(fence('grep "timeout app.log'))),
    ("RB302", True, fixed(fence("kubectl logs $(kubectl get po -n rag -o name -n rag"))),
    ("RB302", True, fixed(fence("kill `pidof gunicorn"))),
    ("RB302", True, fixed("Run `kubectl get pods -l 'app=foo` to see them.")),
    ("RB302", True, fixed(fence('curl -d \'{"a": {"b": 1}\' https://api.datadoghq.com/x'))),
    ("RB302", True, fixed("This `is never closed in the prose.")),
    ("RB302", False, fixed(fence("awk -F\"/\" 'NR==1{ print $2 }' f  # don't worry"))),
    ("RB302", False, fixed(fence("psql -c \"SELECT 1\nFROM x\nWHERE a = 'b'\""))),
    ("RB302", False, fixed(fence("kubectl get po -n x\nIt didn't work: can't connect", "console"))),
    ("RB302", False, fixed(fence("$ kubectl get po -n x\nDon't panic: `x", "console"))),
    ("RB302", False, fixed(fence("sed -E 's/.*6379->(.*):.* \\(ESTABLISHED\\)/\\1/g' f"))),
    ("RB302", False, fixed(fence("cat <<EOF > f\nit's 5 o'clock\nEOF"))),
    ("RB302", False, fixed(fence("oc get x --template='{{range .items}}{{\"\\n\"}}{{end}}' -n y"))),
    ("RB302", False, fixed(fence('echo "it\'s" $((1 + (2))) ${A:-"b"}'))),
    ("RB302", False, fixed(fence('curl -d \'{"q": "a } b"}\' https://api.datadoghq.com/x'))),
    ("RB302", False, fixed(fence("case $1 in\n  a) ls ;;\n  *) pwd ;;\nesac"))),
    ("RB302", False, fixed("The escaped \\` and ``two ` ticks`` are fine.")),
    ("RB302", False, fixed("`time isn't up` is what the log says.")),
    ("RB303", False, draft()),
    ("RB303", True, fixed(fence("grep “timeout” app.log"))),
    ("RB303", True, fixed(fence("kubectl get pods –n rag"))),
    ("RB303", True, fixed(fence("kubectl get\u00a0pods -n rag"))),
    ("RB303", True, fixed("Run `grep ‘x’ app.log` now.")),
    ("RB303", False, fixed(fence("cp: cannot stat ‘x’", "text"))),
    ("RB303", False, fixed("The “stale” index – see above – is old.")),
    ("RB304", False, draft()),
    ("RB304", True, fixed(fence("frobnicate --all"))),
    ("RB304", True, fixed(fence("kubectl get po -n x | frobnicate"))),
    ("RB304", True, fixed(fence('datadog trace search "service:x"'))),
    ("RB304", True, fixed("Run `sudo frobnicate --all` then.")),
    ("RB304", False, fixed(fence("./scripts/frobnicate --all"))),
    ("RB304", False, fixed(fence("/opt/x/bin/frobnicate --all"))),
    ("RB304", False, fixed(fence("kubectl get po -n x\nNAME   READY\netcd-0 3/3", "console"))),
    ("RB304", False, fixed(fence("for i in 1 2; do $CMD $i; done"))),
    ("RB304", False, fixed(fence("A=1\nexport B=2\nif true; then ls; fi"))),
    ("RB304", False, fixed(fence("sum(rate(http_requests_total[5m]))", "console"))),
    ("RB304", False, fixed(fence("pup traces search --query='service:x' --from=1h"))),
    ("RB305", False, draft()),
    ("RB305", True, fixed(fence("kubectl get pods -n rag", ""))),
    ("RB305", True, fixed("1. Step:\n\n   ```\n   out\n   ```")),
    ("RB305", False, fixed(fence("kubectl get pods -n rag", "bash"))),
    ("RB305", False, fixed(fence("out", "text"))),
    ("RB305", False, fixed("Text:\n\n    indented code")),
    ("RB306", False, draft()),
    ("RB306", True, fixed(fence("echo " + "x" * 160))),
    ("RB306", True, fixed(fence("ls\n" + "a" * 200, "text"))),
    ("RB306", False, fixed(fence("echo \\\n" + "  aaaaaaaaaa \\\n" * 20 + "  b"))),
    ("RB306", False, fixed("word " * 60)),
]

CASES += [
    ("RB301", False, fixed(fence("echo '$ 5 a month' > out.txt"))),
    ("RB303", True, fixed(fence("kubectl get pods −n rag"))),
    ("RB303", False, fixed(fence("psql -c \"SELECT 'Zoë'\""))),
    ("RB303", False, fixed(fence("# list the “stale” ones\nkubectl get pods -n rag"))),
    ("RB304", True, fixed(fence("for n in a b; do frobnicate $n; done"))),
    ("RB305", True, fixed('~~~\n{"a": 1}\n~~~')),
    ("RB305", True, fixed("> Quoted:\n>\n> ```\n> out\n> ```")),
    ("RB305", True, fixed(fence("SELECT 1;", ""))),
    ("RB305", False, fixed("Run ``kubectl get pods -n rag`` now, between two ticks.")),
    ("RB306", True, fixed(fence("kubectl get pods -n rag -l app=" + "a" * 140, "bash"))),
    ("RB306", True, fixed("Text:\n\n    " + "b" * 161)),
    ("RB306", True, fixed('1. Step:\n\n   ```json\n   {"a": "' + "c" * 170 + '"}\n   ```')),
    ("RB306", False, fixed(fence("x" * 160, "text"))),
    ("RB306", False, fixed("See https://docs.acme.dev/" + "a" * 200 + " for details.")),
]

CASES += [
    ("RB304", False, fixed(fence("function queue() {\n  ls\n}\nqueue a b"))),
    ("RB304", False, fixed(fence("retry() { ls; }\nretry 3"))),
]
