#!/usr/bin/env python3
"""Trains the example network on scikit-learn's 8x8 digits and writes it as ONNX.

Only numpy does the training, so that the example can be made again anywhere:

    build/venv/bin/python examples/digits/train.py [--epochs 40] [--output examples/digits]

Files written:
    digits.onnx       the float network, input "image" [1,1,8,8] in 0..1,
                      output "probabilities" [1,10]
    calibration.npy   128 training pictures, float32 [128,1,8,8]
    test.npy          400 pictures the training never saw, float32 [400,1,8,8]
    labels.npy        their digits, uint8 [400]
"""
import argparse
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits

TEST_PICTURES = 400
CALIBRATION_PICTURES = 128


# -- Layers: forward returns the output, backward the gradient of the input ----


class Conv:
    """k x k convolution, stride 1, padding that keeps the size, NCHW."""

    def __init__(self, rng, inputs, outputs, kernel, groups=1):
        fan_in = inputs // groups * kernel * kernel
        self.weight = rng.normal(0, np.sqrt(2 / fan_in), (outputs, inputs // groups, kernel, kernel))
        self.bias = np.zeros(outputs)
        self.kernel, self.groups = kernel, groups
        self.parameters = ["weight", "bias"]

    def patches(self, x):
        """[N,C,H,W] -> [N,C,k,k,H,W], the neighbourhood of every pixel."""
        k, p = self.kernel, self.kernel // 2
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        height, width = x.shape[2:]
        windows = [padded[:, :, i : i + height, j : j + width] for i in range(k) for j in range(k)]
        return np.stack(windows, 2).reshape(*x.shape[:2], k, k, height, width)

    def split(self, patches):
        """[N,C,k,k,H,W] -> [G, C/G*k*k, N*H*W], one matrix a group."""
        n, c, k, _, height, width = patches.shape
        grouped = patches.reshape(n, self.groups, c // self.groups * k * k, height * width)
        return grouped.transpose(1, 2, 0, 3).reshape(self.groups, -1, n * height * width)

    def forward(self, x):
        self.shape = x.shape
        n, _, height, width = x.shape
        self.columns = self.split(self.patches(x))
        weight = self.weight.reshape(self.groups, len(self.weight) // self.groups, -1)
        y = (weight @ self.columns).reshape(len(self.weight), n, height, width)
        return y.transpose(1, 0, 2, 3) + self.bias[None, :, None, None]

    def backward(self, dy):
        n, c, height, width = self.shape
        k, p = self.kernel, self.kernel // 2
        self.d_bias = dy.sum((0, 2, 3))
        flat = dy.transpose(1, 0, 2, 3).reshape(self.groups, len(self.weight) // self.groups, -1)
        self.d_weight = (flat @ self.columns.transpose(0, 2, 1)).reshape(self.weight.shape)
        weight = self.weight.reshape(self.groups, len(self.weight) // self.groups, -1)
        columns = (weight.transpose(0, 2, 1) @ flat).reshape(c, k, k, n, height, width)
        padded = np.zeros((n, c, height + 2 * p, width + 2 * p))
        for i in range(k):
            for j in range(k):
                padded[:, :, i : i + height, j : j + width] += columns[:, i, j].transpose(1, 0, 2, 3)
        return padded[:, :, p : p + height, p : p + width]


class Linear:
    def __init__(self, rng, inputs, outputs):
        self.weight = rng.normal(0, np.sqrt(1 / inputs), (outputs, inputs))
        self.bias = np.zeros(outputs)
        self.parameters = ["weight", "bias"]

    def forward(self, x):
        self.x = x
        return x @ self.weight.T + self.bias

    def backward(self, dy):
        self.d_weight, self.d_bias = dy.T @ self.x, dy.sum(0)
        return dy @ self.weight


class Relu:
    parameters = []

    def forward(self, x):
        self.positive = x > 0
        return x * self.positive

    def backward(self, dy):
        return dy * self.positive


class MaxPool:
    """2 x 2, stride 2."""

    parameters = []

    def forward(self, x):
        n, c, height, width = x.shape
        blocks = x.reshape(n, c, height // 2, 2, width // 2, 2)
        y = blocks.max((3, 5), keepdims=True)
        self.chosen = blocks == y
        self.chosen = self.chosen / self.chosen.sum((3, 5), keepdims=True)
        self.shape = x.shape
        return y.reshape(n, c, height // 2, width // 2)

    def backward(self, dy):
        return (self.chosen * dy[:, :, :, None, :, None]).reshape(self.shape)


class GlobalAveragePool:
    parameters = []

    def forward(self, x):
        self.shape = x.shape
        return x.mean((2, 3))

    def backward(self, dy):
        return np.broadcast_to(dy[:, :, None, None], self.shape) / (self.shape[2] * self.shape[3])


class Network:
    """conv, conv, residual conv, pool, depthwise + pointwise, conv, average, classes."""

    def __init__(self, rng):
        self.conv1, self.relu1 = Conv(rng, 1, 8, 3), Relu()
        self.conv2, self.relu2 = Conv(rng, 8, 16, 3), Relu()
        self.conv3, self.relu3 = Conv(rng, 16, 16, 3), Relu()
        self.pool = MaxPool()
        self.depthwise, self.relu4 = Conv(rng, 16, 16, 3, groups=16), Relu()
        self.pointwise, self.relu5 = Conv(rng, 16, 32, 1), Relu()
        self.conv4, self.relu6 = Conv(rng, 32, 32, 3), Relu()
        self.average = GlobalAveragePool()
        self.classes = Linear(rng, 32, 10)
        self.layers = [self.conv1, self.conv2, self.conv3, self.depthwise, self.pointwise,
                       self.conv4, self.classes]

    def forward(self, x):
        x = self.relu1.forward(self.conv1.forward(x))
        x = self.relu2.forward(self.conv2.forward(x))
        x = self.relu3.forward(self.conv3.forward(x) + x)
        x = self.pool.forward(x)
        x = self.relu4.forward(self.depthwise.forward(x))
        x = self.relu5.forward(self.pointwise.forward(x))
        x = self.relu6.forward(self.conv4.forward(x))
        return self.classes.forward(self.average.forward(x))

    def backward(self, dy):
        dy = self.average.backward(self.classes.backward(dy))
        dy = self.conv4.backward(self.relu6.backward(dy))
        dy = self.pointwise.backward(self.relu5.backward(dy))
        dy = self.depthwise.backward(self.relu4.backward(dy))
        dy = self.relu3.backward(self.pool.backward(dy))
        dy = self.conv3.backward(dy) + dy
        dy = self.conv2.backward(self.relu2.backward(dy))
        self.conv1.backward(self.relu1.backward(dy))


class Adam:
    def __init__(self, layers):
        self.slots = [(layer, name) for layer in layers for name in layer.parameters]
        self.first = [np.zeros_like(getattr(*slot)) for slot in self.slots]
        self.second = [np.zeros_like(getattr(*slot)) for slot in self.slots]
        self.steps = 0

    def step(self, rate):
        self.steps += 1
        for (layer, name), first, second in zip(self.slots, self.first, self.second):
            gradient = getattr(layer, "d_" + name)
            first += 0.1 * (gradient - first)
            second += 0.001 * (gradient**2 - second)
            change = (first / (1 - 0.9**self.steps)) / (
                np.sqrt(second / (1 - 0.999**self.steps)) + 1e-8)
            getattr(layer, name)[...] -= rate * change


# -- Training -----------------------------------------------------------------


def shifted(rng, pictures):
    """The pictures, each moved by up to one pixel."""
    padded = np.pad(pictures, ((0, 0), (0, 0), (1, 1), (1, 1)))
    moves = rng.integers(0, 3, (len(pictures), 2))
    return np.stack([p[:, i : i + 8, j : j + 8] for p, (i, j) in zip(padded, moves)])


def accuracy(network, pictures, labels):
    return float((network.forward(pictures).argmax(1) == labels).mean())


def train(network, pictures, labels, epochs, rng, batch=32):
    optimizer = Adam(network.layers)
    batches = len(pictures) // batch
    for epoch in range(epochs):
        order = rng.permutation(len(pictures))
        loss = 0.0
        for i in range(batches):
            rows = order[i * batch : (i + 1) * batch]
            logits = network.forward(shifted(rng, pictures[rows]))
            logits -= logits.max(1, keepdims=True)
            probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
            loss -= np.log(probabilities[np.arange(batch), labels[rows]] + 1e-12).mean()
            probabilities[np.arange(batch), labels[rows]] -= 1
            network.backward(probabilities / batch)
            # Cosine decay from 0.003 to zero.
            done = (epoch + i / batches) / epochs
            optimizer.step(0.003 * 0.5 * (1 + np.cos(np.pi * done)))
        print("epoch %2d  loss %.4f" % (epoch + 1, loss / batches))


# -- Export -------------------------------------------------------------------


def to_onnx(network):
    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

    def add(kind, name, inputs, **attributes):
        output = name + "_out"
        nodes.append(helper.make_node(kind, inputs, [output], name=name, **attributes))
        return output

    def conv(name, layer, x):
        k = layer.kernel
        inputs = [x, constant(name + "_weight", layer.weight), constant(name + "_bias", layer.bias)]
        return add("Conv", name, inputs, kernel_shape=[k, k], pads=[k // 2] * 4, group=layer.groups)

    x = add("Relu", "relu1", [conv("conv1", network.conv1, "image")])
    skip = add("Relu", "relu2", [conv("conv2", network.conv2, x)])
    x = add("Add", "residual", [conv("conv3", network.conv3, skip), skip])
    x = add("Relu", "relu3", [x])
    x = add("MaxPool", "pool", [x], kernel_shape=[2, 2], strides=[2, 2])
    x = add("Relu", "relu4", [conv("depthwise", network.depthwise, x)])
    x = add("Relu", "relu5", [conv("pointwise", network.pointwise, x)])
    x = add("Relu", "relu6", [conv("conv4", network.conv4, x)])
    x = add("GlobalAveragePool", "average", [x])
    x = add("Flatten", "flatten", [x], axis=1)
    weight = constant("classes_weight", network.classes.weight)
    bias = constant("classes_bias", network.classes.bias)
    x = add("Gemm", "classes", [x, weight, bias], transB=1)
    nodes.append(helper.make_node("Softmax", [x], ["probabilities"], name="softmax", axis=1))

    graph = helper.make_graph(
        nodes, "digits",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 1, 8, 8])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [1, 10])],
        constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)],
                              producer_name="nncc digits example")
    model.ir_version = 7
    onnx.checker.check_model(model, full_check=True)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--output", default=os.path.dirname(os.path.abspath(__file__)))
    options = parser.parse_args()

    rng = np.random.default_rng(2024)
    digits = load_digits()
    pictures = (digits.images[:, None] / 16).astype(np.float32)
    labels = digits.target
    order = rng.permutation(len(pictures))
    test, training = order[:TEST_PICTURES], order[TEST_PICTURES:]

    network = Network(rng)
    train(network, pictures[training], labels[training], options.epochs, rng)
    print("accuracy: training %.2f %%, test %.2f %%" % (
        100 * accuracy(network, pictures[training], labels[training]),
        100 * accuracy(network, pictures[test], labels[test])))

    os.makedirs(options.output, exist_ok=True)
    onnx.save(to_onnx(network), os.path.join(options.output, "digits.onnx"))
    for name, value in (("calibration", pictures[training[:CALIBRATION_PICTURES]]),
                        ("test", pictures[test]), ("labels", labels[test].astype(np.uint8))):
        np.save(os.path.join(options.output, name + ".npy"), value)


if __name__ == "__main__":
    main()
