"""Looks for what a stated cause rests on: enough of its telling words in one source or in all."""

from runbooks.evidence.causes import CUE, clause, content
from runbooks.evidence.index import MOST_PLACES
from runbooks.evidence.report import Support
from runbooks.evidence.sources import Sources
from runbooks.evidence.spots import Spot
from runbooks.evidence.words import STOP, stem, stems
from runbooks.lint.tools import word_set

ENOUGH = 0.6
"""So large a share of a cause's telling words has to stand in patterns, counts and catalogue."""
ENOUGH_IN_ONE = 0.75
"""So large a share has to stand in one message or span."""
ENOUGH_ON_A_SIDE = 0.5
"""So large a share of what stands on either side of `because` has to stand there, too."""
_FEWEST_ON_A_SIDE = 2
_MOST_WORDS = 60
_FEWEST_IN_ONE = 3

MECHANISMS = frozenset(
    stem(word)
    for word in word_set(
        """
        dns tls ssl certificate handshake disk inode memory heap leak cpu throttling garbage
        gc deadlock race mutex lock contention index migration schema replica replication
        failover partition quota firewall proxy gateway loadbalancer balancer kernel cron
        scheduler clock skew timezone zone encoding charset locale cache eviction redis kafka
        rabbitmq broker queue postgres mysql mongodb elasticsearch zookeeper etcd consul vault
        terraform ansible helm kubernetes node autoscaler autoscaling sidecar mesh istio envoy
        nginx network packet latency bandwidth router subnet vpn cdn edge region
        datacenter oauth token credential secret permission iam scope flag toggle rollout
        deploy deployment release canary upgrade downgrade dependency config configuration
        misconfiguration timeout retry backoff circuit breaker ratelimit webhook upstream
        downstream serialization deserialization parser decoder nullpointer overflow underflow
        regex temperature hallucination embedding vector finetuning guardrail filter injection
        malware attack ddos bot crawler corruption bitrot hardware power outage bug typo
        thread pool connection socket port descriptor ulimit oom swap filesystem volume
        snapshot backup restore election leader quorum consensus split-brain
        """
    )
)
"""Words that name how things fail: a cause with one that no source has is not theirs."""


def cause_support(spot: Spot, sources: Sources) -> Support | None:
    """Give what a cause rests on, or None."""
    known = sources.wordings.sentence(spot.sentence)
    if known:
        return known
    own = frozenset(stems(sources.service, STOP))
    told = content(clause(spot.words)) or content(spot.words)
    words = frozenset(sorted(told - own or told)[:_MOST_WORDS])
    if not words:
        return None
    shares = [len(words & there) / len(words) for there in sources.told_stems]
    best = max(range(len(shares)), key=shares.__getitem__, default=-1)
    together = len(words & sources.all_told) / len(words)
    if _half_invented(spot.words, own, sources.all_told):
        return None
    if words & MECHANISMS - sources.all_told:
        return _in_one_passage(words, sources)
    if together >= ENOUGH and best >= 0:
        return sources.told.whole(best, round(max(shares[best], together * 0.9), 3))
    return _in_one_passage(words, sources)


def _half_invented(sentence: str, own: frozenset[str], told: frozenset[str]) -> bool:
    """Tell whether one side of `because` and the like has little that any source says."""
    for side in CUE.split(clause(sentence)):
        words = content(side) - own
        if len(words) >= _FEWEST_ON_A_SIDE and len(words & told) / len(words) < ENOUGH_ON_A_SIDE:
            return True
    return False


def _in_one_passage(words: frozenset[str], sources: Sources) -> Support | None:
    """Find one message or span that has nearly all of the words."""
    if len(words) < _FEWEST_IN_ONE:
        return None
    index = sources.everything
    counted: dict[int, set[str]] = {}
    for word in words:
        at = index.find(word)
        for _ in range(MOST_PLACES):
            if at < 0:
                break
            if not index.text[at - 1 : at].isalnum():
                counted.setdefault(index.number_at(at), set()).add(word)
            at = index.find(word, at + 1)
    number = max(counted, key=lambda key: len(counted[key]), default=-1)
    if number < 0 or words & MECHANISMS - counted[number]:
        return None
    share = len(counted[number]) / len(words)
    return index.whole(number, round(share, 3)) if share >= ENOUGH_IN_ONE else None
