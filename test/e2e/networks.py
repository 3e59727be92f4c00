"""Random small ONNX networks: every operator and awkward shape that should compile.

A network is a pure function of its seed and its options, and a network with fewer
steps is a prefix of the longer one: that is how a failure is made smaller.
"""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CHANNELS = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 40]
MAC_LIMIT = 600_000
OPSETS = [13, 14, 17]
CALIBRATION_ROWS = 12
INPUT_ROWS = 2
MOST_STEPS = 9


class Builder:
    def __init__(self, seed):
        self.seed = seed
        self.rng = np.random.default_rng(seed)
        self.opset = int(self.rng.choice(OPSETS))
        self.nodes, self.constants, self.count = [], [], 0
        self.shapes = {}  # by tensor name; four-dimensional [1,C,H,W] until the tail
        self.used = set()
        self.steps = []

    # -- Small helpers --

    def chance(self, probability):
        return self.rng.random() < probability

    def between(self, low, high):
        """A whole number, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def pick(self, values):
        return values[int(self.rng.integers(len(values)))]

    def constant(self, value, name):
        name = "%s_%s" % (name, len(self.constants))
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(self, kind, inputs, shape, **attributes):
        name = "%s_%d" % (kind.lower(), self.count)
        output = "t%d" % self.count
        self.count += 1
        self.nodes.append(helper.make_node(kind, inputs, [output], name=name, **attributes))
        self.used.update(inputs)
        self.shapes[output] = list(shape)
        return output

    def weights(self, shape, fan_in):
        """Normal weights whose output channels differ in size, now and then all zero."""
        values = self.rng.normal(0, 1 / np.sqrt(fan_in), shape)
        values *= 2.0 ** self.rng.uniform(-1.5, 1, (shape[0],) + (1,) * (len(shape) - 1))
        if self.chance(0.05):
            values[int(self.rng.integers(shape[0]))] = 0
        return values.astype(np.float32)

    def vector(self, size, spread=0.3):
        return self.rng.normal(0, spread, size).astype(np.float32)

    # -- Steps: each takes a tensor and returns the new one, or None if it does not fit --

    def convolution(self, x, outputs=None, same=False, depthwise=None):
        _, channels, height, width = self.shapes[x]
        square = self.chance(0.6)
        kernel = [7 if self.chance(0.05) else self.between(1, 5) for _ in range(2)]
        stride = [1, 1] if same else [self.pick([1, 1, 1, 2, 2, 3]) for _ in range(2)]
        dilation = [self.pick([1, 1, 1, 2]) for _ in range(2)]
        if square:
            kernel[1], stride[1], dilation[1] = kernel[0], stride[0], dilation[0]
        if depthwise is None:
            depthwise = outputs is None and self.chance(0.25)
        if depthwise:
            groups, outputs = channels, channels * self.pick([1, 1, 1, 2, 3])
        else:
            groups = self.pick([g for g in range(1, channels + 1) if channels % g == 0]) if self.chance(0.2) else 1
            outputs = outputs or self.pick(CHANNELS)
            if outputs % groups:
                groups = 1
        attributes = {"kernel_shape": kernel, "group": groups}
        automatic = None if same else self.pick([None] * 7 + ["SAME_UPPER", "SAME_LOWER", "VALID"])
        if automatic:
            # Runtimes disagree on automatic padding with dilation; nobody exports it.
            dilation = [1, 1]
            attributes["auto_pad"] = automatic
        reach = [(k - 1) * d for k, d in zip(kernel, dilation)]
        size = [height, width]
        if automatic in ("SAME_UPPER", "SAME_LOWER"):
            out = [-(-n // s) for n, s in zip(size, stride)]
            pads = None
        else:
            if automatic == "VALID":
                pads = [0, 0, 0, 0]
            elif same:
                begin = [self.between(0, r) if self.chance(0.2) else r // 2 for r in reach]
                pads = begin + [r - b for r, b in zip(reach, begin)]
            elif self.chance(0.5):
                pads = [reach[0] // 2, reach[1] // 2, reach[0] - reach[0] // 2, reach[1] - reach[1] // 2]
            else:
                pads = [self.between(0, r) for r in reach + reach]
            out = [(n + a + b - r - 1) // s + 1
                   for n, a, b, r, s in zip(size, pads[:2], pads[2:], reach, stride)]
            if automatic is None:
                attributes["pads"] = pads
        if min(out) < 1 or out[0] * out[1] * outputs * channels // groups * kernel[0] * kernel[1] > MAC_LIMIT:
            return None
        if stride != [1, 1] or self.chance(0.5):
            attributes["strides"] = stride
        if dilation != [1, 1] or self.chance(0.3):
            attributes["dilations"] = dilation
        fan_in = channels // groups * kernel[0] * kernel[1]
        inputs = [x, self.constant(self.weights((outputs, channels // groups, *kernel), fan_in), "weight")]
        if self.chance(0.7):
            inputs.append(self.constant(self.vector(outputs), "bias"))
        return self.add("Conv", inputs, [1, outputs, *out], **attributes)

    def activation(self, x):
        shape = self.shapes[x]
        kinds = ["Relu"] * 5 + ["Clip"] * 3 + ["Sigmoid", "Tanh", "LeakyRelu"]
        if self.opset >= 14:
            kinds.append("HardSwish")
        kind = self.pick(kinds)
        if kind == "Clip":
            low, high = self.pick([(0, 6), (0, 1), (-1, 1), (-0.5, 2.25), (None, 1.5), (-0.75, None)])
            inputs = [x] + ["" if v is None else self.constant(np.float32(v), "limit") for v in (low, high)]
            if high is None:
                inputs.pop()
            return self.add("Clip", inputs, shape)
        attributes = {"alpha": float(self.rng.uniform(0.01, 0.4))} if kind == "LeakyRelu" else {}
        return self.add(kind, [x], shape, **attributes)

    def batch_norm(self, x):
        channels = self.shapes[x][1]
        gamma = self.rng.uniform(0.3, 1.5, channels) * self.rng.choice([1, 1, 1, -1], channels)
        variance = self.rng.uniform(0.2, 2, channels)
        inputs = [x] + [self.constant(v.astype(np.float32), n) for v, n in (
            (gamma, "gamma"), (self.vector(channels), "beta"),
            (self.vector(channels), "mean"), (variance, "variance"))]
        return self.add("BatchNormalization", inputs, self.shapes[x], epsilon=1e-3)

    def pool(self, x):
        _, channels, height, width = self.shapes[x]
        kernel = [self.between(1, 4), self.between(1, 4)]
        stride = [self.between(1, 3), self.between(1, 3)]
        if self.chance(0.6):
            kernel[1], stride[1] = kernel[0], stride[0]
        pads = [0] * 4 if self.chance(0.5) else [self.between(0, kernel[i % 2] - 1) for i in range(4)]
        ceil = self.chance(0.35)
        out = []
        for n, k, s, before, after in zip((height, width), kernel, stride, pads[:2], pads[2:]):
            span = n + before + after - k
            if span < 0:
                return None
            length = -(-span // s) + 1 if ceil else span // s + 1
            # Would a window start in the padding behind the image? ONNX Runtime leaves it
            # out, onnx's own shape inference keeps it: no such network here.
            if ceil and (length - 1) * s >= n + before:
                return None
            out.append(length)
        kind = self.pick(["MaxPool", "AveragePool"])
        attributes = {"kernel_shape": kernel, "strides": stride, "pads": pads}
        if ceil:
            attributes["ceil_mode"] = 1
        if kind == "AveragePool" and self.chance(0.4):
            attributes["count_include_pad"] = 1
        return self.add(kind, [x], [1, channels, *out], **attributes)

    def pad(self, x):
        _, channels, height, width = self.shapes[x]
        begin = [self.between(0, 2), self.between(0, 2)]
        end = [self.between(0, 2), self.between(0, 2)]
        inputs = [x, self.constant(np.array([0, 0, *begin, 0, 0, *end], np.int64), "pads")]
        if self.chance(0.4):
            inputs.append(self.constant(np.float32(self.pick([0.0, 0.5, -1.0])), "value"))
        shape = [1, channels, height + begin[0] + end[0], width + begin[1] + end[1]]
        return self.add("Pad", inputs, shape, mode="constant")

    def residual(self, x):
        """x + f(x), f one or two convolutions that keep the size."""
        channels = self.shapes[x][1]
        y = x
        for _ in range(self.between(1, 2)):
            z = self.convolution(y, outputs=channels, same=True)
            if z is None:
                return None if y == x else self.add("Add", [y, x], self.shapes[x])
            y = self.activation(z) if self.chance(0.4) else z
        y = self.add("Add", self.pick([[x, y], [y, x]]), self.shapes[x])
        return self.add("Relu", [y], self.shapes[x]) if self.chance(0.6) else y

    def join(self, x):
        """Adds an earlier tensor of the same shape, if there is one."""
        same = [name for name, shape in self.shapes.items()
                if name != x and shape == self.shapes[x] and name in self.four_dimensional()]
        return self.add("Add", [x, self.pick(same)], self.shapes[x]) if same else None

    def concat(self, x):
        """Joins on channels what has the same picture size, now and then x twice."""
        _, channels, height, width = self.shapes[x]
        parts = [name for name in self.four_dimensional() if self.shapes[name][2:] == [height, width]]
        chosen = [self.pick(parts) for _ in range(self.between(1, 2))]
        if chosen == [x] and not self.chance(0.3):
            branch = self.convolution(x, same=True, depthwise=False)
            chosen = [branch] if branch else chosen
        tensors = [x] + chosen
        if self.chance(0.5):
            tensors.reverse()
        total = sum(self.shapes[name][1] for name in tensors)
        return None if total > 96 else self.add("Concat", tensors, [1, total, height, width], axis=1)

    def function(self, x):
        """A less frequent activation, as one operator or as exporters write it out."""
        shape = self.shapes[x]
        form = self.pick(["Softplus", "Elu", "Selu", "Celu", "Softsign", "HardSigmoid", "PRelu",
                          "silu", "mish", "hard swish", "Abs", "Erf", "bound", "ThresholdedRelu", "LRN"])
        if form == "PRelu":
            slopes = self.rng.uniform(-0.2 if self.chance(0.3) else 0, 0.6, (shape[1], 1, 1))
            return self.add("PRelu", [x, self.constant(slopes.astype(np.float32), "slope")], shape)
        if form == "LRN":  # ONNX Runtime has odd sizes only
            return self.add("LRN", [x], shape, size=self.pick([1, 3, 5, 7]), bias=self.pick([0.5, 1.0, 2.0]),
                            alpha=self.pick([1e-4, 0.1, 1.0]), beta=self.pick([0.5, 0.75, 1.0]))
        if form == "bound":
            bound = self.constant(np.float32(self.pick([-0.5, 0.0, 0.75])), "bound")
            return self.add(self.pick(["Max", "Min"]), [x, bound], shape)
        if form == "silu":
            return self.add("Mul", [x, self.add("Sigmoid", [x], shape)], shape)
        if form == "mish":
            return self.add("Mul", [x, self.add("Tanh", [self.add("Softplus", [x], shape)], shape)], shape)
        if form == "hard swish":
            y = self.add("Add", [x, self.constant(np.float32([3]), "three")], shape)
            y = self.add("Clip", [y, self.constant(np.float32(0), "low"), self.constant(np.float32(6), "high")], shape)
            y = self.add("Mul", self.pick([[x, y], [y, x]]), shape)
            return self.add("Div", [y, self.constant(np.float32(6), "six")], shape)
        return self.add(form, [x], shape)

    def scale(self, x):
        """A constant for all, for each channel, or for each element."""
        _, channels, height, width = self.shapes[x]
        kind = self.pick(["Mul", "Mul", "Div", "Sub", "Add"])
        shape = self.pick([(), (channels, 1, 1), (1, channels, 1, 1), (1, 1, height, width), (height, 1),
                           (1, channels, height, width)])
        value = self.rng.uniform(0.5, 1.5, shape) * self.rng.choice([1, -1], shape)
        operands = [x, self.constant(np.asarray(value, np.float32), "factor")]
        if kind != "Div" and self.chance(0.3):
            operands.reverse()
        return self.add(kind, operands, self.shapes[x])

    def product(self, x):
        """Times or plus something computed from x: of each channel, each pixel, or all."""
        _, channels, height, width = self.shapes[x]
        form = self.pick(["channels", "channels", "pixels", "all"])
        if form == "channels":
            y = self.add("GlobalAveragePool", [x], [1, channels, 1, 1])
            y = self.convolution(y, outputs=channels, same=True, depthwise=False)
        elif form == "pixels":
            y = self.convolution(x, outputs=1, same=True, depthwise=False)
        else:
            y = self.convolution(x, outputs=channels, same=True)
        if y is None:
            return None
        y = self.add(self.pick(["Sigmoid", "HardSigmoid", "Tanh"]), [y], self.shapes[y])
        kind = self.pick(["Mul", "Mul", "Mul", "Add", "Sub"])
        operands = [x, y] if kind == "Sub" or self.chance(0.6) else [y, x]
        return self.add(kind, operands, self.shapes[x])

    def take(self, x):
        """A part of the channels or of the image; or parts of both, joined again."""
        _, channels, height, width = self.shapes[x]
        if channels > 1 and self.chance(0.5):
            first = self.between(1, channels - 1)
            sizes = self.constant(np.array([first, channels - first], np.int64), "sizes")
            name, outputs = "split_%d" % self.count, ["t%d" % self.count, "t%d_b" % self.count]
            self.count += 1
            self.nodes.append(helper.make_node("Split", [x, sizes], outputs, name=name, axis=1))
            self.used.add(x)
            self.shapes[outputs[0]] = [1, first, height, width]
            self.shapes[outputs[1]] = [1, channels - first, height, width]
            if self.chance(0.3):
                return outputs[1]
            y = self.convolution(outputs[0], outputs=first, same=True) or outputs[0]
            return self.add("Concat", [outputs[1], y], self.shapes[x], axis=1)
        starts, sizes, steps = [], [], []
        for extent in (channels, height, width):
            step = self.pick([1, 1, 2, 3]) if extent > 3 else 1
            start = self.between(0, (extent - 1) // 2)
            starts.append(start)
            steps.append(step)
            sizes.append(self.between(1, (extent - 1 - start) // step + 1))
        ends = [a + (n - 1) * s + 1 for a, n, s in zip(starts, sizes, steps)]
        lists = [self.constant(np.array(v, np.int64), n) for v, n in (
            (starts, "starts"), (ends, "ends"), ([1, 2, 3], "axes"), (steps, "steps"))]
        return self.add("Slice", [x, *lists], [1, *sizes])

    def shuffle(self, x):
        """Channels dealt out to groups, as ShuffleNet does."""
        _, channels, height, width = self.shapes[x]
        groups = [g for g in range(2, channels) if channels % g == 0]
        if not groups:
            return None
        g = self.pick(groups)
        shape = lambda dims: self.constant(np.array(dims, np.int64), "shape")
        y = self.add("Reshape", [x, shape([1, g, channels // g, height, width])],
                     [1, g, channels // g, height, width])
        y = self.add("Transpose", [y], [1, channels // g, g, height, width], perm=[0, 2, 1, 3, 4])
        return self.add("Reshape", [y, shape([1, -1, height, width])], self.shapes[x])

    def enlarge(self, x):
        """Repeats or interpolates pixels, or makes pixels of channels."""
        _, channels, height, width = self.shapes[x]
        factors = [self.between(1, 3), self.between(1, 3)]
        if self.chance(0.6):
            factors[1] = factors[0]
        if channels % 4 == 0 and self.chance(0.4):
            mode = self.pick(["DCR", "CRD"])
            out = [1, channels // 4, 2 * height, 2 * width]
            return None if max(out[2:]) > 20 else self.add("DepthToSpace", [x], out, blocksize=2, mode=mode)
        form = self.pick(["nearest", "half_pixel", "align_corners", "transposed"])
        if form == "transposed":
            outputs, kernel = self.between(1, 6), [self.between(1, 4), self.between(1, 4)]
            pads = [self.between(0, k - 1) for k in kernel + kernel]
            out = [f * (n - 1) + k - a - b for f, n, k, a, b in
                   zip(factors, (height, width), kernel, pads[:2], pads[2:])]
            if min(out) < 1 or max(out) > 20:
                return None
            weight = self.weights((channels, outputs, *kernel), channels * kernel[0] * kernel[1])
            return self.add("ConvTranspose", [x, self.constant(weight, "weight")], [1, outputs, *out],
                            strides=factors, pads=pads)
        out = [height * factors[0], width * factors[1]]
        if form == "align_corners":
            out = [(n - 1) * f + 1 for n, f in zip((height, width), factors)]
        if max(out) > 20:
            return None
        sizes = self.constant(np.array([1, channels, *out], np.int64), "sizes")
        attributes = {"mode": "linear", "coordinate_transformation_mode": form}
        if form == "nearest":
            attributes = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric",
                          "nearest_mode": "floor"}
        return self.add("Resize", [x, "", "", sizes], [1, channels, *out], **attributes)

    def four_dimensional(self):
        return [name for name, shape in self.shapes.items() if len(shape) == 4]

    # -- Whole networks --

    def step(self, x):
        kind = self.pick(["convolution"] * 7 + ["activation"] * 2 + ["pool"] * 2 + ["residual"] * 2
                         + ["concat"] * 2 + ["batch_norm", "pad", "join", "function", "scale", "product",
                                             "take", "shuffle", "enlarge"])
        y = getattr(self, kind)(x)
        if y is None:
            return x
        if kind == "convolution":
            if self.chance(0.3):
                y = self.batch_norm(y)
            if self.chance(0.6):
                y = self.activation(y)
        self.steps.append(kind)
        return y

    def tail(self, x):
        """The network's end: as it is, pooled, or classes with a softmax or arg-max."""
        if self.chance(0.35):
            return x
        channels = self.shapes[x][1]
        if self.chance(0.5):
            x = self.add("GlobalAveragePool", [x], [1, channels, 1, 1])
            if self.chance(0.25):
                return x
        size = int(np.prod(self.shapes[x]))
        if size > 4096:
            return x
        if self.chance(0.6):
            x = self.add("Flatten", [x], [1, size], axis=1)
        else:
            target = self.pick([[1, -1], [-1, size], [1, size], [0, -1]])
            x = self.add("Reshape", [x, self.constant(np.array(target, np.int64), "shape")], [1, size])
        for _ in range(self.between(0, 2)):
            x = self.dense(x)
            if self.chance(0.4):
                x = self.add("Relu", [x], self.shapes[x])
        end = self.pick(["none", "none", "softmax", "argmax"])
        if end == "softmax":
            x = self.add("Softmax", [x], self.shapes[x], axis=self.pick([1, -1]))
        elif end == "argmax":
            keep = self.between(0, 1)
            x = self.add("ArgMax", [x], [1, 1] if keep else [1], axis=self.pick([1, -1]), keepdims=keep)
        return x

    def dense(self, x):
        size, outputs = self.shapes[x][1], self.pick([1, 2, 5, 10, 16, 33])
        weight = self.weights((outputs, size), size)
        if self.chance(0.6):
            attributes = {}
            if self.chance(0.7):
                attributes["transB"] = 1
            else:
                weight = np.ascontiguousarray(weight.T)
            if self.chance(0.2):
                attributes["alpha"] = 0.5
            if self.chance(0.2):
                attributes["beta"] = 2.0
            inputs = [x, self.constant(weight, "weight")]
            if self.chance(0.8):
                inputs.append(self.constant(self.vector(outputs), "bias"))
            return self.add("Gemm", inputs, [1, outputs], **attributes)
        x = self.add("MatMul", [x, self.constant(np.ascontiguousarray(weight.T), "weight")], [1, outputs])
        if self.chance(0.5):
            bias = self.constant(self.vector(outputs), "bias")
            x = self.add("Add", self.pick([[x, bias], [bias, x]]), [1, outputs])
        return x

    def model(self, steps):
        """Builds the network. `steps` None: as many as the seed says."""
        low, high = self.pick([(1, 20), (1, 8), (7, 20)])
        shape = [1, self.pick([1, 3, 3, 5, 8, 16, 17]), self.between(low, high), self.between(low, high)]
        self.input_kind = self.pick(["normal", "unit", "positive", "offset"])
        x = "input"
        self.shapes[x] = shape
        wanted = self.between(1, MOST_STEPS)
        tail_seed = self.between(0, 1 << 30)
        for _ in range(wanted if steps is None else steps):
            x = self.step(x)
        self.rng = np.random.default_rng(tail_seed)
        if x == "input":
            x = self.add("Relu", [x], shape)
        outputs = [self.tail(x)]
        # A second output that is also used inside, and tensors that nobody uses.
        if self.chance(0.15):
            name = self.pick(self.four_dimensional())
            if name not in outputs + ["input"]:
                outputs.append(name)
        graph = helper.make_graph(
            self.nodes, "random_%d" % self.seed,
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(name, self.element_type(name), self.shapes[name])
             for name in outputs],
            self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)],
                                  producer_name="nncc random networks")
        model.ir_version = 8
        onnx.checker.check_model(model)
        return model

    def element_type(self, name):
        kinds = {output: node.op_type for node in self.nodes for output in node.output}
        return TensorProto.INT64 if kinds[name] == "ArgMax" else TensorProto.FLOAT

    def rows(self, count):
        shape = [count] + self.shapes["input"][1:]
        values = {"normal": lambda: self.rng.normal(0, 1, shape),
                  "unit": lambda: self.rng.random(shape),
                  "positive": lambda: np.abs(self.rng.normal(0, 2, shape)),
                  "offset": lambda: self.rng.normal(-3, 1, shape)}[self.input_kind]()
        return values.astype(np.float32)


def random_network(seed, steps=None):
    """Returns (model, calibration rows, input rows, names of the steps)."""
    builder = Builder(seed)
    model = builder.model(steps)
    inputs = builder.rows(INPUT_ROWS)
    # The inputs are among the calibration rows: nothing is clipped that float keeps.
    calibration = np.concatenate([builder.rows(CALIBRATION_ROWS - INPUT_ROWS), inputs])
    return model, calibration, inputs, builder.steps
