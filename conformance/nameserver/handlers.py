"""Python functions beside a topic, for messages that the grammar has no words for."""

import ast
import re
from pathlib import Path as File
from types import CodeType, ModuleType

from conformance.nameserver.behaviour import Handler, HandlerFunction
from conformance.nameserver.reading import Path, ScriptError, shown, text


def parse(value: object, path: Path, folder: File) -> Handler:
    """Reads `file.py:function` and looks for the function, without running the file."""
    written = text(value, path, "`file.py:function`")
    match = re.fullmatch(r"([A-Za-z0-9_-]+\.py):([A-Za-z_][A-Za-z0-9_]*)", written)
    if not match:
        raise ScriptError(path, f"{shown(value)} must be `file.py:function`, a file beside the topic")
    file, function = match.groups()
    try:
        source = (folder / file).read_text(encoding="utf-8")
        tree = ast.parse(source, str(folder / file))
    except (OSError, SyntaxError, ValueError) as e:
        raise ScriptError(path, f"{file} beside the topic cannot be read: {e}") from None
    defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    if function not in defined:
        raise ScriptError(path, f"{file} has no function {function}; it has: {', '.join(defined) or 'none'}")
    return Handler(file, function, compile(tree, str(folder / file), "exec"))


class Loaded:
    """The handlers of one run of a script: each file is run once, so that its state belongs to this run."""

    def __init__(self) -> None:
        self._modules: dict[str, ModuleType] = {}

    def function(self, handler: Handler) -> HandlerFunction:
        """The function; raises whatever running its file raises."""
        if handler.file not in self._modules:
            assert isinstance(handler.code, CodeType)
            module = ModuleType(handler.file.removesuffix(".py"))
            exec(handler.code, module.__dict__)
            self._modules[handler.file] = module
        function: HandlerFunction = getattr(self._modules[handler.file], handler.function)
        return function


def messages(result: object) -> list[tuple[float, bytes]]:
    """What a handler returned as delays and messages; raises TypeError for anything else."""
    if result is None:
        return []
    if isinstance(result, bytes):
        return [(0.0, result)]
    if isinstance(result, list) and all(_is_step(entry) for entry in result):
        return result
    raise TypeError("a handler returns bytes, a list of (delay, bytes), or None")


def _is_step(entry: object) -> bool:
    return (
        isinstance(entry, tuple)
        and len(entry) == 2
        and isinstance(entry[0], int | float)
        and isinstance(entry[1], bytes)
    )
