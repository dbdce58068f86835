"""Every equation of the pages that work the three cities out by pencil holds."""

import ast
import operator
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = (DOCS / "three_cities.md", DOCS / "three_cities_incomes.md")

NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
TOKEN = rf"(?:{NUMBER}|[()^/+x=-])"
# a name before a bracket is a function, and a letter after a number is an unknown
EQUATION = re.compile(rf"(?<![\w'^)/-])(?:{TOKEN} ?)*{TOKEN}(?![\w'])")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def equations(page: str) -> list[str]:
    """Return what stands on both sides of one or more equals signs."""
    text = re.sub(r"\n(?![|\n-])", " ", CODE.sub("", page))
    return [run for run in EQUATION.findall(text) if re.search(r"[\d)] = [\d(]", run)]


def value(side: str) -> Fraction:
    """Return what an expression in the notation of the page comes to, exactly."""
    written = side.strip().replace(",", "").replace("x", "*").replace("^", "**")
    return _value(ast.parse(written, mode="eval").body, written)


def _value(node: ast.expr, written: str) -> Fraction:
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left, written), _value(node.right, written)
        return OPERATIONS[type(node.op)](left, right)
    assert isinstance(node, ast.Constant), ast.dump(node)
    return Fraction(ast.get_source_segment(written, node))


def half_a_digit(side: str) -> Fraction:
    """Return how far a single printed number may be from what it stands for."""
    if not re.fullmatch(NUMBER, side.strip()):
        return Fraction(0)
    return Fraction(1, 2 * 10 ** len(side.strip().partition(".")[2]))


def holds(equation: str) -> bool:
    sides = equation.split(" = ")
    return all(
        abs(value(one) - value(other)) <= max(half_a_digit(one), half_a_digit(other))
        for one, other in pairwise(sides)
    )


EQUATIONS = [
    equation for page in PAGES for equation in equations(page.read_text("utf-8"))
]


def test_they_are_found():
    assert len(EQUATIONS) > 150


def test_they_hold():
    assert [equation for equation in EQUATIONS if not holds(equation)] == []


def test_a_wrong_one_is_seen():
    (wrong,) = equations("| A | 0.25 x (2,140 - 80) = 516 |")
    assert not holds(wrong)
    assert holds("1 / 3 = 0.3333")
    assert not holds("1 / 3 = 0.3334")
