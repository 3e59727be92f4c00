"""Real networks: float results against ONNX Runtime, and what integers cost.

    networks.py MODELS EVALUATE_MODEL SCRATCH float|equalize|int8|kl|pow2 COUNT NETWORK...

float: the largest difference from ONNX Runtime, relative to the largest result,
       is at most 1e-3 for each of COUNT inputs.
equalize: the largest difference between the float network before and after
       equalization is at most 1e-5 in the same sense, and is not zero.
int8, kl, pow2: top-1 accuracy on COUNT test inputs is at most LOSS points below
       that of the float network in ONNX Runtime, up to what chance does to so few.
"""
import csv
import os
import subprocess
import sys

import numpy as np
import onnxruntime

MEAN = np.array([0.485, 0.456, 0.406], np.float32).reshape(3, 1, 1)
STD = np.array([0.229, 0.224, 0.225], np.float32).reshape(3, 1, 1)
LOSS = {"int8": 0.5, "kl": 1.0, "pow2": 1.0}
OPTIONS = {"int8": [], "kl": ["--observer=kl"], "pow2": ["--pow2"]}


def read_idx(path):
    data = open(path, "rb").read()
    shape = [int.from_bytes(data[4 + 4 * i : 8 + 4 * i], "big") for i in range(data[3])]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def mnist(data):
    images = lambda name: read_idx(data + "/mnist/" + name)[:, None].astype(np.float32)
    return (
        images("calib-train1000-images-idx3-ubyte")[:256],
        images("t10k-images-idx3-ubyte"),
        read_idx(data + "/mnist/t10k-labels-idx1-ubyte"),
    )


def cifar(data):
    def read(name):
        records = np.fromfile(data + "/cifar10/" + name, np.uint8).reshape(-1, 3073)
        return records[:, 1:].reshape(-1, 3, 32, 32).astype(np.float32), records[:, 0]

    images, labels = read("test_0000_1999.bin")
    return read("calib_train_0_511.bin")[0][:256], images, labels


def cifar_normalised(data):
    calibration, images, labels = cifar(data)
    normalise = lambda x: (x / np.float32(255) - MEAN) / STD
    return normalise(calibration), normalise(images), labels


def keywords(data):
    folder = data + "/kws_mfcc/kws01/"
    with open(folder + "y_labels.csv") as file:
        rows = list(csv.reader(file))
    records = np.stack([np.fromfile(folder + row[0], np.int8) for row in rows])
    features = (records.astype(np.float32) - 83) * np.float32(0.5847029)
    features = features.reshape(-1, 1, 49, 10)
    labels = np.array([int(row[2]) for row in rows])
    # There is no training cut: every fifth record calibrates and is not scored.
    score = np.arange(len(rows)) % 5 != 0
    return features[~score], features[score], labels[score]


NETWORKS = {
    "mnist": ("mnist-8.onnx", mnist),
    "resnet20": ("resnet20_cifar.onnx", cifar_normalised),
    "resnet8": ("mlperftiny_resnet8_cifar10.onnx", cifar),
    "keywords": ("mlperftiny_kws_dscnn.onnx", keywords),
}


def random_inputs(path, count):
    """Inputs of a network whose data does not matter."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (info,) = session.get_inputs()
    shape = [extent if isinstance(extent, int) else 1 for extent in info.shape]
    random = np.random.default_rng(1)
    return random.uniform(-1, 1, [count] + shape[1:]).astype(np.float32)


def run_onnxruntime(path, inputs):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    results = [session.run(None, {name: x[None]})[0].ravel() for x in inputs]
    return np.stack(results)


def run_ours(tool, path, scratch, inputs, calibration=None, options=()):
    np.save(scratch + "/inputs.npy", inputs)
    command = [tool, path, "--input=" + scratch + "/inputs.npy"]
    command += ["-o", scratch + "/results.raw", *options]
    if calibration is not None:
        np.save(scratch + "/calibration.npy", calibration)
        command.append("--calibration=" + scratch + "/calibration.npy")
    subprocess.run(command, check=True)
    return np.fromfile(scratch + "/results.raw", np.float32).reshape(len(inputs), -1)


def main():
    models, tool, scratch, mode, count, *networks = sys.argv[1:]
    count = int(count)
    os.makedirs(scratch, exist_ok=True)
    good = True
    for network in networks:
        if network in NETWORKS:
            file, load = NETWORKS[network]
            calibration, inputs, labels = load(models + "/data")
            inputs, labels = inputs[:count], labels[:count]
        else:
            file = network + ".onnx"
            inputs = random_inputs(models + "/" + file, count)
        path = models + "/" + file
        if mode == "equalize":
            expected = run_ours(tool, path, scratch, inputs)
            got = run_ours(tool, path, scratch, inputs, options=["--equalize"])
            error = np.abs(got - expected).max(1) / np.abs(expected).max(1)
            print("%s: relative error %.2g" % (network, error.max()))
            good &= bool(0 < error.max() <= 1e-5)
            continue
        expected = run_onnxruntime(path, inputs)
        if mode == "float":
            got = run_ours(tool, path, scratch, inputs)
            error = np.abs(got - expected).max(1) / np.abs(expected).max(1)
            print("%s: relative error %.2g" % (network, error.max()))
            good &= bool(error.max() <= 1e-3)
            continue
        got = run_ours(tool, path, scratch, inputs, calibration, OPTIONS[mode])
        top1 = [(result.argmax(1) == labels).mean() * 100 for result in (expected, got)]
        # One standard deviation of the difference of two counts.
        flipped = (expected.argmax(1) != got.argmax(1)).sum()
        slack = 100 * flipped**0.5 / len(labels) if len(labels) < 1000 else 0
        print("%s: top-1 %.2f float, %.2f %s" % (network, *top1, mode))
        good &= bool(top1[1] >= top1[0] - LOSS[mode] - slack)
    sys.exit(0 if good else 1)


main()
