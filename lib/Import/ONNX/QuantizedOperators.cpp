//===- QuantizedOperators.cpp - Operators on quantized tensors ------------===//
//
// Part of nncc, under the Apache License v2.0.
//
// QLinearConv and its like say the same as the operator on real numbers between
// DequantizeLinear and QuantizeLinear. They are imported as these nodes, so
// that there is one form to understand.
//
//===----------------------------------------------------------------------===//

#include "Graph.h"

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::ArrayRef;
using llvm::StringRef;
using llvm::Twine;

namespace {
/// Where the inputs of an operator are. Each quantized one is followed by its
/// scale and zero point.
struct QuantizedForm {
  StringRef name;
  bool standard; ///< of the standard domain, else com.microsoft
  StringRef op;  ///< on real numbers
  int inputs;    ///< quantized ones from input 0 on; -1: all after the result's
  int bias;      ///< int32, in units of both inputs' scales; -1: none
  int result;    ///< scale and zero point of the result
  int axis;      ///< of the second input, along which its scales are
};
} // namespace

static const QuantizedForm *findForm(const onnx::NodeProto &proto) {
  static const QuantizedForm forms[] = {
      {"QLinearConv", true, "Conv", 2, 8, 6, 0},
      {"QLinearMatMul", true, "MatMul", 2, -1, 6, 1},
      {"QLinearAdd", false, "Add", 2, -1, 6, 0},
      {"QLinearMul", false, "Mul", 2, -1, 6, 0},
      {"QLinearAveragePool", false, "AveragePool", 1, -1, 3, 0},
      {"QLinearGlobalAveragePool", false, "GlobalAveragePool", 1, -1, 3, 0},
      {"QLinearSigmoid", false, "Sigmoid", 1, -1, 3, 0},
      {"QLinearLeakyRelu", false, "LeakyRelu", 1, -1, 3, 0},
      {"QLinearSoftmax", false, "Softmax", 1, -1, 3, 0},
      {"QLinearConcat", false, "Concat", -1, -1, 0, 0},
      {"QGemm", false, "Gemm", 2, 6, 7, 1},
  };
  bool standard = isStandardDomain(proto.domain());
  if (!standard && proto.domain() != "com.microsoft")
    return nullptr;
  for (const QuantizedForm &form : forms)
    if (form.name == StringRef(proto.op_type()) && form.standard == standard)
      return &form;
  return nullptr;
}

namespace {
/// Builds the nodes that stand for one.
class Expansion {
public:
  Expansion(const onnx::NodeProto &proto) : proto(proto) {
    prefix = Node::getName(proto).str();
  }

  std::string input(int i) const {
    return i < proto.input_size() ? proto.input(i) : std::string();
  }

  /// A node of the expansion. The tensor it makes is named after `what`; the
  /// last one makes the tensor of the original node.
  onnx::NodeProto &add(StringRef op, ArrayRef<std::string> inputs,
                       const Twine &what) {
    onnx::NodeProto &node = nodes.emplace_back();
    node.set_op_type(op.str());
    node.set_name((prefix + "." + what).str());
    for (const std::string &name : inputs)
      node.add_input(name);
    node.add_output(node.name());
    return node;
  }

  std::string dequantize(int first, int axis, StringRef scale = "") {
    onnx::NodeProto &node =
        add("DequantizeLinear",
            {input(first), scale.empty() ? input(first + 1) : scale.str(),
             scale.empty() ? input(first + 2) : std::string()},
            "real" + Twine(first));
    onnx::AttributeProto &attribute = *node.add_attribute();
    attribute.set_name("axis");
    attribute.set_type(onnx::AttributeProto::INT);
    attribute.set_i(axis);
    return node.output(0);
  }

  const onnx::NodeProto &proto;
  std::string prefix;
  std::vector<onnx::NodeProto> nodes;
};
} // namespace

static bool isSet(const onnx::NodeProto &proto, StringRef name) {
  return llvm::any_of(proto.attribute(), [&](const auto &attribute) {
    return StringRef(attribute.name()) == name && attribute.i() != 0;
  });
}

bool GraphImporter::expandQuantized(const onnx::NodeProto &proto) {
  const QuantizedForm *form = findForm(proto);
  if (!form || proto.output_size() != 1 ||
      proto.input_size() < form->result + 2)
    // QGemm without a scale of its result gives real numbers.
    if (!form || form->name != "QGemm" || proto.output_size() != 1)
      return false;

  Expansion expansion(proto);
  std::vector<std::string> inputs;
  if (form->inputs < 0) {
    for (int i = form->result + 2; i + 2 < proto.input_size(); i += 3)
      inputs.push_back(expansion.dequantize(i, 0));
  } else {
    int axis = form->axis;
    if (form->name == "QGemm" && isSet(proto, "transB"))
      axis = 0;
    for (int i = 0; i < form->inputs; ++i)
      inputs.push_back(expansion.dequantize(3 * i, i == 1 ? axis : 0));
  }
  if (form->bias >= 0 && !expansion.input(form->bias).empty()) {
    std::string scale =
        expansion.add("Mul", {expansion.input(1), expansion.input(4)}, "scale")
            .output(0);
    inputs.push_back(expansion.dequantize(form->bias, 0, scale));
  }
  onnx::NodeProto &op = expansion.add(form->op, inputs, "result");
  // The layer has the name of the node.
  op.set_name(expansion.prefix);
  for (const onnx::AttributeProto &attribute : proto.attribute()) {
    // The layout of the tensors is the usual one; the opset says of Softmax
    // what the model's does.
    if ((attribute.name() == "channels_last" && attribute.i() == 0) ||
        attribute.name() == "opset")
      continue;
    *op.add_attribute() = attribute;
  }
  bool quantizes = !expansion.input(form->result).empty();
  if (quantizes)
    expansion.add("QuantizeLinear",
                  {op.output(0), expansion.input(form->result),
                   expansion.input(form->result + 1)},
                  "quantized");
  expansion.nodes.back().set_output(0, proto.output(0));

  for (onnx::NodeProto &node : expansion.nodes) {
    while (node.input_size() > 0 && node.input(node.input_size() - 1).empty())
      node.mutable_input()->RemoveLast();
    for (const std::string &name : node.input())
      used.insert(name);
    if (node.output(0) != proto.output(0) && !define(node.output(0))) {
      refusals.push_back("node " + quoted(Node::getName(proto)) + " (" +
                         proto.op_type() + "): the name " +
                         quoted(node.output(0)) + " is taken");
      return true;
    }
  }
  // A refusal of one says what is wrong; what follows it is unknown then.
  for (const onnx::NodeProto &node : expansion.nodes)
    importOperator(node);
  return true;
}

void nncc::onnx_import::printQuantizedOperators(llvm::raw_ostream &os) {
  os << "QLinearConv, QLinearMatMul and, of the domain com.microsoft, "
        "QLinearAdd, "
        "QLinearAveragePool,\nQLinearConcat, QLinearGlobalAveragePool, "
        "QLinearLeakyRelu, QLinearMul, QLinearSigmoid,\nQLinearSoftmax and "
        "QGemm "
        "are imported as the operator on real numbers between\n"
        "DequantizeLinear and QuantizeLinear, with the rules of these three.\n";
}
