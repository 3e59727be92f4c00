"""Checks what nncc-run wrote for a batch of the doubling program."""
import json
import sys

import numpy as np

folder = sys.argv[1]
batch = np.load(folder + "/batch.npy").astype(np.float32)
twice = np.load(folder + "/out/twice_x:0.npy")
assert twice.dtype == np.float32 and np.array_equal(twice, 2 * batch)
probabilities = np.load(folder + "/out/probabilities.npy")
assert np.allclose(probabilities.sum(axis=1), 1)
best = np.load(folder + "/out/best.npy")
assert best.dtype == np.int64 and best.shape == (3, 2, 4)
assert np.array_equal(best, np.argmax(twice, axis=1))

stats = json.load(open(folder + "/stats.json"))
assert stats["arch"]["name"] == "tiny" and stats["macs"] == 24
assert stats["array_macs"] == 8 * 8 * 8 and stats["dram_bytes_written"] == 64
assert np.isclose(stats["mac_utilization"], 24 / (64 * stats["cycles"]), rtol=1e-4)
for engine in stats["engines"].values():
    assert engine["busy"] + sum(engine["waiting"].values()) == stats["cycles"]
assert sum(layer["cycles"] for layer in stats["layers"]) == stats["cycles"]
assert [layer["name"] for layer in stats["layers"]] == ["twice/Conv", "softmax"]
