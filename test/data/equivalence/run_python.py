"""Runs Python functions and their mutants on made-up inputs, and says which mutants were ever seen to differ.

The same protocol as run-javascript.mjs: one JSON object a line, {id, chosen, rejected, marked, free}, where the three
are the source of a function; `marked` calls `__hit` where the change begins.
"""
import builtins
import inspect
import json
import signal
import sys
import types

SEEDS = 40
SECONDS = 0.05
# As in JavaScript: longer where only the mutant does not end, as the machine may be busy.
PATIENCE = 20


def hash_of(text):
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    value = ((value ^ (value >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
    return value ^ (value >> 12)


class Timeout(BaseException):
    pass


class World:
    def __init__(self, seed):
        self.seed, self.log, self.known = seed, [], {}

    def make(self, path):
        if path not in self.known:
            self.known[path] = self.make_new(path)
        return self.known[path]

    def make_new(self, path):
        bits = hash_of(f"{self.seed}:{path}")
        depth = sum(path.count(sign) for sign in ".(")
        kind, number = bits % 16, (bits >> 8) % 9
        if kind < 4:
            return number - 2
        if kind < 5:
            return (number - 2) / 2
        if kind < 7:
            return number % 2 == 0
        if kind < 8:
            return ["", "a", "b", "abc", "b a"][number % 5]
        if kind < 9:
            return None
        if kind < 11 and depth < 5:
            return [self.make(f"{path}.{index}") for index in range(number % 5)]
        if kind < 12 and depth < 5:
            return {key: self.make(f"{path}.{key}") for key in "abc"[: number % 4]}
        return MadeUp(self, path) if depth < 8 else number


class MadeUp:
    def __init__(self, world, path):
        object.__setattr__(self, "_made_up", (world, path, {}, [0]))

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        world, path, own, _ = object.__getattribute__(self, "_made_up")
        return own[name] if name in own else world.make(f"{path}.{name}")

    def __setattr__(self, name, value):
        world, path, own, _ = object.__getattribute__(self, "_made_up")
        own[name] = value
        world.log.append(f"{path}.{name} = {show(value)}")

    def __delattr__(self, name):
        world, path, _, _ = object.__getattribute__(self, "_made_up")
        world.log.append(f"del {path}.{name}")

    def __call__(self, *args, **kwargs):
        world, path, _, calls = object.__getattribute__(self, "_made_up")
        given = ",".join([*map(show, args), *(f"{key}={show(value)}" for key, value in kwargs.items())])
        world.log.append(f"{path}({given})")
        for value in args:
            if isinstance(value, types.FunctionType):
                count = len(inspect.signature(value).parameters)
                world.log.append(f"callback {show(value(*(world.make(f'{path}#{i}') for i in range(count))))}")
        calls[0] += 1
        return world.make(f"{path}({given if len(given) < 60 else hash_of(given)}){calls[0]}")

    def __getitem__(self, key):
        world, path, own, _ = object.__getattribute__(self, "_made_up")
        shown = show(key)
        return own[shown] if shown in own else world.make(f"{path}.{shown}")

    def __setitem__(self, key, value):
        world, path, own, _ = object.__getattribute__(self, "_made_up")
        own[show(key)] = value
        world.log.append(f"{path}[{show(key)}] = {show(value)}")

    def __delitem__(self, key):
        world, path, _, _ = object.__getattribute__(self, "_made_up")
        world.log.append(f"del {path}[{show(key)}]")

    def __contains__(self, item):
        world, path, _, _ = object.__getattribute__(self, "_made_up")
        return hash_of(f"{world.seed}{path}?{show(item)}") % 2 == 0

    def __iter__(self):
        world, path, _, _ = object.__getattribute__(self, "_made_up")
        return iter([world.make(f"{path}.0"), world.make(f"{path}.1")])

    def __len__(self):
        world, path, _, _ = object.__getattribute__(self, "_made_up")
        return hash_of(f"{world.seed}{path}") % 4

    def __bool__(self):
        return True

    def __enter__(self):
        return self("enter")

    def __exit__(self, *_):
        self("exit")
        return False

    def __index__(self):
        return hash_of(object.__getattribute__(self, "_made_up")[1]) % 7

    __int__ = __index__

    def __float__(self):
        return float(self.__index__())

    def __hash__(self):
        return hash_of(object.__getattribute__(self, "_made_up")[1])

    def __str__(self):
        return show(self)


def operator_method(name):
    def method(self, *others):
        world, path, _, _ = object.__getattribute__(self, "_made_up")
        return world.make(f"{path}.{name}.{','.join(map(show, others))}")

    return method


for operator in "add radd sub rsub mul rmul truediv rtruediv floordiv mod pow and or xor neg invert matmul lt le gt ge".split():
    setattr(MadeUp, f"__{operator}__", operator_method(operator))


def show(value, depth=0):
    if isinstance(value, MadeUp):
        return object.__getattribute__(value, "_made_up")[1]
    if depth > 4:
        return "..."
    if isinstance(value, (list, tuple, set, frozenset)):
        return f"{type(value).__name__}[{','.join(show(item, depth + 1) for item in list(value)[:20])}]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{show(key)}: {show(item, depth + 1)}" for key, item in value.items()) + "}"
    if isinstance(value, types.GeneratorType):
        return f"generator {show([item for item, _ in zip(value, range(10))], depth + 1)}"
    if inspect.iscoroutine(value):
        try:
            value.send(None)
        except StopIteration as stop:
            return f"coroutine {show(stop.value, depth + 1)}"
    if isinstance(value, (int, float, str, bytes, bool, complex)) or value is None:
        return repr(value)
    return type(value).__name__


def on_alarm(*_):
    raise Timeout


HITS = []


def observe(source, free, seed, seconds=SECONDS):
    world = World(seed)
    names = {name: world.make(f"free {name}") for name in free}
    scope = {"__builtins__": {**vars(builtins), "print": lambda *_, **__: None, "input": lambda *_: "", "open": None,
                              "exec": None, "eval": None, "exit": None, "quit": None, "breakpoint": None}, **names,
             "__hit": lambda: HITS.append(seed)}
    known = set(scope)
    arguments = []
    try:
        exec(compile("from __future__ import annotations\n" + source, "function", "exec"), scope)
        function = next(value for name, value in scope.items() if name not in known and callable(value))
        named = {}
        for name, parameter in inspect.signature(function).parameters.items():
            if parameter.kind == parameter.VAR_KEYWORD:
                continue
            value = MadeUp(world, "self") if name in ("self", "cls") else world.make(f"argument {name}")
            if parameter.kind == parameter.KEYWORD_ONLY:
                named[name] = value
            elif parameter.kind == parameter.VAR_POSITIONAL:
                arguments.extend([value, world.make(f"argument {name} 2")])
            else:
                arguments.append(value)
    except Exception:
        return None
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        result = function(*arguments, **named)
        end = f"returns {show(result)}"
        if isinstance(result, types.FunctionType):
            count = len(inspect.signature(result).parameters)
            world.log.append(f"gives {show(result(*(world.make(f'used {i}') for i in range(count))))}")
    except Timeout:
        end = "does not end"
    except BaseException as error:
        end = f"throws {type(error).__name__}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        return end, "\n".join([end, *world.log, *map(show, arguments)])
    except BaseException:
        return end, "\n".join([end, *world.log])


FAILURES = {f"throws {name}" for name in
            ("TypeError", "AttributeError", "NameError", "UnboundLocalError", "RecursionError", "ImportError",
             "ModuleNotFoundError", "IndexError", "MemoryError")} | {"does not end"}


def compare(pair):
    runs, is_reached = 0, False
    for seed in range(SEEDS):
        first = observe(pair["chosen"], pair["free"], seed)
        if first is None:
            break
        if first[0] in FAILURES:
            continue
        runs += 1
        if not is_reached:
            before = len(HITS)
            observe(pair["marked"], pair["free"], seed)
            is_reached = len(HITS) > before
        second = observe(pair["rejected"], pair["free"], seed)
        if second is not None and second[0] == "does not end":
            second = observe(pair["rejected"], pair["free"], seed, PATIENCE * SECONDS)
        if second is None or second[1] != first[1]:
            return {"isExecutable": True, "differs": True, "runs": runs}
    return {"isExecutable": runs >= 3 and is_reached, "differs": False, "runs": runs}


signal.signal(signal.SIGALRM, on_alarm)
sys.setrecursionlimit(300)
for line in sys.stdin:
    pair = json.loads(line)
    try:
        result = compare(pair)
    except BaseException:
        result = {"isExecutable": False, "differs": False, "runs": 0}
    print(json.dumps({"id": pair["id"], **result}), flush=True)
