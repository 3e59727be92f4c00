#!/usr/bin/env python3
"""Single layers on the Verilog: cycles against their bounds and the timing model.

    single_layers.py nncc nncc-run [--arch z7020] [--layer NAME...] [--folder F]

Each layer of LAYERS is a network of its own with random weights. Its bounds are

    array   multiply-accumulates in whole words of channels: pixels * taps * blocks of
            V inputs by O outputs, one a cycle
    vector  words of the result * rows of the kernel * steps of `taps_per_cycle` columns
    memory  the bytes that have to move at least, each once: input, weights and result,
            over the memory's bytes a cycle; and the result over the write port's

A layer whose largest bound is `array` or `vector` must take at most 1/0.90 of it, one
bound by `memory` at most 1/0.85, and the timing model must be within 5 % of the
Verilog. Outputs are compared with the simulator's, byte for byte.
"""
import argparse
import filecmp
import json
import math
import os
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

COMPUTE, MEMORY, MODEL = 0.90, 0.85, 0.05


def conv(channels, outputs, size, kernel, stride=1, groups=1):
    return {"op": "Conv", "channels": channels, "outputs": outputs, "size": size,
            "kernel": kernel, "stride": stride, "groups": groups}


LAYERS = {
    "conv3x3_64_64_56": conv(64, 64, 56, 3),
    "conv1x1_256_64_56": conv(256, 64, 56, 1),
    "conv1x1_64_256_56": conv(64, 256, 56, 1),
    "conv3x3_512_512_7": conv(512, 512, 7, 3),
    "conv7x7s2_3_64_224": conv(3, 64, 224, 7, 2),
    "linear_2048_1000": {"op": "Gemm", "channels": 2048, "outputs": 1000},
    "depthwise3x3_144_56": conv(144, 144, 56, 3, 1, 144),
    "depthwise3x3s2_144_56": conv(144, 144, 56, 3, 2, 144),
    "maxpool3x3s2_64_112": {"op": "MaxPool", "channels": 64, "outputs": 64, "size": 112,
                            "kernel": 3, "stride": 2},
    "add_256_56": {"op": "Add", "channels": 256, "outputs": 256, "size": 56},
}


def output_size(layer):
    if "kernel" not in layer:
        return layer.get("size", 1)
    pad = layer["kernel"] // 2
    return (layer["size"] + 2 * pad - layer["kernel"]) // layer["stride"] + 1


def make_model(layer, path):
    """Writes the ONNX file; returns the names of the inputs with their shapes."""
    random = np.random.default_rng(7)
    names = ["x"]
    shape = [1, layer["channels"]]
    if layer["op"] != "Gemm":
        shape += [layer["size"]] * 2
    out = [1, layer["outputs"]]
    if layer["op"] != "Gemm":
        out += [output_size(layer)] * 2
    attributes, constants = {}, []
    if layer["op"] in ("Conv", "MaxPool"):
        pad = layer["kernel"] // 2
        attributes = {"kernel_shape": [layer["kernel"]] * 2, "strides": [layer["stride"]] * 2,
                      "pads": [pad] * 4}
    if layer["op"] == "Conv":
        attributes["group"] = layer["groups"]
        weight = (layer["outputs"], layer["channels"] // layer["groups"],
                  layer["kernel"], layer["kernel"])
        constants = [("w", weight), ("b", (layer["outputs"],))]
    elif layer["op"] == "Gemm":
        attributes = {"transB": 1}
        constants = [("w", (layer["outputs"], layer["channels"])), ("b", (layer["outputs"],))]
    elif layer["op"] == "Add":
        names.append("x2")
    tensors = [numpy_helper.from_array(
        random.standard_normal(size).astype(np.float32) / math.sqrt(np.prod(size[1:]) or 1), name)
        for name, size in constants]
    node = helper.make_node(layer["op"], names + [name for name, _ in constants], ["y"],
                            name="layer", **attributes)
    graph = helper.make_graph(
        [node], "layer",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in names],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, out)], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return {name: shape for name in names}


def bounds(layer, arch):
    """Cycles that the array, the vector engine and the memory need at least."""
    lanes, outputs = arch["array"]["vector"], arch["array"]["outputs"]
    words = lambda channels: -(-channels // lanes)
    size = output_size(layer)
    pixels = size * size
    kernel = layer.get("kernel", 1)
    result = {"array": 0, "vector": 0}
    weights = 0
    if layer["op"] in ("Conv", "Gemm") and layer.get("groups", 1) == 1:
        # A few channels share a word with the next columns of the kernel.
        packed = layer["channels"] < lanes
        row = words(layer["channels"] * kernel) if packed else words(layer["channels"]) * kernel
        taps = kernel * row
        blocks = -(-layer["outputs"] // outputs)
        # A block of weights takes `lanes` cycles to load.
        result["array"] = taps * max(pixels, lanes) * blocks
        weights = taps * blocks * lanes * outputs
    else:
        steps = 1
        if "kernel" in layer:
            steps = kernel * -(-kernel // arch["vector_unit"]["taps_per_cycle"])
        result["vector"] = pixels * words(layer["outputs"]) * steps
        if layer["op"] == "Conv":
            weights = words(layer["outputs"]) * lanes * kernel * kernel
    inputs = layer.get("size", 1) ** 2 * layer["channels"] * (2 if layer["op"] == "Add" else 1)
    written = pixels * words(layer["outputs"]) * lanes
    memory = arch["memory"]
    rate = memory["bytes_per_cycle"]
    if memory["refresh_interval"]:
        rate *= 1 - memory["refresh_cycles"] / memory["refresh_interval"]
    result["memory"] = math.ceil(max((inputs + weights + written) / rate,
                                     written / (arch["axi"]["data_bits"] // 8)))
    return result


def run(command):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode != 0:
        sys.exit("%s\nexited with %d:\n%s" % (" ".join(command), result.returncode, result.stdout))


def measure(options, name, arch):
    layer = LAYERS[name]
    folder = os.path.join(options.folder, name)
    os.makedirs(folder, exist_ok=True)
    model, program = os.path.join(folder, "layer.onnx"), os.path.join(folder, "program.bin")
    shapes = make_model(layer, model)
    random = np.random.default_rng(11)
    samples = os.path.join(folder, "samples")
    os.makedirs(samples, exist_ok=True)
    inputs = []
    for key, shape in shapes.items():
        path = os.path.join(samples, key + ".npy")
        np.save(path, random.standard_normal(shape).astype(np.float32))
        inputs += ["--input", "%s=%s" % (key, path)]
    run([options.nncc, model, "--arch=" + options.arch, "-o", program,
         "--calibration=" + samples, "--report=" + os.path.join(folder, "report")])
    stats = {}
    for device in ("sim", "rtl"):
        out = os.path.join(folder, device)
        run([options.nncc_run, program, "--device=" + device, "--output=" + out,
             "--stats=" + out + ".json"] + inputs)
        with open(out + ".json", encoding="utf-8") as file:
            stats[device] = json.load(file)
    outputs = os.listdir(os.path.join(folder, "sim"))
    same = bool(outputs) and all(
        filecmp.cmp(os.path.join(folder, "sim", file), os.path.join(folder, "rtl", file),
                    shallow=False) for file in outputs)
    return bounds(layer, arch), stats["sim"]["cycles"], stats["rtl"]["cycles"], same


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("nncc")
    parser.add_argument("nncc_run")
    parser.add_argument("--arch", default="z7020")
    parser.add_argument("--configs", default=os.path.join(os.path.dirname(__file__),
                                                          "../../hw/configs"))
    parser.add_argument("--layer", action="append", choices=sorted(LAYERS))
    parser.add_argument("--folder", default="single_layers")
    options = parser.parse_args()
    with open(os.path.join(options.configs, options.arch + ".json"), encoding="utf-8") as file:
        arch = json.load(file)

    print("%-22s %8s %8s %8s %8s %7s %8s %7s"
          % ("layer", "array", "vector", "memory", "verilog", "of it", "model", "off"))
    errors = []
    for name in options.layer or LAYERS:
        bound, model, cycles, same = measure(options, name, arch)
        limiter = max(bound, key=bound.get)
        share, off = bound[limiter] / cycles, model / cycles - 1
        print("%-22s %8d %8d %8d %8d %6.1f%% %8d %+6.1f%%" % (
            name, bound["array"], bound["vector"], bound["memory"], cycles, 100 * share, model,
            100 * off), flush=True)
        if not same:
            errors.append("%s: outputs differ" % name)
        if share < (MEMORY if limiter == "memory" else COMPUTE):
            errors.append("%s: %.1f %% of its bound (%s)" % (name, 100 * share, limiter))
        if abs(off) > MODEL:
            errors.append("%s: %d cycles, timing model %d" % (name, cycles, model))
    for error in errors:
        print(error)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
