"""Calls the service through a gateway by zeep, and says what came of each call, one line each.

    client.py WSDL ADDRESS
"""

import sys

import zeep
from lxml import etree
from zeep import Client
from zeep.exceptions import Fault

XOP = "http://www.w3.org/2004/08/xop/include"


def said(name, call):
    try:
        answer = call()
    except zeep.exceptions.TransportError as fault:
        print(name, 'transport', fault.message[:80])
    except Fault as fault:
        codes = [] if fault.detail is None else fault.detail.xpath("//*[local-name()='violation']/*[local-name()='code']/text()")
        print(name, "fault", fault.message, *codes, flush=True)
    else:
        print(name, answer, flush=True)


def attach(client, service, content, href):
    """Sends `put_file` as an optimised message (MTOM), which zeep does not write itself."""
    operation = service._binding._operations["put_file"]
    envelope, headers = service._binding._create("put_file", (), {"content": b"x", "_soapheaders": context(client)}, client=client, options=service._binding_options)
    place = envelope.xpath("//*[local-name()='content']")[0]
    place.text = None
    etree.SubElement(place, f"{{{XOP}}}Include", href=href)
    soap = "application/soap+xml" if "soap-envelope" in envelope.tag else "text/xml"
    root = etree.tostring(envelope)
    body = b"\r\n".join([
        b"--frontier",
        f'Content-Type: application/xop+xml; charset=UTF-8; type="{soap}"'.encode(),
        b"Content-Transfer-Encoding: 8bit", b"Content-ID: <root@example>", b"", root,
        b"--frontier", b"Content-Type: application/octet-stream", b"Content-Transfer-Encoding: binary",
        b"Content-ID: <file@example>", b"", content, b"--frontier--", b""])
    action = operation.soapaction or ""
    sent = {"Content-Type": f'multipart/related; boundary="frontier"; type="application/xop+xml"; '
                            f'start="<root@example>"; start-info="{soap}"; action="{action}"',
            "SOAPAction": f'"{action}"'}
    response = client.transport.session.post(service._binding_options["address"], data=body, headers=sent)
    return service._binding.process_reply(client, operation, response)


def context(client, purpose="test"):
    return {"Context": {"purpose": purpose}}


def main():
    wsdl, address = sys.argv[1:]
    client = Client(wsdl)
    binding = next(iter(client.wsdl.bindings))
    service = client.create_service(binding, address)
    header = context(client)
    said("get", lambda: service.get_person(id=7, _soapheaders=header).name)
    said("missing", lambda: service.get_person(id=0, _soapheaders=header))
    said("negative", lambda: service.get_person(id=-1, _soapheaders=header))
    said("breach", lambda: service.get_person(id=13, _soapheaders=header))
    said("purpose", lambda: service.get_person(id=7, _soapheaders=context(client, "x" * 21)))
    said("headless", lambda: service.get_person(id=7))
    said("put", lambda: service.put_file(content=b"abc", _soapheaders=header))
    said("attached", lambda: attach(client, service, b"\x00\x01binary\r\n--no", "cid:file@example"))
    said("nowhere", lambda: attach(client, service, b"abc", "cid:other@example"))
    said("file", lambda: len(service.get_file(size=1000, _soapheaders=header)))


main()
