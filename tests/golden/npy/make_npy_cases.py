#!/usr/bin/env python3
"""Writes .npy and .npz files with NumPy 1.24, and expected.txt: for each tensor in them a line `path dtype dims`
(dims as `2,3`, `-`: 0-d), then what NumPy prints for it, each line behind a `|`."""
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
OUT = []
DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32",
          "float64"]


def expect(path, array):
    dims = ",".join(map(str, array.shape)) or "-"
    OUT.append(f"{path} {array.dtype} {dims}")
    OUT.extend("|" + line for line in str(array).split("\n"))


def write(name, array):
    np.save(HERE / f"{name}.npy", array)
    expect(f"{name}.npy", array)


def main():
    for dtype in DTYPES:
        write(dtype, (np.arange(6).reshape(2, 3) * 37 % 11).astype(dtype))
    write("scalar", np.array(2.5))
    write("empty", np.zeros((3, 0, 2), np.float32))
    write("one_dim", np.array([1, -1], np.int16))
    write("fortran", np.asfortranarray(np.arange(24, dtype=np.float32).reshape(2, 3, 4)))
    write("many_dims", np.arange(2.0).reshape((1,) * 30 + (2, 1)))
    members = {"a": np.arange(5), "mask": np.array([[True], [False]]), "f": np.asfortranarray(np.eye(3))}
    np.savez(HERE / "stored.npz", **members)
    np.savez_compressed(HERE / "deflated.npz", zeros=np.zeros(30000, np.float32), **members)
    np.savez(HERE / "no_members.npz")
    for name, array in members.items():
        expect(f"stored.npz:{name}", array)
        expect(f"deflated.npz:{name}", array)
    expect("deflated.npz:zeros", np.zeros(30000, np.float32))
    (HERE / "expected.txt").write_text("\n".join(OUT) + "\n")


if __name__ == "__main__":
    assert np.__version__.startswith("1.24."), np.__version__
    main()
