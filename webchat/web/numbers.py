"""This room bounds the numbers that stand in addresses, for all routes that are made after it."""

from starlette.convertors import IntegerConvertor, register_url_convertor


class Number(IntegerConvertor):
    """What "{id:int}" of a route fits: what is longer than 64 bits is no row of ours, and no route."""

    regex = "[0-9]{1,18}"


register_url_convertor("int", Number())
