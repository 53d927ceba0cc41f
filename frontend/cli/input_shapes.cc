#include "frontend/cli/input_shapes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "frontend/keras/json/shape.h"

namespace kiln::cli {
namespace {

Diagnostic wrong(const std::string& text, const std::string& message, const std::string& note) {
  return {"--shape " + text, message, note};
}

Expected<ir::Shape> parse_extents(const std::string& text, std::string_view extents) {
  ir::Shape shape;
  while (true) {
    const std::string_view word = extents.substr(0, extents.find(','));
    int64_t extent = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), extent);
    if (error != std::errc() || end != word.data() + word.size() || extent < 1)
      return wrong(text, "is no shape", "a shape is numbers from 1 with commas: 28,28");
    shape.push_back(extent);
    if (word.size() == extents.size()) return shape;
    extents.remove_prefix(word.size() + 1);
  }
}

/// Which input a value of --shape is for.
Expected<size_t> input_of(const std::string& text, const std::vector<std::string>& names) {
  const size_t equals = text.rfind('=');
  const std::string all = fmt::format("the inputs are {}", fmt::join(names, ", "));
  if (equals == std::string::npos) {
    if (names.size() == 1) return size_t{0};
    return wrong(text, "does not say which input has this shape",
                 fmt::format("write NAME={}; {}", text, all));
  }
  const auto found = std::ranges::find(names, text.substr(0, equals));
  if (found != names.end()) return static_cast<size_t>(found - names.begin());
  return wrong(text, fmt::format("the model has no input \"{}\"", text.substr(0, equals)), all);
}

}  // namespace

Expected<std::vector<keras::InputShapes>> parse_shapes(const std::vector<std::string>& texts,
                                                       const keras::Model& model) {
  KILN_ASSIGN(const keras::InputShapes declared, keras::declared_shapes(model));
  const std::vector<std::string> names = model.input_names();
  std::vector<std::vector<ir::Shape>> by_input(names.size());
  size_t count = 1;
  for (const std::string& text : texts) {
    KILN_ASSIGN(const size_t input, input_of(text, names));
    KILN_ASSIGN(ir::Shape shape,
                parse_extents(text, std::string_view(text).substr(text.rfind('=') + 1)));
    const ir::Shape& own = declared[input];
    bool fits = own.size() == shape.size();
    for (size_t d = 0; fits && d < own.size(); ++d)
      fits = own[d] == keras::kNone || own[d] == shape[d];
    if (!fits) {
      return wrong(text,
                   fmt::format("the input \"{}\" takes {}, not {}", names[input],
                               keras::show_shape(own), keras::show_shape(shape)),
                   "the batch is not part of these shapes");
    }
    by_input[input].push_back(std::move(shape));
    count = std::max(count, by_input[input].size());
  }
  std::vector<keras::InputShapes> shapes(count);
  for (size_t i = 0; i < names.size(); ++i) {
    const size_t own = by_input[i].size();
    if (own > 1 && own < count) {
      return Diagnostic{
          "--shape",
          fmt::format("the input \"{}\" has {} shapes, another one {}", names[i], own, count),
          "give one, or as many for each"};
    }
    for (size_t s = 0; s < count; ++s)
      shapes[s].push_back(own == 0 ? ir::Shape{} : by_input[i][own == 1 ? 0 : s]);
  }
  return shapes;
}

Expected<std::vector<keras::InputShapes>> ClosingData::shapes_for(const keras::Model& model) {
  KILN_ASSIGN(model_, OpenModel::create(model));
  loader_.emplace(line_, model_->table(), images_, nullptr);
  std::vector<keras::InputShapes> shapes;
  const auto add = [&](const std::vector<runtime::NamedArray>& arrays,
                       const std::string& part) -> Status {
    if (arrays.empty()) return ok();
    KILN_ASSIGN(keras::InputShapes own, model_->closed_by(arrays, part));
    if (std::ranges::find(shapes, own) == shapes.end()) shapes.push_back(std::move(own));
    return ok();
  };
  KILN_ASSIGN(const runtime::Dataset data, loader_->read_ahead(line_.data));
  const bool fits = line_.command == runtime::Command::kFit;
  const bool tests = !data.test.empty() && line_.part != runtime::Part::kTrain;
  if (!fits && tests) KILN_TRY(add(data.test, "test "));
  KILN_TRY(add(data.train, ""));
  if (fits && !line_.validation_data.empty()) {
    KILN_ASSIGN(const runtime::Dataset validation, loader_->read_ahead(line_.validation_data));
    KILN_TRY(add(validation.train, "validation "));
  }
  KILN_TRY(add(data.test, "test "));
  return shapes;
}

}  // namespace kiln::cli
