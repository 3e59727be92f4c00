// The verifier demands the whole architecture and a legal one: every later step
// takes it from here.
// RUN: sed -f %S/Inputs/tiny.sed %s | nncc-opt -o /dev/null

// RUN: not nncc-opt %s 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: undefined symbol alias id 'tiny'

// RUN: sed -f %S/Inputs/tiny.sed -e 's/array.vector = 8 : i64, //' %s | not nncc-opt 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: 'aristotle.program' op expected an integer 'array.vector' in the architecture, got none

// RUN: sed -f %S/Inputs/tiny.sed -e 's/array.vector = 8 : i64/array.vector = "8"/' %s | not nncc-opt 2>&1 | FileCheck %s --check-prefix=TEXT
// TEXT: 'aristotle.program' op expected an integer 'array.vector' in the architecture, got "8"

// RUN: sed -f %S/Inputs/tiny.sed -e 's/tap_words = 64/tap_words = 4000/' %s | not nncc-opt 2>&1 | FileCheck %s --check-prefix=RANGE
// RANGE: architecture field 'buffers.tap_words': expected 4 to 2048, got 4000

// RUN: sed -f %S/Inputs/tiny.sed -e 's/{array/{array.columns = 3 : i64, array/' %s | not nncc-opt 2>&1 | FileCheck %s --check-prefix=SURPLUS
// SURPLUS: unknown architecture field 'array.columns'

// RUN: sed -f %S/Inputs/tiny.sed -e 's/outputs = 8/outputs = 24/' %s | not nncc-opt 2>&1 | FileCheck %s --check-prefix=RULE
// RULE: illegal architecture: {{.*}}outputs{{.*}}24

aristotle.program "tiny" attributes {arch = #tiny} {
}
