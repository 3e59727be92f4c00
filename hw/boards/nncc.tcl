# What the boards have in common: a Vivado project with the accelerator in a block design.
#
# A board's build.tcl says what the board is and calls nncc::main:
#
#     source ../nncc.tcl
#     nncc::main {
#         name zedboard            family zynq7000       config z7020
#         part xc7z020clg484-1     board_part {pattern...}
#     }
#
# Families: zynq7000, zynqmp. Config: a name of hw/configs. The board files' presets set
# up the DDR memory and pins of the processor; the first pattern that is installed counts.
#
#     vivado -mode batch -source build.tcl -tclargs [-build FOLDER] [-out FOLDER] [-project]
#
# -build    nncc's build folder, by default build/ of the checkout: bin/nncc-arch and the
#           header of the instruction set
# -out      where the project goes; by default a folder of the board's name here
# -project  make the project only: no synthesis

namespace eval nncc {
    variable boards [file dirname [file normalize [info script]]]
    variable hw [file dirname $boards]

    # Ports of the processor by family. Two reads of the core go to ports that do not
    # share one of the memory controller: HP0 and HP1 do on zynq7000, as do HP1 and HP2
    # on zynqmp.
    variable families {
        zynq7000 {
            ip processing_system7
            control {port M_AXI_GP0 clock M_AXI_GP0_ACLK}
            clock FCLK_CLK0 reset FCLK_RESET0_N interrupt IRQ_F2P
            memory {
                m_axi_read0 {port S_AXI_HP0 clock S_AXI_HP0_ACLK segment S_AXI_HP0/HP0_DDR_LOWOCM}
                m_axi_read1 {port S_AXI_HP2 clock S_AXI_HP2_ACLK segment S_AXI_HP2/HP2_DDR_LOWOCM}
                m_axi_write {port S_AXI_HP1 clock S_AXI_HP1_ACLK segment S_AXI_HP1/HP1_DDR_LOWOCM}
            }
            widest 64
            settings {
                CONFIG.PCW_USE_M_AXI_GP0 1
                CONFIG.PCW_USE_S_AXI_HP0 1 CONFIG.PCW_S_AXI_HP0_DATA_WIDTH @width@
                CONFIG.PCW_USE_S_AXI_HP1 1 CONFIG.PCW_S_AXI_HP1_DATA_WIDTH @width@
                CONFIG.PCW_USE_S_AXI_HP2 1 CONFIG.PCW_S_AXI_HP2_DATA_WIDTH @width@
                CONFIG.PCW_FPGA0_PERIPHERAL_FREQMHZ 100
                CONFIG.PCW_USE_FABRIC_INTERRUPT 1 CONFIG.PCW_IRQ_F2P_INTR 1
            }
            automation {make_external "FIXED_IO, DDR" apply_board_preset 1 Master Disable Slave Disable}
        }
        zynqmp {
            ip zynq_ultra_ps_e
            control {port M_AXI_HPM0_FPD clock maxihpm0_fpd_aclk}
            clock pl_clk0 reset pl_resetn0 interrupt pl_ps_irq0
            memory {
                m_axi_read0 {port S_AXI_HP1_FPD clock saxihp1_fpd_aclk segment SAXIGP3/HP1_DDR_LOW}
                m_axi_read1 {port S_AXI_HP3_FPD clock saxihp3_fpd_aclk segment SAXIGP5/HP3_DDR_LOW}
                m_axi_write {port S_AXI_HP2_FPD clock saxihp2_fpd_aclk segment SAXIGP4/HP2_DDR_LOW}
            }
            widest 128
            settings {
                CONFIG.PSU__USE__M_AXI_GP0 1
                CONFIG.PSU__USE__M_AXI_GP1 0
                CONFIG.PSU__USE__M_AXI_GP2 0
                CONFIG.PSU__USE__S_AXI_GP3 1 CONFIG.PSU__SAXIGP3__DATA_WIDTH @width@
                CONFIG.PSU__USE__S_AXI_GP4 1 CONFIG.PSU__SAXIGP4__DATA_WIDTH @width@
                CONFIG.PSU__USE__S_AXI_GP5 1 CONFIG.PSU__SAXIGP5__DATA_WIDTH @width@
                CONFIG.PSU__FPGA_PL0_ENABLE 1
                CONFIG.PSU__CRL_APB__PL0_REF_CTRL__FREQMHZ 100
                CONFIG.PSU__USE__IRQ0 1
            }
            automation {apply_board_preset 1}
        }
    }
}

# -- What the checkout says ---------------------------------------------------------

proc nncc::text {path} {
    set file [open $path]
    set text [read $file]
    close $file
    return $text
}

# The number behind a key of a JSON text, where the key is there once.
proc nncc::json_number {text key} {
    if {![regexp "\"$key\"\\s*:\\s*(\[0-9\]+)" $text all number]} {
        error "no \"$key\" in the description"
    }
    return $number
}

# Where the registers are: the device tree says it to Linux, and here to Vivado.
proc nncc::registers {family} {
    variable boards
    set path [file join $boards devicetree $family.dtsi]
    if {![regexp {reg = <(?:0x0 )?(0x[0-9a-f]+) (?:0x0 )?(0x[0-9a-f]+)>} [text $path] all base size]} {
        error "$path: no reg of the registers"
    }
    return [list $base $size]
}

# Parameters of nncc_core for the device that a configuration is meant for.
proc nncc::device_parameters {config} {
    variable hw
    set path [file join $hw synth devices.json]
    set description [text $path]
    set start [string first "\"$config\"" $description]
    if {$start < 0 || ![regexp -start $start {"parameters": .([^\x7d]*)} $description all body]} {
        error "$path: no parameters for $config"
    }
    set result {}
    foreach {all name value} [regexp -all -inline {"(\w+)"\s*:\s*(\d+)} $body] {
        lappend result $name $value
    }
    return $result
}

proc nncc::sources {} {
    variable hw
    return [concat [lsort [glob [file join $hw rtl *.v]]] [list [file join $hw boards rtl nncc_board.v]]]
}

# The headers of a configuration, in `folder`.
proc nncc::headers {config build folder} {
    variable hw
    file mkdir $folder
    set tool [file join $build bin nncc-arch]
    set isa [file join $build include nncc ISA nncc_isa.vh]
    foreach path [list $tool $isa] {
        if {![file exists $path]} {
            error "$path is missing: build nncc with scripts/setup, or give its folder with -build"
        }
    }
    exec $tool --verilog [file join $hw configs $config.json] -o [file join $folder nncc_config.vh]
    file copy -force $isa $folder
    set file [open [file join $folder nncc_board.vh] w]
    puts $file "// Written by nncc.tcl from synth/devices.json, for $config."
    set parameters ""
    foreach {name value} [device_parameters $config] {
        append parameters ".${name}($value), "
    }
    puts $file "`define NNCC_BOARD_PARAMETERS $parameters"
    close $file
}

# -- The block design ----------------------------------------------------------------

proc nncc::ip {name cell} {
    set found [lsort -dictionary [get_ipdefs -filter "VLNV =~ xilinx.com:ip:$name:*"]]
    if {[llength $found] == 0} {
        error "this Vivado has no IP $name"
    }
    return [create_bd_cell -type ip -vlnv [lindex $found end] $cell]
}

# The first installed board of some patterns, or empty.
proc nncc::board_part {patterns} {
    foreach pattern $patterns {
        set found [lsort -dictionary [get_board_parts -quiet $pattern]]
        if {[llength $found] != 0} {
            return [lindex $found end]
        }
    }
    return ""
}

proc nncc::pin {path} {
    return [get_bd_pins $path]
}

proc nncc::interface {path} {
    return [get_bd_intf_pins $path]
}

# A connection of two AXI interfaces, whose widths and protocols differ.
proc nncc::connect {name from to} {
    set cell [ip smartconnect $name]
    set_property -dict [list CONFIG.NUM_SI 1 CONFIG.NUM_MI 1] $cell
    connect_bd_intf_net [interface $from] [interface $name/S00_AXI]
    connect_bd_intf_net [interface $name/M00_AXI] [interface $to]
    connect_bd_net [pin clocks/clk_out1] [pin $name/aclk]
    connect_bd_net [pin resets/interconnect_aresetn] [pin $name/aresetn]
}

# The processor `ps` with its ports.
proc nncc::processor {family width} {
    ip [dict get $family ip] ps
    set rule xilinx.com:bd_rule:[dict get $family ip]
    apply_bd_automation -rule $rule -config [dict get $family automation] [get_bd_cells ps]
    set settings [string map [list @width@ $width] [dict get $family settings]]
    set_property -dict $settings [get_bd_cells ps]
}

# The core's clock from the processor's 100 MHz, and resets that wait for it.
proc nncc::clocking {family megahertz} {
    set wizard [ip clk_wiz clocks]
    set_property -dict [list CONFIG.PRIM_SOURCE No_buffer CONFIG.PRIM_IN_FREQ 100.000 \
        CONFIG.CLKOUT1_REQUESTED_OUT_FREQ $megahertz.000 \
        CONFIG.RESET_TYPE ACTIVE_LOW CONFIG.USE_LOCKED true] $wizard
    ip proc_sys_reset resets
    connect_bd_net [pin ps/[dict get $family clock]] [pin clocks/clk_in1]
    connect_bd_net [pin ps/[dict get $family reset]] [pin clocks/resetn] [pin resets/ext_reset_in]
    connect_bd_net [pin clocks/locked] [pin resets/dcm_locked]
    connect_bd_net [pin clocks/clk_out1] [pin resets/slowest_sync_clk]
}

proc nncc::design {board width megahertz} {
    variable families
    set name [dict get $board family]
    set family [dict get $families $name]
    create_bd_design nncc
    processor $family $width
    clocking $family $megahertz

    create_bd_cell -type module -reference nncc_board core
    connect_bd_net [pin clocks/clk_out1] [pin core/aclk]
    connect_bd_net [pin resets/peripheral_aresetn] [pin core/aresetn]
    connect_bd_net [pin core/irq] [pin ps/[dict get $family interrupt]]

    set control [dict get $family control]
    connect control ps/[dict get $control port] core/s_axil
    connect_bd_net [pin clocks/clk_out1] [pin ps/[dict get $control clock]]
    lassign [registers $name] base size
    assign_bd_address -offset $base -range $size \
        -target_address_space [get_bd_addr_spaces ps/Data] [get_bd_addr_segs core/s_axil/reg0]

    dict for {port memory} [dict get $family memory] {
        connect $port core/$port ps/[dict get $memory port]
        connect_bd_net [pin clocks/clk_out1] [pin ps/[dict get $memory clock]]
        # The memory only: registers of the processor are out of the core's reach.
        assign_bd_address -target_address_space [get_bd_addr_spaces core/$port] \
            [get_bd_addr_segs ps/[dict get $memory segment]]
    }
    validate_bd_design
    save_bd_design
}

# -- The project ----------------------------------------------------------------------

proc nncc::project {board build out} {
    variable hw
    variable families
    set config [dict get $board config]
    set description [text [file join $hw configs $config.json]]
    set width [json_number $description data_bits]
    set megahertz [json_number $description megahertz]
    set widest [dict get $families [dict get $board family] widest]
    if {$width > $widest} {
        error "$config has ports of $width bits; those of [dict get $board family] have $widest"
    }
    set include [file join $out include]
    headers $config $build $include

    create_project -force nncc [file join $out project] -part [dict get $board part]
    set board_part [board_part [dict get $board board_part]]
    if {$board_part eq ""} {
        error "no board files for [dict get $board name]; install them with Vivado's board store"
    }
    set_property board_part $board_part [current_project]
    set_property target_language Verilog [current_project]
    add_files -norecurse [sources]
    set_property include_dirs [list $include] [get_filesets sources_1]
    update_compile_order -fileset sources_1

    design $board $width $megahertz
    set wrapper [make_wrapper -files [get_files nncc.bd] -top]
    add_files -norecurse $wrapper
    set_property top nncc_wrapper [get_filesets sources_1]
    update_compile_order -fileset sources_1
}

# Bitstream, hardware description (.xsa) and reports, or an error.
proc nncc::implement {out} {
    launch_runs impl_1 -to_step write_bitstream -jobs 4
    wait_on_run impl_1
    set run [get_runs impl_1]
    if {[get_property PROGRESS $run] ne "100%"} {
        error "implementation: [get_property STATUS $run]"
    }
    open_run impl_1
    report_timing_summary -file [file join $out timing.txt]
    report_utilization -hierarchical -file [file join $out utilization.txt]
    set slack [get_property STATS.WNS $run]
    if {$slack < 0} {
        error "the clock is too fast: slack $slack ns; see [file join $out timing.txt]"
    }
    write_hw_platform -fixed -include_bit -force [file join $out nncc.xsa]
}

proc nncc::main {board} {
    variable boards
    set build [file join [file dirname [file dirname $boards]] build]
    set out [file join $boards [dict get $board name] out]
    set implement 1
    set arguments $::argv
    while {[llength $arguments] != 0} {
        set arguments [lassign $arguments option]
        switch -- $option {
            -build { set arguments [lassign $arguments build] }
            -out { set arguments [lassign $arguments out] }
            -project { set implement 0 }
            default { error "unknown option $option; see nncc.tcl" }
        }
    }
    project $board [file normalize $build] [file normalize $out]
    if {$implement} {
        implement [file normalize $out]
    }
}
