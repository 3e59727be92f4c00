//===- DamageTest.cpp - Import of damaged models --------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
// Whatever is in the file, the importer returns a module without an error, or
// no module with exactly one error. The tests damage a small model that has
// each kind of thing which the importer reads.
//
//===----------------------------------------------------------------------===//

#include "nncc/Import/ONNX/Import.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "gtest/gtest.h"

#include <cctype>
#include <limits>
#include <onnx/onnx_pb.h>
#include <random>

using namespace nncc;

namespace {

void addInts(onnx::NodeProto &node, const char *name,
             std::vector<int64_t> values) {
  onnx::AttributeProto &attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INTS);
  for (int64_t value : values)
    attribute.add_ints(value);
}

onnx::NodeProto &addNode(onnx::GraphProto &graph, const char *op,
                         std::vector<const char *> inputs, const char *output) {
  onnx::NodeProto &node = *graph.add_node();
  node.set_op_type(op);
  node.set_name(output);
  for (const char *input : inputs)
    node.add_input(input);
  node.add_output(output);
  return node;
}

onnx::TensorProto &addTensor(onnx::GraphProto &graph, const char *name,
                             std::vector<int64_t> dims, int type) {
  onnx::TensorProto &tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(type);
  for (int64_t dim : dims)
    tensor.add_dims(dim);
  return tensor;
}

/// x -> Conv -> MaxPool -> Pad -> Reshape (shape computed) -> Gemm -> y.
std::string makeModel() {
  onnx::ModelProto model;
  model.set_ir_version(7);
  model.add_opset_import()->set_version(13);
  onnx::GraphProto &graph = *model.mutable_graph();
  onnx::ValueInfoProto &input = *graph.add_input();
  input.set_name("x");
  auto &type = *input.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  for (int64_t dim : {1, 2, 6, 6})
    type.mutable_shape()->add_dim()->set_dim_value(dim);
  graph.add_output()->set_name("y");

  onnx::TensorProto &weight =
      addTensor(graph, "w", {2, 2, 3, 3}, onnx::TensorProto::FLOAT);
  weight.set_raw_data(std::string(2 * 2 * 3 * 3 * 4, '\1'));
  onnx::TensorProto &bias =
      addTensor(graph, "b", {2}, onnx::TensorProto::FLOAT);
  bias.add_float_data(1);
  bias.add_float_data(2);
  onnx::TensorProto &quantized =
      addTensor(graph, "q", {3, 18}, onnx::TensorProto::INT8);
  for (int i = 0; i < 54; ++i)
    quantized.add_int32_data(i - 27);
  addTensor(graph, "scale", {}, onnx::TensorProto::FLOAT).add_float_data(0.5f);
  addTensor(graph, "zero", {1}, onnx::TensorProto::INT64).add_int64_data(0);
  addTensor(graph, "rest", {1}, onnx::TensorProto::INT64).add_int64_data(-1);
  onnx::TensorProto &pads =
      addTensor(graph, "pads", {8}, onnx::TensorProto::INT64);
  for (int64_t pad : {0, 0, 0, 0, 0, 0, 1, 1})
    pads.add_int64_data(pad);

  addInts(addNode(graph, "Conv", {"x", "w", "b"}, "conv"), "pads",
          {1, 1, 1, 1});
  onnx::NodeProto &pool = addNode(graph, "MaxPool", {"conv"}, "pool");
  addInts(pool, "kernel_shape", {3, 3});
  addInts(pool, "strides", {3, 3});
  addNode(graph, "Pad", {"pool", "pads"}, "pad");
  addNode(graph, "Shape", {"pad"}, "shape");
  addNode(graph, "Gather", {"shape", "zero"}, "batch");
  onnx::NodeProto &concat =
      addNode(graph, "Concat", {"batch", "rest"}, "target");
  onnx::AttributeProto &axis = *concat.add_attribute();
  axis.set_name("axis");
  axis.set_type(onnx::AttributeProto::INT);
  axis.set_i(0);
  addNode(graph, "Reshape", {"pad", "target"}, "flat");
  addNode(graph, "DequantizeLinear", {"q", "scale"}, "weight");
  addNode(graph, "Transpose", {"weight"}, "turned");
  addNode(graph, "MatMul", {"flat", "turned"}, "y");
  return model.SerializeAsString();
}

class Damage : public testing::Test {
protected:
  /// True if a module came out. Checks the contract.
  bool import(llvm::StringRef bytes) {
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    int errors = 0;
    std::string text;
    mlir::ScopedDiagnosticHandler handler(
        &context, [&](mlir::Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error) {
            ++errors;
            text += diagnostic.str() + "\n";
          }
          return mlir::success();
        });
    auto module = importONNXFromMemory(bytes, "damaged.onnx", context);
    EXPECT_EQ(errors, module ? 0 : 1) << text;
    return bool(module);
  }

  const std::string model = makeModel();
};

TEST_F(Damage, None) { EXPECT_TRUE(import(model)); }

TEST_F(Damage, CutOff) {
  for (size_t length = 0; length < model.size(); ++length)
    import(llvm::StringRef(model).take_front(length));
}

TEST_F(Damage, OneByte) {
  for (size_t at = 0; at < model.size(); ++at)
    for (int value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
      std::string damaged = model;
      damaged[at] = static_cast<char>(value);
      import(damaged);
    }
}

TEST_F(Damage, OneBit) {
  for (size_t at = 0; at < model.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = model;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      import(damaged);
    }
}

TEST_F(Damage, ManyBytes) {
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = model;
    for (int i = 0; i < 4; ++i)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    import(damaged);
  }
}

TEST_F(Damage, MovedParts) {
  std::mt19937 random(2);
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = model;
    size_t from = random() % damaged.size();
    size_t to = random() % damaged.size();
    size_t length = random() % 40;
    std::string part = damaged.substr(from, length);
    if (round % 2)
      damaged.erase(from, length);
    damaged.insert(std::min(to, damaged.size()), part);
    import(damaged);
  }
}

// Values that are well formed as a message, but wrong as a model.
TEST_F(Damage, Numbers) {
  for (int64_t value : {int64_t(-1), int64_t(0), int64_t(3), int64_t(1) << 31,
                        int64_t(1) << 62, std::numeric_limits<int64_t>::min(),
                        std::numeric_limits<int64_t>::max()}) {
    onnx::ModelProto original;
    ASSERT_TRUE(original.ParseFromString(model));
    auto tryChanged = [&](llvm::function_ref<void(onnx::GraphProto &)> change) {
      onnx::ModelProto changed = original;
      change(*changed.mutable_graph());
      import(changed.SerializeAsString());
    };
    for (int t = 0; t < original.graph().initializer_size(); ++t) {
      const onnx::TensorProto &tensor = original.graph().initializer(t);
      for (int i = 0; i < tensor.dims_size(); ++i)
        tryChanged([&](onnx::GraphProto &graph) {
          graph.mutable_initializer(t)->set_dims(i, value);
        });
      for (int i = 0; i < tensor.int64_data_size(); ++i)
        tryChanged([&](onnx::GraphProto &graph) {
          graph.mutable_initializer(t)->set_int64_data(i, value);
        });
    }
    for (int n = 0; n < original.graph().node_size(); ++n)
      for (int a = 0; a < original.graph().node(n).attribute_size(); ++a) {
        tryChanged([&](onnx::GraphProto &graph) {
          graph.mutable_node(n)->mutable_attribute(a)->set_i(value);
        });
        for (int i = 0; i < original.graph().node(n).attribute(a).ints_size();
             ++i)
          tryChanged([&](onnx::GraphProto &graph) {
            graph.mutable_node(n)->mutable_attribute(a)->set_ints(i, value);
          });
      }
    for (int d = 0; d < 4; ++d)
      tryChanged([&](onnx::GraphProto &graph) {
        graph.mutable_input(0)
            ->mutable_type()
            ->mutable_tensor_type()
            ->mutable_shape()
            ->mutable_dim(d)
            ->set_dim_value(value);
      });
  }
}

// Each input of each node is each tensor: wrong types, shapes, cycles.
TEST_F(Damage, Wiring) {
  onnx::ModelProto original;
  ASSERT_TRUE(original.ParseFromString(model));
  std::vector<std::string> names = {"", "x", "missing"};
  for (const onnx::TensorProto &tensor : original.graph().initializer())
    names.push_back(tensor.name());
  for (const onnx::NodeProto &node : original.graph().node())
    names.push_back(node.output(0));
  for (int n = 0; n < original.graph().node_size(); ++n)
    for (int i = 0; i < original.graph().node(n).input_size(); ++i)
      for (const std::string &name : names) {
        onnx::ModelProto changed = original;
        changed.mutable_graph()->mutable_node(n)->set_input(i, name);
        import(changed.SerializeAsString());
      }
}

// Each node as each operator that the table has.
TEST_F(Damage, Operators) {
  std::string page;
  llvm::raw_string_ostream os(page);
  printSupportedOperators(os);
  onnx::ModelProto original;
  ASSERT_TRUE(original.ParseFromString(model));
  llvm::SmallVector<llvm::StringRef> words;
  llvm::SplitString(page, words, " |,\n.");
  int tried = 0;
  for (llvm::StringRef word : words) {
    if (word.size() < 3 || !std::isupper(word.front()))
      continue;
    ++tried;
    for (int n = 0; n < original.graph().node_size(); ++n) {
      onnx::ModelProto changed = original;
      changed.mutable_graph()->mutable_node(n)->set_op_type(word.str());
      import(changed.SerializeAsString());
      changed.mutable_graph()->mutable_node(n)->clear_attribute();
      import(changed.SerializeAsString());
    }
  }
  EXPECT_GT(tried, 50);
}

} // namespace
