"""What a field's name says about its value: `db_password`, `dateOfBirth`, `address1`."""

import re
from enum import Enum, auto
from functools import lru_cache

from runbooks.redaction.spans import words


class Family(Enum):
    """The families of names whose values are judged by the name."""

    PASSWORD = auto()
    KEY = auto()
    WEAK_KEY = auto()
    CARD_CODE = auto()
    CARD = auto()
    SSN = auto()
    DOCUMENT = auto()
    PHONE = auto()
    DOB = auto()
    ADDRESS = auto()
    STREET = auto()
    ZIP = auto()
    NAME = auto()
    PERSON = auto()


_WORD = re.compile(r"[A-Z]{1,40}(?![a-z])|[A-Z]?[a-z]{1,40}|\d{1,10}")
_TAIL_WORDS = words(
    "value val string str plain plaintext text raw confirm confirmation base64 b64 encoded base"
    " old new current prod production dev staging test live default number no nr num field"
)
_NEGATIONS = words("not no non fake example dummy sample invalid without max min")
_PASSWORDS = re.compile(
    r"\w{0,40}(?:password|passwd|passphrase|passcode|pwd)|pw|(?:db|user|root|admin)pass"
)
_PASS_OWNERS = words(
    "db database user admin root my mysql pg postgres sql redis mongo rabbitmq amqp ftp sftp"
    " smtp imap mail ssh http https proxy basic auth login default service account ldap vpn wifi"
    " api the key"
)
_SECRETS = re.compile(r"\w{0,40}(?:secret|token)|secrets|cred|creds|credentials?")
_OPEN_TOKENS = words(
    "public csrf xsrf verification requestverification authenticity next page nextpage prev"
    " continuation cursor sync bos eos pad unk cls sep mask special stop start end per first"
    " last resume paging pagination reserved prompt total input output lexer idempotency"
)
_AUTHS = words("auth authorization bearer phpsessid jsessionid sessid sessionid")
_KEY_WORD = re.compile(
    r"\w{0,40}(?:api|access|secret|private|priv|auth|account|encrypt|encryption|signing|shared"
    r"|master|app|application|storage|license|service|crypto)key"
)
_KEY_OWNERS = words(
    "api cloud access secret private priv auth account encrypt encryption decryption signing sign"
    " shared master app application client storage service subscription license integration"
    " deploy webhook admin root jwt hmac aes rest ingest write server functions sas session"
    " crypto cipher rsa iam amplitude adafruit adobe airtable algolia alibaba anthropic"
    " artifactory asana aws azure beamer bitbucket bittrex bugsnag circleci cloudant"
    " cloudflare codecov cohere coinbase confluent contentful cos databricks datadog dd deepl"
    " discord docker dropbox elastic etsy facebook fastly finnhub firebase flickr freshbooks"
    " gemini github gitlab google grafana groq heroku honeycomb hubspot ibm infracost"
    " intercom jenkins jfrog kraken kucoin langfuse langsmith launchdarkly linear linkedin"
    " looker mailchimp mailgun mapbox maps mattermost messagebird mistral netlify newrelic nr"
    " notion npm nuget okta openai opsgenie pagerduty perplexity pinecone plaid planetscale"
    " postman posthog privateai pulumi pypi rapidapi readme rubygems segment sendgrid sentry"
    " shippo shopify sl slack snyk softlayer sonar sonarqube splunk square squarespace stripe"
    " sumo sumologic supabase telegram terraform travis trello twilio twitch twitter typeform"
    " vault vercel wandb yandex zendesk zoom"
)
_OPEN_KEYS = words(
    "public pub primary foreign cache partition sort row routing object idempotency dedup"
    " dedupe group issue project host map lookup hash aggregation storageobject publishable"
    " registry index unique composite surrogate natural message event job task config feature"
    " flag label metric translation i18n shortcut hot arrow press state query param property"
    " dict json redis shard bucket compound trace span correlation request sequence site"
    " parent node"
)
_HOSTLY = words(
    "ip ipv4 ipv6 email e mail mac web http url wallet contract bitcoin eth bind listen"
    " listening server host remote local memory mem physical virtual base client peer broker"
    " node pod service dest destination src source target gateway proxy socket internet"
    " network advertise advertised cluster grpc rpc upstream downstream return load start end"
)
_PEOPLE = words(
    "first last middle given family full maiden sur nick legal birth passenger customer"
    " cardholder patient guest contact traveler traveller employee recipient billing holder"
    " applicant beneficiary buyer payer donor subscriber insured tenant"
)
_NAMES = re.compile(
    r"(?:first|last|middle|given|family|full|maiden|sur|passenger|customer|cardholder|patient|guest"
    r"|contact|traveller|traveler|employee|recipient|holder)names?|forename|fname|lname"
)
_PHONES = re.compile(
    r"(?:\w{0,20}phone|tel|mobile|cell|fax|msisdn|telefon|whatsapp)(?:no|nr|number)?"
)
_DOBS = re.compile(r"dob|birth(?:date|day|dt)|dateofbirth|born")
_ZIPS = words("zip zipcode postal postalcode postcode plz")


@lru_cache(maxsize=4096)
def family_of(name: str) -> Family | None:
    """The family of a field's name in any spelling (snake, camel, kebab, words), or None."""
    words = tuple(word.lower() for word in _WORD.findall(name[-64:]))
    digits = 0
    while len(words) > 1 and (words[-1].isdigit() or words[-1] in _TAIL_WORDS):
        digits += words[-1].isdigit()
        words = words[:-1]
    if not words or not _NEGATIONS.isdisjoint(words):
        return None
    return _secret_family(words, numbered=digits > 0) or _personal_family(words, digits > 0)


def _secret_family(words: tuple[str, ...], *, numbered: bool) -> Family | None:
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if _PASSWORDS.fullmatch(last) or (before, last) == ("pass", "phrase"):
        return Family.PASSWORD
    if last == "pass" and (not before or before in _PASS_OWNERS):
        return Family.PASSWORD
    if last in {"cvv", "cvc", "cvn", "cvv2", "cvc2"}:
        return Family.CARD_CODE
    if numbered:  # token1 and key2 are counters, password2 is the repeated field of a form
        return None
    if _SECRETS.fullmatch(last):
        return None if last.endswith("token") and _is_open_token(words) else Family.KEY
    if last in _AUTHS or (before, last) in {("session", "cookie"), ("connect", "sid")}:
        return Family.KEY
    return _key_family(last, before)


def _is_open_token(words: tuple[str, ...]) -> bool:
    return (
        "".join(words[-3:]).endswith("publickeytoken")
        or not _OPEN_TOKENS.isdisjoint(words[:-1])
        or words[-1].removesuffix("token") in _OPEN_TOKENS
    )


def _key_family(last: str, before: str) -> Family | None:
    if _KEY_WORD.fullmatch(last):
        return Family.KEY
    if last != "key" or before in _OPEN_KEYS:
        return None
    return Family.KEY if before in _KEY_OWNERS else Family.WEAK_KEY


def _personal_family(words: tuple[str, ...], numbered: bool) -> Family | None:
    last, joined = words[-1], "".join(words[-3:])
    before = words[-2] if len(words) > 1 else ""
    if _DOBS.fullmatch(last) or joined.endswith(("dateofbirth", "birthdate", "birthday")):
        return Family.DOB
    if last in {"ssn", "socialsecurity"} or joined.endswith("socialsecurity"):
        return Family.SSN
    if _PHONES.fullmatch(last) or (before, last) == ("contact", "number"):
        return Family.PHONE
    if before + last in {"creditcard", "debitcard", "cardnumber", "card", "ccnumber", "pan"}:
        return Family.CARD
    return _document_family(words, last, before) or _postal_family(last, before, numbered)


def _document_family(words: tuple[str, ...], last: str, before: str) -> Family | None:
    if last == "passport" or ("driver" in words and last in {"license", "licence"}):
        return Family.DOCUMENT
    if last in {"drivers", "driverslicense", "driverlicense"} or before + last == "nationalid":
        return Family.DOCUMENT
    if last in {"passenger", "cardholder", "patient", "traveler", "traveller"}:
        return Family.PERSON
    if _NAMES.fullmatch(last) or (last == "name" and before in _PEOPLE):
        return Family.NAME
    return None


def _postal_family(last: str, before: str, numbered: bool) -> Family | None:
    if last in _ZIPS or before + last in {"zipcode", "postalcode", "postcode"}:
        return Family.ZIP
    if last in {"street", "streetaddress", "addressline", "addrline"}:
        return Family.STREET
    if last in {"address", "addr", "addresses"} and before not in _HOSTLY:
        return Family.STREET if numbered or before == "street" else Family.ADDRESS
    return Family.STREET if (before, last) in {("address", "line"), ("addr", "line")} else None
