#!/usr/bin/env python3
"""Times one Python peer in the cases of accrue_bench, on the same data; writes JSON lines for `accrue_bench --join`.

    peers.py --cases FILE --peer NAME --json FILE [--repeat N]

FILE of --cases is what `accrue_bench --json` wrote: the cases are read from it. A peer that cannot be imported is
said to be missing and leaves an empty file; a case that it cannot do is left out, with the reason on stderr.
"""
import argparse
import gc
import importlib
import json
import os
import sys
import time

LEAST_SECONDS = 2e-3       # of a sample: shorter calls are repeated, as in harness.cpp
SLOW_FIRST_CALL = 20.0     # seconds: a peer that took longer is not asked for a graph of more nodes
PROBES = 64


# ------------------------------------------------------------------------------------------- data, as in data.cpp

def random_input(np, case):
    count = int(np.prod(case["shape"], dtype=np.int64))
    x = np.arange(count, dtype=np.uint32)
    x *= np.uint32(0x9E3779B1)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x85EBCA77)
    x ^= x >> np.uint32(13)
    x >>= np.uint32(8)
    values = x * 2.0**-24
    values *= case["high"] - case["low"]
    values += case["low"]
    if case["in"].startswith(("int", "uint")):
        np.floor(values, out=values)
    return values.astype(case["in"]).reshape(case["shape"])


def probes(np, result, case):
    flat = np.asarray(result).reshape(-1)
    count = flat.size
    wanted = min(count, PROBES)
    scatter = max(count // max(wanted, 1) // 2, 1)
    at = [i * count // wanted - 1 - (wanted - i) * 997 % scatter for i in range(1, wanted + 1)]
    return [float(flat[i]) for i in at]


# --------------------------------------------------------------------------------- maps of a chain, as in loops.h

def chain_step(i):
    return [("mul", 1 - 0.0625 * i), ("add", 0.5 - 0.25 * i), ("max", -64.0 + i)][i % 3]


# ------------------------------------------------------------------------------------------------------- the peers
#
# A peer's `kinds` are the kinds of case that it takes part in. `put(x)` brings an input to the library; `work(case, x)`
# gives a function of no arguments that does the case once and returns its result when that is done; `get(y)` makes a
# NumPy array of a result; `first_call(case, x)` is as `work`, of a program that is not compiled yet.

RUN = ("scan", "call", "fresh", "chain", "program")


def array_function(xp, cummax, case):
    """The case as a function of arrays, for the libraries whose functions are named as NumPy's."""
    kind, axis = case["kind"], case["dim"]

    def scan(x):
        return xp.cumsum(x.astype(getattr(xp, case["out"])), axis=axis)

    def chain(x):
        y = x.astype(xp.float32)
        for i in range(case["maps"]):
            op, value = chain_step(i)
            y = y * value if op == "mul" else y + value if op == "add" else xp.maximum(y, value)
        return xp.cumsum(y, axis=axis)

    def long_chain(x):
        for i in range(1, case["nodes"]):
            x = x + 1 / i
        return xp.cumsum(x, axis=axis)

    def clipped_root(x):
        return xp.cumsum(xp.minimum(xp.sqrt(xp.abs(x.astype(xp.float32) * 0.5 + 1)), 9) - 3, axis=axis)

    def affine(x):
        return xp.cumsum((x * 3 + 7).astype(xp.float32), axis=axis)

    def softmax_cdf(x):
        e = xp.exp(x - x.max(axis=axis, keepdims=True))
        return xp.cumsum(e, axis=axis) / e.sum(axis=axis, keepdims=True)

    def drawdown(x):
        return (x / cummax(x, axis=axis) - 1).min()

    def normalised(x):
        centred = x - x.mean(axis=axis, keepdims=True)
        deviation = xp.sqrt((centred * centred).mean(axis=axis, keepdims=True) + 1e-5)
        return xp.cumsum(centred / deviation, axis=axis)

    programs = {f.__name__: f for f in (clipped_root, affine, softmax_cdf, drawdown, normalised)}
    return {"chain": chain, "first_call": long_chain}.get(kind) or programs.get(case["program"], scan)


class NumPy:
    name = "NumPy"
    kinds = RUN

    def __init__(self):
        self.np = importlib.import_module("numpy")
        self.versions = {"NumPy": self.np.__version__}

    def put(self, x):
        return x

    def get(self, y):
        return y

    def work(self, case, x):
        np = self.np
        if case["kind"] in ("scan", "call"):
            out = np.empty(case["shape"], case["out"])
            return lambda: np.cumsum(x, axis=case["dim"], dtype=case["out"], out=out)
        if case["kind"] == "fresh":
            return lambda: np.cumsum(x, axis=case["dim"], dtype=case["out"])
        f = array_function(np, np.maximum.accumulate, case)
        return lambda: f(x)


class Torch:
    name = "torch"
    kinds = RUN

    def __init__(self):
        self.np = importlib.import_module("numpy")
        self.torch = importlib.import_module("torch")
        self.torch.set_num_threads(os.cpu_count())
        self.torch.set_grad_enabled(False)
        self.versions = {"torch": self.torch.__version__}

    def put(self, x):
        return self.torch.from_numpy(x)

    def get(self, y):
        return y.numpy()

    def work(self, case, x):
        torch = self.torch
        if case["kind"] in ("scan", "call"):
            out = torch.from_numpy(self.np.empty(case["shape"], case["out"]))  # NumPy asks for huge pages
            return lambda: torch.cumsum(x, case["dim"], dtype=out.dtype, out=out)
        f = self.function(case)
        return lambda: f(x)

    def function(self, case):
        torch, kind, dim = self.torch, case["kind"], case["dim"]

        def scan(x):
            return torch.cumsum(x, dim, dtype=getattr(torch, case["out"]))

        def chain(x):
            y = x.to(torch.float32)
            for i in range(case["maps"]):
                op, value = chain_step(i)
                y = y * value if op == "mul" else y + value if op == "add" else y.clamp(min=value)
            return y.cumsum(dim)

        def long_chain(x):
            for i in range(1, case["nodes"]):
                x = x + 1 / i
            return x.cumsum(dim)

        def clipped_root(x):
            return ((x.to(torch.float32) * 0.5 + 1).abs().sqrt().clamp(max=9) - 3).cumsum(dim)

        def affine(x):
            return (x * 3 + 7).to(torch.float32).cumsum(dim)

        def softmax_cdf(x):
            e = (x - x.amax(dim, True)).exp()
            return e.cumsum(dim) / e.sum(dim, True)

        def drawdown(x):
            return (x / x.cummax(dim).values - 1).min()

        def normalised(x):
            centred = x - x.mean(dim, True)
            return (centred / (centred.square().mean(dim, True) + 1e-5).sqrt()).cumsum(dim)

        programs = {f.__name__: f for f in (clipped_root, affine, softmax_cdf, drawdown, normalised)}
        return {"chain": chain, "first_call": long_chain}.get(kind) or programs.get(case["program"], scan)


class TorchCompile(Torch):
    name = "torch.compile"
    kinds = (*RUN, "first_call")

    def work(self, case, x):
        f = self.function(case)
        f.__code__ = f.__code__.replace()  # programs are kept by code object, and only a few for each
        f = self.torch.compile(f, dynamic=False)
        return lambda: f(x)

    def first_call(self, case, x):
        importlib.import_module("torch._inductor.config").force_disable_caches = True
        return self.work(case, x)


class Jax:
    name = "JAX"
    kinds = (*RUN, "first_call")

    def __init__(self):
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
        self.jax = importlib.import_module("jax")
        self.jax.config.update("jax_enable_x64", True)
        self.versions = {"JAX": self.jax.__version__}

    def put(self, x):
        return self.jax.numpy.asarray(x)

    def get(self, y):
        return y

    def work(self, case, x):
        f = self.jax.jit(array_function(self.jax.numpy, self.jax.lax.cummax, case))
        return lambda: f(x).block_until_ready()

    first_call = work


class Mlx:
    name = "MLX"
    kinds = (*RUN, "first_call")

    def __init__(self):
        self.mx = importlib.import_module("mlx.core")
        self.mx.set_default_device(self.mx.cpu)
        self.versions = {"MLX": importlib.import_module("importlib.metadata").version("mlx")}

    def put(self, x):
        return self.mx.array(x, dtype=getattr(self.mx, x.dtype.name))

    def get(self, y):
        return y

    def work(self, case, x):
        f = self.mx.compile(array_function(self.mx, self.mx.cummax, case))

        def call():
            y = f(x)
            self.mx.eval(y)
            return y
        return call

    first_call = work


class OnnxRuntime:
    """CumSum with a Cast before it where the dtypes differ; the output bound to memory that is reused."""
    name = "onnxruntime"
    kinds = ("scan", "call", "fresh")

    def __init__(self):
        self.ort = importlib.import_module("onnxruntime")
        self.onnx = importlib.import_module("onnx")
        self.np = importlib.import_module("numpy")
        self.versions = {"onnxruntime": self.ort.__version__}

    def put(self, x):
        return x

    def get(self, y):
        return y

    def work(self, case, x):
        np = self.np
        session = self.session(case)
        if case["kind"] == "fresh":
            return lambda: session.run(None, {"x": x})[0]
        out = np.empty(case["shape"], case["out"])
        binding = session.io_binding()
        binding.bind_cpu_input("x", x)
        binding.bind_output("y", "cpu", 0, np.dtype(case["out"]), case["shape"], out.ctypes.data)

        def call():
            session.run_with_iobinding(binding)
            return out
        return call

    def session(self, case):
        np, helper = self.np, self.onnx.helper

        def tensor_type(name):
            return helper.np_dtype_to_tensor_dtype(np.dtype(name))
        nodes, scanned = [], "x"
        if case["in"] != case["out"]:
            nodes.append(helper.make_node("Cast", ["x"], ["c"], to=tensor_type(case["out"])))
            scanned = "c"
        nodes.append(helper.make_node("CumSum", [scanned, "axis"], ["y"]))
        graph = helper.make_graph(
            nodes, "cumsum",
            [helper.make_tensor_value_info("x", tensor_type(case["in"]), case["shape"])],
            [helper.make_tensor_value_info("y", tensor_type(case["out"]), case["shape"])],
            [self.onnx.numpy_helper.from_array(np.array(case["dim"], np.int64), "axis")])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)])
        model.ir_version = 8
        options = self.ort.SessionOptions()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return self.ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


class Numba:
    """The plain loop over one dim, compiled: floats add in float64, as accrue does."""
    name = "numba"
    kinds = ("scan", "call")

    def __init__(self):
        self.numba = importlib.import_module("numba")
        self.np = importlib.import_module("numpy")
        self.versions = {"numba": self.numba.__version__}

        @self.numba.njit
        def running_sum(x, out, zero):
            total = zero
            for i in range(x.size):
                total += x[i]
                out[i] = total
            return out

        @self.numba.njit
        def running_sum_of_integers(x, out, zero):
            total = zero
            for i in range(x.size):
                total += zero + out.dtype.type(x[i])
                out[i] = total
            return out
        self.sum_floats, self.sum_integers = running_sum, running_sum_of_integers

    def put(self, x):
        return x

    def get(self, y):
        return y

    def work(self, case, x):
        np = self.np
        if len(case["shape"]) != 1 or case["in"] == "float16":
            raise NotImplementedError("the loop is for one dim, and numba has no float16")
        out = np.empty(case["shape"], case["out"])
        if case["out"].startswith("float"):
            return lambda: self.sum_floats(x, out, np.float64(0))
        zero = np.dtype(case["out"]).type(0)
        return lambda: self.sum_integers(x, out, zero)


PEERS = {peer.name: peer for peer in (NumPy, Torch, TorchCompile, Jax, Mlx, OnnxRuntime, Numba)}


# -------------------------------------------------------------------------------------------------------- the timing

def seconds_of(work, calls):
    begin = time.perf_counter()
    for _ in range(calls):
        work()
    return (time.perf_counter() - begin) / calls


def say_left_out(peer, case, error):
    reason = (str(error).splitlines() or [""])[0]
    print(f"{peer.name}: {case['name']}: left out, {type(error).__name__}: {reason}", file=sys.stderr)


class Entry:
    """A case that the peer takes part in: its work, its result, its times."""

    def __init__(self, np, peer, case, x):
        self.case = case
        self.work = peer.work(case, x)
        self.probes = probes(np, peer.get(self.work()), case)
        self.calls = 1
        while True:
            seconds = seconds_of(self.work, self.calls)
            if seconds * self.calls >= LEAST_SECONDS:
                break
            self.calls = min(max(int(LEAST_SECONDS / max(seconds, 1e-9)), self.calls + 1), self.calls * 16)
        self.seconds = []

    def take_turn(self):
        if self.calls > 1:
            self.work()
        self.seconds.append(seconds_of(self.work, self.calls))


def time_group(np, peer, cases, repeat, report):
    """The cases of one group by turns; inputs of one dtype and range are made once."""
    inputs, entries = {}, []
    for case in cases:
        key = (case["in"], case["low"], case["high"], tuple(case["shape"]))
        try:
            if key not in inputs:
                inputs[key] = peer.put(random_input(np, case))
            entries.append(Entry(np, peer, case, inputs[key]))
        except Exception as e:
            say_left_out(peer, case, e)
    for _ in range(repeat):
        for entry in entries:
            entry.take_turn()
    for entry in entries:
        report(entry.case, entry.seconds, entry.probes)


def time_first_calls(np, peer, cases, report):
    """One sample each: what is compiled once is not compiled again. Its time includes tracing and the run."""
    for case in cases:
        x = peer.put(random_input(np, case))
        try:
            work = peer.first_call(case, x)
            begin = time.perf_counter()
            result = work()
            seconds = time.perf_counter() - begin
        except Exception as e:
            say_left_out(peer, case, e)
            return
        report(case, [seconds], probes(np, peer.get(result), case))
        if seconds > SLOW_FIRST_CALL:
            return


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", required=True, help="what accrue_bench --json wrote")
    parser.add_argument("--peer", required=True, choices=list(PEERS))
    parser.add_argument("--json", required=True, help="the file to write")
    parser.add_argument("--repeat", type=int, default=3, help="rounds")
    arguments = parser.parse_args()
    with open(arguments.cases) as file:
        cases = [line for line in map(json.loads, file) if line["record"] == "case"]
    with open(arguments.json, "w") as out:
        try:
            peer = PEERS[arguments.peer]()
            np = importlib.import_module("numpy")
        except ImportError as e:
            print(f"{arguments.peer}: not installed ({e})", file=sys.stderr)
            return

        def write(record):
            print(json.dumps(record), file=out, flush=True)

        def report(case, seconds, values):
            write({"record": "times", "case": case["name"], "role": "peer", "entrant": peer.name, "one_thread": False,
                   "seconds": seconds, "probes": values})
        for of, version in peer.versions.items():
            write({"record": "version", "of": of, "is": version})
        for group in dict.fromkeys(case["group"] for case in cases):
            members = [case for case in cases if case["group"] == group and case["kind"] in peer.kinds]
            if members and members[0]["kind"] == "first_call":
                time_first_calls(np, peer, members, report)
            else:
                time_group(np, peer, members, arguments.repeat, report)
            gc.collect()


if __name__ == "__main__":
    main()
