#include "frontend/keras/model/summary.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "frontend/keras/json/shape.h"
#include "frontend/keras/model/graph.h"

namespace kiln::keras {
namespace {

/// Inner widths of the columns in a frame of 76, and which are set to the right.
struct Column {
  size_t width;
  bool right;
};
constexpr std::array<Column, 3> kColumns = {{{31, false}, {22, false}, {13, true}}};
using Row = std::array<std::string, 3>;

/// 100480 to "100,480".
std::string with_commas(int64_t number) {
  std::string text = std::to_string(number);
  for (int64_t at = static_cast<int64_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<size_t>(at), ",");
  return text;
}

std::string readable_bytes(int64_t bytes) {
  double size = static_cast<double>(bytes);
  for (const char* unit : {"B", "KB", "MB", "GB", "TB"}) {
    if (size < 1024) return fmt::format("{:.2f} {}", size, unit);
    size /= 1024;
  }
  return fmt::format("{:.2f} PB", size);
}

/// Breaks text between words into lines of at most `width`; a longer word loses its end.
std::vector<std::string> wrap(std::string_view text, size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    std::string word(text.substr(0, text.find(' ')));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (word.size() > width) word = word.substr(0, width - 1) + "…";
    std::string& line = lines.back();
    if (line.empty()) {
      line = word;
    } else if (line.size() + 1 + word.size() <= width) {
      line += " " + word;
    } else {
      lines.push_back(word);
    }
  }
  return lines;
}

std::string padded(const std::string& text, const Column& column) {
  constexpr std::string_view kEllipsis = "…";
  const bool cut = text.ends_with(kEllipsis);
  const size_t shown = cut ? text.size() - kEllipsis.size() + 1 : text.size();
  const std::string space(column.width - shown, ' ');
  return column.right ? space + text : text + space;
}

std::string repeat(std::string_view text, size_t count) {
  std::string result;
  for (size_t i = 0; i < count; ++i) result += text;
  return result;
}

/// A horizontal line: left end, line, crossing, right end.
std::string rule(std::string_view left, std::string_view line, std::string_view crossing,
                 std::string_view right) {
  std::string text(left);
  for (size_t c = 0; c < kColumns.size(); ++c) {
    text += repeat(line, kColumns[c].width + 2);
    text += c + 1 < kColumns.size() ? crossing : right;
  }
  return text + "\n";
}

std::string cells(const Row& row, std::string_view bar) {
  std::array<std::vector<std::string>, 3> wrapped;
  size_t height = 1;
  for (size_t c = 0; c < row.size(); ++c) {
    wrapped[c] = wrap(row[c], kColumns[c].width);
    height = std::max(height, wrapped[c].size());
  }
  std::string text;
  for (size_t line = 0; line < height; ++line) {
    text += bar;
    for (size_t c = 0; c < row.size(); ++c) {
      text += " " + padded(line < wrapped[c].size() ? wrapped[c][line] : "", kColumns[c]) + " ";
      text += bar;
    }
    text += "\n";
  }
  return text;
}

std::string table(const std::vector<Row>& rows) {
  std::string text = rule("┏", "━", "┳", "┓");
  text += cells({"Layer (type)", "Output Shape", "Param #"}, "┃");
  text += rule("┡", "━", "╇", "┩");
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i > 0) text += rule("├", "─", "┼", "┤");
    text += cells(rows[i], "│");
  }
  return text + rule("└", "─", "┴", "┘");
}

struct Size {
  int64_t count = 0;
  int64_t bytes = 0;

  void add(const ir::Type& type) {
    count += type.count();
    bytes += type.bytes();
  }
  std::string show() const {
    return fmt::format("{} ({})", with_commas(count), readable_bytes(bytes));
  }
};

std::string output_shapes(const std::vector<ir::Type>& types) {
  // Keras shows one shape as (None, 10) and several as a list.
  if (types.size() == 1) return show_shape(types[0].shape);
  std::string text;
  for (const ir::Type& type : types) text += (text.empty() ? "[" : ", ") + show_shape(type.shape);
  return text + "]";
}

}  // namespace

Expected<std::string> summarize(const Model& model) {
  KILN_ASSIGN(const Graph graph, build_graph(model));
  std::vector<Row> rows;
  Size trainable, frozen;
  std::vector<bool> seen(model.layers.size(), false);
  for (size_t i = 0; i < model.nodes.size(); ++i) {
    const size_t index = model.nodes[i].layer;
    const Layer& layer = *model.layers[index];
    // A Sequential's input is no layer of its own in Keras's eyes.
    if (seen[index] || (model.is_sequential() && layer.class_name() == "InputLayer")) continue;
    seen[index] = true;
    int64_t parameters = 0;
    for (const WeightSpec& weight : graph.weights[index]) {
      if (!weight.is_weight()) continue;
      (weight.trainable ? trainable : frozen).add(weight.type);
      parameters += weight.type.count();
    }
    rows.push_back({fmt::format("{} ({})", layer.name, layer.class_name()),
                    output_shapes(graph.node_outputs[i]), with_commas(parameters)});
  }
  const Size total{trainable.count + frozen.count, trainable.bytes + frozen.bytes};
  return fmt::format(
      "Model: \"{}\"\n{} Total params: {}\n Trainable params: {}\n Non-trainable params: {}\n",
      model.name, table(rows), total.show(), trainable.show(), frozen.show());
}

Expected<std::string> Model::summary() const { return summarize(*this); }

}  // namespace kiln::keras
