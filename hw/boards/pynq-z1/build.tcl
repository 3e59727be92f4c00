# PYNQ-Z1: vivado -mode batch -source build.tcl; options in ../nncc.tcl.
source [file join [file dirname [file normalize [info script]]] .. nncc.tcl]
nncc::main {
    name pynq-z1
    family zynq7000
    config z7020
    part xc7z020clg400-1
    board_part {*:pynq-z1:part0:*}
}
