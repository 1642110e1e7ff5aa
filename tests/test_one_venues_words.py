"""HashKey's name and numbers stand in its own rooms: what the core needs of a venue, the venue says."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path

import hk_adapter

ROOT = Path(hk_adapter.__file__).parent
WORDS = re.compile(r"hashkey|\bMENA\b|\bHK documentation", re.IGNORECASE)
OWN_ROOMS = ("venues/hashkey/", "simulator/")

MAY_SAY = {
    # A class of ccxt's hashkey: its name, and the sites whose hosts it writes into ccxt's own description.
    "ccxt_facade/options.py": {"hashkey"},
    "ccxt_facade/describe.py": {"import hk_adapter.venues.hashkey.sites"},
    # Our own entry points, as pyproject.toml has them, for programs that have lost their metadata.
    "registry/entry_points.py": {
        "hashkey",
        "hk_adapter.venues.hashkey.plugin",
        "hk_adapter.simulator.opening:HashKeySimulator",
    },
    # The bridge's tables are by the ids of ccxt's exchanges, of which HashKey's is one.
    "venues/ccxt_bridge/own_account.py": {"hashkey"},
    "venues/ccxt_bridge/market_orders.py": {"hashkey"},
    # The campaign forges the refusals of the venue that is simulated, and goes by its documented codes.
    "testing/campaign/forged_codes.py": {"import hk_adapter.venues.hashkey.error_table"},
    "testing/campaign/hashkey_language.py": {"HashKeyLanguage"},
    "testing/campaign/player.py": {"HashKeyLanguage", "import hk_adapter.testing.campaign.hashkey_language"},
    # Where ids count by symbol the venue that is simulated is another one, and its plugin HashKey's with the symbol.
    "testing/campaign/venue_by_symbol.py": {
        "HashKeyVenue",
        "import hk_adapter.venues.hashkey.options",
        "import hk_adapter.venues.hashkey.plugin",
        "import hk_adapter.venues.hashkey.sites",
    },
    "testing/campaign/ccxt_player.py": {"HashKeyLanguage", "import hk_adapter.testing.campaign.hashkey_language"},
}
"""Which words, where else, and why. Docstrings of modules, classes and functions may give HashKey as an example."""


def words_in(source: str) -> set[str]:
    """Find what names HashKey in a file: imports, names, texts, comments, and what explains a constant."""
    tree = ast.parse(source)
    docstrings = {id(text) for node in ast.walk(tree) if (text := _docstring(node)) is not None}
    said = {f"import {module}" for node in ast.walk(tree) for module in _imported(node)}
    said |= {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    }
    imports = {line for node in ast.walk(tree) if _imported(node) for line in range(node.lineno, node.end_lineno + 1)}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.NAME and token.start[0] not in imports):
            said.add(token.string)
    return {words for words in said if WORDS.search(words)}


def _docstring(node: ast.AST) -> ast.Constant | None:
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or not node.body:
        return None
    first = node.body[0]
    return first.value if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) else None


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_no_other_room_says_hashkey():
    """Its name, sites and numbers are found in its own rooms, and where MAY_SAY tells why: no less, and no more."""
    files = {str(file.relative_to(ROOT)): file for file in ROOT.rglob("*.py")}
    others = {name: file for name, file in files.items() if not name.startswith(OWN_ROOMS)}
    found = {name: words_in(file.read_text(encoding="utf-8")) for name, file in others.items()}
    assert {name: words for name, words in found.items() if words} == MAY_SAY


def test_the_rule_can_fail():
    """Imports, names, texts, parts of texts, comments and explained numbers are all seen; examples are not."""
    source = '''"""Such as HashKey."""
from hk_adapter.venues.hashkey.sites import ORDERS
LIMIT = 10
"""Calls a second that HashKey allows."""
def hashkey_limit(venue):
    """Return the limit, HashKey's for example."""
    return f"hashkey {venue}" if venue == "hashkey" else ORDERS  # as MENA has it
'''
    assert words_in(source) == {
        "import hk_adapter.venues.hashkey.sites",
        "Calls a second that HashKey allows.",
        "hashkey_limit",
        "hashkey ",
        "hashkey",
        "# as MENA has it",
    }
