"""The behaviours that are a single word."""

from conformance.nameserver import codes
from conformance.nameserver.behaviour import ANSWER, SILENT, Behaviour, Delivery, Message, Port, Send, Step
from conformance.nameserver.template import Template

NODATA = "NODATA"
_TC = codes.FLAGS["TC"]

RCODES = {NODATA: 0} | codes.RCODES
"""Return codes by name; NODATA is no error, and nothing in the answer."""

ANYWHERE: dict[str, Behaviour] = {
    "answer": ANSWER,
    "whole": Send((Step(Message(limit=0)),)),
    "truncate": Send((Step(Message(answers=0, flags_set=_TC)),)),
    "silent": SILENT,
    "echo": Send((Step(Template(("QUERY",))),)),
    "empty": Send((Step(Template(())),)),
    **{name: Send((Step(Message(rcode=number, answers=0)),)) for name, number in RCODES.items()},
}
TCP: dict[str, Behaviour] = {
    "close-after-query": Send((Step(Template(()), delivery=Delivery(framed=False, then="close")),)),
    "reset-after-query": Send((Step(Template(()), delivery=Delivery(framed=False, then="reset")),)),
}
PORT: dict[str, Behaviour] = {"refused": Port("refused")}
TCP_PORT: dict[str, Behaviour] = {"drop": Port("drop")}
CONNECTION: dict[str, Behaviour] = {"close": Port("close"), "reset": Port("reset")}
