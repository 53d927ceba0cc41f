// Constant data of the emitted program.
#pragma once

#include <llvm/IR/Constants.h>
#include <llvm/IR/Module.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kiln::codegen {

/// Makes private constants in an LLVM module; equal strings and arrays of integers are made once.
class Constants {
 public:
  explicit Constants(llvm::Module& module) : module_(module) {}

  llvm::Constant* i32(int64_t value);
  llvm::Constant* i64(int64_t value);
  llvm::Constant* null();
  llvm::PointerType* pointer_type();

  /// A pointer to the text, with a zero after it.
  llvm::Constant* string(std::string_view text);
  /// The same, but null for an empty one.
  llvm::Constant* string_or_null(std::string_view text);
  /// A pointer to the elements; null where there are none.
  llvm::Constant* array(const std::vector<int64_t>& values);
  llvm::Constant* array(const std::vector<llvm::Constant*>& elements);
  /// A struct without a name, laid out as C does.
  llvm::Constant* structure(std::initializer_list<llvm::Constant*> members);
  /// A pointer to the bytes, aligned to KILN_ALIGNMENT; null where there are none.
  llvm::Constant* block(std::string_view bytes);
  /// A pointer to a new constant.
  llvm::GlobalVariable* global(llvm::Constant* value);

 private:
  llvm::Module& module_;
  std::map<std::string, llvm::Constant*, std::less<>> strings_;
  std::map<std::vector<int64_t>, llvm::Constant*> arrays_;
};

}  // namespace kiln::codegen
