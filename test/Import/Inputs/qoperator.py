"""Networks that ONNX Runtime has quantized, as operators on integers.

    qoperator.py EVALUATOR FOLDER

makes a network of convolutions, pools, a concatenation, an addition, a product and a
fully connected layer, has it quantized to QLinearConv and its like (per tensor and per
channel, uint8 and int8), and compares what EVALUATOR computes, on integers and in float
between the roundings, with ONNX Runtime.
"""

import os
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static


def network(rng):
    nodes, constants = [], []

    def constant(*shape):
        name = "c%d" % len(constants)
        values = rng.normal(0, 1 / np.sqrt(max(1, np.prod(shape[1:]))), shape)
        constants.append(numpy_helper.from_array(values.astype(np.float32), name))
        return name

    def add(op, inputs, **attributes):
        name = "%s_%d" % (op.lower(), len(nodes))
        nodes.append(helper.make_node(op, inputs, [name + "_out"], name=name, **attributes))
        return name + "_out"

    def conv(x, inputs, outputs, kernel, **attributes):
        return add("Conv", [x, constant(outputs, inputs, kernel, kernel), constant(outputs)], **attributes)

    a = add("Relu", [conv("x", 3, 8, 3, pads=[1, 1, 1, 1])])
    b = add("MaxPool", [a], kernel_shape=[2, 2], strides=[2, 2])
    c = conv(b, 1, 8, 3, pads=[1, 1, 1, 1], group=8)
    d = add("LeakyRelu", [conv(c, 8, 8, 1)], alpha=0.1)
    e = add("Add", [b, d])
    f = add("AveragePool", [e], kernel_shape=[2, 2], strides=[2, 2])
    g = add("Concat", [f, add("Sigmoid", [f])], axis=1)
    h = add("Mul", [g, conv(add("GlobalAveragePool", [g]), 16, 16, 1)])
    i = add("Flatten", [add("GlobalAveragePool", [h])])
    add("Gemm", [i, constant(10, 16), constant(10)], transB=1)
    nodes[-1].output[0] = "y"
    graph = helper.make_graph(
        nodes, "qoperator", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 16, 16])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 10])], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)


class Samples(CalibrationDataReader):
    def __init__(self, rows):
        self.rows = iter(rows)

    def get_next(self):
        row = next(self.rows, None)
        return None if row is None else {"x": row[None]}


def main():
    evaluator, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    rng = np.random.default_rng(11)
    model = os.path.join(folder, "float.onnx")
    onnx.save(network(rng), model)
    rows = rng.normal(0, 1, (16, 3, 16, 16)).astype(np.float32)
    inputs = os.path.join(folder, "x.npy")
    np.save(inputs, rows[:8])

    failed = False
    for name, per_channel, activation, weight in (
            ("u8s8", False, QuantType.QUInt8, QuantType.QInt8),
            ("u8s8-channel", True, QuantType.QUInt8, QuantType.QInt8),
            ("s8s8-channel", True, QuantType.QInt8, QuantType.QInt8),
            ("u8u8", False, QuantType.QUInt8, QuantType.QUInt8)):
        path = os.path.join(folder, name + ".onnx")
        quantize_static(model, path, Samples(rows), QuantFormat.QOperator, per_channel=per_channel,
                        activation_type=activation, weight_type=weight)
        operators = sorted({node.op_type for node in onnx.load(path).graph.node})
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        expected = np.concatenate([session.run(None, {"x": row[None]})[0] for row in rows[:8]])
        step = max(np.diff(np.unique(expected)).min(), np.ptp(expected) / 255)
        for kind, options in (("float", []), ("integers", ["--calibration", inputs])):
            raw = path + "." + kind
            subprocess.run([evaluator, path, "--input", inputs, "-o", raw, *options], check=True)
            got = np.fromfile(raw, np.float32).reshape(expected.shape)
            error = np.abs(got - expected)
            # Halves are rounded another way, and one step may become two in a later layer.
            good = error.max() <= 3.1 * step and error.mean() <= 0.5 * step
            failed |= not good
            print("%-13s %-8s largest error %.2f steps, mean %.3f%s" % (
                name, kind, error.max() / step, error.mean() / step, "" if good else "  TOO MUCH"))
        print("    " + ", ".join(operators))
    return failed


if __name__ == "__main__":
    sys.exit(main())
