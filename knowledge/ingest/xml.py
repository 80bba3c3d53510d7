"""XML that cannot reach outside itself: entity declarations are refused, external ones never loaded."""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from ...errors import KnowledgeError

_LARGEST_DEPTH = 200


def parse(data: bytes) -> Element:
    """The root element, tags without their prefix. Raises KnowledgeError on malformed or self-expanding XML."""
    parser = expat.ParserCreate()
    builder = TreeBuilder()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _LARGEST_DEPTH:
            raise KnowledgeError("XML nested too deeply")
        builder.start(tag.rsplit(":", 1)[-1], {key.rsplit(":", 1)[-1]: value for key, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag.rsplit(":", 1)[-1])

    def refuse(*_: object) -> None:
        raise KnowledgeError("XML with entity declarations is not read")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = refuse
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, AssertionError, ValueError) as error:
        raise KnowledgeError(f"truncated or malformed XML ({error})") from error


def text_of(element: Element | None) -> str:
    """All text inside an element."""
    return "" if element is None else "".join(element.itertext())
