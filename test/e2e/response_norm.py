#!/usr/bin/env python3
"""Local response normalization, quantized, against its definition in real numbers.

    response_norm.py [--arch z7020]

Convolutions on smooth pictures, each followed by an LRN with parameters of its own; the
pictures are made up, and channels differ in size as those of trained networks do. All levels
must agree on every byte. The results must be about as close to the definition as 8 bits of the
convolution alone are, but where the normalization divides by much: the squares of what is small
then lie below a step of the largest ones.
"""
import argparse
import os
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import compare_levels
import toolchain

# Size, alpha, beta, bias, channels, largest activation, least ratio of signal to error in dB.
CASES = [
    (5, 1e-4, 0.75, 1.0, 32, 100, 33),  # as in AlexNet and GoogLeNet
    (5, 1e-4, 0.75, 1.0, 32, 600, 32),
    (3, 5e-5, 0.75, 1.0, 17, 5, 38),
    (2, 0.5, 0.5, 2.0, 24, 3, 31),  # of an even size, more channels lie behind
    (4, 0.1, 1.0, 1.0, 7, 5, 41),
    (1, 1.0, 0.75, 0.5, 8, 3, 34),
    (99, 1.0, 0.75, 1.0, 9, 3, 34),
    (3, 1e-20, 0.75, 2.0, 5, 3, 38),  # the factors are all the same
    (3, 1.0, -0.5, 1.0, 16, 2, 35),  # a factor that grows
]


def normalize(x, size, alpha, beta, bias):
    squares, sums = x.astype(np.float64) ** 2, np.zeros(x.shape)
    for c in range(x.shape[1]):
        low, high = max(0, c - (size - 1) // 2), c + size // 2
        sums[:, c] = squares[:, low : high + 1].sum(1)
    return x * (bias + alpha / size * sums) ** -beta


def make_pictures(generator, count):
    """Noise of several wavelengths: neighbours are alike."""
    pictures = np.zeros((count, 3, 16, 16))
    for width in (1, 2, 4, 8, 16):
        coarse = generator.standard_normal((count, 3, 16 // width, 16 // width))
        pictures += width * coarse.repeat(width, 2).repeat(width, 3)
    return (pictures / np.abs(pictures).max()).astype(np.float32)


def make_model(generator, parameters, channels, largest, pictures):
    """Convolution, Relu and LRN; the convolution's largest result is `largest`."""
    weight = generator.standard_normal((channels, 3, 1, 1))
    weight *= np.exp(generator.normal(0, 0.5, (channels, 1, 1, 1)))
    features = np.maximum(np.einsum("oc,nchw->nohw", weight[:, :, 0, 0], pictures), 0)
    weight *= largest / features.max()
    size, alpha, beta, bias = parameters
    nodes = [helper.make_node("Conv", ["x", "w"], ["a"], name="conv"),
             helper.make_node("Relu", ["a"], ["r"], name="relu"),
             helper.make_node("LRN", ["r"], ["y"], name="norm", size=size, alpha=alpha, beta=beta, bias=bias)]
    graph = helper.make_graph(
        nodes, "response_norm",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, *pictures.shape[1:]])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, channels, *pictures.shape[2:]])],
        [numpy_helper.from_array(weight.astype(np.float32), "w")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return model, normalize(features * (largest / features.max()), *parameters)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--arch", action="append")
    options = parser.parse_args()
    failed = False
    for number, (*parameters, channels, largest, least) in enumerate(CASES):
        generator = np.random.default_rng(number)
        pictures = make_pictures(generator, 8)
        model, expected = make_model(generator, parameters, channels, largest, pictures)
        with tempfile.TemporaryDirectory(prefix="nncc-response-norm-") as folder:
            path, calibration = os.path.join(folder, "model.onnx"), os.path.join(folder, "calibration.npy")
            onnx.save(model, path)
            np.save(calibration, pictures)
            differences, tensors = compare_levels.compare(
                path, calibration, {"x": pictures}, options.arch, count=2, folder=folder,
                report=lambda line: None)
        error = tensors["y"] - expected[:2]
        ratio = 10 * np.log10((expected[:2] ** 2).sum() / (error**2).sum())
        if not ratio >= least:
            differences.append("expected at least %g dB" % least)
        print("size %d, alpha %g, beta %g, bias %g, activations up to %g: %.1f dB" % (*parameters, largest, ratio))
        for difference in differences:
            print("DIFFERENCE", difference)
        failed |= bool(differences)
    return 1 if failed else 0


if __name__ == "__main__":
    toolchain.main_guard(main)
