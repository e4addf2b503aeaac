#!/usr/bin/env python3
"""Makes the .npy files of this folder from the sample data of Debian's package python-matplotlib-data.

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


if __name__ == "__main__":
    main()
