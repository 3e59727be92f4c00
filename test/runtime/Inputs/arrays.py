"""Writes the arrays of the nncc-run tests to the folder given."""
import sys

import numpy as np

folder = sys.argv[1]
one = (0.5 * np.arange(24, dtype=np.float32)).reshape(1, 3, 2, 4)
np.save(folder + "/one.npy", one)
np.save(folder + "/batch.npy", np.concatenate([one, -one, one * 0]).astype(np.float64))
np.save(folder + "/bytes.npy", np.arange(24, dtype=np.uint8).reshape(1, 3, 2, 4))
np.save(folder + "/fortran.npy", np.asfortranarray(one))
eight = np.arange(8, dtype=np.float32).reshape(1, 8)
np.save(folder + "/eight.npy", eight)
np.save(folder + "/eights.npy", np.repeat(eight, 4, axis=0))
