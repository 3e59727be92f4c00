# Ultra96, V1 or V2: vivado -mode batch -source build.tcl; options in ../nncc.tcl.
source [file join [file dirname [file normalize [info script]]] .. nncc.tcl]
nncc::main {
    name ultra96
    family zynqmp
    config zu3eg
    part xczu3eg-sbva484-1-e
    board_part {*:ultra96v2:part0:* *:ultra96v1:part0:* *:ultra96:part0:*}
}
