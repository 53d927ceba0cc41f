// Examples on their way into a model: a batch of rows at a time, and checked once before the first.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/abi.h"
#include "runtime/base/array.h"
#include "runtime/base/expected.h"
#include "runtime/base/thread_pool.h"
#include "runtime/data/examples.h"
#include "runtime/data/row_conversion.h"
#include "runtime/model/function_call.h"
#include "runtime/model/session.h"

namespace kiln::runtime {

/// One input of a step function, fed from the rows of an array.
class BatchInput {
 public:
  /// `source` has the rows that `input` takes (see check_rows), `input.dims[0]` of them at a time;
  /// those of an x may be of another type, from which gather() converts them (row_conversion.h).
  BatchInput(const Array& source, const kiln_tensor& input);

  /// Makes rows order[first], ..., order[first + count - 1] of the source (rows first, ... where
  /// `order` is null), 1 <= count <= batch, the next run's input `index`. The rest of the batch
  /// repeats its last row: padding must be values that a model can meet.
  void feed(FunctionCall& call, size_t index, ThreadPool& pool, const uint32_t* order,
            int64_t first, int64_t count) const;

  /// The same as an array of a batch's bytes, or of several: `count` may be more.
  void gather(std::byte* to, ThreadPool& pool, const uint32_t* order, int64_t first,
              int64_t count) const;

  int64_t row_bytes() const { return row_bytes_; }

  /// Has the rows of a batch that will be gathered later read from their file, if they are mapped
  /// from one, while a step runs. Small rows are not worth asking for.
  void read_ahead(const uint32_t* order, int64_t first, int64_t count) const;

 private:
  /// The batch where it is such as it lies in the source, else null.
  const std::byte* in_place(const uint32_t* order, int64_t first, int64_t count) const;

  Array source_;
  int64_t batch_;
  int64_t row_bytes_;  ///< of the batch
  RowConversion convert_;
};

/// The order in which an epoch visits `count` examples: a permutation that depends on nothing but
/// `seed` and `epoch`, so that training resumed at an epoch sees what it would have seen.
std::vector<uint32_t> shuffled_order(int64_t count, uint64_t seed, int epoch);

/// The session's function `name` for inputs of these rows (see find_step). An error where the model
/// has no such function.
Expected<const kiln_function*> step_for(const Session& session, const char* name,
                                        const std::vector<Array>& x);

/// Rows are what `input`, [batch, ...], takes: its element type, or where they are an x one that is
/// converted on the way, and, axes of size 1 aside, its shape. `what` names the array in the
/// Diagnostic.
Status check_rows(const Array& rows, const kiln_tensor& input, bool is_x, const std::string& what);

/// The rows fill whole batches, where recurrent layers keep the states of a batch's rows for those
/// of the next one. `what` names the rows in the Diagnostic.
Status check_whole_batches(const kiln_model& model, const kiln_function& function, int64_t rows,
                           const std::string& what);

/// The examples have all arrays that `function` takes, each of the same number of rows, at least
/// one, of the right types and shapes, and with values that the model can take (value_checks.h); see
/// check_whole_batches(), too. `what` comes before the names of arrays in the Diagnostic
/// ("validation ", or nothing).
Status check_examples(const kiln_model& model, const kiln_function& function,
                      const Examples& examples, const std::string& what);

}  // namespace kiln::runtime
