#!/usr/bin/env python3
"""Writes print_cases.txt: arrays and what NumPy 1.24 prints for them, str(array).

A case is a line `dtype dims data`, with dims as `2,3` (`-`: 0-d) and data as the elements' bytes in hex (`arange`:
0, 1, 2, ...; `-`: none), then the printed lines, each behind a `|`.
"""
import random
from pathlib import Path

import numpy as np

OUT = []
FLOATS = [np.float16, np.float32, np.float64]
INTEGERS = [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64]


def case(array, data=None):
    array = np.ascontiguousarray(array) if array.ndim else array
    dims = ",".join(map(str, array.shape)) or "-"
    OUT.append(f"{array.dtype} {dims} {data or array.tobytes().hex() or '-'}")
    OUT.extend("|" + line for line in str(array).split("\n"))


def floats(*values):
    for dtype in FLOATS:
        with np.errstate(over="ignore"):
            case(np.array(values, dtype))


def random_bits(rng, dtype, count):
    width = np.dtype(dtype).itemsize
    return np.frombuffer(bytes(rng.randrange(256) for _ in range(width * count)), dtype)


def random_finite(rng, dtype, count, low, high):
    return np.array([rng.choice([-1, 1, 1]) * 10 ** rng.uniform(low, high) for _ in range(count)], dtype)


def chosen():
    floats(1, 2, 3)
    floats(1, 2.5, -3.25)
    floats(0.1, 0.2, 1 / 3)
    floats(0, -0.0)
    floats(1e-4, 1)
    floats(0.00011, 0.5)
    floats(0.00009, 0.5)
    floats(1, 1000)
    floats(1, 1001)
    floats(3, 3001)
    floats(0.1, 100.1)
    floats(99999999)
    floats(1e8)
    floats(1e8, 0.5, float("nan"))
    floats(1e-30, 1e30)
    floats(1e-300, 1e300, 1)
    floats(float("nan"))
    floats(float("inf"), 1)
    floats(float("-inf"), 1)
    floats(float("-inf"), float("nan"), float("inf"))
    floats(float("nan"), -1.5, 100)
    floats(float("-inf"), 1.25, float("nan"))
    floats(1, float("-inf"), 1e20)
    floats(0, 1e-10)
    floats(-1e-10, 5e-324, 0)
    floats(2.0**24, 2.0**24 + 1)
    floats(123456.789, 99999.99)
    floats(1.123456789123, 2.5)
    floats(0.123456785, 0.5)
    floats(1.1e10, 1, 0.1)
    floats(6e-8, 65504)
    floats(16777216.0, 33554432.0)
    floats(*[0.1 * i for i in range(30)])
    floats(*[1.0 * i for i in range(40)])
    for dtype in FLOATS:
        case(np.arange(6, dtype=dtype).reshape(2, 3) / 4)
        case(np.arange(24, dtype=dtype).reshape(2, 3, 4))
        case(np.arange(16, dtype=dtype).reshape(2, 2, 2, 2))
    for dtype in INTEGERS:
        info = np.iinfo(dtype)
        case(np.array([info.min, info.max, 0, 1], dtype))
        case(np.array([[1, 20], [100, 3]], dtype))
        case(np.array(info.max, dtype))
        case(np.arange(60, dtype=dtype))
    for values in [[True], [True, False], [[True, False], [False, False]], [False] * 40]:
        case(np.array(values))
    for scalar in [True, False]:
        case(np.array(scalar))
    for dtype in ["bool", "int32", "float32"]:
        for shape in [(0,), (2, 0), (0, 3), (2, 0, 3)]:
            case(np.zeros(shape, dtype))
    case(np.zeros((1,) * 5))
    case(np.ones((1, 1, 3), np.int8))


def scalars():
    values = [0, -0.0, 1, 1.5, 0.1, 1e-4, 9.9e-5, 1e15, 1e16, 123456789, 1e22, -2.5e-7, 5e-324, 1.7976931348623157e308,
              float("nan"), float("inf"), float("-inf"), 65504, 6e-8, 1 / 3]
    for value in values:
        for dtype in FLOATS:
            with np.errstate(over="ignore"):
                case(np.array(value, dtype))


def long_ones():
    shapes = [(1000,), (1001,), (7, 143), (6, 167), (5, 201), (201, 5), (8, 8, 16), (11, 10, 10), (3, 400),
              (10, 101), (2, 3, 4, 5, 9), (1001, 1), (1, 1001), (500, 3)]
    for shape in shapes:
        count = int(np.prod(shape))
        for dtype in [np.int32, np.float32, np.uint16]:
            case(np.arange(count, dtype=dtype).reshape(shape), "arange")
    case(np.arange(2000, dtype=np.float64).reshape(4, 500), "arange")
    case(np.arange(10**6, dtype=np.float32), "arange")


def drawn(rng):
    for _ in range(60):
        for dtype in FLOATS:
            case(random_bits(rng, dtype, rng.randrange(1, 6)))
    for _ in range(60):
        low = rng.uniform(-6, 6)
        for dtype in FLOATS:
            with np.errstate(over="ignore"):
                case(random_finite(rng, dtype, rng.randrange(1, 8), low, low + rng.uniform(0, 4)))
    for _ in range(40):  # few digits
        for dtype in FLOATS:
            case(np.array([rng.randrange(-999, 999) / 10 ** rng.randrange(4) for _ in range(4)], dtype))
    for exponent in range(-140, 120, 13):  # powers of two: the gaps on both sides differ
        case(np.array([2.0**exponent, 2.0 ** (exponent + 1)], np.float32))
    for exponent in range(-1070, 1020, 97):
        case(np.array([2.0**exponent, -(2.0**exponent)], np.float64))
    for exponent in range(-24, 16):
        case(np.array([2.0**exponent], np.float16))
    for _ in range(30):
        shape = tuple(rng.randrange(1, 5) for _ in range(rng.randrange(1, 5)))
        case(random_finite(rng, rng.choice(FLOATS), int(np.prod(shape)), -3, 3).reshape(shape))
        integers = random_bits(rng, rng.choice(INTEGERS), int(np.prod(shape)))
        case(integers.reshape(shape))


if __name__ == "__main__":
    assert np.__version__.startswith("1.24."), np.__version__
    chosen()
    scalars()
    long_ones()
    drawn(random.Random(7))
    Path(__file__).with_name("print_cases.txt").write_text("\n".join(OUT) + "\n")
