"""Random legal architecture descriptions, for the range that the hardware documents.

Fields and ranges are read from ArchFields.def, the list that the compiler is built from.
"""
import json
import os
import re

import numpy as np

FIELDS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                      "include", "nncc", "Target", "ArchFields.def")
FIELD = re.compile(r'^NNCC_ARCH_FIELD\((\w+), (\w+), \w+, (\d+), (\d+),', re.M)

# Sizes above these make a test slower and nothing harder.
LARGEST = {"feature_words": 4096, "weight_blocks": 512, "tap_words": 512, "conv_params": 64,
           "vector_words": 1024, "psum_pixels": 512, "memory.latency_cycles": 200}


def ranges():
    with open(FIELDS) as file:
        return {(section, name): (int(low), int(high))
                for section, name, low, high in FIELD.findall(file.read())}


def random_architecture(seed):
    """A description as a dictionary; a pure function of the seed."""
    rng = np.random.default_rng([seed, 7])
    description = {"name": "random-%d" % seed, "description": "random, seed %d" % seed}

    for (section, name), (low, high) in ranges().items():
        high = max(low, min(high, LARGEST.get(name, high), LARGEST.get(section + "." + name, high)))
        # Small sizes are where tiling gets hard: uniform in the logarithm.
        value = int(round(2 ** rng.uniform(np.log2(max(low, 1)), np.log2(max(high, 1)))))
        if low == 0 and rng.random() < 0.3:
            value = 0
        description.setdefault(section, {})[name] = min(max(value, low), high)

    array, buffers, axi = description["array"], description["buffers"], description["axi"]
    memory = description["memory"]
    array["vector"] = int(rng.choice([8, 16, 32]))
    array["outputs"] = array["vector"] * int(rng.choice([1, 2, 4]))
    banks = int(rng.choice([2, 4, 8, 16]))
    buffers["feature_banks"] = banks
    buffers["feature_words"] -= buffers["feature_words"] % banks
    axi["data_bits"] = min(int(rng.choice([32, 64, 128, 256])), 8 * array["vector"])
    axi["max_burst_beats"] = min(axi["max_burst_beats"], 4096 // (axi["data_bits"] // 8))
    memory["refresh_interval"] = int(rng.choice([0, 400, 1560]))
    memory["refresh_cycles"] = min(memory["refresh_cycles"], 40) if memory["refresh_interval"] else 0
    return description


def write_architecture(seed, path):
    with open(path, "w") as file:
        json.dump(random_architecture(seed), file, indent=2)
        file.write("\n")
    return path
