#include "codegen/program/constants.h"

#include "runtime/base/abi.h"

namespace kiln::codegen {

llvm::Constant* Constants::i32(int64_t value) {
  return llvm::ConstantInt::getSigned(llvm::Type::getInt32Ty(module_.getContext()), value);
}

llvm::Constant* Constants::i64(int64_t value) {
  return llvm::ConstantInt::getSigned(llvm::Type::getInt64Ty(module_.getContext()), value);
}

llvm::PointerType* Constants::pointer_type() {
  return llvm::PointerType::getUnqual(module_.getContext());
}

llvm::Constant* Constants::null() { return llvm::ConstantPointerNull::get(pointer_type()); }

llvm::GlobalVariable* Constants::global(llvm::Constant* value) {
  auto* variable = new llvm::GlobalVariable(module_, value->getType(), /*isConstant=*/true,
                                            llvm::GlobalValue::PrivateLinkage, value);
  variable->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
  return variable;
}

llvm::Constant* Constants::string(std::string_view text) {
  auto [found, is_new] = strings_.try_emplace(std::string(text));
  if (is_new)
    found->second = global(llvm::ConstantDataArray::getString(module_.getContext(), text));
  return found->second;
}

llvm::Constant* Constants::string_or_null(std::string_view text) {
  return text.empty() ? null() : string(text);
}

llvm::Constant* Constants::array(const std::vector<int64_t>& values) {
  if (values.empty()) return null();
  auto [found, is_new] = arrays_.try_emplace(values);
  if (is_new) {
    const std::vector<uint64_t> words(values.begin(), values.end());
    found->second = global(llvm::ConstantDataArray::get(module_.getContext(), words));
  }
  return found->second;
}

llvm::Constant* Constants::array(const std::vector<llvm::Constant*>& elements) {
  if (elements.empty()) return null();
  auto* type = llvm::ArrayType::get(elements[0]->getType(), elements.size());
  return global(llvm::ConstantArray::get(type, elements));
}

llvm::Constant* Constants::structure(std::initializer_list<llvm::Constant*> members) {
  return llvm::ConstantStruct::getAnon(module_.getContext(),
                                       llvm::ArrayRef(members.begin(), members.size()));
}

llvm::Constant* Constants::block(std::string_view bytes) {
  if (bytes.empty()) return null();
  llvm::GlobalVariable* variable =
      global(llvm::ConstantDataArray::getString(module_.getContext(), bytes, /*AddNull=*/false));
  variable->setAlignment(llvm::Align(KILN_ALIGNMENT));
  return variable;
}

}  // namespace kiln::codegen
