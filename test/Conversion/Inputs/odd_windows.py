#!/usr/bin/env python3
"""Networks with windows beyond the image, the memories and the fields of instructions."""
import numpy as np

from network_cases import Graph, case, run


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


@case(refused="a padding of 0x3000 at the bottom and right: expected at most 2047")
def pads_beyond_a_field():
    g = Graph(1, 16, 4, 4)
    return g.model(g.conv("input", 8, 16, 3, pads=[0, 0, 0, 3000]))


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


@case
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


@case
def large_global_average():
    g = Graph(1, 16, 64, 64)
    return g.model(g.op("GlobalAveragePool", ["input"]))


@case
def large_global_maximum():
    g = Graph(1, 16, 64, 64)
    return g.model(g.op("GlobalMaxPool", ["input"]))


@case
def average_beyond_a_field():
    g = Graph(1, 16, 1, 400)
    return g.model(g.op("GlobalAveragePool", ["input"]))


@case(refused="a window of 1x400: expected at most 255x255")
def maximum_beyond_a_field():
    g = Graph(1, 16, 1, 400)
    return g.model(g.op("GlobalMaxPool", ["input"]))


@case
def pad_above_image():
    g = Graph(1, 8, 3, 3)
    pads = g.constant(np.array([0, 0, 9, 8, 0, 0, 7, 6], np.int64))
    return g.model(g.conv(g.op("Pad", ["input", pads, g.constant(np.float32(0.7))]), 8, 8, 1))


# -- Windows that the feature memory does not hold ----------------------------


@case
def groups_in_parts():
    g = Graph(1, 1200, 7, 9)
    return g.model(g.op("Relu", [g.conv("input", 24, 1200, 3, pads=[1] * 4)]))


@case
def groups_in_parts_with_residual():
    g = Graph(1, 1024, 4, 4)
    a = g.conv("input", 20, 1024, 3, pads=[1] * 4)
    b = g.conv(g.conv(a, 1100, 20, 1), 20, 1100, 3, pads=[1] * 4)
    return g.model(g.op("Relu", [g.op("Add", [a, b])]))


@case
def groups_in_parts_of_a_pruned_group_convolution():
    """Some parts have no taps in some blocks of outputs."""
    g = Graph(1, 1200, 5, 5)
    def prune(weight):
        weight[:8, 8:560] = 0
        weight[20:, 200:] = 0
        return weight
    return g.model(g.conv("input", 32, 1200, 3, group=2, dilations=[2, 2], pads=[2] * 4,
                          change=prune))


@case
def rows_in_parts():
    """A group of eight channels alone is too much; most rows of some windows are padding."""
    g = Graph(1, 16, 60, 61)
    return g.model(g.conv("input", 8, 16, (41, 33), pads=[25, 3, 20, 16], strides=[3, 4]))


@case
def dilated_rows_in_parts():
    """Parts without any tap, since only every eleventh row has some."""
    g = Graph(1, 16, 96, 30)
    return g.model(g.conv("input", 8, 16, (9, 17), dilations=[11, 1], strides=[2, 3]))


@case
def unfolded_rows_in_parts():
    g = Graph(1, 9, 60, 40)
    return g.model(g.conv("input", 16, 9, (45, 31), pads=[20, 3, 4, 8], strides=[2, 3]))


@case
def dilated_depthwise_in_parts():
    g = Graph(1, 20, 45, 45)
    return g.model(g.conv("input", 20, 20, 3, group=20, dilations=[17, 16], pads=[17] * 4,
                          strides=[2, 2]))


@case
def average_in_parts():
    g = Graph(1, 9, 60, 150)
    return g.model(g.op("AveragePool", ["input"], kernel_shape=[33, 140], pads=[5, 6, 7, 8],
                        strides=[10, 8], count_include_pad=0))


@case
def average_in_parts_of_padding():
    g = Graph(1, 9, 40, 44)
    return g.model(g.op("AveragePool", ["input"], kernel_shape=[39, 39], pads=[20] * 4,
                        strides=[9, 11], count_include_pad=1))


@case
def wide_average():
    """Wider than an origin and a row pitch reach."""
    g = Graph(1, 16, 2, 5000)
    return g.model(g.op("GlobalAveragePool", ["input"]))


@case(buffers={"feature_words": 65536})
def tall_average():
    g = Graph(1, 16, 5000, 1)
    return g.model(g.op("GlobalAveragePool", ["input"]))


@case(buffers={"weight_blocks": 1024, "tap_words": 1024})
def average_of_more_columns_than_a_tap_reaches():
    g = Graph(1, 9, 7, 300)
    return g.model(g.op("GlobalAveragePool", ["input"]))


@case(buffers={"feature_words": 4096, "weight_blocks": 4096, "tap_words": 2048})
def average_of_more_rows_than_a_tap_reaches():
    g = Graph(1, 8, 310, 7)
    return g.model(g.op("AveragePool", ["input"], kernel_shape=[300, 3], strides=[4, 3]))


@case
def average_of_many_divisors():
    """More groups of records than the vector engine's memory holds."""
    g = Graph(1, 9, 40, 44)
    return g.model(g.op("AveragePool", ["input"], kernel_shape=[9, 9], pads=[8] * 4,
                        count_include_pad=0))


@case
def maximum_over_columns_and_rows():
    g = Graph(1, 9, 64, 60)
    a = g.conv("input", 9, 9, 1)
    return g.model(g.op("MaxPool", [a], kernel_shape=[34, 17], dilations=[1, 3],
                        pads=[8, 16, 6, 5], strides=[5, 3]))


if __name__ == "__main__":
    run(__doc__)
