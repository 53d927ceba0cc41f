// Initializers: the values of a weight at the start, by Keras's names and definitions. The
// distributions are Keras's; the numbers are kiln's own (Threefry), the same on every machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "frontend/keras/json/json.h"
#include "frontend/keras/options/reference.h"
#include "ir/builder.h"
#include "runtime/base/expected.h"

namespace kiln::keras {

/// Every element is `value`.
struct ConstantRule {
  double value = 0;
};
/// Uniform in [low, high).
struct UniformRule {
  double low = -0.05;
  double high = 0.05;
};
/// Normal; truncated: redrawn beyond two standard deviations.
struct NormalRule {
  double mean = 0;
  double stddev = 0.05;
  bool truncated = false;
};
/// Variance scale / fan. Glorot, Bengio, "Understanding the difficulty of training deep feedforward
/// neural networks" (2010); He et al., "Delving deep into rectifiers" (2015).
struct VarianceScalingRule {
  double scale = 1;
  std::string mode = "fan_in";                    ///< fan_in, fan_out, fan_avg
  std::string distribution = "truncated_normal";  ///< or untruncated_normal, uniform
  /// The dimensions whose extents make the fans. Both empty: the last two, times the others.
  std::vector<int64_t> input_axes = {}, output_axes = {};
};
/// The state of a random generator, i64 [2]: a seed, and how often it has drawn. Not of Keras's
/// initializers: a layer that draws numbers has it.
struct GeneratorRule {};

/// A matrix of orthogonal rows or columns, whichever are fewer, times `gain`; all dimensions but
/// the last are its rows. Saxe et al., "Exact solutions to the nonlinear dynamics of learning in
/// deep linear neural networks" (2014).
struct OrthogonalRule {
  double gain = 1;
};

/// 1 where row and column are the same, else 0, times `gain`.
struct IdentityRule {
  double gain = 1;
};

struct Initializer {
  std::string class_name = "Zeros";  ///< Keras's
  std::variant<ConstantRule, UniformRule, NormalRule, VarianceScalingRule, OrthogonalRule,
               IdentityRule, GeneratorRule>
      rule;
  std::optional<int64_t> seed;  ///< fixes the numbers whatever the model's seed is
  bool known = true;            ///< false: no initializer has this name; check() says so
  /// Elements [first, second) of a vector are one instead: the bias of an LSTM's forget gate.
  std::pair<int64_t, int64_t> ones = {0, 0};

  Initializer() = default;
  /// By Keras's name: "GlorotUniform" or "glorot_uniform".
  Initializer(const char* name) : Initializer(std::string_view(name)) {}
  Initializer(std::string_view name);
  /// Of its class, in Keras's order.
  OptionList option_list();
};

/// Says which dimensions of a weight make the fans, where the initializer knows fans and does not say
/// it itself.
void set_fan_axes(Initializer& initializer, std::vector<int64_t> input_axes,
                  std::vector<int64_t> output_axes);

/// Whether the name is known and the parameters make sense.
Status check(const Initializer& initializer);

/// The same, for a weight of that shape.
Status check(const Initializer& initializer, const ir::Shape& shape);

/// Whether its values are drawn.
bool is_random(const Initializer& initializer);

/// From a name, or from Keras's {"class_name": ..., "config": ...}. `where` opens the errors.
Expected<Initializer> read_initializer(const Json& json, const std::string& where);
Json write_initializer(const Initializer& initializer);

/// Every class with its options.
std::vector<ClassReference> initializer_reference();

/// As an option.
const ObjectKind& object_kind(const Initializer*);

}  // namespace kiln::keras
