"""Networks that look at pictures: from the files to the results.

For small networks of each kind that nn-fold-picture tells apart, compiles with a folder of
pictures and checks that

- `nncc-run --image` and `nncc-run --input` with the bytes that NumPy makes of the same files
  give the same results, byte for byte: reading, scaling, cutting and order of channels;
- the quantized graph, evaluated by the compiler, gives the same bytes as the program;
- the first layer is as close to that of ONNX Runtime on normalized values as 8 bits allow,
  at the border, where padding is, as well as inside.
"""
import argparse
import os

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import picture_files
from toolchain import fresh_folder, load_tensors, main_guard, run, ToolError

HEIGHT, WIDTH = 20, 28
MEAN = (123.675, 116.28, 103.53)
STD = (58.395, 57.12, 57.375)


def network(rng, path, channels, first):
    """`first` says what stands between the input and the layers that all have."""
    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

    def conv(name, source, outputs, inputs, kernel=3, **attributes):
        weight = rng.normal(0, 1 / kernel / inputs**0.5, (outputs, inputs, kernel, kernel))
        nodes.append(helper.make_node(
            "Conv", [source, constant(name + "_w", weight),
                     constant(name + "_b", rng.normal(0, 0.2, outputs))],
            [name], name, **attributes))
        return name

    x = "image"
    if first == "normalize":
        scale = (1 / 255 / np.array([0.229, 0.224, 0.225])).reshape(1, 3, 1, 1)
        mean = (255 * np.array([0.485, 0.456, 0.406])).reshape(1, 3, 1, 1)
        for kind, value, result in (("Sub", mean, "centered"), ("Mul", scale, "scaled")):
            nodes.append(helper.make_node(kind, [x, constant(result + "_by", value)], [result],
                                          result))
            x = result
    if first == "pool":
        nodes.append(helper.make_node("MaxPool", [x], ["pool"], "pool", kernel_shape=[2, 2],
                                      strides=[2, 2]))
        x = "pool"
    if first == "depthwise":
        x = conv("first", x, channels, 1, group=channels, pads=[1, 1, 1, 1])
        x = conv("second", x, 8, channels)
    elif first == "plain":
        x = conv("first", x, 8, channels)
    else:
        x = conv("first", x, 8, channels, pads=[1, 1, 1, 1])
    nodes.append(helper.make_node("Relu", [x], ["relu"], "relu"))
    x = conv("last", "relu", 5, 8)
    nodes.append(helper.make_node("GlobalAveragePool", [x], ["mean"], "mean"))
    nodes.append(helper.make_node("Flatten", ["mean"], ["scores"], "scores"))
    layer = "first" if first == "depthwise" else "relu"
    graph = helper.make_graph(
        nodes, "pictures",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, channels, HEIGHT, WIDTH])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, 5])], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, path)
    # The same with the layer as a result.
    model.graph.output.append(helper.make_tensor_value_info(layer, TensorProto.FLOAT, None))
    return layer, onnxruntime.InferenceSession(model.SerializeToString(),
                                               providers=["CPUExecutionProvider"])


#   name        channels  first        format   mean and deviation  resize     input channels
CASES = [
    ("channel", 3, "conv", "rgb8", MEAN, STD, None, 4),
    ("resized", 3, "conv", "bgr8", MEAN, STD, 32, 4),
    ("byte", 3, "conv", "rgb8", (128,), (64.5,), "stretch", 3),
    ("half", 3, "conv", "rgb8", (127.5,), (127.5,), None, 4),
    ("raw", 3, "conv", "rgb8", None, (255,), None, 3),
    ("far", 3, "conv", "rgb8", (0, 128, 255), (70, 40, 90), None, 4),
    ("plain", 3, "plain", "bgr8", MEAN, STD, None, 3),
    ("inside", 3, "normalize", "rgb8", None, None, None, 4),
    ("depthwise", 3, "depthwise", "rgb8", MEAN, STD, None, 3),
    ("pool", 3, "pool", "rgb8", MEAN, STD, None, 3),
    ("gray", 1, "conv", "gray8", (33.3,), (78.6,), None, 2),
]


def decibels(expected, got):
    return 10 * np.log10((expected**2).sum() / max(((expected - got) ** 2).sum(), 1e-30))


def quantized_layer(folder, program, name):
    """A layer's bytes as real numbers."""
    listing = run("nncc-objdump", "--header", program)
    for line in listing.splitlines():
        if "'%s' int8" % name in line and "scale=" in line:
            scale = float(line.split("scale=")[1].split()[0])
            zero = int(line.split("zero_point=")[1].split()[0])
    return (load_tensors(folder)[name].astype(float) - zero) * scale


def check(case, folder, arch, device):
    name, channels, first, pixels, mean, deviation, resize, device_channels = case
    rng = np.random.default_rng(len(name))
    fresh_folder(folder)
    path = lambda file: os.path.join(folder, file)
    layer, session = network(rng, path("model.onnx"), channels, first)
    os.makedirs(path("pictures"))
    files, data = [], []
    for i in range(12):
        picture = picture_files.make_picture(rng, int(rng.integers(18, 60)),
                                             int(rng.integers(18, 60)))
        files.append(path("pictures/%02d%s" % (i, list(picture_files.WRITERS)[i % 3])))
        picture_files.write(files[-1], picture)
        data.append(picture_files.prepare(picture, pixels, HEIGHT, WIDTH, resize))
    with open(path("pictures/README.txt"), "w") as text:
        text.write("Other files do not matter.\n")
    np.save(path("bytes.npy"), np.array(data))

    numbers = lambda values: ",".join(repr(float(v)) for v in values)
    options = ["--input-format=%s" % pixels, "--arch=%s" % arch]
    options += ["--mean=%s" % numbers(mean)] if mean else []
    options += ["--std=%s" % numbers(deviation)] if deviation else []
    options += ["--resize=%s" % resize] if resize else []
    samples = "--calibration=%s" % path("pictures")
    run("nncc", path("model.onnx"), samples, *options, "--keep-intermediates", "-o", path("p.bin"))
    run("nncc", path("model.onnx"), "--calibration=%s" % path("bytes.npy"), *options,
        "--keep-intermediates", "-o", path("q.bin"))
    with open(path("p.bin"), "rb") as a, open(path("q.bin"), "rb") as b:
        if a.read() != b.read():
            raise ToolError("%s: pictures and their bytes calibrate differently" % name)

    images = [argument for file in files for argument in ("--image", file)]
    on = ["--device=%s" % device] if device else []
    run("nncc-run", path("p.bin"), *images, *on, "--output=%s" % path("from-files"))
    run("nncc-run", path("p.bin"), "--input", path("bytes.npy"), "--output=%s" % path("from-bytes"))
    run("nncc", path("model.onnx"), samples, *options, "--emit=reference", "--input",
        path("bytes.npy"), "--output=%s" % path("reference"))
    tensors = load_tensors(path("from-files"))
    for other in ("from-bytes", "reference"):
        for key, value in load_tensors(path(other)).items():
            if not np.array_equal(value, tensors[key]):
                raise ToolError("%s: '%s' differs between files and %s" % (name, key, other))

    shape = "1x%dx%dx%d" % (device_channels, HEIGHT, WIDTH)
    if shape not in run("nncc-objdump", "--header", path("p.bin")):
        raise ToolError("%s: expected the device's input to be %s" % (name, shape))

    mean, deviation = np.array(mean or 0.0), np.array(deviation or 1.0)
    expected, scores = [], []
    for values in data:
        x = ((values - mean) / deviation).astype(np.float32).transpose(2, 0, 1)[None]
        results = session.run(None, {"image": x})
        scores.append(results[0])
        expected.append(results[1])
    expected, scores = np.concatenate(expected).astype(float), np.concatenate(scores)
    got = quantized_layer(path("from-files"), path("p.bin"), layer)
    border = np.ones(expected.shape[2:], bool)
    border[1:-1, 1:-1] = False
    inside = decibels(expected[..., ~border], got[..., ~border])
    edge = decibels(expected[..., border], got[..., border])
    result = decibels(scores, tensors["scores"])
    print("%-10s inside %5.1f dB, border %5.1f dB, result %5.1f dB" % (name, inside, edge, result))
    # The worst are 38.0, 38.4 and 38.8 dB.
    if min(inside, edge, result) < 37:
        raise ToolError("%s: too far from the float network" % name)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folder", required=True)
    parser.add_argument("--arch", default="z7020")
    parser.add_argument("--device")
    parser.add_argument("--case", action="append")
    options = parser.parse_args()
    for case in CASES:
        if not options.case or case[0] in options.case:
            check(case, os.path.join(options.folder, case[0]), options.arch, options.device)


main_guard(main)
