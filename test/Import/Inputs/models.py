"""Small ONNX models for the import tests.

    models.py GROUP FOLDER

writes every model of the group to FOLDER/NAME.onnx.
"""

import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT
INT64 = TensorProto.INT64


def node(op, inputs, output="y", name=None, **attributes):
    return helper.make_node(op, inputs, [output], name=name or op.lower(), **attributes)


def constant(name, values, dtype=np.float32):
    return numpy_helper.from_array(np.array(values, dtype), name)


def ints(name, values):
    return constant(name, values, np.int64)


def model(nodes, inputs, inits=(), opset=13, outputs=("y",), output_type=FLOAT, domains=()):
    """`inputs` maps names to shapes; shapes of outputs are left to the importer."""
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info(n, FLOAT, s) for n, s in inputs.items()],
        [helper.make_tensor_value_info(n, output_type, None) for n in outputs],
        list(inits),
    )
    sets = [helper.make_opsetid("", opset)] + [helper.make_opsetid(d, 1) for d in domains]
    return helper.make_model(graph, opset_imports=sets, ir_version=7)


def image(*shape):
    return {"x": list(shape)}


def ramp(*shape):
    return np.arange(1, 1 + np.prod(shape), dtype=np.float32).reshape(shape)


def convolution():
    def conv(x, w, inits=(), **attributes):
        inits = [constant("w", np.ones(w)), *inits]
        names = ["x"] + [i.name for i in inits]
        return model([node("Conv", names, **attributes)], image(*x), inits)

    bias = constant("b", [1, 2])
    yield "plain", conv((1, 1, 5, 5), (2, 1, 3, 3))
    yield "bias", conv((1, 1, 5, 5), (2, 1, 3, 3), [bias], pads=[1, 0, 0, 1])
    yield "strided", conv((1, 1, 7, 9), (2, 1, 3, 3), strides=[2, 3], kernel_shape=[3, 3])
    yield "dilated", conv((1, 1, 7, 7), (2, 1, 3, 3), dilations=[2, 3])
    yield "grouped", conv((1, 4, 5, 5), (6, 2, 1, 1), group=2)
    yield "depthwise", conv((1, 2, 5, 5), (2, 1, 3, 3), [bias], group=2)
    # 6 wide, kernel 3, stride 2: one column of padding in all.
    yield "same_upper", conv((1, 1, 6, 6), (2, 1, 3, 3), strides=[2, 2], auto_pad="SAME_UPPER")
    yield "same_lower", conv((1, 1, 6, 6), (2, 1, 3, 3), strides=[2, 2], auto_pad="SAME_LOWER")
    yield "valid", conv((1, 1, 6, 6), (2, 1, 3, 3), auto_pad="VALID")


def matrix_product():
    b34 = constant("b", ramp(3, 4))
    b43 = constant("b", ramp(4, 3))
    c4 = constant("c", [1, 2, 3, 4])
    yield "gemm", model([node("Gemm", ["x", "b", "c"])], image(1, 3), [b34, c4])
    yield "gemm_transposed", model([node("Gemm", ["x", "b"], transB=1)], image(1, 3), [b43])
    yield "gemm_scaled", model(
        [node("Gemm", ["x", "b", "c"], alpha=2.0, beta=0.5, transB=1)],
        image(1, 2),
        [constant("b", [[1, 2]]), constant("c", [4])],
    )
    yield "gemm_scalar_bias", model(
        [node("Gemm", ["x", "b", "c"])], image(1, 3), [b34, constant("c", 5)]
    )
    yield "gemm_variable_bias", model(
        [node("Gemm", ["x", "b", "z"])], {"x": [1, 3], "z": [1, 4]}, [b34]
    )
    yield "matmul", model([node("MatMul", ["x", "b"])], image(1, 3), [b34])
    yield "matmul_rank3", model([node("MatMul", ["x", "b"])], image(1, 1, 3), [b34])
    yield "matmul_left", model([node("MatMul", ["b", "x"])], image(3, 1), [b43])
    yield "matmul_vector", model([node("MatMul", ["x", "b"])], image(3), [b34])


def pooling():
    def pool(op, x, **attributes):
        return model([node(op, ["x"], **attributes)], image(*x), opset=19)

    yield "max", pool("MaxPool", (1, 2, 7, 7), kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    yield "max_ceil", pool("MaxPool", (1, 2, 7, 7), kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)
    yield "max_dilated", pool("MaxPool", (1, 2, 7, 7), kernel_shape=[2, 2], dilations=[2, 2])
    yield "max_same", pool(
        "MaxPool", (1, 2, 7, 7), kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER"
    )
    # The second window would start in the trailing pad, so it is not there.
    yield "max_ceil_in_pad", pool(
        "MaxPool", (1, 1, 2, 2), kernel_shape=[3, 3], strides=[3, 3], pads=[1, 1, 1, 1], ceil_mode=1
    )
    yield "average", pool("AveragePool", (1, 2, 6, 6), kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    yield "average_counting", pool(
        "AveragePool", (1, 2, 6, 6), kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1
    )
    yield "global_average", pool("GlobalAveragePool", (1, 2, 5, 6))
    yield "global_max", pool("GlobalMaxPool", (1, 2, 5, 6))
    axes = ints("axes", [-1, 2])
    yield "reduce_mean", model([node("ReduceMean", ["x", "axes"])], image(1, 2, 5, 6), [axes], 18)
    yield "reduce_mean_flat", model(
        [node("ReduceMean", ["x"], axes=[2, 3], keepdims=0)], image(1, 2, 5, 6)
    )


def quantization():
    def pair(scale, zero, *between, back=None, opset=13):
        """Conv-less: x, QuantizeLinear, DequantizeLinear."""
        inits = [constant("s", scale)] + ([zero] if zero else [])
        names = [i.name for i in inits]
        if back is not None:
            inits.append(constant("t", back))
        return model(
            [
                node("QuantizeLinear", ["x"] + names, "q", name="quantize"),
                *between,
                node("DequantizeLinear", ["q", "t" if back is not None else "s"] + names[1:],
                     name="dequantize"),
            ],
            image(1, 2, 4, 4), inits, opset)

    yield "int8", pair(0.5, constant("z", 3, np.int8))
    yield "uint8", pair(0.25, constant("z", 128, np.uint8))
    yield "default", pair(0.25, None)
    yield "one_element", pair([0.5], constant("z", [3], np.int8))
    yield "other_scale", pair(0.5, constant("z", 3, np.int8), back=0.25)
    yield "per_channel", pair([0.5, 0.25], constant("z", [3, 4], np.int8))
    yield "zero_scale", pair(0.0, constant("z", 3, np.int8))
    yield "int32", pair(0.5, constant("z", 3, np.int32))
    yield "between", model(
        [
            node("QuantizeLinear", ["x", "s"], "q"),
            node("MaxPool", ["q"], "p", name="pool", kernel_shape=[2, 2]),
            node("DequantizeLinear", ["p", "s"]),
        ],
        image(1, 2, 4, 4), [constant("s", 0.5)])
    def chain(nodes, inits, outputs=("y",), domains=()):
        return model(nodes, image(1, 2, 4, 4), inits, outputs=outputs, domains=domains)

    quantize = node("QuantizeLinear", ["x", "s", "z"], "q")
    dequantize = node("DequantizeLinear", ["p", "s", "z"])
    s, z = constant("s", 0.5), constant("z", 3, np.int8)
    t = constant("t", 0.25)
    yield "joined", chain([quantize, node("Concat", ["q", "q"], "p", axis=1), dequantize], [s, z])
    yield "joined_scales", chain(
        [quantize, node("QuantizeLinear", ["x", "t", "z"], "r", name="other"),
         node("Concat", ["q", "r"], "p", axis=1), dequantize], [s, z, t])
    yield "computed", chain([quantize, node("Relu", ["q"], "p"), dequantize], [s, z])
    yield "integer_output", chain([quantize], [s, z], outputs=("q",))
    yield "dynamic", chain(
        [helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]), node("Cast", ["q"], to=FLOAT)], [])
    yield "conv_integer", chain(
        [quantize, node("ConvInteger", ["q", "w"], "p"), node("Cast", ["p"], to=FLOAT)],
        [s, z, constant("w", np.ones((2, 2, 3, 3)), np.int8)])
    yield "qlinear_conv", chain(
        [quantize,
         node("QLinearConv", ["q", "s", "z", "w", "ws", "wz", "os", "oz", "b"], "c", pads=[1, 1, 1, 1]),
         node("DequantizeLinear", ["c", "os", "oz"])],
        [s, z, constant("w", np.ones((2, 2, 3, 3)), np.int8), constant("ws", [0.5, 0.25]),
         constant("wz", [0, 0], np.int8), constant("os", 2.0), constant("oz", 5, np.int8),
         constant("b", [2, -12], np.int32)])
    yield "qlinear_channels_last", chain(
        [quantize,
         helper.make_node("QLinearGlobalAveragePool", ["q", "s", "z", "s", "z"], ["p"],
                          name="qlinearglobalaveragepool", domain="com.microsoft", channels_last=1),
         dequantize], [s, z], domains=("com.microsoft",))
    # Weights that the graph rounds: 1.2 / 0.5 = 2.4 and -0.75 / 0.5 = -1.5, to even.
    yield "weights", model(
        [
            node("QuantizeLinear", ["w", "s", "z"], "q"),
            node("DequantizeLinear", ["q", "s", "z"], "d"),
            node("Add", ["x", "d"]),
        ],
        image(1, 2),
        [constant("w", [[1.2, -0.75]]), constant("s", 0.5), constant("z", 0, np.int8)])


def elementwise():
    def unary(op, opset=13, inits=(), **attributes):
        names = ["x"] + [i.name for i in inits]
        return model([node(op, names, **attributes)], image(1, 2, 3, 3), inits, opset)

    for op in ("Relu", "Sigmoid", "Tanh", "Softplus", "HardSwish", "LeakyRelu", "Elu", "HardSigmoid"):
        yield op.lower(), unary(op, 14)
    yield "leakyrelu_alpha", unary("LeakyRelu", alpha=0.5)
    yield "hardsigmoid_alpha", unary("HardSigmoid", alpha=0.25, beta=0.125)
    yield "clip_attributes", unary("Clip", 7, min=0.0, max=6.0)
    yield "clip_default", unary("Clip", 7)
    yield "clip_inputs", unary("Clip", inits=[constant("lo", 0), constant("hi", 6)])
    yield "clip_crossed", unary("Clip", inits=[constant("lo", 8), constant("hi", 6)])
    yield "clip_max_only", model(
        [node("Clip", ["x", "", "hi"])], image(1, 2), [constant("hi", 6)]
    )
    two = {"x": [1, 2, 3, 3], "z": [1, 2, 3, 3]}
    yield "add", model([node("Add", ["x", "z"])], two)
    yield "add_constant", model([node("Add", ["c", "x"])], image(1, 2, 3, 3), [constant("c", [[[1]], [[2]]])])
    yield "sum", model([node("Sum", ["x", "z", "x"])], two)
    yield "batchnorm", model(
        [node("BatchNormalization", ["x", "s", "b", "m", "v"], epsilon=0.5)],
        image(1, 2, 3, 3),
        [constant(n, [1, 2]) for n in "sbmv"],
    )

    def lrn(**attributes):
        return model([node("LRN", ["x"], **attributes)], image(1, 4, 3, 3), opset=9)

    yield "lrn", lrn(size=3, alpha=0.75, beta=0.5, bias=2.0)
    yield "lrn_even", lrn(size=2, alpha=0.5)
    yield "lrn_all", lrn(size=2**62, alpha=1e18)
    yield "lrn_no_squares", lrn(size=3, alpha=0.0, beta=0.5, bias=4.0)


def arithmetic():
    def binary(op, k, shape=(1, 2, 3, 3), constant_first=False):
        names = ["k", "x"] if constant_first else ["x", "k"]
        return model([node(op, names)], image(*shape), [constant("k", k)])

    two = {"x": [1, 2, 3, 3], "z": [1, 2, 3, 3]}
    yield "mul_scalar", binary("Mul", 2.0)
    yield "mul_channel", binary("Mul", [[[2]], [[3]]], constant_first=True)
    yield "mul_plane", binary("Mul", np.ones((3, 3)))
    yield "mul", model([node("Mul", ["x", "z"])], two)
    yield "mul_gate", model([node("Mul", ["z", "x"])], {"x": [1, 2, 3, 3], "z": [1, 2, 1, 1]})
    yield "div", binary("Div", [[[2]], [[4]]])
    yield "sub", binary("Sub", [[[1]], [[-2]]])
    yield "sub_from", binary("Sub", 1.0, constant_first=True)
    yield "sub_variables", model([node("Sub", ["x", "z"])], two)
    yield "neg", model([node("Neg", ["x"])], image(1, 2, 3, 3))
    yield "max", binary("Max", -0.5)
    yield "min", model([node("Min", ["k", "x", "l"])], image(1, 2), [constant("k", 3), constant("l", 2)])
    yield "square", binary("Pow", 2)
    yield "root", binary("Pow", 0.5)
    yield "prelu", binary("PRelu", [[[0.25]], [[0.5]]])
    yield "prelu_negative", binary("PRelu", [[[0.25]], [[-0.5]]])
    yield "prelu_same", binary("PRelu", [0.25])
    # A network whose channels come last, but for the convolutions.
    w = constant("w", np.ones((2, 2, 1, 1)))
    yield "channels_last", model(
        [node("Conv", ["x", "w"], "a"), node("Transpose", ["a"], "b", perm=[0, 2, 3, 1]),
         node("Relu", ["b"], "c"), node("Add", ["b", "c"], "d", name="add"),
         node("ReduceMean", ["d"], "mean", axes=[1, 2], keepdims=0, name="mean"),
         node("Transpose", ["d"], "e", perm=[0, 3, 1, 2]), node("Conv", ["e", "w"], name="last")],
        image(1, 2, 3, 3), [w], outputs=("y", "mean"))


def slices():
    def shapes(*nodes, inits=(), shape=(1, 8, 6, 6), outputs=("y",)):
        return model(list(nodes), image(*shape), list(inits), outputs=outputs)

    s, e, a, t = ints("s", [2, 1]), ints("e", [6, 100]), ints("a", [1, -1]), ints("t", [1, 2])
    yield "slice", shapes(node("Slice", ["x", "s", "e", "a", "t"]), inits=[s, e, a, t])
    yield "slice_flat", shapes(node("Slice", ["x", "s", "e", "a"]), shape=(1, 8),
                               inits=[ints("s", [2]), ints("e", [-1]), ints("a", [1])])
    yield "split", shapes(
        helper.make_node("Split", ["x"], ["y", "z"], name="split", axis=1), outputs=("z", "y"))
    yield "gather", shapes(node("Gather", ["x", "i"], axis=1), inits=[ints("i", [1, 4, 7])])
    yield "gather_one", shapes(node("Gather", ["x", "i"], axis=1), inits=[ints("i", 3)])
    # ShuffleNet: every other channel, and all of them dealt out.
    deal = [node("Reshape", ["x", "p"], "a"), node("Transpose", ["a"], "b", perm=[1, 0, 2])]
    p, q = ints("p", [4, 2, 36]), ints("q", [2, 1, 4, 6, 6])
    yield "every_other", shapes(
        *deal, node("Reshape", ["b", "q"], "c"), node("Gather", ["c", "one"]),
        inits=[p, q, ints("one", 1)])
    yield "dealt_out", shapes(
        *deal, node("Reshape", ["b", "r"]), inits=[p, ints("r", [1, 8, 6, 6])])


def resize():
    def to(height, width, shape=(1, 2, 3, 4), **attributes):
        sizes = [constant("r", []), constant("q", []), ints("s", [1, shape[1], height, width])]
        return model([node("Resize", ["x", "r", "q", "s"], **attributes)], image(*shape), sizes)

    yield "nearest", to(6, 12, coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    yield "even", to(6, 4, mode="linear")
    yield "odd", to(3, 12, mode="linear")
    yield "corners", to(5, 4, mode="linear", coordinate_transformation_mode="align_corners")
    yield "pixel", to(3, 5, (1, 2, 1, 1), mode="linear")
    yield "upsample", model([node("Upsample", ["x", "s"])], image(1, 2, 3, 4), [constant("s", [1, 1, 2, 2])], opset=9)
    yield "depth_to_space", model(
        [node("DepthToSpace", ["x"], blocksize=2, mode="CRD")], image(1, 8, 3, 4))
    yield "transposed", model(
        [node("ConvTranspose", ["x", "w"], strides=[2, 1], pads=[1, 0, 0, 0])],
        image(1, 1, 3, 4), [constant("w", ramp(1, 1, 3, 1))])


def stop():
    w = constant("w", np.ones((2, 2, 1, 1)))
    yield "heads", model(
        [node("Conv", ["x", "w"], "a", name="first"), node("Conv", ["a", "w"], "b", name="second"),
         helper.make_node("Split", ["b"], ["c", "d"], name="split", axis=1),
         node("NonMaxSuppression", ["c", "d"], name="boxes")],
        image(1, 2, 3, 3), [w])


def movement():
    def reshape(shape, opset=13, **attributes):
        return model(
            [node("Reshape", ["x", "s"], **attributes)], image(1, 2, 3, 4), [ints("s", shape)], opset
        )

    yield "reshape", reshape([0, -1])
    yield "reshape_same", reshape([1, 2, 3, 4])
    yield "flatten", model([node("Flatten", ["x"])], image(1, 2, 3, 4))
    yield "flatten_axis", model([node("Flatten", ["x"], axis=-1)], image(1, 2, 3, 4))
    yield "squeeze", model([node("Squeeze", ["x", "a"])], image(1, 2, 1, 1), [ints("a", [2, -1])])
    yield "squeeze_all", model([node("Squeeze", ["x"])], image(1, 2, 1, 3))
    yield "squeeze_attribute", model([node("Squeeze", ["x"], axes=[2])], image(1, 2, 1, 3), opset=11)
    yield "unsqueeze", model([node("Unsqueeze", ["x", "a"])], image(1, 2), [ints("a", [-1, 2])])
    yield "transpose", model([node("Transpose", ["x"], perm=[0, 2, 3, 1])], image(1, 2, 1, 1))
    yield "identity", model(
        [node("Identity", ["x"], "a"), node("Dropout", ["a"], "b", ratio=0.5), node("Relu", ["b"])],
        image(1, 2),
        opset=11,
    )
    yield "cast", model([node("Cast", ["x"], "a", to=FLOAT), node("Relu", ["a"])], image(1, 2))
    yield "concat", model(
        [node("Concat", ["x", "z", "c"], axis=-3)],
        {"x": [1, 2, 3, 3], "z": [1, 1, 3, 3]},
        [constant("c", np.ones((1, 1, 3, 3)))],
    )
    yield "pad_attribute", model(
        [node("Pad", ["x"], pads=[0, 0, 1, 2, 0, 0, 3, 4], value=1.5)], image(1, 2, 3, 3), opset=10
    )
    yield "pad_inputs", model(
        [node("Pad", ["x", "p", "v"])],
        image(1, 2, 3, 3),
        [ints("p", [0, 0, 1, 2, 0, 0, 3, 4]), constant("v", -2)],
    )
    yield "pad_axes", model(
        [node("Pad", ["x", "p", "", "a"])],
        image(1, 2, 3, 3),
        [ints("p", [1, 2, 3, 4]), ints("a", [-1, 2])],
        18,
    )


def heads():
    yield "softmax", model([node("Softmax", ["x"])], image(1, 2, 3))
    yield "softmax_flattening", model([node("Softmax", ["x"], axis=1)], image(1, 2, 3), opset=11)
    yield "softmax_trailing_ones", model(
        [node("Softmax", ["x"], axis=1)], image(1, 2, 1, 1), opset=11
    )
    yield "argmax", model(
        [node("ArgMax", ["x"], axis=-1, keepdims=0)], image(1, 5), output_type=INT64
    )
    yield "argmax_keepdims", model(
        [node("ArgMax", ["x"], axis=1, select_last_index=1)], image(1, 5), output_type=INT64
    )


def raw_tensor(name, dtype, dims, **fields):
    """A tensor with its elements in a field of the message."""
    tensor = TensorProto(name=name, data_type=dtype, dims=dims)
    for field, values in fields.items():
        getattr(tensor, field).extend(values)
    return tensor


def constants():
    def added(nodes, inits=(), opset=13):
        """x + k, where the nodes make k."""
        return model([*nodes, node("Add", ["x", "k"])], image(1, 2), inits, opset)

    def cast(tensor):
        return added([node("Cast", [tensor.name], "k", to=FLOAT)], [tensor])

    # 1.5 and -2 in each encoding.
    yield "float_data", added([], [raw_tensor("k", FLOAT, [2], float_data=[1.5, -2])])
    yield "raw_data", added([], [constant("k", [1.5, -2])])
    yield "double_data", cast(raw_tensor("d", TensorProto.DOUBLE, [2], double_data=[1.5, -2]))
    yield "float16_data", cast(raw_tensor("d", TensorProto.FLOAT16, [2], int32_data=[0x3E00, 0xC000]))
    yield "float16_raw", cast(constant("d", [1.5, -2], np.float16))
    yield "bfloat16_data", cast(raw_tensor("d", TensorProto.BFLOAT16, [2], int32_data=[0x3FC0, 0xC000]))
    # 3 and -4, or 3 and 4 where there is no sign.
    for name, dtype in (("int8", TensorProto.INT8), ("int16", TensorProto.INT16), ("int32", TensorProto.INT32)):
        yield name + "_data", cast(raw_tensor("d", dtype, [2], int32_data=[3, -4]))
    for name, dtype in (("uint8", TensorProto.UINT8), ("uint16", TensorProto.UINT16)):
        yield name + "_data", cast(raw_tensor("d", dtype, [2], int32_data=[3, 4]))
    yield "int64_data", cast(raw_tensor("d", INT64, [2], int64_data=[3, -4]))
    yield "uint64_data", cast(raw_tensor("d", TensorProto.UINT64, [2], uint64_data=[3, 4]))
    yield "bool_data", cast(raw_tensor("d", TensorProto.BOOL, [2], int32_data=[1, 0]))

    value = constant("v", [1.5, -2])
    yield "constant_node", added([node("Constant", [], "k", value=value)])
    yield "constant_floats", added([node("Constant", [], "k", value_floats=[1.5, -2.0])])
    yield "constant_of_shape", added(
        [node("ConstantOfShape", ["n"], "k", value=constant("v", [7]))], [ints("n", [2])]
    )

    # (q - zero point) * scale
    yield "dequantize", added(
        [node("DequantizeLinear", ["q", "s", "z"], "k")],
        [
            constant("q", [10, -10], np.int8),
            constant("s", 0.5),
            constant("z", 2, np.int8),
        ],
    )
    yield "dequantize_axis", added(
        [node("DequantizeLinear", ["q", "s"], "d", axis=-2), node("Reshape", ["d", "n"], "k")],
        [constant("q", [[10], [20]], np.int8), constant("s", [0.5, 0.25]), ints("n", [2])],
    )

    # 2 * (6 - 4) / 4 + 0.5 = 1.5 and 2 * (3 - 1) / 8 + 0.5 = 1
    yield "arithmetic", added(
        [
            node("Sub", ["a", "b"], "1", name="s"),
            node("Mul", ["1", "two"], "2", name="m"),
            node("Div", ["2", "d"], "3", name="d"),
            node("Add", ["3", "half"], "k", name="a"),
        ],
        [
            constant("a", [6, 3]),
            constant("b", [4, 1]),
            constant("two", 2),
            constant("d", [4, 8]),
            constant("half", [0.5]),
        ],
    )
    yield "transposed", added(
        [node("Transpose", ["t"], "s"), node("Slice", ["s", "i", "j", "a"], "l"),
         node("Squeeze", ["l", "zero"], "k")],
        # [[1, 4], [2, 5], [3, 6]], of which row 1 is [2, 5].
        [constant("t", [[1, 2, 3], [4, 5, 6]]), ints("i", [1]), ints("j", [2]), ints("a", [0]), ints("zero", [0])],
    )
    yield "reversed", added(
        [node("Slice", ["t", "i", "j", "a", "step"], "k")],
        [constant("t", [1, 2, 3, 4]), ints("i", [-1]), ints("j", [-5]), ints("a", [0]), ints("step", [-2])],
    )

    # The idiom of torch's x.view(x.size(0), -1).
    yield "shape_arithmetic", model(
        [
            node("Shape", ["x"], "s"),
            node("Gather", ["s", "zero"], "n"),
            node("Unsqueeze", ["n"], "n1", axes=[0]),
            node("Constant", [], "m1", value=ints("v", [-1])),
            node("Concat", ["n1", "m1"], "shape", axis=0),
            node("Reshape", ["x", "shape"]),
        ],
        image(1, 2, 3, 3),
        [ints("zero", 0)],
        11,
    )
    # Half of the height, by arithmetic on integers.
    yield "integer_arithmetic", model(
        [
            node("Shape", ["x"], "s", start=2, end=3),
            node("Div", ["s", "two"], "h"),
            node("Concat", ["h", "m1"], "shape", axis=0),
            node("Reshape", ["x", "shape"]),
        ],
        image(1, 2, 6, 3),
        [ints("two", [2]), ints("m1", [-1])],
        15,
    )
    yield "initializer_as_input", model(
        [node("Add", ["x", "k"])], {"x": [1, 2], "k": [2]}, [constant("k", [1, 2])]
    )
    yield "constant_output", model(
        [node("Relu", ["x"], "r"), node("Identity", ["k"])], image(1, 2), [ints("k", [1, 2])],
        outputs=("y", "r"),
    )
    yield "shared", model(
        [node("Add", ["x", "k"], "a", name="first"), node("Add", ["a", "k"], name="second")],
        image(1, 2), [constant("k", [1, 2])],
    )


def branches():
    def graph(*nodes, inits=(), outputs=("t",)):
        return helper.make_graph(
            list(nodes), "branch", [],
            [helper.make_tensor_value_info(n, FLOAT, None) for n in outputs], list(inits))

    def choose(condition, then, other, outputs=("y",), name="choice", **attributes):
        return helper.make_node("If", [condition], list(outputs), name=name, then_branch=then,
                                else_branch=other, **attributes)

    def one(op, value, **attributes):
        return graph(node(op, [value], "t", name="in_" + op.lower(), **attributes))

    yes, no = constant("yes", True, np.bool_), constant("no", [False], np.bool_)
    # What cannot be imported may stand in the branch that is not taken.
    yield "then", model([choose("yes", one("Relu", "x"), one("Foo", "x"))], image(1, 2), [yes])
    yield "else", model([choose("no", one("Foo", "x"), one("Relu", "x"))], image(1, 2), [no])

    # As PyTorch writes squeeze(x, 1): without the axis if its extent is one.
    def squeeze(channels):
        return model(
            [node("Shape", ["x"], "s"), node("Gather", ["s", "one"], "c"), node("Equal", ["c", "one"], "is_one"),
             choose("is_one", graph(node("Squeeze", ["x", "axes"], "t"), inits=[ints("axes", [1])]),
                    one("Identity", "x"), ["z"]),
             node("Relu", ["z"], name="last")],
            image(1, channels, 3, 3), [ints("one", 1)])

    yield "squeeze_one", squeeze(1)
    yield "squeeze_two", squeeze(2)
    # Two outputs, in an order of their own; the same names in two branches; a branch within
    # a branch; a tensor that a node further down makes.
    first = graph(node("Tanh", ["late"], "a", name="tanh"), node("Add", ["a", "k"], "b", name="add"),
                  inits=[constant("k", [1, 2])], outputs=("b", "a"))
    inner = choose("no", one("Foo", "p"), graph(node("Add", ["a", "k"], "b", name="inner_add"), outputs=("b",)),
                   ["c"], name="inner")
    second = graph(node("Sigmoid", ["p"], "a", name="sigmoid"), inner, inits=[constant("k", [3, 4])],
                   outputs=("c",))
    yield "nested", model(
        [choose("yes", first, one("Foo", "x"), ["p", "q"]), choose("yes", second, one("Foo", "x"), ["r"], "second"),
         node("Sum", ["p", "q", "r"], name="sum"), node("Relu", ["x"], "late", name="late")],
        image(1, 2), [yes, no])
    yield "constant_branch", model(
        [choose("yes", graph(node("Add", ["k", "k"], "t")), one("Foo", "x"), ["two"]),
         node("Add", ["x", "two"], name="add")], image(1, 2), [yes, constant("k", [1, 2])])
    # And, Or, Not and the comparisons: a weight of 1 where the result is true.
    logic = [node("Less", ["a", "b"], "l"), node("GreaterOrEqual", ["a", "b"], "g"),
             node("LessOrEqual", ["a", "b"], "m"), node("Greater", ["a", "b"], "h"),
             node("And", ["m", "g"], "e"), node("Or", ["l", "h"], "n"), node("Not", ["n"], "o"),
             node("Concat", ["l", "m", "e", "n", "o"], "all", axis=0),
             node("Cast", ["all"], "k", to=FLOAT), node("Add", ["x", "k"])]
    yield "logic", model(logic, image(1, 15), [constant("a", [1, 2, 3]), constant("b", [2, 2, 2])])

    def refused(name, condition, then=None, inits=(), nodes=(), **more):
        return name, model([*nodes, choose(condition, then or one("Relu", "x"), one("Relu", "x"), **more)],
                           image(1, 2), inits)

    yield refused("variable", "c", inits=[constant("zero", 0)], nodes=[node("Greater", ["x", "zero"], "c")])
    yield refused("real", "k", inits=[constant("k", 1)])
    yield refused("attribute", "yes", inits=[yes], colour="red")
    yield refused("outputs", "yes", graph(outputs=("x", "x")), [yes])
    yield refused("inside", "yes", graph(node("Tanh", ["x"], "u"), node("Foo", ["u"], "t", name="foo")), [yes])
    yield refused("undefined", "yes", one("Relu", "nowhere"), [yes])
    yield refused("cycle", "yes", graph(node("Add", ["x", "t"], "u", name="a"),
                                        node("Add", ["x", "u"], "t", name="b")), [yes])
    yield "no_branch", model([node("If", ["yes"])], image(1, 2), [yes])


def shapes():
    relu = [node("Relu", ["x"])]
    yield "open_batch", model(relu, image("n", 3, 4, 4))
    yield "open_minus_one", model(relu, image(-1, 3, 4, 4))
    yield "open_image", model(relu, image(1, 3, "h", "w"))
    yield "two_inputs", model([node("Add", ["x", "z"])], {"x": ["n", "c"], "z": ["n", "c"]})
    yield "names", model(
        [helper.make_node("Relu", ["x"], ["a"]), helper.make_node("Tanh", ["a"], ["y"], name="t")],
        image(1, 2),
    )
    # Legal in ONNX, but a program's layers need names of their own.
    yield "same_names", model(
        [helper.make_node("Relu", ["x"], ["a"], name="t"),
         helper.make_node("Tanh", ["a"], ["y"], name="t")],
        image(1, 2),
    )
    # The consumer comes before its producer.
    yield "unsorted", model([node("Tanh", ["a"]), node("Relu", ["x"], "a")], image(1, 2))


def refused():
    w = constant("w", np.ones((2, 1, 3, 3)))
    # One node of each kind, and nodes that only depend on one of them.
    yield "many", model(
        [
            node("Conv", ["x", "w"], "a", name="fine"),
            node("Resize", ["a", "", "s"], "b", name="resize", mode="cubic"),
            node("Conv", ["b", "w"], "c", name="behind"),
            node("Shape", ["c"], "d", name="shape"),
            node("Gather", ["d", "zero"], "e", name="gather"),
            node("Conv", ["x", "x"], "f", name="weightless"),
            node("Pow", ["x", "three"], "g", name="cube"),
            node("Conv", ["g", "w"], "h", name="after_cube", group=3),
            helper.make_node("Quant", ["x"], ["y"], domain="onnx.brevitas"),
        ],
        image(1, 1, 8, 8),
        [w, constant("s", [1, 1, 2, 2]), ints("zero", 0), constant("three", 3)],
        outputs=("y", "e", "f", "h"),
        domains=("onnx.brevitas",),
    )

    def one(name, op, x, inits=(), opset=13, inputs=None, **attributes):
        inits = list(inits)
        names = inputs or ["x"] + [i.name for i in inits]
        return name, model([node(op, names, **attributes)], image(*x), inits, opset)

    yield one("conv_1d", "Conv", (1, 1, 5), [constant("w", np.ones((1, 1, 3)))])
    yield one("conv_batch", "Conv", (2, 1, 5, 5), [w])
    yield one("conv_kernel", "Conv", (1, 1, 5, 5), [w], kernel_shape=[5, 5])
    yield one("conv_channels", "Conv", (1, 3, 5, 5), [w])
    yield one("conv_bias", "Conv", (1, 1, 5, 5), [w, constant("b", [1])])
    yield one("conv_negative_pads", "Conv", (1, 1, 5, 5), [w], pads=[-1, 0, 0, 0])
    yield one("conv_auto_pad", "Conv", (1, 1, 5, 5), [w], auto_pad="SAME")
    yield one("conv_too_small", "Conv", (1, 1, 2, 2), [w])
    yield one("conv_half", "Conv", (1, 1, 5, 5), [constant("w", np.ones((2, 1, 3, 3)), np.float16)])
    yield one("gemm_trans_a", "Gemm", (3, 1), [constant("b", ramp(3, 4))], transA=1)
    yield one("gemm_rows", "Gemm", (2, 3), [constant("b", ramp(3, 4))])
    yield one("matmul_rows", "MatMul", (1, 2, 3), [constant("b", ramp(3, 4))])
    yield one("pool_dilated", "AveragePool", (1, 1, 5, 5), opset=19, kernel_shape=[2, 2], dilations=[2, 2])
    yield one("pool_in_padding", "MaxPool", (1, 1, 5, 5), kernel_shape=[2, 2], pads=[2, 2, 2, 2])
    yield one("pool_kernel", "MaxPool", (1, 1, 5, 5))
    yield one("add_broadcast", "Add", (1, 2), [constant("k", np.ones((2, 1)))])
    yield one("div_variable", "Div", (1, 2), inputs=["x", "x"])
    yield one("div_zero", "Div", (1, 2), [constant("k", [1, 0])])
    yield one("neg_scalar", "Neg", (3,))
    yield one("max_variables", "Max", (1, 2), inputs=["x", "x"])
    yield one("prelu_slopes", "PRelu", (1, 2, 3, 3), [constant("k", np.ones((1, 3, 3)))])
    yield one("pow", "Pow", (1, 2), [constant("k", 3)])
    yield one("slice_nothing", "Slice", (1, 4), [ints("s", [2]), ints("e", [2]), ints("a", [1])])
    yield one("slice_backwards", "Slice", (1, 4),
              [ints("s", [3]), ints("e", [0]), ints("a", [1]), ints("t", [-1])])
    yield one("gather_range_variable", "Gather", (1, 4), [ints("i", [4])], axis=1)
    yield one("gather_uneven", "Gather", (1, 4), [ints("i", [0, 1, 3])], axis=1)
    yield "split_sum", model(
        [helper.make_node("Split", ["x", "s"], ["y", "z"], name="split", axis=1)],
        image(1, 4), [ints("s", [1, 2])], outputs=("y", "z"))
    yield "split_outputs", model(
        [helper.make_node("Split", ["x", "s"], ["y"], name="split", axis=1)],
        image(1, 4), [ints("s", [1, 3])])
    sizes = lambda *values: [constant("r", []), constant("q", []), ints("s", values)]
    yield one("resize_channels", "Resize", (1, 2, 4, 4), sizes(1, 4, 8, 8))
    yield one("resize_fraction", "Resize", (1, 2, 4, 4), sizes(1, 2, 6, 6))
    yield one("resize_smaller", "Resize", (1, 2, 4, 4), sizes(1, 2, 2, 2))
    yield one("resize_samples", "Resize", (1, 2, 4, 4), sizes(1, 2, 8, 8),
              coordinate_transformation_mode="align_corners")
    yield one("resize_linear", "Resize", (1, 2, 4, 4), sizes(1, 2, 8, 8), mode="linear",
              coordinate_transformation_mode="asymmetric")
    yield one("resize_scale", "Resize", (1, 2, 4, 4), [constant("r", []), constant("s", [1, 1, 2.1, 2])])
    w33 = constant("w", np.ones((2, 1, 3, 3)))
    yield one("transposed_dilated", "ConvTranspose", (1, 2, 4, 4), [w33], dilations=[2, 2])
    yield one("transposed_shape", "ConvTranspose", (1, 2, 4, 4), [w33], output_shape=[8, 8])
    yield one("transposed_stride", "ConvTranspose", (1, 2, 4, 4), [w33], strides=[65, 1])
    yield one("transposed_pads", "ConvTranspose", (1, 2, 4, 4), [w33], pads=[3, 0, 3, 0])
    yield one("transposed_channels", "ConvTranspose", (1, 3, 4, 4), [w33])
    yield one("resize_pixel", "Resize", (1, 2, 1, 1), sizes(1, 2, 10000, 10000))
    yield one("depth_to_space", "DepthToSpace", (1, 6, 2, 2), blocksize=2)
    # Dealt out, this would be a convolution of 10^10 weights.
    yield "many_channels", model(
        [node("Reshape", ["x", "s"], "a"), node("Transpose", ["a"], "b", perm=[1, 0]),
         node("Reshape", ["b", "t"], name="back")],
        image(1, 100000, 1, 1), [ints("s", [2, 50000]), ints("t", [1, 100000, 1, 1])])
    yield one("clip_nan", "Clip", (1, 2), [constant("k", np.nan)])
    yield one("pad_mode", "Pad", (1, 1, 5, 5), [ints("p", [0, 0, 1, 1, 0, 0, 1, 1])], mode="reflect")
    yield one("pad_negative", "Pad", (1, 1, 5, 5), [ints("p", [0, 0, -1, 0, 0, 0, 0, 0])])
    yield one("concat_axis", "Concat", (1, 1, 5, 5), inputs=["x", "x"], axis=2)
    yield one("transpose", "Transpose", (1, 2, 3, 3), perm=[0, 2, 3, 1])
    yield "transpose_read", model(
        [node("Transpose", ["x"], "t", perm=[0, 1, 3, 2]), node("GlobalMaxPool", ["t"], name="pool")], image(1, 2, 3, 3))
    yield one("reshape_size", "Reshape", (1, 6), [ints("s", [4, 2])])
    yield one("cast", "Cast", (1, 2), to=INT64)
    yield one("variance", "BatchNormalization", (1, 1), [constant(n, [-1]) for n in "sbmv"])
    yield one("lrn_no_size", "LRN", (1, 2, 3, 3))
    yield one("lrn_size", "LRN", (1, 2, 3, 3), size=0)
    yield one("lrn_batch", "LRN", (2, 2, 3, 3), size=3)
    yield one("lrn_alpha", "LRN", (1, 2, 3, 3), size=3, alpha=-1.0)
    yield one("lrn_beta", "LRN", (1, 2, 3, 3), size=3, beta=float("inf"))
    yield one("lrn_bias", "LRN", (1, 2, 3, 3), size=3, bias=0.0)
    yield one("lrn_pole", "LRN", (1, 2, 3, 3), size=3, bias=1e-30, beta=2.0)
    # A weight of 10^8 elements.
    yield one("lrn_channels", "LRN", (1, 10000, 3, 3), size=3)
    yield one("unknown_attribute", "Relu", (1, 2), colour="red")
    yield one("attribute_type", "LeakyRelu", (1, 2), alpha=1)
    yield one("too_many_inputs", "Relu", (1, 2), inputs=["x", "x"])
    yield one("too_new", "HardSwish", (1, 2), opset=13)
    yield one("dequantize", "DequantizeLinear", (1, 2), [constant("s", 0.5)])
    yield "second_output", model(
        [helper.make_node("MaxPool", ["x"], ["y", "i"], name="pool", kernel_shape=[2, 2])],
        image(1, 1, 4, 4),
        outputs=("y", "i"),
    )


def broken():
    """Models that are not well formed."""
    relu = [node("Relu", ["x"])]
    good = model(relu, image(1, 2))

    def changed(change):
        copy = onnx.ModelProto()
        copy.CopyFrom(good)
        change(copy)
        return copy

    yield "truncated", good.SerializeToString()[:-7]
    yield "garbage", b"this is not a model"
    yield "empty", b""
    yield "no_opset", changed(lambda m: m.ClearField("opset_import"))
    yield "old_opset", model(relu, image(1, 2), opset=6)
    yield "new_opset", model(relu, image(1, 2), opset=22)
    yield "no_outputs", changed(lambda m: m.graph.ClearField("output"))
    yield "undefined", model([node("Relu", ["z"])], image(1, 2))
    yield "undefined_output", model([node("Relu", ["x"], "z")], image(1, 2))
    yield "duplicate_output", model([*relu, node("Tanh", ["x"])], image(1, 2))
    yield "duplicate_input", changed(lambda m: m.graph.input.append(m.graph.input[0]))
    yield "duplicate_initializer", model(relu, image(1, 2), [ints("k", [1]), ints("k", [2])])
    yield "cycle", model(
        [
            node("Add", ["x", "b"], "a", name="first"),
            node("Relu", ["a"], "b", name="second"),
            node("Tanh", ["b"], name="behind"),
        ],
        image(1, 2),
    )
    yield "self_cycle", model([node("Add", ["x", "y"])], image(1, 2))

    def with_tensor(tensor):
        return model([node("Add", ["x", "k"])], image(1, 2), [tensor])

    def tensor(dims, raw=b"", dtype=FLOAT):
        return TensorProto(name="k", data_type=dtype, dims=dims, raw_data=raw)

    yield "short_data", with_tensor(tensor([2], b"1234"))
    yield "few_values", with_tensor(raw_tensor("k", FLOAT, [3], float_data=[1, 2]))
    yield "wrong_field", with_tensor(raw_tensor("k", FLOAT, [2], int64_data=[1, 2]))
    yield "negative_dim", with_tensor(tensor([-2], b"12345678"))
    yield "huge_dims", with_tensor(tensor([2**62, 2**62, 16]))
    yield "hidden_huge_dims", with_tensor(tensor([0, 2**62, 2**62]))
    yield "out_of_range", with_tensor(raw_tensor("k", TensorProto.INT8, [1], int32_data=[300]))
    yield "strings", with_tensor(TensorProto(name="k", data_type=TensorProto.STRING, dims=[1], string_data=[b"a"]))
    yield "int4", with_tensor(tensor([2], b"1", TensorProto.INT4))
    external = tensor([2])
    external.ClearField("raw_data")
    external.data_location = TensorProto.EXTERNAL
    external.external_data.add(key="location", value="weights.bin")
    yield "external", with_tensor(external)

    yield "integer_input", changed(lambda m: m.graph.input[0].type.tensor_type.__setattr__("elem_type", INT64))
    yield "sequence_input", changed(
        lambda m: m.graph.input[0].type.CopyFrom(
            helper.make_sequence_type_proto(helper.make_tensor_type_proto(FLOAT, [1]))
        )
    )
    yield "huge_input", model(relu, image(1, 2**31 - 1, 2**31 - 1))
    yield "huge_result", model(
        [node("Pad", ["x", "p"])], image(1, 1, 2, 2), [ints("p", [0, 0, 10**9, 10**9, 0, 0, 0, 0])]
    )
    yield "huge_pad", model(
        [node("Pad", ["x", "p"])], image(1, 1, 2, 2), [ints("p", [0, 0, 2**62, 2**62, 0, 0, 2**62, 0])]
    )
    yield "huge_attribute", model(
        [node("MaxPool", ["x"], kernel_shape=[2**62, 2**62])], image(1, 1, 2, 2)
    )
    yield "constant_bomb", model(
        [node("ConstantOfShape", ["n"], "k"), node("Add", ["x", "k"])], image(1, 2), [ints("n", [2**29])]
    )
    yield "slice_axis_twice", model(
        [node("Slice", ["t", "i", "j", "a"], "k"), node("Add", ["x", "k"])],
        image(1, 2),
        [constant("t", [1, 2, 3]), ints("i", [1, 2]), ints("j", [3, 3]), ints("a", [0, 0])],
    )
    yield "gather_range", model(
        [node("Gather", ["t", "i"], "k"), node("Add", ["x", "k"])],
        image(1, 2),
        [constant("t", [1, 2, 3]), ints("i", [3])],
    )
    yield "divide_by_zero", model(
        [node("Div", ["i", "z"], "s"), node("Reshape", ["x", "s"])], image(1, 2), [ints("i", [2]), ints("z", [0])]
    )
    sparse = changed(lambda m: m.graph.sparse_initializer.add())
    yield "sparse", sparse
    yield "control_characters", model(
        [node("Foo", ["x"], name="a\nb\x1b[31m")], image(1, 2)
    )


def main():
    group, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    for name, proto in globals()[group]():
        data = proto if isinstance(proto, bytes) else proto.SerializeToString()
        with open(os.path.join(folder, name + ".onnx"), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main()
