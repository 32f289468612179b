"""A SOAP service by spyne, for the tests: prints its address once it listens.

    server.py 11|12

`/` takes SOAP of the version that is asked for, and gives its WSDL by `?wsdl`.
"""

import base64
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

from spyne import Application, ByteArray, ComplexModel, Fault, Integer, ServiceBase, Unicode, rpc
from spyne.protocol.soap import Soap11, Soap12
from spyne.server.wsgi import WsgiApplication

NAMESPACE = "urn:example:register"


class Context(ComplexModel):
    __namespace__ = NAMESPACE
    purpose = Unicode(min_occurs=1, max_len=20)


class Person(ComplexModel):
    __namespace__ = NAMESPACE
    id = Integer(min_occurs=1)
    name = Unicode(min_occurs=1, max_len=10)


class NotFound(Fault):
    __namespace__ = NAMESPACE

    def __init__(self):
        super().__init__(faultcode="Client.NotFound", faultstring="there is no such person")


class Register(ServiceBase):
    __in_header__ = Context

    @rpc(Integer(min_occurs=1, ge=0), _returns=Person, _throws=NotFound)
    def get_person(ctx, id):
        if id == 0:
            raise NotFound()
        # A provider that breaks its own contract: the name is longer than it says.
        name = "x" * 11 if id == 13 else "Ane"
        return Person(id=id, name=name)

    @rpc(ByteArray(min_occurs=1), _returns=Integer)
    def put_file(ctx, content):
        return sum(len(piece) for piece in content)

    @rpc(Integer, _returns=ByteArray)
    def get_file(ctx, size):
        return [b"x" * size]


def optimised(application):
    """Sends the file of an answer as an attachment (MTOM), which spyne does not do itself."""
    opens, closes = b"get_fileResult>", b"</"

    def answer(environ, start_response):
        told = []
        body = b"".join(application(environ, lambda status, headers, *rest: told.append((status, headers))))
        status, headers = told[0]
        at = body.find(opens)
        if at < 0:
            start_response(status, headers)
            return [body]
        begin = at + len(opens)
        end = body.index(closes, begin)
        content = base64.b64decode(body[begin:end])
        include = b'<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:file@spyne"/>'
        kind = dict((name.lower(), value) for name, value in headers)["content-type"].split(";")[0]
        body = b"\r\n".join([
            b"--limit", f'Content-Type: application/xop+xml; charset=utf-8; type="{kind}"'.encode(),
            b"Content-ID: <root@spyne>", b"", body[:begin] + include + body[end:],
            b"--limit", b"Content-Type: application/octet-stream", b"Content-Transfer-Encoding: binary",
            b"Content-ID: <file@spyne>", b"", content, b"--limit--", b""])
        stated = f'multipart/related; boundary=limit; type="application/xop+xml"; start="<root@spyne>"; start-info="{kind}"'
        start_response(status, [("Content-Type", stated), ("Content-Length", str(len(body)))])
        return [body]

    return answer


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


def main():
    soap = {"11": Soap11, "12": Soap12}[sys.argv[1]]
    application = Application(
        [Register], tns=NAMESPACE, name="Register",
        in_protocol=soap(validator="lxml"), out_protocol=soap(),
    )
    server = make_server("127.0.0.1", 0, optimised(WsgiApplication(application)), handler_class=Quiet)
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
