#include "runtime/training/batches.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "runtime/base/file.h"
#include "runtime/data/row_conversion.h"
#include "runtime/data/value_checks.h"

namespace kiln::runtime {
namespace {

// A batch from this size on is copied by all threads: its rows come from all over main memory.
constexpr int64_t kParallelBytes = 64 << 10;

// How many rows ahead of the copy they are fetched.
constexpr int64_t kRowsAhead = 2;

struct Copy {
  std::byte* to;
  const std::byte* from;
  int64_t row_elements;
  int64_t from_row_bytes, to_row_bytes;
  const RowConversion& convert;  // none: bytes are taken as they are
  const uint32_t* order;         // null: rows in their own order
  int64_t first;
  int64_t count;
  int pieces = 1;

  void rows(int64_t begin, int64_t end) const {
    if (order == nullptr) {
      copy(to + begin * to_row_bytes, from + (first + begin) * from_row_bytes, end - begin);
      return;
    }
    for (int64_t row = begin; row < end; ++row) {
      // Shuffled rows are where no hardware prefetcher expects them. The loop stands here because
      // GCC takes a function of its own for one without effect, and drops its calls.
      const std::byte* ahead = source_row(std::min(row + kRowsAhead, end - 1));
      for (int64_t offset = 0; offset < from_row_bytes; offset += KILN_ALIGNMENT) {
        __builtin_prefetch(ahead + offset, 0, 1);
      }
      copy(to + row * to_row_bytes, source_row(row), 1);
    }
  }

  void copy(std::byte* target, const std::byte* source, int64_t row_count) const {
    if (convert) return convert(target, source, row_count * row_elements);
    std::copy_n(source, row_count * to_row_bytes, target);
  }

  const std::byte* source_row(int64_t row) const {
    return from + int64_t{order[first + row]} * from_row_bytes;
  }

  static int piece(void* copy_pointer, int index) {
    const Copy& copy = *static_cast<const Copy*>(copy_pointer);
    copy.rows(copy.count * index / copy.pieces, copy.count * (index + 1) / copy.pieces);
    return 0;
  }
};

// Numbers without visible pattern from a counter. Source: Steele, Lea, Flood: Fast splittable
// pseudorandom number generators, OOPSLA 2014 (SplitMix64).
struct SplitMix {
  uint64_t state;

  uint64_t next() {
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  /// Below `bound` < 2^32. Source: Lemire, Fast random integer generation in an interval, 2019;
  /// without the rejection step, whose bias of bound / 2^64 nobody can measure.
  uint64_t below(uint64_t bound) {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(next()) * bound) >> 64);
  }
};

}  // namespace

BatchInput::BatchInput(const Array& source, const kiln_tensor& input)
    : source_(source),
      batch_(input.dims[0]),
      row_bytes_(byte_count(input) / batch_),
      convert_(row_conversion(source, element_type_of(input))) {}

const std::byte* BatchInput::in_place(const uint32_t* order, int64_t first, int64_t count) const {
  const std::byte* rows = source_.row(first);
  const bool aligned = reinterpret_cast<uintptr_t>(rows) % KILN_ALIGNMENT == 0;
  return order == nullptr && count == batch_ && !convert_ && aligned ? rows : nullptr;
}

void BatchInput::feed(FunctionCall& call, size_t index, ThreadPool& pool, const uint32_t* order,
                      int64_t first, int64_t count) const {
  const std::byte* rows = call.runs_on_host() ? in_place(order, first, count) : nullptr;
  if (rows != nullptr) return call.use_in_place(index, rows);
  gather(call.input(index), pool, order, first, count);
}

void BatchInput::gather(std::byte* to, ThreadPool& pool, const uint32_t* order, int64_t first,
                        int64_t count) const {
  const int64_t source_bytes = source_.row_bytes();
  Copy copy{.to = to,
            .from = source_.data(),
            .row_elements = source_bytes / element_size(source_.type),
            .from_row_bytes = source_bytes,
            .to_row_bytes = row_bytes_,
            .convert = convert_,
            .order = order,
            .first = first,
            .count = count};
  if (count * row_bytes_ < kParallelBytes) {
    copy.rows(0, count);
  } else {
    copy.pieces = static_cast<int>(std::min<int64_t>(count, 2 * pool.threads()));
    pool.parallel_for(Copy::piece, &copy, 0, copy.pieces);
  }
  const std::byte* last = to + (count - 1) * row_bytes_;
  for (int64_t row = count; row % batch_ != 0; ++row)
    std::memcpy(to + row * row_bytes_, last, row_bytes_);
}

void BatchInput::read_ahead(const uint32_t* order, int64_t first, int64_t count) const {
  constexpr int64_t kLargeRow = 4096;  // a page: what the system reads at least
  const int64_t size = source_.row_bytes();
  if (size < kLargeRow) return;
  if (order == nullptr) return runtime::read_ahead(source_.row(first), count * size);
  for (int64_t i = first; i < first + count; ++i) runtime::read_ahead(source_.row(order[i]), size);
}

std::vector<uint32_t> shuffled_order(int64_t count, uint64_t seed, int epoch) {
  std::vector<uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  // The first number of the seed's stream, moved on by the epoch, starts the epoch's own stream.
  SplitMix random{SplitMix{seed}.next() + static_cast<uint64_t>(epoch)};
  random.state = random.next();
  for (int64_t i = count - 1; i > 0; --i) std::swap(order[i], order[random.below(i + 1)]);
  return order;
}

Expected<const kiln_function*> step_for(const Session& session, const char* name,
                                        const std::vector<Array>& x) {
  if (const kiln_function* step = find_step(session.model(), name, x)) return step;
  return session.function(name);
}

Status check_rows(const Array& rows, const kiln_tensor& input, bool is_x, const std::string& what) {
  const std::span<const int64_t> wanted = dims_of(input).subspan(1);
  if (rows.rank() < 1 || !same_rows(rows.row_dims(), wanted)) {
    return Diagnostic{what,
                      "has rows of shape " + shape_name(rows.row_dims()) + ", the model takes " +
                          shape_name(wanted),
                      ""};
  }
  const kiln_element_type type = element_type_of(input);
  if (rows.type != type && !(is_x && row_conversion(rows, type))) {
    return Diagnostic{
        what,
        std::string("holds ") + element_name(rows.type) + ", the model takes " + element_name(type),
        "convert the array first"};
  }
  return ok();
}

namespace {

std::string names_of(std::span<const kiln_tensor> tensors) {
  std::string names;
  for (const kiln_tensor& tensor : tensors)
    names += std::string(names.empty() ? "" : ", ") + tensor.name;
  return names;
}

/// One array for each tensor, all with `rows` rows that fit it.
Status check_arrays(const std::vector<Array>& arrays, std::span<const kiln_tensor> tensors,
                    bool are_x, int64_t rows, const char* first, const std::string& what) {
  if (arrays.size() != tensors.size()) {
    return Diagnostic{what + names_of(tensors),
                      "the model takes " + std::to_string(tensors.size()) + " arrays here, gets " +
                          std::to_string(arrays.size()),
                      ""};
  }
  for (size_t i = 0; i < arrays.size(); ++i) {
    const std::string name = what + tensors[i].name;
    if (arrays[i].rows() != rows) {
      return Diagnostic{name,
                        "has " + std::to_string(arrays[i].rows()) + " rows, " + first + " has " +
                            std::to_string(rows),
                        "row i of every array belongs to example i"};
    }
    KILN_TRY(check_rows(arrays[i], tensors[i], are_x, name));
  }
  return ok();
}

}  // namespace

Status check_whole_batches(const kiln_model& model, const kiln_function& function, int64_t rows,
                           const std::string& what) {
  if (rows % function.batch == 0 || !keeps_states(model)) return ok();
  return Diagnostic{what,
                    "has " + std::to_string(rows) + " rows, which do not fill batches of " +
                        std::to_string(function.batch) +
                        ": the model's recurrent layers keep the states of a batch's rows for "
                        "those of the next one (stateful=True)",
                    "give it a multiple of " + std::to_string(function.batch) + " rows"};
}

Status check_examples(const kiln_model& model, const kiln_function& function,
                      const Examples& examples, const std::string& what) {
  KILN_ASSIGN(const StepInputs step, step_inputs(model, function));
  const char* first = step.x[0].name;
  if (examples.empty() || examples.rows() == 0)
    return Diagnostic{what + first, "has no examples", ""};
  KILN_TRY(check_arrays(examples.x, step.x, true, examples.rows(), first, what));
  KILN_TRY(check_whole_batches(model, function, examples.rows(), what + first));
  for (size_t i = 0; i < step.x.size(); ++i)
    KILN_TRY(check_indices(examples.x[i], model.inputs[i], what + step.x[i].name));
  if (step.y.empty()) return ok();
  if (examples.y.empty()) return Diagnostic{what + names_of(step.y), "has no labels", ""};
  KILN_TRY(check_arrays(examples.y, step.y, false, examples.rows(), first, what));
  const auto outputs = labelled_outputs(model);
  for (size_t i = 0; i < outputs.size(); ++i)
    KILN_TRY(check_labels(examples.y[i], *outputs[i], what + step.y[i].name));
  if (examples.sample_weights.empty()) return ok();
  if (step.sample_weights.empty()) {
    return Diagnostic{what + "sample weights", "the model was compiled without them",
                      "compile it with sample weights"};
  }
  KILN_TRY(check_arrays(examples.sample_weights, step.sample_weights, false, examples.rows(), first,
                        what));
  for (size_t i = 0; i < step.sample_weights.size(); ++i)
    KILN_TRY(check_weights(examples.sample_weights[i], what + step.sample_weights[i].name));
  return ok();
}

}  // namespace kiln::runtime
