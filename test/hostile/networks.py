"""Small networks that cases damage, and the example network."""
import io
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "digits")
SHAPE = [1, 3, 8, 8]


def example(name):
    with open(os.path.join(EXAMPLE, name), "rb") as file:
        return file.read()


def tensor(name, shape, value=None):
    """A float initializer of small values, the same in every run."""
    count = int(np.prod(shape))
    if value is None:
        value = np.sin(np.arange(count) + 1) / 4
    return numpy_helper.from_array(np.broadcast_to(value, count).reshape(shape).astype(np.float32),
                                   name)


def model(nodes, initializers=(), shape=SHAPE, outputs=("y",), opset=13, inputs=None):
    """A model whose input is `x`; nothing checks it."""
    if inputs is None:
        inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)]
    graph = helper.make_graph(
        nodes, "hostile", inputs,
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        initializer=list(initializers))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)],
                             ir_version=8)


def conv(weight=None, shape=SHAPE, **attributes):
    """A convolution 'conv' with 4 outputs, and a Relu."""
    settings = dict(kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    settings.update(attributes)
    settings = {key: value for key, value in settings.items() if value is not None}
    nodes = [helper.make_node("Conv", ["x", "w"], ["c"], name="conv", **settings),
             helper.make_node("Relu", ["c"], ["y"], name="relu")]
    return model(nodes, [tensor("w", [4, 3, 3, 3]) if weight is None else weight], shape)


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def samples(shape=SHAPE, count=4):
    generator = np.random.default_rng(1)
    return npy(generator.standard_normal([count] + list(shape)[1:]).astype(np.float32))


def compile_options(arch="tiny"):
    return ["--calibration=samples.npy", "--arch=%s" % arch, "-o", "out.bin"]


def prepare(case, network=None, calibration=None):
    """Writes model.onnx and samples.npy; the arguments that compile it."""
    case.write("model.onnx", conv() if network is None else network)
    case.write("samples.npy", samples() if calibration is None else calibration)
    return ["model.onnx"] + compile_options()


def refuse(case, network, *has, extra=()):
    return case.refuse("nncc", *prepare(case, network), *extra, has=has)


def accept(case, network, calibration=None, extra=()):
    return case.accept("nncc", *prepare(case, network, calibration), *extra, makes=["out.bin"])


def picture_program(case):
    """The example network's program for 8x8 pictures in shades of gray."""
    samples = np.load(os.path.join(EXAMPLE, "calibration.npy"))
    pictures = (samples * (255 / samples.max())).astype(np.uint8).reshape(-1, 8, 8, 1)
    return program(case, calibration=npy(pictures), extra=("--input-format=gray8",))


def program(case, arch="tiny", calibration=None, extra=()):
    """The example network's program; compiled once, which is a control."""
    key = " ".join(("program", arch) + extra)
    if key not in case.shared:
        case.write("model.onnx", example("digits.onnx"))
        case.write("samples.npy", calibration or example("calibration.npy"))
        case.accept("nncc", "model.onnx", *compile_options(arch), *extra, makes=["out.bin"])
        with open(case.path("out.bin"), "rb") as file:
            case.shared[key] = file.read()
        for name in ("model.onnx", "samples.npy", "out.bin"):
            case.remove(name)
    return case.shared[key]


def picture():
    return npy(np.load(os.path.join(EXAMPLE, "test.npy"))[:1])
