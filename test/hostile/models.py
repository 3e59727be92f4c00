"""Models: damaged files, broken graphs, values out of range, unsupported operators."""
import os

import numpy as np
from onnx import AttributeProto, TensorProto, helper, numpy_helper

from harness import Failure, case
from networks import (SHAPE, accept, compile_options, conv, example, model, prepare, refuse,
                      samples, tensor)

node = helper.make_node
TRUNCATIONS, FLIPS, NOISE = 24, 64, 12


@case("models", "control")
def control(c):
    accept(c, conv())
    accept(c, example("digits.onnx"), example("calibration.npy"))


# Files.

@case("models", "no model in the file")
def no_model(c):
    refuse(c, b"", "model.onnx", "not an ONNX model")
    refuse(c, b"this is a text file\n" * 20, "not an ONNX model")
    refuse(c, samples(), "not an ONNX model")
    refuse(c, b"\0" * 4096, "not an ONNX model")
    for _ in range(NOISE):
        refuse(c, c.random.randbytes(c.random.randrange(1, 4096)))


@case("models", "truncated")
def truncated(c):
    whole = example("digits.onnx")
    for length in [1, 2, len(whole) // 2, len(whole) - 1] + c.random.sample(
            range(len(whole)), TRUNCATIONS):
        refuse(c, whole[:length])


@case("models", "flipped bits")
def flipped(c):
    # Of a small model, half of whose bytes are structure.
    whole = conv().SerializeToString()
    taken = 0
    for position in c.random.sample(range(8 * len(whole)), FLIPS):
        damaged = bytearray(whole)
        damaged[position // 8] ^= 1 << position % 8
        taken += c.survive("nncc", *prepare(c, damaged), makes=["out.bin"])
    print("  %d of %d flips were harmless" % (taken, FLIPS))


@case("models", "external data")
def external(c):
    damaged = conv()
    weight = damaged.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    for location in ("weights.data", "../../../../etc/passwd", "/dev/zero"):
        del weight.external_data[:]
        weight.external_data.add(key="location", value=location)
        refuse(c, damaged, "'w'", "external")


@case("models", "opset")
def opset(c):
    nodes = [node("Relu", ["x"], ["y"], name="relu")]
    for version in (1, 6, 22, 1000, 2**40):
        refuse(c, model(nodes, opset=version), "opset 7 to 21", "got opset %d" % version)
    for version in (0, -1):
        refuse(c, model(nodes, opset=version), "operator set")
    none = model(nodes)
    del none.opset_import[:]
    refuse(c, none, "operator set")


# Graphs.

@case("models", "undefined tensor")
def undefined(c):
    damaged = conv()
    del damaged.graph.initializer[:]
    refuse(c, damaged, "'conv'", "'w'", "which no input, initializer or node defines")
    refuse(c, model([node("Relu", ["x"], ["z"])], outputs=["y"]), "'y'", "not defined")
    refuse(c, model([], outputs=["y"]), "'y'")
    refuse(c, model([node("Relu", ["x"], ["y"])], outputs=[]), "no outputs")


@case("models", "cycle")
def cycle(c):
    refuse(c, model([node("Add", ["x", "b"], ["a"], name="first"),
                     node("Relu", ["a"], ["b"], name="second"),
                     node("Relu", ["b"], ["y"])]), "cycle", "'first'", "'second'")
    count = 20000  # a ring that a recursive search would not survive
    ring = [node("Add", ["x", "t%d" % ((i - 1) % count)], ["t%d" % i], name="n%d" % i)
            for i in range(count)]
    refuse(c, model(ring, outputs=["t0"]), "cycle")


@case("models", "duplicate names")
def duplicates(c):
    relu = node("Relu", ["x"], ["y"], name="relu")
    refuse(c, model([relu, node("Tanh", ["x"], ["y"], name="tanh")]), "'y'", "twice")
    refuse(c, model([node("Add", ["x", "k"], ["y"])],
                    [tensor("k", [1]), tensor("k", [1])]), "'k'", "twice")
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, SHAPE)
    refuse(c, model([relu], inputs=[value, value]), "'x'", "twice")
    refuse(c, model([relu], outputs=["y", "y"]), "'y'", "twice")
    # Names of nodes need not be unique, and may be those of tensors.
    nodes = [node("Conv", ["x", "w"], ["a"], name="n", kernel_shape=[3, 3], pads=[1] * 4),
             node("Sigmoid", ["a"], ["b"], name="n"),
             node("Conv", ["b", "w"], ["y"], name="n", kernel_shape=[3, 3], pads=[1] * 4)]
    for name in ("n", "x", "y", "w", ""):
        for which in nodes:
            which.name = name
        accept(c, model(nodes, [tensor("w", [3, 3, 3, 3])]))
        c.write("one.npy", samples(count=1))
        c.accept("nncc-run", "out.bin", "--input=one.npy", "--output=run", makes=["run/y.npy"])
        c.accept("nncc", *prepare(c, model(nodes, [tensor("w", [3, 3, 3, 3])])),
                 "--emit=reference", "--input=one.npy", "--output=reference")
        run, reference = (np.load(c.path(folder + "/y.npy")) for folder in ("run", "reference"))
        if not np.array_equal(run, reference):
            raise Failure("nodes named '%s': the program computes something else" % name)


@case("models", "names from hell")
def names(c):
    control = ("line\nnncc: error: second", "\x1b[31mred\x1b[0m", "\0", "x" * 100000)
    plain = ("a/../../../../tmp/b", "../../up", "%s%n%d", "\N{SNOWMAN}" * 50, " ", "'\"\\", ".",
             "..", "x" * 1000)
    for name in control + plain:
        refuse(c, model([node("Nope", ["x"], ["y"], name=name)]), "not supported")
        damaged = conv(tensor("w", [4, 3, 3, 3], np.nan))
        damaged.graph.node[0].name = name
        refuse(c, damaged, "not a number")
        # A node and a tensor inside may have any name.
        odd = conv()
        for which in odd.graph.node:
            which.name = name
        odd.graph.node[0].output[0] = odd.graph.node[1].input[0] = name
        accept(c, odd)
        c.accept("nncc-objdump", "out.bin", "-o", "text")
        # An output's name is that of a file; an input's is written on command lines.
        for change in ("input", "output"):
            odd = conv()
            if change == "input":
                odd.graph.node[0].input[0] = odd.graph.input[0].name = name
            else:
                odd.graph.node[1].output[0] = odd.graph.output[0].name = name
            if name in control:
                refuse(c, odd, change, "control characters")
                continue
            accept(c, odd)
            inside = os.path.join(c.folder, "deep", "deeper")
            c.survive("nncc-run", "out.bin", "--input=" + name + "=samples.npy"
                      if change == "input" else "--input=samples.npy", "--output=" + inside)
    for path in ("tmp", "up.npy", "deep/up.npy", "..npy"):
        if os.path.exists(c.path(path)):
            raise Failure("a name of an output led out of the folder")


@case("models", "deep chain")
def deep(c):
    for operator, count, taken in (("Identity", 100000, True), ("Relu", 20000, True),
                                   ("Nope", 20000, False)):
        chain = [node(operator, ["x" if i == 0 else "t%d" % i], ["t%d" % (i + 1)])
                 for i in range(count)]
        chain.append(node("Relu", ["t%d" % count], ["y"]))
        if taken:
            accept(c, model(chain))
        else:
            refuse(c, model(chain), "%d of %d nodes" % (count, count + 1), "not supported")


@case("models", "deep subgraphs")
def subgraphs(c):
    graph = model([node("Relu", ["x"], ["y"])]).graph
    for _ in range(15):
        inner = node("If", ["x"], ["y"])
        inner.attribute.add(name="then_branch", type=AttributeProto.GRAPH).g.CopyFrom(graph)
        graph = model([inner]).graph
    refuse(c, model(graph.node), "'y' (If)", "not supported")
    # Deeper than a parser of protobufs goes: 20000 graphs in one another.
    raw = b""
    for _ in range(20000):
        # AttributeProto.g, NodeProto.attribute, GraphProto.node
        for tag in (b"\x32", b"\x2a", b"\x0a"):
            raw = tag + varint(len(raw)) + raw
    refuse(c, b"\x3a" + varint(len(raw)) + raw, "not an ONNX model")


def varint(value):
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


# Shapes.

@case("models", "dimensions of the input")
def dimensions(c):
    relu = [node("Relu", ["x"], ["y"])]
    refuse(c, model(relu, shape=[1, 3, 2**31, 2**31]), "'x'", "too large")
    refuse(c, model(relu, shape=[1, 2**62, 4]), "'x'")
    refuse(c, model(relu, shape=[1, 3, 0, 8]), "'x'")
    refuse(c, model(relu, shape=[1, 3, -8, 8]), "'x'")
    refuse(c, model(relu, shape=None), "'x'", "--input-shape")
    refuse(c, model(relu, shape=[]), "")
    # As large as a tensor may be, with samples that are not.
    refuse(c, model(relu, shape=[1, 3, 16384, 32768]), "samples.npy")


@case("models", "open shape")
def open_shape(c):
    network = conv(shape=[1, 3, "height", "width"])
    refuse(c, network, "'x'", "open shape", "--input-shape x:1x3x")
    accept(c, network, extra=["--input-shape=x:1x3x8x8"])
    accept(c, network, extra=["--input-shape=1x3x8x8"])
    for text, word in (("x:1x3x8", "does not fit"), ("x:1x4x8x8", "does not fit"),
                       ("z:1x3x8x8", "'z'"), ("x:1x3x0x8", "--input-shape"),
                       ("x:1x3x-8x8", "--input-shape"), ("x:", "--input-shape"),
                       ("", "--input-shape"), ("x:axbxc", "--input-shape"),
                       ("x:1x3x99999999999999999999x8", "--input-shape"),
                       ("x:1x3x2147483647x2147483647", "too large"),
                       ("x:1x3x100x100", "samples.npy")):
        refuse(c, network, word, extra=["--input-shape=" + text])


@case("models", "initializers")
def initializers(c):
    def changed(**fields):
        weight = tensor("w", [4, 3, 3, 3])
        for name, value in fields.items():
            if isinstance(value, list):
                del getattr(weight, name)[:]
                getattr(weight, name).extend(value)
            else:
                setattr(weight, name, value)
        return conv(weight)

    whole = tensor("w", [4, 3, 3, 3]).raw_data
    refuse(c, changed(raw_data=whole[:-1]), "'w'", "expected 432 bytes", "got 431")
    refuse(c, changed(raw_data=whole + b"\0"), "'w'", "got 433")
    refuse(c, changed(raw_data=b""), "'w'", "got 0")
    refuse(c, changed(dims=[4, 3, 3, -3]), "'w'", "4x3x3x-3")
    refuse(c, changed(dims=[4, 3, 3, 0]), "'w'")
    refuse(c, changed(dims=[2**62, 4, 2, 2**60]), "'w'")
    refuse(c, changed(dims=[4, 27]), "conv")
    for kind in (TensorProto.INT64, TensorProto.STRING, TensorProto.COMPLEX64,
                 TensorProto.FLOAT8E4M3FN, TensorProto.UNDEFINED, 77):
        refuse(c, changed(data_type=kind), "'w'")
    integers = conv(numpy_helper.from_array(np.ones([4, 3, 3, 3], np.int32), "w"))
    refuse(c, integers, "'conv'", "int32")
    huge = tensor("w", [1])
    del huge.dims[:]
    huge.dims.extend([1 << 15, 1 << 15])
    refuse(c, conv(huge), "'w'", "4294967296 bytes")


@case("models", "weights that are not finite")
def not_finite(c):
    for value in (np.nan, np.inf, -np.inf):
        refuse(c, conv(tensor("w", [4, 3, 3, 3], value)), "not a number")
        refuse(c, model([node("Add", ["x", "k"], ["y"], name="add")], [tensor("k", [1], value)]))
        scale = [tensor(name, [3], value if name == "mean" else 1)
                 for name in ("scale", "shift", "mean", "variance")]
        refuse(c, model([node("BatchNormalization", ["x", "scale", "shift", "mean", "variance"],
                              ["y"], name="norm")], scale))
    # Products beyond the range of float32, and weights at its lower end.
    refuse(c, conv(tensor("w", [4, 3, 3, 3], 3e38)), "infinite")
    c.survive("nncc", *prepare(c, conv(tensor("w", [4, 3, 3, 3], 1e-44))), makes=["out.bin"])
    accept(c, conv(tensor("w", [4, 3, 3, 3], 0)))


# Operators.

@case("models", "attributes of a convolution")
def attributes(c):
    for changes, word in (
            (dict(strides=[0, 1]), "strides"), (dict(strides=[-1, 1]), "strides"),
            (dict(strides=[2**62, 1]), "strides"), (dict(strides=[1]), "strides"),
            (dict(dilations=[0, 0]), "dilations"), (dict(dilations=[2**31, 1]), "dilations"),
            (dict(pads=[-1, 0, 0, 0]), "pads"), (dict(pads=[1, 1]), "pads"),
            (dict(pads=[2**40] * 4), "pads"), (dict(kernel_shape=[5, 5]), "kernel"),
            (dict(kernel_shape=[0, 3]), "kernel"), (dict(group=0), "group"),
            (dict(group=-3), "group"), (dict(group=2), "group"), (dict(group=2**40), "group"),
            (dict(auto_pad="SIDEWAYS"), "auto_pad"), (dict(strides=[1.5, 1.5]), "strides"),
            (dict(surprise=1), "surprise")):
        refuse(c, conv(**changes), "'conv' (Conv)", word)
    for changes in (dict(kernel_shape=None), dict(strides=[2, 2]), dict(pads=[0, 0, 0, 0])):
        accept(c, conv(**changes))


@case("models", "kernel larger than the image")
def large_kernel(c):
    refuse(c, conv(tensor("w", [4, 3, 11, 11]), kernel_shape=[11, 11]), "'conv'", "11")
    refuse(c, conv(dilations=[7, 7]), "'conv'")
    for kind in ("MaxPool", "AveragePool"):
        refuse(c, model([node(kind, ["x"], ["y"], kernel_shape=[9, 9], name="pool")]), "'pool'")
        refuse(c, model([node(kind, ["x"], ["y"], kernel_shape=[0, 2], name="pool")]), "'pool'")
        refuse(c, model([node(kind, ["x"], ["y"], kernel_shape=[2, 2], strides=[0, 0],
                              name="pool")]), "'pool'", "strides")


@case("models", "channels that do not match")
def channels(c):
    refuse(c, conv(tensor("w", [4, 2, 3, 3])), "'conv'", "2", "3")
    refuse(c, conv(tensor("w", [4, 1, 3, 3]), group=3), "'conv'", "group")
    refuse(c, conv(tensor("w", [6, 3, 3, 3]), group=3), "'conv'")
    refuse(c, conv(tensor("w", [4, 3, 3, 3]), shape=[1, 3, 8]), "'conv'")
    refuse(c, model([node("Gemm", ["x", "w"], ["y"], name="gemm")], [tensor("w", [5, 7])],
                    shape=[1, 6]), "'gemm'")
    refuse(c, model([node("Add", ["x", "k"], ["y"], name="add")], [tensor("k", [1, 3, 7, 8])]),
           "'add'")
    refuse(c, model([node("Concat", ["x", "k"], ["y"], axis=9, name="join")],
                    [tensor("k", SHAPE)]), "'join'")


@case("models", "unknown operators")
def unknown(c):
    one = refuse(c, model([node("Frobnicate", ["x"], ["y"], name="odd", domain="com.acme")]),
                 "1 of 1 node", "'odd'", "'com.acme' Frobnicate")
    several = refuse(c, model([node("Nope", ["x"], ["a"], name="first"),
                               node("Relu", ["x"], ["b"], name="fine"),
                               node("Never", ["b"], ["e"], name="second"),
                               node("Conv", ["b", "w"], ["d"], name="third", strides=[0, 0]),
                               node("Add", ["a", "d"], ["y"], name="after")],
                              [tensor("w", [4, 3, 3, 3])]),
                     "3 of 5 nodes", "'first'", "'second'", "'third'", "strides")
    for result, name in ((one, "'fine'"), (several, "'fine'"), (several, "'after'")):
        if name in result.stderr:
            c.fail(result, "it names %s, which is not at fault" % name)


@case("models", "constants that explode")
def bombs(c):
    refuse(c, model([node("ConstantOfShape", ["s"], ["k"], name="fill"),
                     node("Add", ["x", "k"], ["y"])],
                    [numpy_helper.from_array(np.array([2**20, 2**9], np.int64), "s")]), "'fill'")
    # Each doubles the one before.
    doubling = [node("Concat", ["k%d" % i] * 2, ["k%d" % (i + 1)], axis=0, name="c%d" % i)
                for i in range(40)]
    refuse(c, model(doubling + [node("Add", ["x", "k40"], ["y"])], [tensor("k0", [8])]),
           "memory")
    refuse(c, model([node("Reshape", ["x", "s"], ["y"], name="shape")],
                    [numpy_helper.from_array(np.array([-1, -1], np.int64), "s")]), "'shape'")
    refuse(c, model([node("Pad", ["x", "p"], ["y"], name="pad")],
                    [numpy_helper.from_array(np.array([0] * 6 + [2**30] * 2, np.int64), "p")]),
           "'pad'")


@case("models", "too large for the accelerator")
def too_large(c):
    # Sizes that the importer takes, and fields of instructions do not.
    for network, calibration in (
            (conv(tensor("w", [4, 3, 3, 3]), shape=[1, 3, 8, 5000]), [1, 3, 8, 5000]),
            (conv(tensor("w", [4, 9000, 1, 1]), shape=[1, 9000, 1, 1], kernel_shape=[1, 1],
                  pads=None), [1, 9000, 1, 1]),
            (conv(strides=[17, 17], pads=[20] * 4), SHAPE),
            (conv(dilations=[200, 200], pads=[300] * 4), SHAPE),
            (model([node("MaxPool", ["x"], ["y"], kernel_shape=[300, 300], pads=[299] * 4,
                         name="pool")]), SHAPE)):
        c.write("model.onnx", network)
        c.write("samples.npy", samples(calibration, 2))
        c.survive("nncc", "model.onnx", *compile_options(), makes=["out.bin"])
