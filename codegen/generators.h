// Where the code generators are: Halide, LLVM and LLD.
#pragma once

namespace kiln::codegen {

/// What links //codegen:compile_without_generators chooses one of two sets of definitions for all
/// that they do, which is this_machine(), kernels/compile.h, program/emit_program.h,
/// program/checkpoint.h, program/file_layout.h and link.h:
///   //codegen:generators            they are in this program, which then takes 30 ms to start;
///   //codegen:generators_elsewhere  they are in kiln-codegen, which lies beside this program: the
///                                   first use of any hands the command over (see handover.h), so
///                                   nothing may have been printed or written before.
/// This returns where they are in this program. It is for commands that print something, or read
/// what can be read but once, before their first use.
void require_generators();

}  // namespace kiln::codegen
