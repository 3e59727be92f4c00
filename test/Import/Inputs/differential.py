"""Compares imported and fused graphs with ONNX Runtime.

    differential.py EVALUATOR FOLDER FIRST LAST

makes a random network for each seed from FIRST to LAST - 1, evaluates it with
EVALUATOR (import, float passes, float evaluation) and with ONNX Runtime, and fails
on the first difference beyond rounding.
"""

import os
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


class Network:
    """A graph that grows by random layers. Shapes come from ONNX Runtime."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.nodes, self.initializers = [], []
        self.channels = int(self.rng.integers(1, 6))
        self.shape = [1, self.channels, *map(int, self.rng.integers(7, 14, 2))]
        self.current = "x"
        self.opset = int(self.rng.choice([9, 11, 13, 17]))

    def pick(self, *choices):
        return choices[int(self.rng.integers(len(choices)))]

    def parameter(self, array):
        name = f"p{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def floats(self, *shape):
        return self.parameter(self.rng.normal(0, 0.5, shape).astype(np.float32))

    def add(self, op, inputs, **attributes):
        output = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def model(self, output):
        graph = helper.make_graph(
            self.nodes,
            "random",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, self.shape)],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
            self.initializers,
        )
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=7
        )

    def shape_of(self, tensor):
        if tensor == "x":
            return self.shape
        x = np.zeros(self.shape, np.float32)
        return list(run_onnxruntime(self.model(tensor), x).shape)

    # Layers; each takes and gives the name of a feature map.

    def conv(self, x):
        _, c, h, w = self.shape_of(x)
        groups = self.pick(1, 1, c)
        outputs = groups * int(self.rng.integers(1, 4))
        kh, kw = (int(self.rng.integers(1, 1 + min(3, extent))) for extent in (h, w))
        attributes = {"group": groups, "strides": [self.pick(1, 1, 2), self.pick(1, 1, 2)]}
        mode = self.pick("none", "pads", "SAME_UPPER", "SAME_LOWER", "VALID")
        if mode == "pads":
            attributes["pads"] = list(map(int, self.rng.integers(0, 3, 4)))
            if h >= 5 and w >= 5:
                attributes["dilations"] = [self.pick(1, 2), self.pick(1, 2)]
        elif mode != "none":
            attributes["auto_pad"] = mode
        inputs = [x, self.floats(outputs, c // groups, kh, kw)]
        if self.pick(0, 1):
            inputs.append(self.floats(outputs))
        return self.add("Conv", inputs, **attributes)

    def pointwise(self, x):
        c = self.shape_of(x)[1]
        return self.add("Conv", [x, self.floats(c, c, 1, 1)])

    def pool(self, x):
        _, _, h, w = self.shape_of(x)
        kernel = [int(self.rng.integers(1, 1 + min(3, extent))) for extent in (h, w)]
        attributes = {"kernel_shape": kernel, "strides": [self.pick(1, 2), self.pick(1, 2)]}
        op = self.pick("MaxPool", "AveragePool")
        # Rounding up needs opset 10. With pads, or strides beyond the kernel, ONNX
        # Runtime's kernels disagree with its own shape inference.
        narrow = all(s <= k for s, k in zip(attributes["strides"], kernel))
        if self.opset >= 10 and narrow and self.pick(0, 1):
            attributes["ceil_mode"] = 1
            return self.add(op, [x], **attributes)
        attributes["pads"] = [int(self.rng.integers(0, k)) for k in kernel * 2]
        if op == "AveragePool" and self.pick(0, 1):
            attributes["count_include_pad"] = 1
        return self.add(op, [x], **attributes)

    def batch_norm(self, x):
        c = self.shape_of(x)[1]
        variance = self.parameter(self.rng.uniform(0.1, 2, c).astype(np.float32))
        parameters = [self.floats(c), self.floats(c), self.floats(c), variance]
        return self.add("BatchNormalization", [x, *parameters], epsilon=0.01)

    def add_constant(self, x):
        _, c, h, w = self.shape_of(x)
        constant = self.floats(*self.pick((c, 1, 1), (1, c, 1, 1), (), (1,), (h, w), (1, 1, h, 1), (1, c, h, w)))
        return self.add("Add", self.pick([x, constant], [constant, x]))

    def residual(self, x):
        y = self.pointwise(x)
        if self.pick(0, 1):
            y = self.batch_norm(y)
        if self.pick(0, 1):
            y = self.relu(y)
        shortcut = self.pick(x, self.pointwise(x))
        return self.add("Add", self.pick([y, shortcut], [shortcut, y]))

    def relu(self, x):
        return self.add("Relu", [x])

    def clip(self, x):
        if self.opset < 11:
            return self.add("Clip", [x], min=-0.25, max=1.5)
        return self.add(
            "Clip", [x, self.parameter(np.float32(-0.25)), self.parameter(np.float32(1.5))]
        )

    def activation(self, x):
        op = self.pick("Sigmoid", "Tanh", "LeakyRelu", "Elu", "HardSigmoid", "Softplus", "HardSwish")
        return self.add(op if op != "HardSwish" or self.opset >= 14 else "Tanh", [x])

    def pad(self, x):
        pads = [0, 0, *map(int, self.rng.integers(0, 2, 2)), 0, 0, *map(int, self.rng.integers(0, 2, 2))]
        value = self.pick(0.0, 0.0, -1e30, 0.5)
        if self.opset < 11:
            y = self.add("Pad", [x], pads=pads, value=value)
        else:
            fill = self.parameter(np.float32(value))
            y = self.add("Pad", [x, self.parameter(np.array(pads, np.int64)), fill])
        # Values of 1e30 must not reach a convolution.
        if value > -1:
            return y
        kernel = [min(2, extent) for extent in self.shape_of(x)[2:]]
        return self.add("MaxPool", [y], kernel_shape=kernel, strides=kernel)

    def concat(self, x):
        return self.add("Concat", [x, self.pointwise(x)], axis=1)

    def scale(self, x):
        _, c, h, w = self.shape_of(x)
        constant = self.floats(*self.pick((c, 1, 1), (1, c, 1, 1), (), (h, w), (1, 1, h, 1), (1, c, h, w)))
        op = self.pick("Mul", "Sub", "Div")
        if op == "Div":
            self.initializers[-1].raw_data = numpy_helper.to_array(self.initializers[-1]).clip(0.5, 2).tobytes()
            return self.add("Div", [x, constant])
        return self.add(op, self.pick([x, constant], [constant, x]))

    def gate(self, x):
        c = self.shape_of(x)[1]
        y = self.pick(lambda: self.add("GlobalAveragePool", [x]),
                      lambda: self.add("Conv", [x, self.floats(1, c, 1, 1)]), lambda: self.pointwise(x))()
        op = self.pick("Mul", "Mul", "Add", "Sub")
        y = self.add("Sigmoid", [y])
        return self.add(op, [x, y] if op == "Sub" else self.pick([x, y], [y, x]))

    def prelu(self, x):
        return self.add("PRelu", [x, self.floats(self.shape_of(x)[1], 1, 1)])

    def lrn(self, x):
        # ONNX Runtime has no even sizes.
        return self.add("LRN", [x], size=self.pick(1, 3, 5), alpha=self.pick(1e-4, 0.5, 2.0),
                        beta=self.pick(0.5, 0.75), bias=self.pick(0.25, 1.0, 2.0))

    def silu(self, x):
        y = self.add("Sigmoid", [x])
        return self.add("Mul", self.pick([x, y], [y, x]))

    def bound(self, x):
        return self.add(self.pick("Max", "Min"), [x, self.parameter(np.float32(0.1))])

    def halves(self, x):
        """All channels but the first, by Split or Slice."""
        c = self.shape_of(x)[1]
        if c < 2:
            return x
        ints = lambda *values: self.parameter(np.array(values, np.int64))
        if self.opset < 10:
            return self.add("Slice", [x], starts=[1, 1], ends=[c, 10**9], axes=[1, 2]) if self.shape_of(x)[2] > 1 else x
        if self.opset >= 13 and self.pick(0, 1):
            y = f"t{len(self.nodes)}"
            self.nodes.append(helper.make_node("Split", [x, ints(1, c - 1)], [y + "a", y], name=y, axis=1))
            return self.add("Concat", [self.add("Tanh", [y]), y + "a", y], axis=1)
        return self.add("Slice", [x, ints(1, 0), ints(c, 10**9), ints(1, -1), ints(1, 2)])

    def shuffle(self, x):
        _, c, h, w = self.shape_of(x)
        if c % 2:
            return x
        shape = lambda *values: self.parameter(np.array(values, np.int64))
        y = self.add("Reshape", [x, shape(c // 2, 2, h * w)])
        y = self.add("Transpose", [y], perm=[1, 0, 2])
        y = self.add("Reshape", [y, shape(2, -1, c // 2, h, w)])
        if self.pick(0, 1):
            return self.add("Gather", [y, self.parameter(np.array(1, np.int64))], axis=0)
        return self.add("Reshape", [y, shape(1, c, h, w)])

    def enlarge(self, x):
        _, c, h, w = self.shape_of(x)
        if self.opset < 11 or h * w > 150:
            return x
        fy, fx = (int(f) for f in self.rng.integers(1, 5, 2))
        mode, where = self.pick(("nearest", "asymmetric"), ("linear", "half_pixel"),
                                ("linear", "pytorch_half_pixel"), ("linear", "align_corners"))
        sizes = [1, c, h * fy, w * fx] if where != "align_corners" else [1, c, (h - 1) * fy + 1, (w - 1) * fx + 1]
        if where == "pytorch_half_pixel" and 1 in sizes:
            return x
        inputs = [x, self.parameter(np.zeros(0, np.float32)), self.parameter(np.zeros(0, np.float32)),
                  self.parameter(np.array(sizes, np.int64))]
        return self.add("Resize", inputs, mode=mode, coordinate_transformation_mode=where,
                        nearest_mode="floor")

    def depth_to_space(self, x):
        c = self.shape_of(x)[1]
        if c % 4 or self.opset < 11:
            return x
        return self.add("DepthToSpace", [x], blocksize=2, mode=self.pick("DCR", "CRD"))

    def transposed(self, x):
        _, c, h, w = self.shape_of(x)
        if h * w > 150:
            return x
        groups, outputs = self.pick(1, 1, c), int(self.rng.integers(1, 4))
        kernel, strides = self.rng.integers(1, 5, 2), self.rng.integers(1, 4, 2)
        pads = [int(self.rng.integers(0, k)) for k in [*kernel, *kernel]]
        more = [int(self.rng.integers(0, s)) for s in strides]
        size = [s * (n - 1) + m + k - a - b for s, n, m, k, a, b in
                zip(strides, (h, w), more, kernel, pads[:2], pads[2:])]
        if min(size) < 2:
            return x
        inputs = [x, self.floats(c, outputs, *map(int, kernel)), self.floats(outputs * groups)]
        return self.add("ConvTranspose", inputs, group=groups, strides=list(map(int, strides)), pads=pads,
                        output_padding=more)

    def dropout(self, x):
        return self.add("Dropout", [x])

    def head(self, x):
        x = self.pick(lambda: self.add("GlobalAveragePool", [x]), lambda: self.add("GlobalMaxPool", [x]), lambda: x)()
        x = self.add("Flatten", [x])
        for _ in range(int(self.rng.integers(1, 4))):
            k = self.shape_of(x)[1]
            m = int(self.rng.integers(1, 7))
            if self.pick(0, 1):
                x = self.add("MatMul", [x, self.floats(k, m)])
                if self.pick(0, 1):
                    x = self.add("Add", [x, self.floats(m)])
            elif self.pick(0, 1):
                x = self.add("Gemm", [x, self.floats(m, k), self.floats(m)], transB=1, alpha=0.5, beta=2.0)
            else:
                x = self.add("Gemm", [x, self.floats(k, m), self.floats(1)])
            if self.pick(0, 1):
                x = self.batch_norm(x)
            x = self.pick(self.relu, self.activation)(x)
        return self.add("Softmax", [x], axis=1) if self.pick(0, 1) else x

    def build(self):
        layers = [
            self.conv, self.conv, self.pool, self.batch_norm, self.add_constant, self.residual,
            self.relu, self.relu, self.clip, self.activation, self.pad, self.concat, self.dropout,
            self.scale, self.gate, self.prelu, self.silu, self.bound, self.halves, self.shuffle, self.enlarge,
            self.depth_to_space, self.transposed, self.lrn,
        ]
        for _ in range(int(self.rng.integers(3, 12))):
            self.current = self.pick(*layers)(self.current)
        if self.pick(0, 1):
            self.current = self.head(self.current)
        return self.model(self.current)


def run_onnxruntime(model, x):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"x": x})[0]


def main():
    evaluator, folder, first, last = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    for seed in range(int(first), int(last)):
        network = Network(seed)
        model = network.build()
        x = network.rng.normal(0, 1, network.shape).astype(np.float32)
        expected = run_onnxruntime(model, x)
        path = os.path.join(folder, f"{seed}.onnx")
        onnx.save(model, path)
        np.save(path + ".npy", x)
        subprocess.run([evaluator, path, "--input", path + ".npy", "-o", path + ".raw"], check=True)
        got = np.fromfile(path + ".raw", np.float32).reshape(expected.shape)
        scale = max(1.0, float(np.abs(expected).max()))
        error = float(np.abs(got - expected).max()) / scale
        if not error < 1e-4:
            sys.exit(f"{path}: the results differ by {error:g} of their magnitude {scale:g}")
    print(f"{int(last) - int(first)} networks agree")


if __name__ == "__main__":
    main()
