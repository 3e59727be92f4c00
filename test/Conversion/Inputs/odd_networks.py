#!/usr/bin/env python3
"""Networks at the edges of what layers can be: every byte right, or the right refusal.

    odd_networks.py                                all of them
    odd_networks.py --list                         their names
    odd_networks.py --folder DIR wide_row pruned   some, kept

Each case is a small function. A network that compiles is compared with the quantized
reference, layer by layer, on each architecture (test/e2e/compare_levels.py). Where one
must be refused, the message is compared.
"""
import argparse
import os
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "e2e"))
import compare_levels
import toolchain

ARCHS = ["tiny", "z7020"]
CASES = {}


def case(function=None, refused=None):
    """Registers a case. `refused` is a part of the expected message, or a dictionary of
    such parts by architecture."""
    def register(f):
        by_arch = refused if isinstance(refused, dict) else dict.fromkeys(ARCHS, refused)
        CASES[f.__name__] = (f, by_arch)
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


# -- Sizes --------------------------------------------------------------------


@case
def one_pixel():
    g = Graph(1, 8, 1, 1)
    return g.model(g.conv("input", 16, 8, 1))


@case
def one_channel():
    g = Graph(1, 1, 5, 5)
    return g.model(g.conv(g.conv("input", 1, 1, 3, pads=[1] * 4), 1, 1, 1))


@case
def one_channel_more_than_a_word():
    g = Graph(1, 9, 5, 5)
    return g.model(g.conv(g.conv("input", 17, 9, 3, pads=[1] * 4), 33, 17, 1))


@case
def wide_row():
    g = Graph(1, 64, 2, 600)
    return g.model(g.conv("input", 8, 64, 3, pads=[1] * 4))


@case
def row_beyond_a_field():
    g = Graph(1, 16, 3, 4500)
    return g.model(g.conv(g.conv("input", 16, 16, 1), 8, 16, 1))


@case
def column_beyond_a_field():
    g = Graph(1, 16, 4500, 1)
    a = g.conv("input", 16, 16, 1)
    return g.model(g.op("Tanh", [a]))


@case
def wide_row_of_three_channels():
    g = Graph(1, 3, 5, 5000)
    return g.model(g.conv("input", 8, 3, 3, pads=[1] * 4))


@case
def many_channels():
    g = Graph(1, 20000, 2, 2)
    return g.model(g.conv("input", 20000, 20000, 2, group=20000))


@case
def more_records_than_fit():
    g = Graph(1, 8, 2, 2)
    return g.model(g.conv("input", 700, 8, 1))


@case
def many_inputs():
    g = Graph(1, 2048, 2, 2)
    return g.model(g.conv("input", 8, 2048, 1))


@case(refused={"tiny": "does not fit the feature memory of 'tiny'"})
def more_inputs_than_fit():
    g = Graph(1, 9000, 1, 1)
    return g.model(g.conv("input", 8, 9000, 1))


@case(refused={"tiny": "does not fit the feature memory of 'tiny'"})
def large_fully_connected():
    g = Graph(1, 256, 6, 6)
    f = g.op("Flatten", ["input"])
    return g.model(g.op("Gemm", [f, g.weight(100, 256 * 36), g.weight(100)], transB=1))


@case(refused="batch 1 ([1, C, H, W] or [1, C]), got 1x8x4")
def three_dimensions():
    g = Graph(1, 8, 4)
    return g.model(g.op("Relu", ["input"]))


# -- Windows ------------------------------------------------------------------


@case
def huge_kernel():
    g = Graph(1, 2, 40, 40)
    return g.model(g.conv("input", 4, 2, 31, pads=[15] * 4))


@case(refused="a window of 1x200, dilated by 1x1, spans more than the 128 pixels")
def kernel_beyond_a_tap():
    g = Graph(1, 3, 4, 300)
    return g.model(g.conv("input", 4, 3, (1, 200)))


@case
def stride_above_kernel():
    g = Graph(1, 12, 17, 17)
    return g.model(g.conv(g.conv("input", 9, 12, 1), 8, 9, 2, strides=[5, 5]))


@case
def stride_beyond_a_field():
    g = Graph(1, 3, 64, 64)
    return g.model(g.conv("input", 24, 3, 16, strides=[16, 16]))


@case
def stride_beyond_a_field_in_words():
    g = Graph(1, 8, 64, 64)
    return g.model(g.conv(g.conv("input", 8, 8, 1), 24, 8, 17, strides=[17, 17]))


@case
def depthwise_stride_beyond_a_field():
    g = Graph(1, 8, 64, 64)
    return g.model(g.conv("input", 8, 8, 3, strides=[20, 20], group=8))


@case
def average_stride_beyond_a_field():
    g = Graph(1, 8, 64, 64)
    return g.model(g.op("AveragePool", ["input"], kernel_shape=[3, 3], strides=[20, 20], pads=[1] * 4))


@case
def pads_above_image():
    g = Graph(1, 8, 3, 3)
    return g.model(g.conv("input", 8, 8, 3, pads=[7, 7, 7, 7]))


@case
def depthwise_pads_above_image():
    g = Graph(1, 8, 3, 3)
    return g.model(g.conv("input", 8, 8, 3, pads=[7, 7, 7, 7], group=8))


@case
def unfolded_pads_above_image():
    g = Graph(1, 3, 4, 4)
    return g.model(g.conv("input", 8, 3, 3, pads=[9, 9, 9, 9], strides=[2, 2]))


@case
def pads_above_image_and_stride():
    g = Graph(1, 12, 3, 3)
    return g.model(g.conv("input", 8, 12, 2, pads=[9, 8, 7, 6], strides=[3, 2]))


@case
def dilated_first_layer():
    g = Graph(1, 3, 20, 20)
    return g.model(g.conv("input", 8, 3, 3, dilations=[4, 5], pads=[4, 5, 4, 5]))


@case
def dilated_depthwise():
    g = Graph(1, 20, 15, 15)
    a = g.conv("input", 20, 20, 3, group=20, dilations=[3, 2], pads=[3, 2, 3, 2])
    return g.model(g.conv(a, 8, 20, 1))


@case(refused={"tiny": "needs 233 words of vparam memory, 'tiny' has 128"})
def huge_depthwise_kernel():
    g = Graph(1, 20, 30, 30)
    return g.model(g.conv("input", 20, 20, 15, group=20, pads=[7] * 4))


@case
def depthwise_with_two_outputs_each():
    g = Graph(1, 6, 9, 9)
    return g.model(g.conv("input", 12, 6, 3, group=6))


@case
def grouped():
    g = Graph(1, 24, 9, 9)
    return g.model(g.conv("input", 36, 24, 3, group=3, pads=[1] * 4))


@case
def pruned():

    def prune(weight):
        weight[:, 8:16] = 0
        weight[8:16] = 0
        return weight

    g = Graph(1, 24, 6, 6)
    return g.model(g.conv("input", 24, 24, 3, change=prune))


@case
def all_zero():
    g = Graph(1, 8, 6, 6)
    return g.model(g.conv("input", 8, 8, 3, change=lambda weight: weight * 0))


@case
def average_at_borders():
    g = Graph(1, 8, 7, 7)
    return g.model(g.op("AveragePool", ["input"], kernel_shape=[5, 5], pads=[2] * 4))


@case
def average_beyond_the_image():
    g = Graph(1, 8, 8, 8)
    return g.model(g.op("AveragePool", ["input"], kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1))


@case
def average_with_large_pads():
    g = Graph(1, 8, 3, 3)
    return g.model(g.op("AveragePool", ["input"], kernel_shape=[4, 4], pads=[3] * 4, count_include_pad=1))


@case
def maximum_with_large_pads():
    g = Graph(1, 8, 3, 3)
    return g.model(g.op("MaxPool", ["input"], kernel_shape=[4, 4], pads=[3] * 4))


@case(refused={"tiny": "does not fit the feature memory of 'tiny'"})
def large_global_average():
    g = Graph(1, 16, 64, 64)
    return g.model(g.op("GlobalAveragePool", ["input"]))


@case(refused={"tiny": "does not fit the feature memory of 'tiny'"})
def large_global_maximum():
    g = Graph(1, 16, 64, 64)
    return g.model(g.op("GlobalMaxPool", ["input"]))


@case(refused="a window of 1x400: expected at most 255x255")
def pool_beyond_a_field():
    g = Graph(1, 16, 1, 400)
    return g.model(g.op("GlobalAveragePool", ["input"]))


@case
def pad_above_image():
    g = Graph(1, 8, 3, 3)
    pads = g.constant(np.array([0, 0, 9, 8, 0, 0, 7, 6], np.int64))
    return g.model(g.conv(g.op("Pad", ["input", pads, g.constant(np.float32(0.7))]), 8, 8, 1))


# -- Graphs -------------------------------------------------------------------


@case
def concat_of_one_value():
    g = Graph(1, 8, 6, 6)
    a = g.conv("input", 8, 8, 3, pads=[1] * 4)
    return g.model(g.conv(g.op("Concat", [a, a], axis=1), 8, 16, 1))


@case
def concat_of_the_input():
    g = Graph(1, 5, 6, 6)
    return g.model(g.op("Concat", ["input", "input"], axis=1))


@case
def concat_of_uneven_parts():
    g = Graph(1, 5, 6, 6)
    a = g.conv("input", 3, 5, 1)
    b = g.conv("input", 11, 5, 1)
    return g.model(g.conv(g.op("Concat", [a, "input", b], axis=1), 8, 19, 3))


@case
def concat_of_concat():
    g = Graph(1, 5, 6, 6)
    a = g.conv("input", 3, 5, 1)
    b = g.conv(a, 11, 3, 1)
    c = g.op("Concat", [a, b], axis=1)
    d = g.op("Concat", [c, a], axis=1)
    return g.model(g.conv(d, 8, 17, 1), g.op("Relu", [c]))


@case
def concats_that_share_their_parts():
    g = Graph(1, 8, 6, 6)
    a = g.conv("input", 8, 8, 1)
    b = g.conv("input", 8, 8, 1)
    c = g.op("Concat", [a, b], axis=1)
    d = g.op("Concat", [b, a], axis=1)
    return g.model(g.op("Add", [c, d]))


@case
def concats_that_meet():
    g = Graph(1, 8, 6, 6)
    a = g.conv("input", 3, 8, 1)
    b = g.conv("input", 5, 8, 1)
    c = g.op("Concat", [a, b], axis=1)
    d = g.op("Concat", [b, a], axis=1)
    return g.model(g.conv(g.op("Add", [c, d]), 8, 8, 1))


@case
def concat_meets_input():
    g = Graph(1, 12, 6, 6)
    a = g.conv("input", 3, 12, 1)
    b = g.conv("input", 9, 12, 1)
    c = g.op("Concat", [a, b], axis=1)
    return g.model(g.op("Add", [c, "input"]), c)


@case
def concat_as_residual():
    g = Graph(1, 12, 6, 6)
    a = g.conv("input", 3, 12, 1)
    b = g.conv("input", 9, 12, 1)
    c = g.op("Concat", [a, b], axis=1)
    d = g.conv("input", 12, 12, 3, pads=[1] * 4)
    return g.model(g.op("Add", [d, c]))


@case
def concat_under_depthwise():
    g = Graph(1, 8, 6, 6)
    a = g.conv("input", 3, 8, 1)
    b = g.conv("input", 5, 8, 1)
    c = g.op("Concat", [a, b], axis=1)
    return g.model(g.conv(g.conv(c, 8, 8, 3, group=8, pads=[1] * 4), 8, 8, 1))


@case
def concat_and_its_part_as_outputs():
    g = Graph(1, 8, 6, 6)
    a = g.conv("input", 3, 8, 1)
    b = g.conv("input", 5, 8, 1)
    return g.model(g.op("Concat", [a, b], axis=1), a)


@case
def concat_of_forty():
    g = Graph(1, 8, 4, 4)
    sizes = [1 + i % 9 for i in range(40)]
    parts = [g.conv("input", size, 8, 1) for size in sizes]
    return g.model(g.conv(g.op("Concat", parts, axis=1), 8, sum(sizes), 1))


@case
def concat_larger_than_memory():
    g = Graph(1, 8, 30, 30)
    a = g.conv("input", 24, 8, 1)
    b = g.conv("input", 40, 8, 3, pads=[1] * 4)
    return g.model(g.conv(g.op("Concat", [a, b], axis=1), 8, 64, 3))


@case
def output_that_is_read_again():
    g = Graph(1, 8, 6, 6)
    a = g.conv("input", 8, 8, 3)
    r = g.op("Relu", [a])
    return g.model(a, r, g.conv(r, 4, 8, 1))


@case
def output_twice():
    g = Graph(1, 8, 6, 6)
    a = g.conv("input", 8, 8, 3)
    return g.model(a, g.op("Identity", [a]))


@case
def input_as_output():
    g = Graph(1, 8, 6, 6)
    return g.model(g.op("Identity", ["input"]), g.conv("input", 8, 8, 1))


@case
def input_of_two_convolutions():
    g = Graph(1, 3, 9, 9)
    return g.model(g.conv("input", 8, 3, 3), g.conv("input", 8, 3, 5))


@case
def input_as_residual():
    g = Graph(1, 3, 9, 9)
    a = g.conv("input", 3, 3, 3, pads=[1] * 4)
    return g.model(g.op("Add", [a, "input"]))


@case
def input_pooled():
    g = Graph(1, 3, 9, 9)
    return g.model(g.op("AveragePool", ["input"], kernel_shape=[3, 3], pads=[1] * 4, strides=[2, 2]))


@case
def input_added_to_itself():
    g = Graph(1, 3, 9, 9)
    return g.model(g.op("Add", ["input", "input"]))


@case
def input_through_a_table():
    g = Graph(1, 3, 9, 9)
    return g.model(g.op("Sigmoid", ["input"]))


@case
def value_added_to_itself():
    g = Graph(1, 8, 6, 6)
    a = g.conv("input", 8, 8, 3, pads=[1] * 4)
    return g.model(g.op("Add", [a, a]))


@case
def residual_larger_than_memory():
    g = Graph(1, 64, 40, 40)
    a = g.conv("input", 64, 64, 1)
    b = g.conv(a, 64, 64, 3, pads=[1] * 4)
    return g.model(g.op("Relu", [g.op("Add", [a, b])]))


@case
def layer_that_nobody_reads():
    g = Graph(1, 8, 6, 6)
    a = g.conv("input", 8, 8, 1)
    b = g.conv("input", 8, 8, 3)
    return g.model(a)


@case
def two_inputs():
    g = Graph(1, 8, 4, 4)
    g.inputs["second"] = (1, 8, 4, 4)
    a = g.conv("input", 8, 8, 1)
    return g.model(g.op("Add", [a, "second"]))


@case
def flat_concat():
    g = Graph(1, 30)
    a = g.op("Gemm", ["input", g.weight(7, 30), g.weight(7)], transB=1)
    b = g.op("Gemm", ["input", g.weight(9, 30), g.weight(9)], transB=1)
    return g.model(g.op("Gemm", [g.op("Concat", [a, b], axis=1), g.weight(3, 16), g.weight(3)], transB=1))


@case(refused="must keep channels, rows and columns, got 1x8x4x4 to 1x32x2x2")
def reshape_between_layers():
    g = Graph(1, 8, 4, 4)
    a = g.conv("input", 8, 8, 1)
    f = g.op("Reshape", [a, g.constant(np.array([1, 32, 2, 2], np.int64))])
    return g.model(g.conv(f, 4, 32, 1))


# -- Running ------------------------------------------------------------------


def problems_of(name, folder):
    """Sentences on what is wrong with a case."""
    make, refused = CASES[name]
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

    problems = []
    for arch in ARCHS:
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
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


if __name__ == "__main__":
    toolchain.main_guard(main)
