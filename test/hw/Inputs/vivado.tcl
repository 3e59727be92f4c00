# Stands for Vivado where there is none: vivado.tcl BUILD.TCL WRAPPER.V OPTIONS...
# Its commands know the cells of the design and their pins: those of nncc_board from the
# Verilog, those of the other cells from the list below. A pin has one driver, an interface
# one partner, a file exists; what is left open is an error. Any other command is unknown,
# and so an error. Prints what was connected.

set pins {
    processing_system7 {FCLK_CLK0 FCLK_RESET0_N IRQ_F2P M_AXI_GP0_ACLK
        S_AXI_HP0_ACLK S_AXI_HP1_ACLK S_AXI_HP2_ACLK}
    zynq_ultra_ps_e {pl_clk0 pl_resetn0 pl_ps_irq0 maxihpm0_fpd_aclk
        saxihp1_fpd_aclk saxihp2_fpd_aclk saxihp3_fpd_aclk}
    clk_wiz {clk_in1 resetn clk_out1 locked}
    proc_sys_reset {slowest_sync_clk ext_reset_in dcm_locked interconnect_aresetn
        peripheral_aresetn}
    smartconnect {aclk aresetn}
}
set interfaces {
    processing_system7 {M_AXI_GP0 S_AXI_HP0 S_AXI_HP1 S_AXI_HP2}
    zynq_ultra_ps_e {M_AXI_HPM0_FPD S_AXI_HP1_FPD S_AXI_HP2_FPD S_AXI_HP3_FPD}
    smartconnect {S00_AXI M00_AXI}
}
set segments {ps/S_AXI_HP0/HP0_DDR_LOWOCM ps/S_AXI_HP1/HP1_DDR_LOWOCM ps/S_AXI_HP2/HP2_DDR_LOWOCM
    ps/SAXIGP3/HP1_DDR_LOW ps/SAXIGP4/HP2_DDR_LOW ps/SAXIGP5/HP3_DDR_LOW core/s_axil/reg0}
set outputs {FCLK_CLK0 FCLK_RESET0_N pl_clk0 pl_resetn0 clk_out1 locked
    interconnect_aresetn peripheral_aresetn irq}

set argv [lassign $argv script wrapper]
set cells {}
set driven {}   ;# pin -> its driver
set joined {}   ;# interface -> its partner
set files {}

proc read_wrapper {path} {
    global pins interfaces
    set file [open $path]
    set names {}
    foreach {all name} [regexp -all -inline {(?n)^\s*(?:input|output) +wire.* (\w+),?$} [read $file]] {
        if {[regexp {^(s_axil|m_axi_[a-z0-9]+)_\w+$} $name all interface]} {
            dict lappend interfaces nncc_board $interface
        } else {
            dict lappend pins nncc_board $name
        }
    }
    close $file
    dict set interfaces nncc_board [lsort -unique [dict get $interfaces nncc_board]]
}

# "cell/name" of a kind of pin; a leading slash is Vivado's.
proc check_pin {kinds path} {
    global cells
    set path [string trimleft $path /]
    lassign [split $path /] cell name
    if {![dict exists $cells $cell]} { error "no cell of $path" }
    set kind [dict get $cells $cell]
    if {![dict exists $kinds $kind] || $name ni [dict get $kinds $kind]} { error "no pin $path of $kind" }
    return $path
}

proc create_project {args} { puts "project $args" }
proc current_project {} { return project }
proc current_fileset {} { return sources_1 }
proc get_filesets {name} { return $name }
proc update_compile_order {args} {}
proc get_ipdefs {option filter} {
    regexp {xilinx.com:ip:(\w+):} $filter all name
    return [list xilinx.com:ip:$name:9.0 xilinx.com:ip:$name:10.0]
}
proc get_board_parts {option pattern} {
    if {[info exists ::env(NO_BOARDS)]} { return {} }
    return [list [string map {:* :1.0 *: vendor:} $pattern]]
}
proc add_files {option list} {
    foreach path $list {
        if {![file exists $path]} { error "no file $path" }
        lappend ::files [file tail $path]
    }
}
proc get_files {name} { return $name }
proc make_wrapper {option files top} { return [file normalize [info script]] }
proc set_property {args} {
    if {[lindex $args 0] eq "-dict"} {
        lassign $args dict list object
        foreach {name value} $list {
            if {![string match CONFIG.* $name] || ![regexp {^[\w.]+$} $value]} { error "property $name $value" }
            puts "set $object $name $value"
        }
    } elseif {[llength $args] != 3 || [lindex $args 2] eq ""} {
        error "set_property $args"
    }
}
proc create_bd_design {name} { puts "design $name" }
proc create_bd_cell {args} {
    global cells
    set name [lindex $args end]
    if {[dict exists $cells $name]} { error "cell $name exists" }
    if {[lindex $args 1] eq "module"} {
        set kind [lindex $args 3]
    } else {
        lassign [split [lindex $args 3] :] vendor library kind version
        if {$version ne "10.0"} { error "not the newest IP: $version" }
    }
    dict set cells $name $kind
    return /$name
}
proc get_bd_cells {name} {
    if {![dict exists $::cells $name]} { error "no cell $name" }
    return /$name
}
proc apply_bd_automation {args} { puts "automation $args" }
proc get_bd_pins {path} { return /[check_pin $::pins $path] }
proc get_bd_intf_pins {path} { return /[check_pin $::interfaces $path] }
proc connect_bd_net {args} {
    global driven outputs
    set driver [lindex $args 0]
    if {[file tail $driver] ni $outputs} { error "$driver drives nothing" }
    foreach pin [lrange $args 1 end] {
        if {[file tail $pin] in $outputs} { error "$pin is an output" }
        if {[dict exists $driven $pin]} { error "$pin has two drivers" }
        dict set driven $pin $driver
        puts "net $driver $pin"
    }
}
proc connect_bd_intf_net {from to} {
    global joined
    foreach {a b} [list $from $to $to $from] {
        if {[dict exists $joined $a]} { error "$a has two partners" }
        dict set joined $a $b
    }
    puts "interface $from $to"
}
proc get_bd_addr_spaces {name} {
    if {$name ne "ps/Data"} { check_pin $::interfaces $name }
    return /$name
}
proc get_bd_addr_segs {name} {
    if {$name ni $::segments} { error "no segment $name" }
    return /$name
}
proc assign_bd_address {args} { puts "address $args" }
proc validate_bd_design {} {
    global cells pins interfaces driven joined outputs
    dict for {cell kind} $cells {
        foreach name [dict get $pins $kind] {
            if {$name ni $outputs && ![dict exists $driven /$cell/$name]} { error "$cell/$name is open" }
        }
        if {![dict exists $interfaces $kind]} { continue }
        foreach name [dict get $interfaces $kind] {
            if {![dict exists $joined /$cell/$name]} { error "$cell/$name is open" }
        }
    }
    puts valid
}
proc save_bd_design {} {}
proc launch_runs {args} { puts "run $args" }
proc wait_on_run {run} {}
proc get_runs {name} { return $name }
proc get_property {name object} {
    switch $name {
        PROGRESS { return [expr {[info exists ::env(RUN_FAILS)] ? "37%" : "100%"}] }
        STATUS { return "place_design ERROR" }
        STATS.WNS { return [expr {[info exists ::env(SLOW)] ? -0.25 : 0.125}] }
    }
    error "no property $name"
}
proc open_run {run} {}
proc report_timing_summary {option path} {}
proc report_utilization {args} {}
proc write_hw_platform {args} { puts "platform [file tail [lindex $args end]]" }

read_wrapper $wrapper
if {[catch {source $script} message]} {
    puts stderr "error: $message"
    exit 1
}
puts "files [lsort $files]"
