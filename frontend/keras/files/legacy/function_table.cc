#include "frontend/keras/files/legacy/function_table.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "frontend/keras/files/legacy/graph.h"
#include "frontend/keras/operations/list.h"
#include "frontend/keras/operations/signature.h"

namespace kiln::keras::legacy {
namespace {

/// Keras's modules of operations, but for numpy.
std::string module_of(std::string_view op) {
  struct Module {
    std::string_view name, ops;
  };
  constexpr Module kModules[] = {
      {"core", " Cast "},
      {"math", " Rsqrt Erf Logsumexp SegmentSum "},
      {"linalg", " Norm "},
      {"nn",
       " Relu Relu6 Sigmoid LogSigmoid Silu Gelu Softplus Softsign Elu Selu LeakyRelu Softmax "
       "LogSoftmax OneHot Normalize "}};
  for (const Module& module : kModules) {
    if (module.ops.find(" " + std::string(op) + " ") != std::string_view::npos)
      return "keras.src.ops." + std::string(module.name);
  }
  return "keras.src.ops.numpy";
}

bool is_true(const Json& arguments, const char* name) {
  return arguments.value(name, Json()) == true;
}

/// `axis` of functions that take the first one without it.
bool first_axis(Json& arguments, Replacement&) {
  if (arguments.value("axis", Json()).is_null()) arguments["axis"] = 0;
  return true;
}

bool transpose_operands(Json& arguments, Replacement& result) {
  for (const auto& [operand, option] :
       {std::pair("a", "transpose_a"), std::pair("b", "transpose_b")}) {
    if (is_true(arguments, option)) {
      arguments[operand] = result.add_helper(
          "Swapaxes", {{"x", Json(arguments[operand])}, {"axis1", -2}, {"axis2", -1}});
    }
    arguments.erase(option);
  }
  return true;
}

/// Sizes of the parts become the places between them.
bool places_of_sizes(Json& arguments, Replacement&) {
  Json& sizes = arguments["num_or_size_splits"];
  if (!sizes.is_array()) return sizes.is_number_integer();
  Json places = Json::array();
  int64_t place = 0;
  for (const Json& size : sizes) {
    if (!size.is_number_integer() || size < 0) return false;
    place += size.get<int64_t>();
    places.push_back(place);
  }
  if (!places.empty()) places.erase(places.size() - 1);
  sizes = std::move(places);
  return true;
}

/// tf.reshape's shape: numbers, and at most one that follows from the data.
bool shape_of_numbers(Json& arguments, Replacement&) {
  Json& shape = arguments["shape"];
  if (shape.is_number_integer()) shape = Json::array({shape});
  if (!shape.is_array()) return false;
  for (Json& extent : shape) {
    if (extent.is_object()) extent = -1;
    if (!extent.is_number_integer()) return false;
  }
  return std::count(shape.begin(), shape.end(), -1) <= 1;
}

/// The epsilon of keras.ops.normalize is compared with the norm, tf.math.l2_normalize's with its
/// square.
bool root_of_epsilon(Json& arguments, Replacement&) {
  const Json epsilon = arguments.value("epsilon", Json(1e-12));
  if (!epsilon.is_number() || epsilon < 0.0) return false;
  arguments["epsilon"] = std::sqrt(epsilon.get<double>());
  arguments["order"] = 2;
  return arguments.value("axis", Json()).is_number_integer();
}

bool euclidean(Json& arguments, Replacement&) {
  if (arguments.value("ord", Json()) == "euclidean") arguments["ord"] = nullptr;
  return true;
}

bool lower_case_mode(Json& arguments, Replacement&) {
  Json& mode = arguments["mode"];
  if (mode.is_null()) mode = "constant";
  if (!mode.is_string()) return false;
  auto text = mode.get<std::string>();
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  mode = text;
  // Of other modes Keras takes no value.
  if (text != "constant") arguments.erase("constant_values");
  return true;
}

/// (x - y) squared.
bool difference(Json& arguments, Replacement& result) {
  arguments["x"] =
      result.add_helper("Subtract", {{"x1", Json(arguments["x"])}, {"x2", Json(arguments["y"])}});
  arguments.erase("y");
  return true;
}

/// A sum of a list, pair by pair: the last pair is the function's.
bool sum_of_list(Json& arguments, Replacement& result) {
  const Json list = arguments["inputs"];
  if (!list.is_array() || list.size() < 2) return false;
  Json sum = list[0];
  for (size_t i = 1; i + 1 < list.size(); ++i)
    sum = result.add_helper("Add", {{"x1", sum}, {"x2", list[i]}});
  arguments = {{"x", sum}, {"y", list[list.size() - 1]}};
  return true;
}

Json slice(const Json& start, const Json& stop, const Json& step) {
  return {{"class_name", "__slice__"},
          {"config", {{"start", start}, {"stop", stop}, {"step", step}}}};
}

/// {"start": 1, "stop": null, "step": null} is a slice; None and Ellipsis are as in Keras 3.
bool subscript(Json& arguments, Replacement&) {
  Json& key = arguments["slice_spec"];
  const auto modernize = [](Json& each) {
    const bool is_slice = each.is_object() && each.contains("start") && each.contains("stop");
    if (is_slice) each = slice(each["start"], each["stop"], each.value("step", Json()));
  };
  if (!key.is_array()) key = Json::array({key});
  for (Json& each : key) modernize(each);
  return true;
}

/// tf.slice: from `begin` on `size` elements, -1: all.
bool slice_of_size(Json& arguments, Replacement&) {
  const Json begin = arguments.value("begin", Json()), size = arguments.value("size", Json());
  if (!begin.is_array() || !size.is_array() || begin.size() != size.size()) return false;
  Json key = Json::array();
  for (size_t i = 0; i < begin.size(); ++i) {
    if (!begin[i].is_number_integer() || !size[i].is_number_integer()) return false;
    const auto first = begin[i].get<int64_t>(), count = size[i].get<int64_t>();
    key.push_back(slice(first, count < 0 ? Json() : Json(first + count), nullptr));
  }
  arguments = {{"input_", Json(arguments["input_"])}, {"slice_spec", std::move(key)}};
  return true;
}

/// Keras's layer does what tf.image.resize does.
bool resize(Json& arguments, Replacement& result) {
  const Json size = arguments.value("size", Json());
  const Json method = arguments.value("method", Json("bilinear"));
  const bool is_plain = size.is_array() && size.size() == 2 && size[0].is_number_integer() &&
                        size[1].is_number_integer() && !is_true(arguments, "antialias") &&
                        !is_true(arguments, "preserve_aspect_ratio");
  if (!is_plain || (method != "bilinear" && method != "nearest")) return false;
  result.add_layer(
      {{"module", "keras.layers"},
       {"class_name", "Resizing"},
       {"config",
        {{"name", result.name()},
         {"trainable", true},
         {"dtype", "float32"},
         {"height", size[0]},
         {"width", size[1]},
         {"interpolation", method}}},
       {"registered_name", nullptr},
       {"name", result.name()},
       {"inbound_nodes", {{{"args", {arguments["images"]}}, {"kwargs", Json::object()}}}}});
  return true;
}

constexpr std::string_view kReduction = "input_tensor=x axis=axis keepdims=keepdims";
constexpr std::string_view kPair = "x=x1 y=x2";

constexpr Function kFunctions[] = {
    // Arithmetic.
    {"__operators__.add", "Add", kPair},
    {"math.add", "Add", kPair},
    {"math.add_n", "Add", "inputs?null x=x1 y=x2", sum_of_list},
    {"math.subtract", "Subtract", kPair},
    {"math.multiply", "Multiply", kPair},
    {"math.scalar_mul", "Multiply", "scalar=x1 x=x2"},
    {"math.truediv", "TrueDivide", kPair},
    {"math.divide", "TrueDivide", kPair},
    {"math.divide_no_nan", "DivideNoNan", kPair},
    {"floor_div", "FloorDivide", kPair},
    {"math.floordiv", "FloorDivide", kPair},
    {"math.floormod", "Mod", kPair},
    {"math.mod", "Mod", kPair},
    {"math.pow", "Power", kPair},
    {"math.maximum", "Maximum", kPair},
    {"math.minimum", "Minimum", kPair},
    {"math.squared_difference", "Square", "x=x", difference},
    {"math.atan2", "Arctan2", "y=x1 x=x2"},
    {"nn.bias_add", "Add", "value=x1 bias=x2 data_format?null"},
    // Comparisons and logic.
    {"__operators__.eq", "Equal", "self=x1 other=x2"},
    {"__operators__.ne", "NotEqual", "self=x1 other=x2"},
    {"math.equal", "Equal", kPair},
    {"math.not_equal", "NotEqual", kPair},
    {"math.less", "Less", kPair},
    {"math.less_equal", "LessEqual", kPair},
    {"math.greater", "Greater", kPair},
    {"math.greater_equal", "GreaterEqual", kPair},
    {"math.logical_and", "LogicalAnd", kPair},
    {"math.logical_or", "LogicalOr", kPair},
    {"math.logical_xor", "LogicalXor", kPair},
    {"math.logical_not", "LogicalNot", "x=x"},
    {"__operators__.logical_and", "LogicalAnd", kPair},
    {"__operators__.logical_or", "LogicalOr", kPair},
    {"__operators__.logical_xor", "LogicalXor", kPair},
    {"__operators__.logical_not", "LogicalNot", "x=x"},
    {"where", "Where", "condition=condition x=x1 y=x2"},
    // One operand.
    {"math.abs", "Absolute", "x=x"},
    {"math.acos", "Arccos", "x=x"},
    {"math.acosh", "Arccosh", "x=x"},
    {"math.asin", "Arcsin", "x=x"},
    {"math.asinh", "Arcsinh", "x=x"},
    {"math.atan", "Arctan", "x=x"},
    {"math.atanh", "Arctanh", "x=x"},
    {"math.ceil", "Ceil", "x=x"},
    {"math.cos", "Cos", "x=x"},
    {"math.cosh", "Cosh", "x=x"},
    {"math.erf", "Erf", "x=x"},
    {"math.exp", "Exp", "x=x"},
    {"math.expm1", "Expm1", "x=x"},
    {"math.floor", "Floor", "x=x"},
    {"math.is_finite", "Isfinite", "x=x"},
    {"math.is_inf", "Isinf", "x=x"},
    {"math.is_nan", "Isnan", "x=x"},
    {"math.log", "Log", "x=x"},
    {"math.log1p", "Log1p", "x=x"},
    {"math.negative", "Negative", "x=x"},
    {"math.reciprocal", "Reciprocal", "x=x"},
    {"math.rint", "Round", "x=x"},
    {"math.round", "Round", "x=x"},
    {"math.rsqrt", "Rsqrt", "x=x"},
    {"math.sign", "Sign", "x=x"},
    {"math.sin", "Sin", "x=x"},
    {"math.sinh", "Sinh", "x=x"},
    {"math.sqrt", "Sqrt", "x=x"},
    {"math.square", "Square", "x=x"},
    {"math.tan", "Tan", "x=x"},
    {"identity", "Copy", "input=x"},
    {"cast", "Cast", "x=x dtype=dtype"},
    {"clip_by_value", "Clip", "t=x clip_value_min=x_min clip_value_max=x_max"},
    {"zeros_like", "ZerosLike", "tensor=x input=x dtype=dtype optimize?true layout?null"},
    {"ones_like", "OnesLike", "tensor=x input=x dtype=dtype optimize?true layout?null"},
    // Activations.
    {"math.sigmoid", "Sigmoid", "x=x"},
    {"math.log_sigmoid", "LogSigmoid", "x=x"},
    {"math.softplus", "Softplus", "features=x"},
    {"math.tanh", "Tanh", "x=x"},
    {"nn.elu", "Elu", "features=x"},
    {"nn.gelu", "Gelu", "features=x approximate=approximate:false"},
    {"nn.leaky_relu", "LeakyRelu", "features=x alpha=negative_slope:0.2"},
    {"nn.log_softmax", "LogSoftmax", "logits=x axis=axis"},
    {"nn.relu", "Relu", "features=x"},
    {"nn.relu6", "Relu6", "features=x"},
    {"nn.selu", "Selu", "features=x"},
    {"nn.silu", "Silu", "features=x beta?1.0"},
    {"nn.softmax", "Softmax", "logits=x axis=axis"},
    {"nn.softsign", "Softsign", "features=x"},
    {"nn.swish", "Silu", "features=x beta?1.0"},
    // Reductions.
    {"math.reduce_all", "All", kReduction},
    {"math.reduce_any", "Any", kReduction},
    {"math.reduce_euclidean_norm", "Norm", kReduction},
    {"math.reduce_logsumexp", "Logsumexp", kReduction},
    {"math.reduce_max", "Max", kReduction},
    {"math.reduce_mean", "Mean", kReduction},
    {"math.reduce_min", "Min", kReduction},
    {"math.reduce_prod", "Prod", kReduction},
    {"math.reduce_std", "Std", kReduction},
    {"math.reduce_sum", "Sum", kReduction},
    {"math.reduce_variance", "Var", kReduction},
    {"math.argmax", "Argmax", "input=x axis=axis output_type?\"int64\"", first_axis},
    {"math.argmin", "Argmin", "input=x axis=axis output_type?\"int64\"", first_axis},
    {"math.cumsum", "Cumsum", "x=x axis=axis exclusive?false reverse?false", first_axis},
    {"math.cumprod", "Cumprod", "x=x axis=axis exclusive?false reverse?false", first_axis},
    {"math.l2_normalize", "Normalize", "x=x axis=axis epsilon=epsilon order=order",
     root_of_epsilon},
    {"norm", "Norm", "tensor=x ord=ord axis=axis keepdims=keepdims", euclidean},
    // Products.
    {"linalg.matmul", "Matmul",
     "a=x1 b=x2 adjoint_a?false adjoint_b?false a_is_sparse?false b_is_sparse?false "
     "output_type?null grad_a?false grad_b?false",
     transpose_operands},
    {"tensordot", "Tensordot", "a=x1 b=x2 axes=axes"},
    // Shapes.
    {"broadcast_to", "BroadcastTo", "input=x shape=shape"},
    {"concat", "Concatenate", "values=xs axis=axis"},
    {"expand_dims", "ExpandDims", "input=x axis=axis"},
    {"pad", "Pad", "tensor=x paddings=pad_width mode=mode constant_values=constant_values",
     lower_case_mode},
    {"repeat", "Repeat", "input=x repeats=repeats axis=axis"},
    {"reshape", "Reshape", "tensor=x shape=newshape", shape_of_numbers},
    {"reverse", "Flip", "tensor=x axis=axis"},
    {"roll", "Roll", "input=x shift=shift axis=axis"},
    {"split", "Split", "value=x num_or_size_splits=indices_or_sections axis=axis:0 num?null",
     places_of_sizes},
    {"squeeze", "Squeeze", "input=x axis=axis squeeze_dims?null"},
    {"stack", "Stack", "values=x axis=axis"},
    {"tile", "Tile", "input=x multiples=repeats"},
    {"transpose", "Transpose", "a=x perm=axes conjugate?false"},
    {"unstack", "Unstack", "value=x num=num axis=axis"},
    // Elements.
    {"__operators__.getitem", "GetItem", "x=x slice_spec=key", subscript},
    {"gather", "Take", "params=x indices=indices axis=axis batch_dims?0 validate_indices?null",
     first_axis},
    {"one_hot", "OneHot",
     "indices=x depth=num_classes on_value?null off_value?null axis=axis dtype=dtype"},
    {"slice", "GetItem", "input_=x slice_spec=key", slice_of_size},
    {"image.resize", "", "images=x size? method? antialias?false preserve_aspect_ratio?false",
     resize},
};

}  // namespace

Json Replacement::add_helper(std::string_view op, const Json& arguments) {
  const std::string name = name_ + "_" + std::to_string(layers_.size());
  add(op, arguments, name);
  return tensor(Json::array({name, 0, 0}));
}

/// By the operation's signature: what is part of the call, and what of the config.
void Replacement::add(std::string_view op, const Json& arguments, const std::string& name) {
  Json config = {{"name", name}}, args = Json::array();
  for (const SignatureArgument& each : parse_signature(find_operation(op)->signature)) {
    const auto found = arguments.find(each.name);
    if (found == arguments.end()) continue;
    if (each.of_call)
      args.push_back(*found);
    else
      config[each.name] = *found;
  }
  layers_.push_back({{"module", module_of(op)},
                     {"class_name", std::string(op)},
                     {"config", std::move(config)},
                     {"registered_name", std::string(op)},
                     {"name", name},
                     {"inbound_nodes", {{{"args", std::move(args)}, {"kwargs", Json::object()}}}}});
}

std::string_view without_version(std::string_view name) {
  constexpr std::string_view kVersion = "compat.v1.";
  if (name.starts_with(kVersion)) name.remove_prefix(kVersion.size());
  return name;
}

const Function* find_function(std::string_view name) {
  for (const Function& function : kFunctions) {
    if (function.name == without_version(name)) return &function;
  }
  return nullptr;
}

}  // namespace kiln::keras::legacy
