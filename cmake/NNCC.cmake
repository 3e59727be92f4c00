# Build helpers of this project.
#
#   nncc_add_library(NAME src... [NO_LLVM] [LINK_LIBS lib...] [DEPENDS target...])
#   nncc_add_tool(NAME src... [NO_LLVM] [LINK_LIBS lib...] [DEPENDS target...])
#   nncc_add_unittest(NAME src... [NO_LLVM] [LINK_LIBS lib...] [DEPENDS target...])
#   nncc_add_tblgen(NAME src...)      the project's TableGen tool
#   nncc_tablegen(OUT -gen-...)       like mlir_tablegen, with that tool
#   nncc_add_subdirectories(dir...)   every folder below that has a CMakeLists.txt
#
# NO_LLVM targets are compiled without LLVM's include folders and may link only
# other NO_LLVM targets: the board runtime is built from them.

include_guard(GLOBAL)

# -- Compiler and linker ------------------------------------------------------

find_program(NNCC_CCACHE ccache)
if(NNCC_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The sloppiness values are what ccache asks for before it caches compilations
  # that use a precompiled header.
  foreach(lang C CXX)
    set(CMAKE_${lang}_COMPILER_LAUNCHER
        /usr/bin/env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        ${NNCC_CCACHE})
  endforeach()
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  string(REGEX MATCH "^[0-9]+" NNCC_CLANG_MAJOR "${CMAKE_CXX_COMPILER_VERSION}")
  find_program(NNCC_LLD NAMES ld.lld-${NNCC_CLANG_MAJOR} ld.lld)
  if(NNCC_LLD)
    add_link_options(--ld-path=${NNCC_LLD})
  endif()
endif()

add_compile_options(-Wall -Wextra $<$<BOOL:${NNCC_ENABLE_WERROR}>:-Werror>)
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
                    $<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual>)
if(NNCC_ENABLE_ASSERTIONS)
  foreach(kind RELEASE RELWITHDEBINFO MINSIZEREL)
    string(REGEX REPLACE "(^| )-DNDEBUG( |$)" " " CMAKE_CXX_FLAGS_${kind} "${CMAKE_CXX_FLAGS_${kind}}")
    string(REGEX REPLACE "(^| )-DNDEBUG( |$)" " " CMAKE_C_FLAGS_${kind} "${CMAKE_C_FLAGS_${kind}}")
  endforeach()
endif()
if(NNCC_SANITIZERS)
  # MLIR and LLVM come without RTTI for our classes, so -fsanitize=vptr cannot work.
  add_compile_options(-fsanitize=${NNCC_SANITIZERS} -fno-sanitize=vptr,function
                      -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${NNCC_SANITIZERS})
endif()

# With a folder half written, the other folders of a development build still build.
option(NNCC_SKIP_MISSING_SOURCES "Warn about missing source files and build without them"
       ${NNCC_ENABLE_ASSERTIONS})
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/nncc_empty.cpp CONTENT "namespace {}\n")

# -- LLVM and MLIR ------------------------------------------------------------

# Everything a target needs to use LLVM: headers, flags and the shared libraries.
add_library(nncc_llvm_headers INTERFACE)
target_include_directories(nncc_llvm_headers SYSTEM INTERFACE
                           ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
separate_arguments(NNCC_LLVM_DEFINITIONS UNIX_COMMAND "${LLVM_DEFINITIONS}")
target_compile_options(nncc_llvm_headers INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>
  $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>
  -Wno-unused-parameter
  ${NNCC_LLVM_DEFINITIONS})
if(NNCC_SANITIZERS OR NNCC_ENABLE_ASSERTIONS)
  target_compile_options(nncc_llvm_headers INTERFACE
    "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include ${PROJECT_SOURCE_DIR}/cmake/LLVMStatistic.h>")
endif()
add_library(nncc_llvm INTERFACE)
target_link_libraries(nncc_llvm INTERFACE nncc_llvm_headers MLIR LLVM)

# One precompiled header for all targets that use MLIR. Libraries and executables
# reuse it: they are compiled with the same flags.
if(NNCC_ENABLE_PCH)
  add_library(nncc_mlir_pch OBJECT EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/nncc_empty.cpp)
  target_link_libraries(nncc_mlir_pch PRIVATE nncc_llvm_headers)
  target_precompile_headers(nncc_mlir_pch PRIVATE
    <algorithm> <cstdint> <memory> <optional> <string> <vector>
    <llvm/ADT/STLExtras.h> <llvm/ADT/SmallVector.h> <llvm/ADT/StringRef.h>
    <llvm/ADT/TypeSwitch.h> <llvm/Support/raw_ostream.h>
    <mlir/Dialect/Func/IR/FuncOps.h> <mlir/Dialect/Quant/IR/Quant.h>
    <mlir/Dialect/Quant/IR/QuantTypes.h>
    <mlir/IR/Builders.h> <mlir/IR/BuiltinAttributes.h> <mlir/IR/BuiltinOps.h>
    <mlir/IR/BuiltinTypes.h> <mlir/IR/Matchers.h> <mlir/IR/OpImplementation.h>
    <mlir/IR/PatternMatch.h> <mlir/Pass/Pass.h>)
  # A time stamp inside would make every rebuild of the header a cache miss.
  target_compile_options(nncc_mlir_pch PRIVATE
    $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
endif()

# -- Targets ------------------------------------------------------------------

# Common to libraries, tools and tests; `kind` is STATIC or EXECUTABLE. A library
# that compiles against generated headers names the generating targets in
# DEPENDS; whoever links the library waits for them too.
function(nncc_add_target kind name)
  cmake_parse_arguments(ARG "NO_LLVM" "" "LINK_LIBS;DEPENDS" ${ARGN})
  if(NNCC_SKIP_MISSING_SOURCES)
    foreach(source ${ARG_UNPARSED_ARGUMENTS})
      if(IS_ABSOLUTE ${source})
        continue()
      endif()
      # Not EXISTS: the build looks again at what a glob finds.
      file(GLOB found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source})
      if(NOT found)
        message(WARNING "${name}: no ${source} in ${CMAKE_CURRENT_SOURCE_DIR}, built without it")
        list(REMOVE_ITEM ARG_UNPARSED_ARGUMENTS ${source})
      endif()
    endforeach()
    list(APPEND ARG_UNPARSED_ARGUMENTS ${PROJECT_BINARY_DIR}/nncc_empty.cpp)
  endif()
  if(kind STREQUAL "EXECUTABLE")
    if(NNCC_SANITIZERS)
      list(APPEND ARG_UNPARSED_ARGUMENTS ${PROJECT_SOURCE_DIR}/cmake/SanitizerOptions.cpp)
    endif()
    add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
    set(scope PRIVATE)
  else()
    add_library(${name} ${kind} ${ARG_UNPARSED_ARGUMENTS})
    set(scope PUBLIC)
  endif()
  target_link_libraries(${name} ${scope} ${ARG_LINK_LIBS})
  if(ARG_NO_LLVM)
    # The runtime puts these into a shared library.
    set_target_properties(${name} PROPERTIES NNCC_NO_LLVM TRUE
                                             POSITION_INDEPENDENT_CODE ON)
    set_property(GLOBAL APPEND PROPERTY NNCC_LLVM_FREE_TARGETS ${name})
  else()
    target_link_libraries(${name} ${scope} nncc_llvm)
    if(NNCC_ENABLE_PCH)
      target_precompile_headers(${name} REUSE_FROM nncc_mlir_pch)
    endif()
  endif()
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()

function(nncc_add_library name)
  nncc_add_target(STATIC ${name} ${ARGN})
endfunction()

function(nncc_add_tool name)
  nncc_add_target(EXECUTABLE ${name} ${ARGN})
  set_property(GLOBAL APPEND PROPERTY NNCC_TOOLS ${name})
  install(TARGETS ${name} RUNTIME DESTINATION bin)
endfunction()

# GoogleTest executables lie under test/unit of the build folder with a name that
# ends in "Tests": that is how lit finds them. They are built by `check-nncc`.
function(nncc_add_unittest name)
  find_package(GTest REQUIRED)
  nncc_add_target(EXECUTABLE ${name} ${ARGN})
  target_link_libraries(${name} PRIVATE GTest::gmock GTest::gtest_main)
  string(REGEX REPLACE "(Tests|Test)$" "" stem ${name})
  set_target_properties(${name} PROPERTIES
    OUTPUT_NAME ${stem}Tests
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/test/unit)
  target_compile_definitions(${name} PRIVATE
    NNCC_SOURCE_DIR="${PROJECT_SOURCE_DIR}" NNCC_BINARY_DIR="${PROJECT_BINARY_DIR}")
  set_property(GLOBAL APPEND PROPERTY NNCC_UNITTESTS ${name})
endfunction()

# -- TableGen -----------------------------------------------------------------

# A TableGen backend needs LLVM's TableGen library, which exists only as a static
# library: such a tool links LLVM statically, and never the shared one as well.
function(nncc_add_tblgen name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE nncc_llvm_headers
    LLVMTableGen LLVMTableGenBasic LLVMTableGenCommon LLVMSupport LLVMDemangle)
  set(NNCC_TABLEGEN_TARGET ${name} CACHE INTERNAL "")
  set(NNCC_TABLEGEN_EXE $<TARGET_FILE:${name}> CACHE INTERNAL "")
  set_property(GLOBAL APPEND PROPERTY NNCC_TOOLS ${name})
endfunction()

# Usage: set(LLVM_TARGET_DEFINITIONS File.td), nncc_tablegen(File.inc -gen-x), ...,
# add_public_tablegen_target(NNCCFileIncGen).
macro(nncc_tablegen ofn)
  tablegen(NNCC ${ofn} ${ARGN})
  list(APPEND TABLEGEN_OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${ofn})
endmacro()

# -- Folders ------------------------------------------------------------------

# Adds each folder, or else those of its subfolders that have a CMakeLists.txt.
# A folder that an earlier call added is left alone.
function(nncc_add_subdirectories)
  foreach(dir ${ARGN})
    get_property(known GLOBAL PROPERTY NNCC_SUBDIRECTORIES)
    if(NOT IS_ABSOLUTE ${dir})
      set(dir ${PROJECT_SOURCE_DIR}/${dir})
    endif()
    file(GLOB_RECURSE lists CONFIGURE_DEPENDS ${dir}/CMakeLists.txt)
    if(${dir} IN_LIST known)
      continue()
    endif()
    if(EXISTS ${dir}/CMakeLists.txt)
      set_property(GLOBAL APPEND PROPERTY NNCC_SUBDIRECTORIES ${dir})
      add_subdirectory(${dir})
    elseif(IS_DIRECTORY ${dir} AND lists)
      file(GLOB children LIST_DIRECTORIES TRUE ${dir}/*)
      foreach(child ${children})
        if(IS_DIRECTORY ${child})
          nncc_add_subdirectories(${child})
        endif()
      endforeach()
    endif()
  endforeach()
endfunction()

# -- Layering -----------------------------------------------------------------

# Fails the configuration when an LLVM-free target links one that uses LLVM.
function(nncc_check_layering)
  get_property(targets GLOBAL PROPERTY NNCC_LLVM_FREE_TARGETS)
  foreach(name ${targets})
    get_target_property(libs ${name} LINK_LIBRARIES)
    foreach(lib ${libs})
      if(lib MATCHES "^(NNCC|nncc_llvm)" AND TARGET ${lib})
        get_target_property(free ${lib} NNCC_NO_LLVM)
        if(NOT free)
          message(SEND_ERROR "${name} is LLVM-free (NO_LLVM) but links ${lib}, which is not")
        endif()
      endif()
    endforeach()
  endforeach()
endfunction()
