// Convolution: https://openxla.org/stablehlo/spec#convolution
#include "ir/ops/convolution.h"

#include <algorithm>
#include <numeric>

#include "ir/ops/arithmetic.h"
#include "ir/ops/definition.h"
#include "ir/ops/errors.h"

namespace kiln::ir {

Convolution Convolution::of(const Op& op) {
  return {op.get<int64_t>("input_batch_dimension"),
          op.get<int64_t>("input_feature_dimension"),
          op.get<Integers>("input_spatial_dimensions"),
          op.get<int64_t>("kernel_input_feature_dimension"),
          op.get<int64_t>("kernel_output_feature_dimension"),
          op.get<Integers>("kernel_spatial_dimensions"),
          op.get<int64_t>("output_batch_dimension"),
          op.get<int64_t>("output_feature_dimension"),
          op.get<Integers>("output_spatial_dimensions"),
          op.get<Integers>("window_strides"),
          op.get<Integers>("padding_low"),
          op.get<Integers>("padding_high"),
          op.get<Integers>("lhs_dilation"),
          op.get<Integers>("rhs_dilation"),
          op.get<int64_t>("feature_group_count"),
          op.get<int64_t>("batch_group_count")};
}

Convolution Convolution::channels_last(size_t spatial_rank) {
  const auto rank = static_cast<int64_t>(spatial_rank);
  auto spatial_from = [&](int64_t first) {
    Integers dims(spatial_rank);
    std::iota(dims.begin(), dims.end(), first);
    return dims;
  };
  const Integers ones(spatial_rank, 1);
  const Integers zeros(spatial_rank, 0);
  return {0,    rank + 1, spatial_from(1), rank, rank + 1, spatial_from(0),
          0,    rank + 1, spatial_from(1), ones, zeros,    zeros,
          ones, ones};
}

Attributes Convolution::attributes() const {
  return {{"input_batch_dimension", input_batch},
          {"input_feature_dimension", input_feature},
          {"input_spatial_dimensions", input_spatial},
          {"kernel_input_feature_dimension", kernel_input_feature},
          {"kernel_output_feature_dimension", kernel_output_feature},
          {"kernel_spatial_dimensions", kernel_spatial},
          {"output_batch_dimension", output_batch},
          {"output_feature_dimension", output_feature},
          {"output_spatial_dimensions", output_spatial},
          {"window_strides", window_strides},
          {"padding_low", padding_low},
          {"padding_high", padding_high},
          {"lhs_dilation", lhs_dilation},
          {"rhs_dilation", rhs_dilation},
          {"feature_group_count", feature_group_count},
          {"batch_group_count", batch_group_count}};
}

std::vector<WindowDimension> Convolution::windows(const Shape& input, const Shape& kernel) const {
  std::vector<WindowDimension> windows;
  for (size_t i = 0; i < input_spatial.size(); ++i) {
    windows.push_back({input[static_cast<size_t>(input_spatial[i])],
                       kernel[static_cast<size_t>(kernel_spatial[i])], window_strides[i],
                       padding_low[i], padding_high[i], lhs_dilation[i], rhs_dilation[i]});
  }
  return windows;
}

namespace {

using Types = std::vector<Type>;
using Kind = AttributeSpec::Kind;

int64_t extent(const Type& type, int64_t dimension) {
  return type.shape[static_cast<size_t>(dimension)];
}

/// Whether the dimension numbers name each of `rank` dimensions once.
bool names_each_dimension(int64_t rank, int64_t first, int64_t second, const Integers& spatial) {
  Integers dims = spatial;
  dims.push_back(first);
  dims.push_back(second);
  std::sort(dims.begin(), dims.end());
  Integers all(static_cast<size_t>(rank));
  std::iota(all.begin(), all.end(), 0);
  return dims == all;
}

Status check_dimension_numbers(const Op& op, const Convolution& c) {
  const Type& input = op.operand(0)->type();
  const Type& kernel = op.operand(1)->type();
  if (input.rank() != kernel.rank() || input.rank() < 2) {
    return op_error(op, "input and kernel need one rank of at least 2: {} and {}",
                    input.to_string(), kernel.to_string());
  }
  if (!names_each_dimension(input.rank(), c.input_batch, c.input_feature, c.input_spatial) ||
      !names_each_dimension(input.rank(), c.kernel_input_feature, c.kernel_output_feature,
                            c.kernel_spatial) ||
      !names_each_dimension(input.rank(), c.output_batch, c.output_feature, c.output_spatial)) {
    return op_error(op,
                    "the dimension numbers of input, kernel and output must each name the {} "
                    "dimensions once",
                    input.rank());
  }
  return ok();
}

Status check_groups(const Op& op, const Convolution& c) {
  const Type& input = op.operand(0)->type();
  const Type& kernel = op.operand(1)->type();
  const int64_t features = extent(input, c.input_feature);
  const int64_t outputs = extent(kernel, c.kernel_output_feature);
  const int64_t batch = extent(input, c.input_batch);
  if (c.feature_group_count < 1 || c.batch_group_count < 1)
    return op_error(op, "group counts must be positive");
  if (c.feature_group_count > 1 && c.batch_group_count > 1)
    return op_error(op, "either features or batches are in groups, not both");
  if (features % c.feature_group_count != 0 ||
      features / c.feature_group_count != extent(kernel, c.kernel_input_feature)) {
    return op_error(op, "{} input features in {} group{} do not fit a kernel for {}", features,
                    c.feature_group_count, c.feature_group_count == 1 ? "" : "s",
                    extent(kernel, c.kernel_input_feature));
  }
  const int64_t groups = c.feature_group_count * c.batch_group_count;
  if (outputs % groups != 0)
    return op_error(op, "{} output features do not divide into {} groups", outputs, groups);
  if (batch % c.batch_group_count != 0)
    return op_error(op, "a batch of {} does not divide into {} groups", batch, c.batch_group_count);
  return ok();
}

Expected<Types> infer_convolution(const Op& op, std::span<const Type>) {
  const Type& input = op.operand(0)->type();
  const Type& kernel = op.operand(1)->type();
  if (input.element != kernel.element) return op_error(op, "operands must have one element type");
  if (input.element == ElementType::i1) return op_error(op, "does not take elements of type i1");
  const Convolution c = Convolution::of(op);
  KILN_TRY(check_dimension_numbers(op, c));
  for (const Integers* list :
       {&c.window_strides, &c.padding_low, &c.padding_high, &c.lhs_dilation, &c.rhs_dilation}) {
    if (list->size() != c.input_spatial.size()) {
      return op_error(op,
                      "needs a stride, low and high padding and dilations per spatial dimension"
                      ", {}",
                      c.input_spatial.size());
    }
  }
  KILN_TRY(check_groups(op, c));
  Shape shape(input.shape.size());
  shape[static_cast<size_t>(c.output_batch)] = extent(input, c.input_batch) / c.batch_group_count;
  shape[static_cast<size_t>(c.output_feature)] = extent(kernel, c.kernel_output_feature);
  const auto windows = c.windows(input.shape, kernel.shape);
  for (size_t i = 0; i < windows.size(); ++i) {
    if (auto problem = windows[i].problem())
      return op_error(op, "spatial dimension {}: {}", i, *problem);
    shape[static_cast<size_t>(c.output_spatial[i])] = windows[i].count();
  }
  return Types{input.with_shape(shape)};
}

/// Steps through one of the three tensors: elements between neighbours.
struct Steps {
  int64_t first;   ///< along batch; for the kernel, input features
  int64_t second;  ///< along features; for the kernel, output features
  Shape spatial;
};

Steps steps_of(const Type& type, int64_t first, int64_t second, const Integers& spatial) {
  const Shape strides = strides_of(type.shape);
  Steps steps{strides[static_cast<size_t>(first)], strides[static_cast<size_t>(second)], {}};
  for (int64_t d : spatial) steps.spatial.push_back(strides[static_cast<size_t>(d)]);
  return steps;
}

/// Number is double for floats (rounded once, at the end), int64_t for integers.
template <typename Number>
class Convolver {
 public:
  Convolver(const Op& op, std::vector<Number> input, std::vector<Number> kernel)
      : c_(Convolution::of(op)),
        input_(std::move(input)),
        kernel_(std::move(kernel)),
        input_type_(op.operand(0)->type()),
        kernel_type_(op.operand(1)->type()),
        output_type_(op.result()->type()),
        input_steps_(steps_of(input_type_, c_.input_batch, c_.input_feature, c_.input_spatial)),
        kernel_steps_(steps_of(kernel_type_, c_.kernel_input_feature, c_.kernel_output_feature,
                               c_.kernel_spatial)),
        output_steps_(
            steps_of(output_type_, c_.output_batch, c_.output_feature, c_.output_spatial)) {}

  void run(Literal& result) const {
    std::vector<Number> totals(static_cast<size_t>(output_type_.count()));
    const auto windows = c_.windows(input_type_.shape, kernel_type_.shape);
    for_each_index(window_counts(windows), [&](const Shape& position) {
      std::vector<Tap> taps;
      for_each_window_element(windows, position, [&](const Shape& offset, const Shape& index) {
        taps.push_back(
            {offset_of(index, input_steps_.spatial), offset_of(offset, kernel_steps_.spatial)});
      });
      const int64_t at = offset_of(position, output_steps_.spatial);
      for (int64_t n = 0; n < extent(output_type_, c_.output_batch); ++n) {
        for (int64_t o = 0; o < extent(output_type_, c_.output_feature); ++o)
          totals[static_cast<size_t>(at + n * output_steps_.first + o * output_steps_.second)] =
              total(taps, n, o);
      }
    });
    result.assign(totals);
  }

 private:
  /// Elements that meet: where the input's and the kernel's spatial indices lead.
  struct Tap {
    int64_t input;
    int64_t kernel;
  };

  /// The sum over the window and the input features of output feature `o` of example `n`.
  Number total(const std::vector<Tap>& taps, int64_t n, int64_t o) const {
    const int64_t outputs = extent(kernel_type_, c_.kernel_output_feature);
    const int64_t features = extent(kernel_type_, c_.kernel_input_feature);
    const int64_t feature_group = o / (outputs / c_.feature_group_count);
    const int64_t batch_group = o / (outputs / c_.batch_group_count);
    const int64_t batch = batch_group * extent(output_type_, c_.output_batch) + n;
    const int64_t input_at =
        batch * input_steps_.first + feature_group * features * input_steps_.second;
    const int64_t kernel_at = o * kernel_steps_.second;
    Number sum = 0;
    for (const Tap& tap : taps) {
      const Number* x = input_.data() + input_at + tap.input;
      const Number* w = kernel_.data() + kernel_at + tap.kernel;
      for (int64_t f = 0; f < features; ++f)
        sum = add(sum, multiply(x[f * input_steps_.second], w[f * kernel_steps_.first]));
    }
    return sum;
  }

  Convolution c_;
  std::vector<Number> input_, kernel_;
  Type input_type_, kernel_type_, output_type_;
  Steps input_steps_, kernel_steps_, output_steps_;
};

void evaluate_convolution(const Op& op, std::span<const Literal> operands,
                          std::span<Literal> results) {
  if (is_float(results[0].type().element)) {
    Convolver(op, operands[0].values(), operands[1].values()).run(results[0]);
  } else {
    Convolver(op, operands[0].integers(), operands[1].integers()).run(results[0]);
  }
}

/// A multiplication and an addition for each element of the kernel that an output feature has.
int64_t count_convolution_operations(const Op& op) {
  const Type& kernel = op.operand(1)->type();
  const int64_t outputs = extent(kernel, op.get<int64_t>("kernel_output_feature_dimension"));
  return outputs == 0 ? 0 : 2 * (kernel.count() / outputs) * op.result()->type().count();
}

}  // namespace

void add_convolution_ops(std::vector<OpDefinition>& ops) {
  ops.push_back(
      {"convolution",
       "sums of products of a kernel (right) that slides over an input (left)",
       OpClass::contraction,
       2,
       2,
       1,
       0,
       {{"input_batch_dimension", Kind::integer, true, "the input's dimension of examples"},
        {"input_feature_dimension", Kind::integer, true, "the input's dimension of channels"},
        {"input_spatial_dimensions", Kind::integers, true,
         "dimensions that the kernel slides over"},
        {"kernel_input_feature_dimension", Kind::integer, true,
         "the kernel's dimension of input channels (of one group)"},
        {"kernel_output_feature_dimension", Kind::integer, true,
         "the kernel's dimension of output channels"},
        {"kernel_spatial_dimensions", Kind::integers, true,
         "the kernel's partners of input_spatial_dimensions"},
        {"output_batch_dimension", Kind::integer, true, "the result's dimension of examples"},
        {"output_feature_dimension", Kind::integer, true, "the result's dimension of channels"},
        {"output_spatial_dimensions", Kind::integers, true,
         "the result's partners of input_spatial_dimensions"},
        {"window_strides", Kind::integers, true, "steps of the kernel, per spatial dimension"},
        {"padding_low", Kind::integers, true,
         "zeros before, per spatial dimension; negative ones crop"},
        {"padding_high", Kind::integers, true, "zeros after"},
        {"lhs_dilation", Kind::integers, true,
         "distance of the input's elements, per spatial dimension, zeros between"},
        {"rhs_dilation", Kind::integers, true, "distance of the kernel's elements"},
        {"feature_group_count", Kind::integer, true, "runs of features that do not mix"},
        {"batch_group_count", Kind::integer, true,
         "runs of the batch, each for a run of output features"}},
       infer_convolution,
       evaluate_convolution,
       {.operation_count = count_convolution_operations}});
}

}  // namespace kiln::ir
