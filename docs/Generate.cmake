# cmake -DOUT=folder -P docs/Generate.cmake
# Writes the pages that come from TableGen files: passes.md, generated/nn.md,
# generated/aristotle.md. -DTBLGEN= gives mlir-tblgen where it is not on PATH.
cmake_minimum_required(VERSION 3.25)
get_filename_component(root ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
if(NOT OUT)
  message(FATAL_ERROR "pass -DOUT=folder")
endif()
if(NOT EXISTS "${TBLGEN}")
  unset(TBLGEN)
  find_program(TBLGEN NAMES mlir-tblgen mlir-tblgen-22 REQUIRED)
endif()
# MLIR's own .td files lie beside the tool.
get_filename_component(tool ${TBLGEN} REALPATH)
get_filename_component(prefix ${tool} DIRECTORY)
get_filename_component(prefix ${prefix} DIRECTORY)

set(note "<!-- Generated from TableGen files: ninja update-generated-docs. -->\n")

function(generate out file)
  execute_process(
    COMMAND ${TBLGEN} ${ARGN} -I ${root}/include -I ${prefix}/include ${root}/include/nncc/${file}
    OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE "^<!-- [^\n]*-->\n+" "" text "${text}")
  string(REGEX REPLACE "[ \t]+\n" "\n" text "${text}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

foreach(dialect nn:Dialect/NN/IR/NNOps.td aristotle:Dialect/Aristotle/IR/AristotleOps.td)
  string(REPLACE ":" ";" dialect ${dialect})
  list(GET dialect 0 name)
  list(GET dialect 1 file)
  generate(text ${file} -gen-dialect-doc -dialect=${name})
  file(WRITE ${OUT}/generated/${name}.md "${note}\n${text}")
endforeach()

set(page "${note}
# Passes

`nncc` runs these parts in this order, and the passes of a part in the order that
[compiler.md](compiler.md) gives; here they are sorted by name. `nncc-opt` runs any of
them on a file.
")
foreach(part
    "On float graphs:Dialect/NN/Transforms"
    "Quantization:Quantization"
    "From layers to instructions:Conversion"
    "Scheduling:Dialect/Aristotle/Transforms")
  string(REPLACE ":" ";" part ${part})
  list(GET part 0 title)
  list(GET part 1 folder)
  generate(text ${folder}/Passes.td -gen-pass-doc)
  string(APPEND page "\n## ${title}\n\n${text}")
endforeach()
file(WRITE ${OUT}/passes.md "${page}")
