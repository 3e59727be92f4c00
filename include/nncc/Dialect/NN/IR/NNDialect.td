//===- NNDialect.td - The nn dialect -----------------------*- tablegen -*-===//
//
// Part of nncc, under the Apache License v2.0.
//
// Definition of the `nn` dialect, its type constraints and its op base class.
//
//===----------------------------------------------------------------------===//

#ifndef NNCC_DIALECT_NN_IR_NNDIALECT_TD
#define NNCC_DIALECT_NN_IR_NNDIALECT_TD

include "mlir/IR/OpBase.td"

def NN_Dialect : Dialect {
  let name = "nn";
  let cppNamespace = "::nncc::nn";
  let summary = "Neural network graphs on statically shaped NCHW tensors";
  let description = [{
    The `nn` dialect is the graph level of the compiler: one op per layer, on
    tensors whose shapes are known. Feature maps are `[N, C, H, W]`, flat
    vectors `[N, K]`.

    The same ops carry a float graph and its quantized form. In the float graph
    elements are `f32`; after quantization they are `!quant.uniform` with 8-bit
    storage, weights are symmetric per output channel, and biases are plain
    `i32` in the scale of the accumulator. Which of the two an op is, its
    operand types say; there is no second set of ops.

    An op's location is the name of the model's node it came from. Passes that
    fuse ops keep the location of the op that defined the surviving result.
  }];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
  let hasConstantMaterializer = 1;
  let useDefaultAttributePrinterParser = 1;
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// A value of MLIR's quant dialect: what the real number is and how it is kept.
def NN_QuantizedType
    : Type<CPred<"::llvm::isa<::mlir::quant::QuantizedType>($_self)">,
           "quantized type">;

/// Every extent is known and at least one.
def NN_HasPositiveStaticShape
    : And<[HasStaticShapePred,
           CPred<"::llvm::all_of(::llvm::cast<::mlir::ShapedType>($_self)"
                 ".getShape(), [](int64_t d) { return d > 0; })">]>;

class NN_TensorOf<list<Type> elements, string summary>
    : RankedTensorOf<elements, [NN_HasPositiveStaticShape], summary>;

def NN_Tensor : NN_TensorOf<[F32, NN_QuantizedType],
    "statically shaped tensor of f32 or quantized values">;
def NN_FloatTensor : NN_TensorOf<[F32], "statically shaped tensor of f32 values">;
def NN_BiasTensor : NN_TensorOf<[F32, I32],
    "statically shaped tensor of f32 or i32 values">;
def NN_IndexTensor : NN_TensorOf<[I64], "statically shaped tensor of i64 values">;
def NN_AnyTensor : NN_TensorOf<[F32, NN_QuantizedType, AnyInteger],
    "statically shaped tensor of f32, quantized or integer values">;

/// Values held in place. A resource handle is not accepted: passes read the
/// elements.
def NN_DenseAttr
    : ElementsAttrBase<CPred<"::llvm::isa<::mlir::DenseElementsAttr>($_self)">,
                       "dense elements attribute"> {
  let storageType = "::mlir::DenseElementsAttr";
  let returnType = "::mlir::DenseElementsAttr";
  let convertFromStorage = "$_self";
}

//===----------------------------------------------------------------------===//
// Op base class
//===----------------------------------------------------------------------===//

class NN_Op<string mnemonic, list<Trait> traits = []>
    : Op<NN_Dialect, mnemonic, traits>;

#endif // NNCC_DIALECT_NN_IR_NNDIALECT_TD
