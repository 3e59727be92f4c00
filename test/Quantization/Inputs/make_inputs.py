"""Writes the inputs of calibrate.mlir to a folder."""
import sys

import numpy

folder = sys.argv[1]
x = numpy.linspace(0, 1, 800, dtype=numpy.float32).reshape(2, 1, 20, 20)
x[0, 0, 0, 0] = -1
x[1, 0, 0, 0] = 3
numpy.save(folder + "/x.npy", x)
x[1, 0, 5, 5] = numpy.nan
numpy.save(folder + "/nan.npy", x)
numpy.save(folder + "/shape.npy", numpy.zeros((2, 3)))
