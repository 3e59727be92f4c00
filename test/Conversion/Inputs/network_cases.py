"""Networks that are made by small functions: every byte right, or the right refusal.

    SCRIPT                                all of them
    SCRIPT --list                         their names
    SCRIPT --folder DIR wide_row pruned   some, kept

A network that compiles is compared with the quantized reference, layer by layer, on each
architecture (test/e2e/compare_levels.py). Where one must be refused, the message is compared.
"""
import argparse
import json
import os
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
CONFIGS = os.path.join(TESTS, "..", "hw", "configs")
sys.path.insert(0, os.path.join(TESTS, "e2e"))
import compare_levels
import toolchain

ARCHS = ["tiny", "z7020"]
CASES = {}


def case(function=None, refused=None, buffers=None):
    """Registers a case. `refused` is a part of the expected message, or a dictionary of
    such parts by architecture. `buffers` are sizes of memories in which an architecture
    of the case's own differs from tiny; it takes the place of the others."""
    def register(f):
        by_arch = refused if isinstance(refused, dict) else dict.fromkeys(ARCHS, refused)
        CASES[f.__name__] = (f, by_arch, buffers)
        return f
    return register(function) if function else register


class Graph:
    """A network under construction; tensors have the names of the nodes that make them."""

    def __init__(self, *shape):
        self.random = np.random.default_rng(1)
        self.nodes, self.constants, self.inputs = [], [], {"input": shape}

    def constant(self, array):
        name = "constant%d" % len(self.constants)
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def weight(self, *shape, change=None):
        """Normal values; `change` may return others of the same shape."""
        fan_in = max(1, np.prod(shape[1:]))
        values = (self.random.normal(size=shape) / np.sqrt(fan_in)).astype(np.float32)
        return self.constant(change(values) if change else values)

    def op(self, kind, inputs, **attributes):
        name = "%s%d" % (kind.lower(), len(self.nodes))
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def conv(self, x, outputs, inputs, kernel, change=None, **attributes):
        kernel = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        weight = self.weight(outputs, inputs // attributes.get("group", 1), *kernel, change=change)
        return self.op("Conv", [x, weight, self.weight(outputs)], kernel_shape=kernel, **attributes)

    def model(self, *outputs):
        inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
                  for name, shape in self.inputs.items()]
        outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        graph = helper.make_graph(self.nodes, "odd", inputs, outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
        model.ir_version = 8
        return onnx.shape_inference.infer_shapes(model)


def problems_of(name, folder):
    """Sentences on what is wrong with a case."""
    make, refused, buffers = CASES[name]
    model = make()
    path = os.path.join(folder, "model.onnx")
    onnx.save(model, path)
    calibration = os.path.join(folder, "calibration")
    os.makedirs(calibration, exist_ok=True)
    random, rows = np.random.default_rng(2), {}
    for value in model.graph.input:
        shape = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        rows[value.name] = random.normal(size=[2] + shape[1:]).astype(np.float32)
        np.save(os.path.join(calibration, value.name + ".npy"), rows[value.name])

    archs = ARCHS
    if buffers:
        with open(os.path.join(CONFIGS, "tiny.json"), encoding="utf-8") as file:
            arch = json.load(file)
        arch["buffers"].update(buffers)
        archs = [os.path.join(folder, "arch.json")]
        with open(archs[0], "w", encoding="utf-8") as file:
            json.dump(arch, file)

    problems = []
    for arch in archs:
        expected = refused.get(arch)
        try:
            differences, _ = compare_levels.compare(
                path, calibration, rows, [arch], count=1,
                folder=os.path.join(folder, "run"), report=lambda line: None)
        except toolchain.ToolError as error:
            if not expected or expected not in str(error):
                problems.append(str(error))
            continue
        if expected:
            problems.append("%s, expected to be refused: %s" % (arch, expected))
        problems += differences[:1]
    return problems


def main(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--folder", help="keep the networks here")
    options = parser.parse_args()
    if options.list:
        print("\n".join(CASES))
        return 0
    unknown = [name for name in options.names if name not in CASES]
    if unknown:
        parser.error("no case %s; --list gives them" % ", ".join(unknown))
    failed = 0
    for name in options.names or CASES:
        with tempfile.TemporaryDirectory(prefix="nncc-odd-") as scratch:
            folder = scratch
            if options.folder:
                folder = os.path.join(options.folder, name)
                os.makedirs(folder, exist_ok=True)
            problems = problems_of(name, folder)
        failed += bool(problems)
        for problem in problems:
            print("FAIL %s: %s" % (name, problem))
    print("%d networks, %d failed" % (len(options.names or CASES), failed))
    return 1 if failed else 0


def run(description):
    toolchain.main_guard(lambda: main(description))
