"""output_is_layer.py FOLDER: a network whose output is a layer of the same name."""
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

weight = numpy_helper.from_array(np.ones((8, 8, 1, 1), np.float32), "weight")
graph = helper.make_graph(
    [helper.make_node("Conv", ["input", "weight"], ["layer"], name="layer")],
    "same",
    [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 8, 4, 4])],
    [helper.make_tensor_value_info("layer", TensorProto.FLOAT, [1, 8, 4, 4])],
    [weight],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
model.ir_version = 8
os.makedirs(sys.argv[1], exist_ok=True)
onnx.save(model, os.path.join(sys.argv[1], "model.onnx"))
values = np.linspace(-1, 1, 8 * 4 * 4, dtype=np.float32).reshape(1, 8, 4, 4)
np.save(os.path.join(sys.argv[1], "input.npy"), values)
