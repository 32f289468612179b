"""Judges the pairs of contracts/tests/openapi by openapi-core, as a second judge.

    pip install openapi-core pyyaml
    python bench/peers/openapi_pairs.py SUITES/contracts contracts/tests/openapi

Prints one line for each message on which the two differ: file, pair, what is expected, what openapi-core says. A message is told to be
accepted or refused, not why. Those that are listed in `peer.tsv` beside the pairs are left out; a line of it that is no difference any
more is printed too.
"""

import json
import sys
import tomllib
import warnings
from pathlib import Path

import yaml
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict
from urllib.parse import parse_qsl
from http.cookies import SimpleCookie

warnings.simplefilter("ignore")


JSON_TYPES = ("application/problem+json", "application/hal+json", "application/fhir+json", "application/json-patch+json")


class Message:
    def __init__(self, text):
        head, _, body = text.lstrip("\n").partition("\n\n")
        lines = head.rstrip().split("\n")
        self.start = lines[0]
        self.headers = [(n, v.strip()) for n, _, v in (line.partition(":") for line in lines[1:])]
        self.body = body.replace("\\r\\n", "\r\n")

    def apply(self, change):
        verb, _, rest = change.partition(" ")
        if verb == "start":
            self.start = rest
        elif verb == "body":
            self.body = rest.replace("\\r\\n", "\r\n")
        elif verb == "header":
            name, _, value = rest.partition(":")
            self.headers = [h for h in self.headers if h[0].lower() != name.lower()] + [(name, value.strip())]
        elif verb == "without":
            self.headers = [h for h in self.headers if h[0].lower() != rest.lower()]
        elif verb in ("set", "remove"):
            pointer, _, value = rest.partition(" ")
            body = json.loads(self.body)
            *above, step = pointer.split("/")[1:]
            place = body
            for part in above:
                place = place[int(part)] if isinstance(place, list) else place[part]
            step = int(step) if isinstance(place, list) else step
            if verb == "set":
                place[step] = json.loads(value)
            else:
                del place[step]
            self.body = json.dumps(body)
        elif verb != "as":
            raise ValueError(change)

    def media_type(self):
        return next((v for n, v in self.headers if n.lower() == "content-type"), "application/octet-stream")


class Request:
    def __init__(self, message, server):
        self.message = message
        self.host_url = server
        method, target = message.start.split(" ", 1)
        self.method = method.lower()
        self.path, _, query = target.partition("?")
        cookie = SimpleCookie()
        for name, value in message.headers:
            if name.lower() == "cookie":
                cookie.load(value)
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(query, keep_blank_values=True)),
            header=Headers(message.headers),
            cookie=ImmutableMultiDict({k: m.value for k, m in cookie.items()}),
        )
        self.content_type = message.media_type()
        self.body = message.body.encode() or None


class Response:
    def __init__(self, message):
        self.status_code = int(message.start)
        self.content_type = message.media_type()
        self.headers = Headers(message.headers)
        self.data = message.body.encode() or None


def plain(value):
    """Statuses as texts, for YAML reads numbers; media types without charset, which openapi-core does not find; nothing of the network."""
    if isinstance(value, dict):
        if str(value.get("$ref", "")).startswith("http"):
            return {}
        return {str(k).split("; charset")[0]: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list) else value


def inlined(value, path):
    """What other files hold, in the place of the references to it: openapi-core takes operations from no other file."""
    if isinstance(value, dict):
        file, _, pointer = str(value.get("$ref", "")).partition("#")
        if file and "://" not in file:
            target = (path.parent / file).resolve()
            found = yaml.safe_load(target.read_text())
            for step in pointer.split("/")[1:]:
                found = found[step.replace("~1", "/").replace("~0", "~")]
            return inlined(found, target)
        # Examples are not judged, and refer to files too.
        return {k: inlined(v, path) for k, v in value.items() if k not in ("example", "examples")}
    return [inlined(v, path) for v in value] if isinstance(value, list) else value


def load(path):
    description = plain(inlined(yaml.safe_load(path.read_text()), path))
    description.pop("security", None)  # who may call is not the question
    for item in description["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation.pop("security", None)
    return description


def address(message, bases):
    """The request at the server whose path it has, else below the first one's."""
    for base in bases:
        scheme, _, rest = base.partition("://")
        host, slash, prefix = rest.partition("/")
        asked = Request(message, f"{scheme}://{host}")
        path = (slash + prefix).rstrip("/")
        if path and asked.path.startswith(path + "/"):
            return asked
    scheme, _, rest = bases[0].partition("://")
    host, slash, prefix = rest.partition("/")
    asked = Request(message, f"{scheme}://{host}")
    asked.path = (slash + prefix).rstrip("/") + asked.path
    return asked


def refused(call):
    try:
        call()
        return None
    except Exception as fault:  # openapi-core has many kinds
        inner = getattr(fault, "__cause__", None) or fault
        return f"{type(fault).__name__}: {type(inner).__name__}"


def main(suite, tables):
    known = {}
    listed = tables / "peer.tsv"
    for line in listed.read_text().splitlines() if listed.exists() else []:
        if line and not line.startswith("#"):
            name, pair, _ = line.split("\t")
            known[name, pair] = False
    compared = differ = 0
    for table in sorted(tables.glob("*.toml")):
        pairs = tomllib.loads(table.read_text())
        description = load(suite / pairs["description"])
        servers = [s["url"] for s in description.get("servers", [{"url": "/"}])]
        bases = [url if "://" in url else "http://localhost" + url for url in servers]
        readers = {kind: json.loads for kind in JSON_TYPES}
        judge = OpenAPI.from_dict(description, config=Config(extra_media_type_deserializers=readers, spec_validator_cls=None))
        for exchange in pairs["exchange"]:
            for line in exchange["pairs"]:
                change, _, expected = line.partition(" => ")
                side, _, changes = change.partition(" ")
                request, answer = Message(exchange["request"]), Message(exchange["answer"])
                for each in changes.split(" ;; "):
                    (request if side == "request" else answer).apply(each)
                asked = address(request, bases)
                if side == "request":
                    found = refused(lambda: judge.validate_request(asked))
                else:
                    found = refused(lambda: judge.validate_response(asked, Response(answer)))
                compared += 1
                if (found is None) != (expected.strip() == "accepted"):
                    differ += 1
                    key = (table.stem, change)
                    if key in known:
                        known[key] = True
                    else:
                        print(table.stem, change, expected.strip(), found or "accepted", sep="\t")
    for (name, pair), seen in known.items():
        if not seen:
            print(name, pair, "listed, and no difference", sep="\t")
    print(f"{compared} pairs compared, {differ} differ, {sum(known.values())} of them listed", file=sys.stderr)
    return any(not seen for seen in known.values()) or differ != sum(known.values())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
