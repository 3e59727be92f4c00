#!/usr/bin/env python3
"""Runs a network on the simulator and on the Verilog and compares.

    core_network.py nncc nncc-run model.onnx calibration.npy|random input.npy|random
                    --arch NAME... [--count N] [--folder F] [--cycles PERCENT] [--layers]

The outputs must be the same bytes, with --layers also the results of all layers. The
hardware's cycles and the timing model's may differ by --cycles percent, and the bytes on
the memory ports not at all. `random` stands for arrays of the input's shape from a
fixed seed.
"""
import argparse
import filecmp
import json
import os
import subprocess
import sys

import numpy as np
import onnx


def random_input(model, count):
    """Samples for the only input of a network."""
    graph = onnx.load(model).graph
    constants = {tensor.name for tensor in graph.initializer}
    shape = None
    for value in graph.input:
        if value.name not in constants:
            dims = value.type.tensor_type.shape.dim
            shape = [max(dim.dim_value, 1) for dim in dims]
    shape[0] = count
    return np.random.default_rng(1).standard_normal(shape).astype(np.float32)


def run(command):
    result = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if result.returncode != 0:
        sys.exit("%s\nexited with %d:\n%s" % (" ".join(command), result.returncode, result.stdout))
    return result.stdout


def check(options, arch, layers):
    """Messages about what differs. `layers`: every layer's result is an output."""
    title = arch + (", all layers" if layers else "")
    folder = os.path.join(options.folder, arch + ("-layers" if layers else ""))
    os.makedirs(folder, exist_ok=True)
    arrays = {}
    for name, given, count in (
        ("calibration", options.calibration, 8),
        ("input", options.input, options.count),
    ):
        data = random_input(options.model, count) if given == "random" else np.load(given)
        arrays[name] = os.path.join(folder, name + ".npy")
        np.save(arrays[name], data if name == "calibration" else data[:count])
    program = os.path.join(folder, "program.bin")
    run([options.nncc, options.model, "--calibration=" + arrays["calibration"],
         "--arch=" + arch, "-o", program] + ["--keep-intermediates"] * layers)
    stats = {}
    for device in ("sim", "rtl"):
        out = os.path.join(folder, device)
        run([options.nncc_run, program, "--device=" + device, "--input", arrays["input"],
             "--output=" + out, "--stats=" + out + ".json"])
        with open(out + ".json", encoding="utf-8") as file:
            stats[device] = json.load(file)
    errors = []
    names = sorted(os.listdir(os.path.join(folder, "sim")))
    for name in names:
        paths = [os.path.join(folder, device, name) for device in ("sim", "rtl")]
        if not filecmp.cmp(*paths, shallow=False):
            errors.append("%s: output %s differs" % (title, name))
    model, cycles = stats["sim"]["cycles"], stats["rtl"]["cycles"]
    print("%s: %d outputs; %d cycles, timing model %d" % (title, len(names), cycles, model))
    if not names:
        errors.append("%s: no outputs" % title)
    if abs(cycles - model) * 100 > options.cycles * model:
        errors.append("%s: %d cycles, timing model %d" % (title, cycles, model))
    for key in ("dram_bytes_read", "dram_bytes_written", "array_macs"):
        if stats["sim"][key] != stats["rtl"][key]:
            errors.append("%s: %s %d, timing model %d"
                          % (title, key, stats["rtl"][key], stats["sim"][key]))
    return errors


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("nncc")
    parser.add_argument("nncc_run")
    parser.add_argument("model")
    parser.add_argument("calibration")
    parser.add_argument("input")
    parser.add_argument("--arch", action="append", required=True)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--folder", default="core_network")
    parser.add_argument("--cycles", type=float, default=5)
    parser.add_argument("--layers", action="store_true")
    options = parser.parse_args()
    errors = []
    for arch in options.arch:
        errors += check(options, arch, layers=False)
        if options.layers:
            errors += check(options, arch, layers=True)
    for error in errors:
        print(error)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
