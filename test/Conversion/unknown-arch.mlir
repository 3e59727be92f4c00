// RUN: not nncc-opt --nn-place=arch=nosuch %s 2>&1 | FileCheck %s
// RUN: not nncc-opt --nn-to-aristotle=arch=nosuch %s 2>&1 | FileCheck %s
// CHECK: error: {{.*}}nosuch
func.func @f() {
  return
}
