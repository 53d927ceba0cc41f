// Definitions in C++: names, shapes, the summary.
#include "frontend/keras/model/model.h"

#include "frontend/keras/model/built_in_models.h"
#include "frontend/keras/model/graph.h"
#include "gtest/gtest.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

TEST(Model, OutputsOfOneLayerHaveNamesOfTheirOwn) {
  Sequential chain(
      {Input({4}), Dense({.units = 2, .name = "d"}), Dense({.units = 2, .name = "d_1"})});
  Model model = chain;
  model.outputs = {{1, 0}, {1, 0}, {2, 0}, {1, 0}, {2, 0}};
  EXPECT_EQ(model.output_names(), (std::vector<std::string>{"d", "d_2", "d_1", "d_3", "d_1_1"}));
}

// The text is Keras 3.15's, printed on a terminal of 80 columns.
TEST(Summary, IsKerasTable) {
  const Sequential model(
      {Input({28, 28}), Flatten(), Dense(128, "relu"), Dense(10), Activation("softmax")},
      "mnist_mlp");
  EXPECT_EQ(must(model.summary()),
            R"(Model: "mnist_mlp"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ flatten (Flatten)               │ (None, 784)            │             0 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense (Dense)                   │ (None, 128)            │       100,480 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense_1 (Dense)                 │ (None, 10)             │         1,290 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ activation (Activation)         │ (None, 10)             │             0 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 101,770 (397.54 KB)
 Trainable params: 101,770 (397.54 KB)
 Non-trainable params: 0 (0.00 B)
)");
}

TEST(Summary, WrapsLongNamesAndCountsFrozenWeights) {
  const Sequential model({Input({4}),
                          Dense({.units = 300,
                                 .name = "a_very_long_name_of_a_layer_that_does_not_fit",
                                 .trainable = false}),
                          Dense({.units = 10, .name = "a_rather_long_name_for_one"})},
                         "x");
  EXPECT_EQ(must(model.summary()),
            R"(Model: "x"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ a_very_long_name_of_a_layer_th… │ (None, 300)            │         1,500 │
│ (Dense)                         │                        │               │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ a_rather_long_name_for_one      │ (None, 10)             │         3,010 │
│ (Dense)                         │                        │               │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 4,510 (17.62 KB)
 Trainable params: 3,010 (11.76 KB)
 Non-trainable params: 1,500 (5.86 KB)
)");
}

TEST(Names, AreKerasOwn) {
  const Sequential model(
      {Input({4}), Dense(3), Dense({.units = 2, .name = "middle"}), Dense(1), Activation("relu")});
  std::vector<std::string> names;
  for (const LayerPointer& layer : model.layers) names.push_back(layer->name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"input_layer", "dense", "middle", "dense_1", "activation"}));
}

std::vector<ir::Shape> shapes_of(const Sequential& model, int64_t batch = kNone) {
  const Graph graph = must(build_graph(model, {batch, {}}));
  std::vector<ir::Shape> shapes;
  for (const auto& outputs : graph.node_outputs) shapes.push_back(outputs.at(0).shape);
  return shapes;
}

TEST(Shapes, FollowFromTheInputs) {
  EXPECT_EQ(shapes_of(Sequential({Input({3, 4}), Flatten(), Dense(5)})),
            (std::vector<ir::Shape>{{kNone, 3, 4}, {kNone, 12}, {kNone, 5}}));
  EXPECT_EQ(shapes_of(Sequential({Input({3, 4}), Dense(5)}), 8),
            (std::vector<ir::Shape>{{8, 3, 4}, {8, 3, 5}}));
  EXPECT_EQ(shapes_of(Sequential({Input({kNone, 4}), Dense(5)})),
            (std::vector<ir::Shape>{{kNone, kNone, 4}, {kNone, kNone, 5}}));
  EXPECT_EQ(shapes_of(Sequential({Input(ir::Shape{}), Flatten()})),
            (std::vector<ir::Shape>{{kNone}, {kNone, 1}}));
}

TEST(Shapes, OpenExtentsAreClosedByTheData) {
  const Sequential model({Input({kNone, 4}), Flatten()});
  const Graph graph = must(build_graph(model, {8, {{3, 4}}}));
  EXPECT_EQ(graph.node_outputs[1][0].shape, (ir::Shape{8, 12}));
  EXPECT_EQ(
      error_of(build_graph(model, {8, {{3, 5}}})),
      "error: layer \"input_layer\": takes (None, 4), not the shape (3, 5)\nnote: the batch is not "
      "part of these shapes");
}

struct Refused {
  Sequential model;
  const char* error;
};

TEST(Shapes, Errors) {
  Dense built(3);
  built.built_for = ir::Shape{kNone, 784};
  const Refused cases[] = {
      {Sequential({Input({28, 28}), Flatten(), Dense(0)}),
       "error: layer \"dense\": units must be positive, not 0"},
      {Sequential({Dense(3)}),
       "error: layer \"dense\": the model does not say what its input looks like\nnote: begin it "
       "with Input({...})"},
      {Sequential({Input({4}), Dense(3, "rellu")}),
       "error: layer \"dense\": unknown activation \"rellu\"\nnote: did you mean relu?"},
      {Sequential({Input({780}), built}),
       "error: layer \"dense\": expects 784 inputs, gets 780 from \"input_layer\""},
      {Sequential({Input(ir::Shape{}), Dense(3)}),
       "error: layer \"dense\": needs inputs of at least one dimension besides the batch, gets "
       "(None,) from \"input_layer\""},
      {Sequential({Input({4, kNone}), Dense(3)}),
       "error: layer \"dense\": needs a known number of inputs, gets (None, 4, None) from "
       "\"input_layer\""},
      {Sequential({Input({4}), Flatten("a"), Flatten("a")}),
       "error: layer \"a\": two layers have this name\nnote: names of layers are unique in a "
       "model"},
      {Sequential({Input({4}, "float16")}),
       "error: layer \"input_layer\": dtype \"float16\" is not supported for inputs\nnote: "
       "Keras would round data to it; make the model with Input(..., dtype=\"float32\"), its "
       "weights "
       "fit"},
      {Sequential({Input({4}, "uint16")}),
       "error: layer \"input_layer\": dtype \"uint16\" is not supported for inputs\nnote: use "
       "float32, float64, int64, int32, int16, int8, uint8, bool or string"},
      {Sequential({Input({0})}), "error: layer \"input_layer\": an extent of 0 holds no data"},
      {Sequential({Input({1 << 30}), Dense(int64_t{1} << 30)}),
       "error: layer \"dense\": its weight \"kernel\" of shape (1073741824, 1073741824) is too "
       "large "
       "for any machine"},
      {Sequential({Input({1 << 30, 1 << 30}), Flatten()}),
       "error: layer \"input_layer\": an output of shape (None, 1073741824, 1073741824) is too "
       "large "
       "for any machine"},
      {Sequential(std::vector<LayerPointer>{}), "error: model \"sequential\" has no layers"},
  };
  for (const Refused& refused : cases)
    EXPECT_EQ(error_of(build_graph(refused.model)), refused.error);
}

TEST(Examples, AreCompiledModels) {
  for (std::string_view name : example_names()) {
    const Model model = must(example(name));
    EXPECT_EQ(model.name, name);
    EXPECT_TRUE(model.compile_options.has_value());
  }
  EXPECT_EQ(error_of(example("mnist_mpl")),
            "error: no example model is called \"mnist_mpl\"\nnote: did you mean mnist_mlp?");
}

}  // namespace
}  // namespace kiln::keras
