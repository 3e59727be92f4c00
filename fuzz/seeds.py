#!/usr/bin/env python3
"""Writes the first inputs of the fuzz targets: random networks, and their programs.

    seeds.py NNCC FOLDER      fills FOLDER/import and FOLDER/program
"""
import os
import subprocess
import sys
import tempfile

import numpy as np

CHECKOUT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(CHECKOUT, "test", "e2e"))
import networks  # noqa: E402

COUNT = 40
MOST_BYTES = 60_000


def main():
    nncc, folder = sys.argv[1:]
    folders = {kind: os.path.join(folder, kind) for kind in ("import", "program")}
    for path in folders.values():
        os.makedirs(path, exist_ok=True)
    written = dict.fromkeys(folders, 0)
    for seed in range(COUNT):
        model, calibration, _, _ = networks.random_network(seed)
        data = model.SerializeToString()
        if len(data) > MOST_BYTES:
            continue
        path = os.path.join(folders["import"], "%d.onnx" % seed)
        with open(path, "wb") as file:
            file.write(data)
        written["import"] += 1
        with tempfile.TemporaryDirectory() as temporary:
            samples = os.path.join(temporary, "samples.npy")
            np.save(samples, calibration)
            program = os.path.join(folders["program"], "%d.bin" % seed)
            subprocess.run([nncc, path, "--calibration=" + samples, "--arch=tiny", "-o", program],
                           check=True)
            if os.path.getsize(program) > MOST_BYTES:
                os.remove(program)
            else:
                written["program"] += 1
    print("seeds: %d models, %d programs" % (written["import"], written["program"]))
    return 0 if all(written.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
