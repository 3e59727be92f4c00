"""first_rows.py FROM.npy COUNT TO.npy: the first inputs of a file."""
import sys

import numpy as np

np.save(sys.argv[3], np.load(sys.argv[1])[: int(sys.argv[2])].astype(np.float32))
