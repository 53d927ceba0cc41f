#include "runtime/training/state_archive.h"

#include <algorithm>
#include <utility>

namespace kiln::runtime {
namespace {

template <typename Value>
Array array_of(kiln_element_type type, const std::vector<Value>& values) {
  return copy_of(type, {static_cast<int64_t>(values.size())}, values.data());
}

}  // namespace

StateArchive::StateArchive(std::vector<NamedArray> arrays, std::string where)
    : arrays_(std::move(arrays)), where_(std::move(where)), restores_(true) {}

void StateArchive::enter(const std::string& prefix) { prefix_ += prefix + "/"; }

void StateArchive::leave() {
  prefix_.pop_back();
  prefix_.erase(prefix_.rfind('/') + 1);  // npos + 1 is 0
}

const Array* StateArchive::find(const std::string& name, kiln_element_type type) {
  if (!status_) return nullptr;
  const Array* array = find_array(arrays_, prefix_ + name);
  if (array != nullptr && array->type == type && array->rank() == 1) return array;
  status_ = Diagnostic{where_, "holds no state \"" + prefix_ + name + "\"",
                       "it was written with other callbacks, or by another version of kiln"};
  return nullptr;
}

template <typename Value>
void StateArchive::list(const std::string& name, kiln_element_type type,
                        std::vector<Value>& value) {
  if (!restores_) {
    arrays_.push_back({prefix_ + name, array_of(type, value)});
  } else if (const Array* array = find(name, type)) {
    const Value* first = array->as<Value>();
    value.assign(first, first + array->element_count());
  }
}

template <typename Value>
void StateArchive::scalar(const std::string& name, kiln_element_type type, Value& value) {
  std::vector<Value> values = {value};
  list(name, type, values);
  if (values.size() == 1) {
    value = values[0];
  } else if (status_) {
    status_ = Diagnostic{where_, "\"" + prefix_ + name + "\" is not one number", ""};
  }
}

void StateArchive::field(const std::string& name, bool& value) {
  auto number = static_cast<int64_t>(value);
  scalar(name, KILN_I64, number);
  value = number != 0;
}

void StateArchive::field(const std::string& name, int& value) {
  auto number = static_cast<int64_t>(value);
  scalar(name, KILN_I64, number);
  value = static_cast<int>(number);
}

void StateArchive::field(const std::string& name, int64_t& value) { scalar(name, KILN_I64, value); }

void StateArchive::field(const std::string& name, double& value) { scalar(name, KILN_F64, value); }

void StateArchive::field(const std::string& name, std::optional<double>& value) {
  std::vector<double> values;
  if (value) values.push_back(*value);
  list(name, KILN_F64, values);
  value = values.empty() ? std::nullopt : std::optional<double>(values[0]);
}

void StateArchive::field(const std::string& name, std::string& value) {
  std::vector<char> bytes(value.begin(), value.end());
  list(name, KILN_U8, bytes);
  value.assign(bytes.begin(), bytes.end());
}

void StateArchive::field(const std::string& name, std::vector<std::byte>& value) {
  list(name, KILN_U8, value);
}

void StateArchive::field(const std::string& name, std::vector<double>& value) {
  list(name, KILN_F64, value);
}

void StateArchive::field(const std::string& name, std::vector<int64_t>& value) {
  list(name, KILN_I64, value);
}

void StateArchive::field(const std::string& name, std::vector<std::string>& value) {
  // One text, a line each: names hold no line ends.
  std::string text;
  for (const std::string& line : value) text += line + "\n";
  field(name, text);
  if (!restores_ || !status_) return;
  value.clear();
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    value.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
}

}  // namespace kiln::runtime
