#!/usr/bin/env python3
"""Networks at the edges of what sizes and graphs can be."""
import numpy as np

from network_cases import Graph, case, run


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


@case
def more_inputs_than_fit():
    g = Graph(1, 9000, 1, 1)
    return g.model(g.conv("input", 8, 9000, 1))


@case
def large_fully_connected():
    g = Graph(1, 256, 6, 6)
    f = g.op("Flatten", ["input"])
    return g.model(g.op("Gemm", [f, g.weight(100, 256 * 36), g.weight(100)], transB=1))


@case(refused="batch 1 ([1, C, H, W] or [1, C]), got 1x8x4")
def three_dimensions():
    g = Graph(1, 8, 4)
    return g.model(g.op("Relu", ["input"]))


# -- Graphs -------------------------------------------------------------------


@case
def constants_wider_than_values():
    """The constant has the result's shape, the layer's value is repeated."""
    g = Graph(1, 8, 1, 1)
    a = g.conv("input", 12, 8, 1)
    total = g.op("Add", [a, g.weight(1, 12, 5, 7)])
    product = g.op("Mul", [g.weight(1, 12, 5, 7), a])
    return g.model(g.conv(g.op("Add", [total, product]), 4, 12, 3))


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


if __name__ == "__main__":
    run(__doc__)
