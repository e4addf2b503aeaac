#!/usr/bin/env python3
"""Makes the .npy files of this folder: two from the sample data of Debian's package python-matplotlib-data, two small
ones from the values below.

    apt-get install python-matplotlib-data python3-numpy
    /usr/bin/python3 examples/data/convert.py

Values are copied as they are: one column of the prices, the whole elevation grid.
"""
from pathlib import Path

import numpy

SAMPLES = Path("/usr/share/matplotlib/mpl-data/sample_data")
HERE = Path(__file__).resolve().parent


def main():
    prices = numpy.load(SAMPLES / "goog.npz")["price_data"]
    numpy.save(HERE / "prices.npy", numpy.ascontiguousarray(prices["close"]))
    elevation = numpy.load(SAMPLES / "jacksboro_fault_dem.npz")["elevation"]
    numpy.save(HERE / "elevation.npy", elevation)
    save_sequences()


def save_sequences():
    """Three sentences of 9, 2 and 6 words, padded on the left; five packed sequences, one of them empty."""
    words = numpy.array([[9], [2], [6]])
    numpy.save(HERE / "mask.npy", numpy.arange(9) >= 9 - words)
    numpy.save(HERE / "lengths.npy", numpy.array([9, 2, 6, 0, 4], dtype=numpy.int32))


if __name__ == "__main__":
    main()
