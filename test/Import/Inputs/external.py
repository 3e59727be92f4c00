"""Models whose weights are in other files.

    external.py FOLDER

writes FOLDER/inside.onnx with its weights in it; FOLDER/model/outside.onnx, the same
with the weights in FOLDER/model/data/weights.bin; and models beside it whose locations,
offsets and lengths are wrong.
"""

import os
import shutil
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def network():
    rng = np.random.default_rng(5)
    arrays = {
        "w": rng.normal(0, 1, (4, 3, 3, 3)).astype(np.float32),
        "b": rng.normal(0, 1, 4).astype(np.float32),
    }
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w", "b"], ["y"], name="conv")],
        "external",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)


def main():
    folder = sys.argv[1]
    shutil.rmtree(folder, ignore_errors=True)
    inner = os.path.join(folder, "model")
    os.makedirs(os.path.join(inner, "data"))
    plain = network()
    onnx.save(plain, os.path.join(folder, "inside.onnx"))

    weights = b"".join(t.raw_data for t in plain.graph.initializer)
    padding = b"\xff" * 12
    # Where a file must not be read from: beside the model's folder, and a pipe.
    for path in ("data/weights.bin", "../beside.bin"):
        with open(os.path.join(inner, path), "wb") as file:
            file.write(padding + weights)
    os.symlink("../beside.bin", os.path.join(inner, "link.bin"))
    os.symlink("data/weights.bin", os.path.join(inner, "inner-link.bin"))
    os.symlink("..", os.path.join(inner, "up"))
    os.mkfifo(os.path.join(inner, "pipe.bin"))

    def save(name, location="data/weights.bin", offset=12, length=432, extra=(), bias=True):
        """The weight as told; the bias as it is right, or inside the model."""
        model = network()
        weight = model.graph.initializer[0]
        entries = [("location", location), ("offset", offset), ("length", length), *extra]
        tensors = [(weight, entries)]
        if bias:
            right = [("location", location), ("offset", 12 + 432), ("length", 16)]
            tensors.append((model.graph.initializer[1], right))
        for tensor, pairs in tensors:
            tensor.ClearField("raw_data")
            tensor.data_location = TensorProto.EXTERNAL
            for key, value in pairs:
                if value is not None:
                    tensor.external_data.add(key=key, value=str(value))
        with open(os.path.join(inner, name + ".onnx"), "wb") as file:
            file.write(model.SerializeToString())

    save("outside")
    save("no-length", length=None)
    save("checksum", extra=[("checksum", "0")])
    save("inner-link", "inner-link.bin")
    # By the library that others use to write and read such models.
    onnx.save_model(
        network(), os.path.join(inner, "saved.onnx"), save_as_external_data=True,
        all_tensors_to_one_file=True, location="saved.bin", size_threshold=0,
    )

    absolute = os.path.abspath(os.path.join(inner, "data", "weights.bin"))
    save("absolute", absolute, bias=False)
    save("parent", "../beside.bin", bias=False)
    save("hidden-parent", "data/../../beside.bin", bias=False)
    save("link", "link.bin", bias=False)
    save("link-folder", "up/beside.bin", bias=False)
    save("missing", "none.bin", bias=False)
    save("folder", "data", bias=False)
    save("pipe", "pipe.bin", bias=False)
    save("no-location", None, bias=False)
    save("empty-location", "", bias=False)
    save("offset-beyond", offset=461, bias=False)
    save("offset-huge", offset=2**64 - 1, bias=False)
    save("offset-wraps", offset=2**64, bias=False)
    save("offset-negative", offset=-1, bias=False)
    save("cut-off", offset=30, bias=False)
    save("length-short", length=428, bias=False)
    save("unknown-entry", extra=[("colour", "red")], bias=False)

    # A terabyte by its shape: refused by the file's size, before memory is taken.
    model = network()
    weight = model.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.dims[:] = [2**28, 1, 1, 1]
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="data/weights.bin")
    onnx_bytes = model.SerializeToString()
    with open(os.path.join(inner, "huge.onnx"), "wb") as file:
        file.write(onnx_bytes)

    # Many tensors over the same bytes.
    model = network()
    for i in range(40):
        tensor = model.graph.initializer.add(name=f"k{i}", data_type=TensorProto.FLOAT, dims=[115])
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="data/weights.bin")
    with open(os.path.join(inner, "many.onnx"), "wb") as file:
        file.write(model.SerializeToString())

    # In an attribute.
    model = network()
    node = model.graph.node.add(op_type="Constant", name="constant", output=["k"])
    tensor = TensorProto(data_type=TensorProto.FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="data/weights.bin")
    node.attribute.add(name="value", type=onnx.AttributeProto.TENSOR).t.CopyFrom(tensor)
    with open(os.path.join(inner, "attribute.onnx"), "wb") as file:
        file.write(model.SerializeToString())


if __name__ == "__main__":
    main()
