#!/usr/bin/env python3
"""Cycles and memory traffic of well-known topologies, whose weights do not matter.

    topologies.py squeezenet inception_v1 [--arch z7020] [--levels] [--rtl] [--report FOLDER]

The `onnx` package has them without weights (light_*.onnx). Random ones, scaled so that
values keep their size from layer to layer, take their place. Prints a line for each:
cycles of the timing model, with --rtl those of the Verilog, whose results must be the
simulator's, share of the array's peak, bytes on the memory's ports against those that
no schedule can avoid. With --levels, every byte of every layer must be the quantized
reference's, too.
"""
import argparse
import filecmp
import json
import os
import sys
import tempfile

import numpy as np
import onnx
from onnx import numpy_helper

import compare_levels
import toolchain

LIGHT = os.path.join(os.path.dirname(onnx.__file__), "backend", "test", "data", "light")


def with_weights(name, seed=1):
    """The model with random initializers in place of its constant fills."""
    model = onnx.load(os.path.join(LIGHT, "light_%s.onnx" % name))
    generator = np.random.default_rng(seed)
    shapes = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    fills = [node for node in model.graph.node if node.op_type == "ConstantOfShape"]
    for node in fills:
        shape = [int(extent) for extent in shapes[node.input[0]]]
        fan_in = int(np.prod(shape[1:])) if len(shape) > 1 else None
        deviation = np.sqrt(2 / fan_in) if fan_in else 0.01
        weights = (generator.standard_normal(shape, np.float32) * deviation).astype(np.float32)
        model.graph.initializer.append(numpy_helper.from_array(weights, node.output[0]))
        model.graph.node.remove(node)
    return model


def input_shape(model):
    constants = {tensor.name for tensor in model.graph.initializer}
    value = next(value for value in model.graph.input if value.name not in constants)
    return [max(dim.dim_value, 1) for dim in value.type.tensor_type.shape.dim]


def run(program, device, folder, picture):
    output, stats = os.path.join(folder, device), os.path.join(folder, device + ".json")
    toolchain.run("nncc-run", program, "--device=" + device, "--input", picture,
                  "--output=" + output, "--stats=" + stats)
    with open(stats, encoding="utf-8") as file:
        return output, json.load(file)


def made_up(model, rows, seed):
    """Pictures for a model, as one array."""
    shape = [rows] + input_shape(model)[1:]
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def compare(name, model, path, arch, folder):
    """The number of tensors that agree; raises when one differs."""
    constants = {tensor.name for tensor in model.graph.initializer}
    picture = next(value.name for value in model.graph.input if value.name not in constants)
    calibration = os.path.join(folder, "calibration.npy")
    np.save(calibration, made_up(model, 2, 3))
    differences, tensors = compare_levels.compare(
        path, calibration, {picture: made_up(model, 1, 2)}, [arch],
        folder=os.path.join(folder, "levels"), report=lambda line: None)
    if differences:
        raise toolchain.ToolError("%s: %s" % (name, differences[0]))
    return len(tensors)


def measure(name, options, folder):
    """One line of the table; raises when device and simulator differ."""
    model = with_weights(name)
    path, program = os.path.join(folder, "model.onnx"), os.path.join(folder, "program.bin")
    report = os.path.join(options.report or folder, name)
    onnx.save(model, path)
    toolchain.compile_model(path, program, None, options.arch, "float",
                            ["--report=" + report])
    with open(os.path.join(report, "report.json"), encoding="utf-8") as file:
        cost = json.load(file)
    line = "%-14s %s %9d cycles" % (name, options.arch, cost["cycles"])
    if options.rtl:
        picture = os.path.join(folder, "picture.npy")
        np.save(picture, made_up(model, 1, 2))
        expected, _ = run(program, "sim", folder, picture)
        got, stats = run(program, "rtl", folder, picture)
        for file in os.listdir(expected):
            if not filecmp.cmp(os.path.join(expected, file), os.path.join(got, file), shallow=False):
                raise toolchain.ToolError("%s: the Verilog's %s differs" % (name, file))
        line += ", Verilog %d" % stats["cycles"]
    if options.levels:
        tensors = compare(name, model, path, options.arch, folder)
        line += ", %d tensors agree" % tensors
    moved = cost["dram_bytes_read"] + cost["dram_bytes_written"]
    return line + ", %.1f %% of the array, %d bytes moved, %d of them unavoidable" % (
        100 * cost["mac_utilization"], moved, cost["dram_bytes_compulsory"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", help="as in light_NAME.onnx")
    parser.add_argument("--arch", default="z7020")
    parser.add_argument("--levels", action="store_true", help="compare with the quantized reference")
    parser.add_argument("--rtl", action="store_true", help="run the Verilog as well")
    parser.add_argument("--report", help="keep the reports, layer by layer, in this folder")
    options = parser.parse_args()
    for name in options.names:
        with tempfile.TemporaryDirectory(prefix="nncc-topology-") as folder:
            print(measure(name, options, folder), flush=True)
    return 0


if __name__ == "__main__":
    toolchain.main_guard(main)
