//===- GraphOrder.cpp - Order of the nodes of an ONNX graph ---------------===//
//
// Part of nncc, under the Apache License v2.0.
//
//===----------------------------------------------------------------------===//

#include "Graph.h"

#include <queue>

using namespace nncc;
using namespace nncc::onnx_import;
using llvm::ArrayRef;
using llvm::failure;
using llvm::LogicalResult;
using llvm::StringRef;
using llvm::success;

/// What the nodes and the outputs of a graph read of the graphs around it.
static void collectFreeNames(const onnx::GraphProto &graph,
                             std::vector<StringRef> &names) {
  llvm::StringSet<> own;
  for (const onnx::TensorProto &tensor : graph.initializer())
    own.insert(tensor.name());
  for (const onnx::ValueInfoProto &input : graph.input())
    own.insert(input.name());
  for (const onnx::NodeProto &node : graph.node())
    own.insert(node.output().begin(), node.output().end());
  for (const onnx::NodeProto &node : graph.node())
    for (StringRef name : getReads(node))
      if (!own.contains(name))
        names.push_back(name);
  for (const onnx::ValueInfoProto &output : graph.output())
    if (!own.contains(output.name()))
      names.push_back(output.name());
}

std::vector<StringRef>
nncc::onnx_import::getReads(const onnx::NodeProto &node) {
  std::vector<StringRef> names;
  for (const std::string &name : node.input())
    if (!name.empty())
      names.push_back(name);
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    if (attribute.has_g())
      collectFreeNames(attribute.g(), names);
    for (const onnx::GraphProto &graph : attribute.graphs())
      collectFreeNames(graph, names);
  }
  return names;
}

LogicalResult GraphImporter::orderNodes() {
  if (failed(orderNodes(graph, outputs, order)))
    return failure();
  nodeCount = graph.node_size();
  if (options.outputs.empty())
    return success();
  std::vector<bool> needed = getNeededNodes();
  llvm::erase_if(order, [&](size_t i) { return !needed[i]; });
  // What a left-out node reads of a needed one is not used.
  used.clear();
  used.insert(outputs.begin(), outputs.end());
  for (size_t i : order)
    for (StringRef name : getReads(graph.node(static_cast<int>(i))))
      used.insert(name);
  return success();
}

LogicalResult GraphImporter::orderNodes(const onnx::GraphProto &part,
                                        ArrayRef<std::string> results,
                                        std::vector<size_t> &order) {
  size_t count = part.node_size();
  llvm::StringMap<size_t> producers;
  for (size_t i = 0; i < count; ++i)
    for (const std::string &name : part.node(i).output()) {
      if (name.empty())
        continue;
      if (!define(name))
        return error() << "tensor " << quoted(name) << ", an output of node "
                       << quoted(Node::getName(part.node(i)))
                       << ", is defined twice";
      producers[name] = i;
    }

  std::vector<std::vector<size_t>> readers(count);
  std::vector<size_t> pending(count);
  for (size_t i = 0; i < count; ++i)
    for (StringRef name : getReads(part.node(i))) {
      used.insert(name);
      if (!lookup(name))
        return error() << "node " << quoted(Node::getName(part.node(i)))
                       << " reads tensor " << quoted(name)
                       << ", which no input, initializer or node defines";
      auto producer = producers.find(name);
      if (producer == producers.end())
        continue;
      readers[producer->second].push_back(i);
      ++pending[i];
    }
  for (const std::string &output : results) {
    used.insert(output);
    if (!lookup(output))
      return error() << "graph output " << quoted(output)
                     << " is not defined by any input, initializer or node";
  }

  // A model's own order is kept where it is one.
  std::priority_queue<size_t, std::vector<size_t>, std::greater<size_t>> ready;
  for (size_t i = 0; i < count; ++i)
    if (pending[i] == 0)
      ready.push(i);
  while (!ready.empty()) {
    size_t next = ready.top();
    ready.pop();
    order.push_back(next);
    for (size_t reader : readers[next])
      if (--pending[reader] == 0)
        ready.push(reader);
  }
  if (order.size() != count)
    return reportCycle(part, pending);
  return success();
}

static llvm::StringMap<size_t> getProducers(const onnx::GraphProto &graph) {
  llvm::StringMap<size_t> producers;
  for (auto [i, node] : llvm::enumerate(graph.node()))
    for (const std::string &name : node.output())
      producers[name] = i;
  return producers;
}

std::vector<bool> GraphImporter::getNeededNodes() const {
  llvm::StringMap<size_t> producers = getProducers(graph);
  std::vector<bool> needed(graph.node_size());
  std::vector<size_t> pending;
  auto need = [&](StringRef name) {
    auto producer = producers.find(name);
    if (producer == producers.end() || needed[producer->second])
      return;
    needed[producer->second] = true;
    pending.push_back(producer->second);
  };
  for (const std::string &output : outputs)
    need(output);
  while (!pending.empty()) {
    size_t node = pending.back();
    pending.pop_back();
    for (StringRef name : getReads(graph.node(static_cast<int>(node))))
      need(name);
  }
  return needed;
}

LogicalResult GraphImporter::reportCycle(const onnx::GraphProto &part,
                                         ArrayRef<size_t> pendingInputs) {
  llvm::StringMap<size_t> producers = getProducers(part);
  // Every blocked node has a blocked producer: going backwards from any of them
  // must come round.
  size_t at = 0;
  while (pendingInputs[at] == 0)
    ++at;
  std::vector<size_t> path;
  std::vector<bool> seen(pendingInputs.size());
  while (!seen[at]) {
    seen[at] = true;
    path.push_back(at);
    for (StringRef name : getReads(part.node(static_cast<int>(at)))) {
      auto producer = producers.find(name);
      if (producer != producers.end() && pendingInputs[producer->second] > 0) {
        at = producer->second;
        break;
      }
    }
  }
  constexpr size_t kShown = 8;
  std::string names;
  size_t shown = 0;
  for (auto it = llvm::find(path, at); it != path.end() && shown < kShown;
       ++it, ++shown)
    names += (shown ? ", " : "") + quoted(Node::getName(part.node(*it)));
  return error() << "the graph has a cycle through the nodes " << names;
}
