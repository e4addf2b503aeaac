#!/usr/bin/env python3
"""Times cumsum of one Python library on a GPU, for accrue_gpu_check (peer.h):

    peers.py torch|torch.compile|jax|cupy [--device cpu]

The first line says "ready: what it is", or why it takes no part. Then each line of input,

    DTYPE RESULT_DTYPE 1024x65536 DIM BUFFERS RUNS

is answered by the seconds of a run, the mean of RUNS between two waits that take BUFFERS buffers by turns, or by why it
cannot be done. A case that is asked again is not prepared again.
"""
import os
import sys
import time

SLOW_SECONDS = 0.02  # of a run: then there are fewer runs


class Torch:
    """Eager, into an output that is there."""

    def __init__(self, device):
        import torch
        self.torch = torch
        self.device = "cpu" if device == "cpu" else "cuda"
        if self.device == "cuda" and not torch.cuda.is_available():
            raise RuntimeError("torch finds no GPU")
        torch.set_grad_enabled(False)
        self.what = "torch " + torch.__version__

    def values(self, shape, dtype):
        torch = self.torch
        count = 1
        for length in shape:
            count *= length
        index = torch.arange(count, device=self.device)
        return ((index * 7919 % 1024 - 512) / 256).to(getattr(torch, dtype)).reshape(shape)

    def runs(self, xs, dim, dtype):
        torch, dtype = self.torch, getattr(self.torch, dtype)
        outs = [torch.empty(x.shape, dtype=dtype, device=self.device) for x in xs]
        return [lambda x=x, out=out: torch.cumsum(x, dim, dtype=dtype, out=out) for x, out in zip(xs, outs)]

    def wait(self, _):
        if self.device == "cuda":
            self.torch.cuda.synchronize()

    def forget(self):
        if self.device == "cuda":
            self.torch.cuda.empty_cache()


class TorchCompile(Torch):
    """Compiled for the shape; it allocates its output."""

    def runs(self, xs, dim, dtype):
        torch, dtype = self.torch, getattr(self.torch, dtype)
        torch._dynamo.reset()
        scan = torch.compile(lambda x: torch.cumsum(x, dim, dtype=dtype), dynamic=False)
        return [lambda x=x: scan(x) for x in xs]


class Jax:
    """Compiled for the shape; it allocates its output."""

    def __init__(self, device):
        os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"  # others need memory too
        if device == "cpu":
            os.environ["JAX_PLATFORMS"] = "cpu"
        import jax
        jax.config.update("jax_enable_x64", True)
        if device != "cpu" and jax.default_backend() != "gpu":
            raise RuntimeError("JAX finds no GPU")
        self.jax, self.np = jax, jax.numpy
        self.what = "JAX " + jax.__version__

    def values(self, shape, dtype):
        def made():
            index = self.np.arange(int(self.np.prod(self.np.array(shape))))
            return ((index * 7919 % 1024 - 512) / 256).astype(dtype).reshape(shape)
        return self.jax.block_until_ready(made())

    def runs(self, xs, dim, dtype):
        scan = self.jax.jit(lambda x: self.np.cumsum(x, axis=dim, dtype=dtype))
        return [lambda x=x: scan(x) for x in xs]

    def wait(self, last):
        self.jax.block_until_ready(last)

    def forget(self):
        self.jax.clear_caches()


class CuPy:
    """Into an output that is there."""

    def __init__(self, device):
        import cupy
        if device == "cpu" or cupy.cuda.runtime.getDeviceCount() == 0:
            raise RuntimeError("CuPy finds no GPU")
        self.cupy = cupy
        self.what = "CuPy " + cupy.__version__

    def values(self, shape, dtype):
        index = self.cupy.arange(int(self.cupy.prod(self.cupy.array(shape))))
        return ((index * 7919 % 1024 - 512) / 256).astype(dtype).reshape(shape)

    def runs(self, xs, dim, dtype):
        outs = [self.cupy.empty(x.shape, dtype) for x in xs]
        return [lambda x=x, out=out: self.cupy.cumsum(x, axis=dim, dtype=dtype, out=out) for x, out in zip(xs, outs)]

    def wait(self, _):
        self.cupy.cuda.get_current_stream().synchronize()

    def forget(self):
        self.cupy.get_default_memory_pool().free_all_blocks()


PEERS = {"torch": Torch, "torch.compile": TorchCompile, "jax": Jax, "cupy": CuPy}


class Case:
    """A question, prepared: buffers are there, and what is compiled once is compiled."""

    def __init__(self, peer, question):
        dtype, result, shape, dim, buffers, runs = question.split()
        shape = [int(length) for length in shape.split("x")]
        self.peer = peer
        self.all = peer.runs([peer.values(shape, dtype) for _ in range(int(buffers))], int(dim), result)
        self.count = 1
        self.seconds()
        one = self.seconds()
        self.count = int(runs) if one < SLOW_SECONDS else 1

    def seconds(self):
        last = None
        self.peer.wait(last)
        begin = time.perf_counter()
        for i in range(self.count):
            last = self.all[i % len(self.all)]()
        self.peer.wait(last)
        return (time.perf_counter() - begin) / self.count


def first_line(error):
    return f"{type(error).__name__}: {str(error).strip()}".splitlines()[0]


def main(name, device):
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print is no answer
    try:
        peer = PEERS[name](device)
    except Exception as error:
        print(first_line(error), file=answers)
        return
    print("ready: " + peer.what, file=answers)
    prepared, case = None, None
    for question in sys.stdin:
        try:
            if question != prepared:
                prepared, case = question, None
                peer.forget()
                case = Case(peer, question)
            answer = "-" if case is None else repr(case.seconds())
        except Exception as error:
            answer = "- " + first_line(error)
        print(answer, file=answers)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[3] if sys.argv[2:3] == ["--device"] else "gpu")
