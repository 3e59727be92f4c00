# Zedboard: vivado -mode batch -source build.tcl; options in ../nncc.tcl.
source [file join [file dirname [file normalize [info script]]] .. nncc.tcl]
nncc::main {
    name zedboard
    family zynq7000
    config z7020
    part xc7z020clg484-1
    board_part {*:zed:part0:* *:zedboard:part0:*}
}
