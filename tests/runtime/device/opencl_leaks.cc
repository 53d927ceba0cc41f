// LeakSanitizer asks for this (sanitizer/lsan_interface.h): PoCL, and the LLVM in it, do not free
// all that they have when the program ends.
extern "C" const char* __lsan_default_suppressions();  // NOLINT: the sanitizer's name
extern "C" const char* __lsan_default_suppressions() { return "leak:libpocl\nleak:libLLVM-"; }
