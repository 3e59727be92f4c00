//===- GraphBranches.cpp - Import of If -----------------------------------===//
//
// Part of nncc, under the Apache License v2.0.
//
// Exporters write If where a shape decides what is computed (PyTorch's squeeze,
// for one). Shapes are known at import: the branch that is taken becomes a part
// of the graph around it, and the other one is not looked at.
//
//===----------------------------------------------------------------------===//

#include "Graph.h"

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::failure;
using llvm::LogicalResult;
using llvm::SmallVector;
using llvm::success;
using llvm::Twine;

LogicalResult GraphImporter::importIf(const onnx::NodeProto &proto) {
  SmallVector<TensorInfo *> inputs;
  for (const std::string &name : proto.input())
    inputs.push_back(name.empty() ? nullptr : lookup(name));
  auto refused = [&](const Twine &why) {
    refuse(proto, inputs, why.str(), nullptr);
    return success();
  };
  if (inputs.size() != 1 || !inputs.front())
    return refused("expected 1 input, got " + Twine(inputs.size()));
  if (inputs.front()->isRunTime())
    return refused("the condition is not a constant");
  if (inputs.front()->isUnknown()) {
    describeRefusedOutputs(proto, inputs);
    return success();
  }
  const HostTensor &condition = *inputs.front()->constant;
  if (condition.type() != onnx::TensorProto::BOOL || condition.size() != 1)
    return refused("expected a condition of one boolean, got " +
                   Twine(condition.size()) + " of " +
                   typeName(condition.type()));
  std::string taken = condition.integer(0) != 0 ? "then_branch" : "else_branch";
  const onnx::GraphProto *branch = nullptr;
  for (const onnx::AttributeProto &attribute : proto.attribute()) {
    if (attribute.name() == taken && attribute.has_g())
      branch = &attribute.g();
    else if (attribute.name() != "then_branch" &&
             attribute.name() != "else_branch")
      return refused("attribute " + quoted(attribute.name()) + " is not known");
  }
  if (!branch)
    return refused(taken + " is missing");
  if (branch->input_size() > 0)
    return refused(taken + " has inputs of its own");
  if (branch->output_size() != proto.output_size())
    return refused("expected " + Twine(proto.output_size()) + " outputs of " +
                   taken + ", got " + Twine(branch->output_size()));

  // Names within the branch are its own: another branch may have the same.
  scopes.emplace_back();
  nodeCount += branch->node_size();
  std::vector<std::string> names;
  for (const onnx::ValueInfoProto &output : branch->output())
    names.push_back(output.name());
  std::vector<size_t> branchOrder;
  if (failed(defineInitializers(*branch)) ||
      failed(orderNodes(*branch, names, branchOrder)))
    return failure();
  for (size_t index : branchOrder)
    if (failed(importNode(branch->node(static_cast<int>(index)))))
      return failure();
  std::vector<TensorInfo> results;
  results.reserve(names.size());
  for (const std::string &name : names)
    results.push_back(*lookup(name));
  scopes.pop_back();

  for (auto [name, result] : llvm::zip_equal(proto.output(), results)) {
    if (name.empty())
      continue;
    TensorInfo *output = lookup(name);
    result.name = output->name;
    *output = std::move(result);
  }
  return success();
}
