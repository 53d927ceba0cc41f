// What layers say about options and inputs that do not suit them, from C++ and from files.
#include <nlohmann/json.hpp>

#include "frontend/keras/layers/layers.h"
#include "frontend/keras/layers/list.h"
#include "gtest/gtest.h"
#include "tests/frontend/evaluate.h"

namespace kiln::keras {
namespace {

/// The error of a layer on inputs of those shapes.
std::string error(const Layer& layer, const std::vector<ir::Shape>& shapes) {
  std::vector<LayerInput> inputs;
  for (const ir::Shape& shape : shapes)
    inputs.push_back({{ir::ElementType::f32, shape}, "x" + std::to_string(inputs.size())});
  return error_of(layer.build(inputs));
}

TEST(LayerErrors, Crossings) {
  const std::vector<LayerInput> integers(2, {{ir::ElementType::i32, {kNone, 1}}, "x"});
  const std::vector<LayerInput> rows = {integers[0], {{ir::ElementType::i32, {kNone, 2}}, "y"}};
  EXPECT_EQ(error_of(HashedCrossing({.num_bins = 3}).build(rows)),
            "error: needs inputs of (batch,) or (batch, 1), gets (None, 2) from \"y\"");
  EXPECT_EQ(error_of(HashedCrossing({.num_bins = 0}).build(integers)),
            "error: num_bins is 0\nnote: give at least one, and no more than an int32 counts");
  EXPECT_EQ(error_of(HashedCrossing({.num_bins = 3, .output_mode = "count"}).build(integers)),
            "error: output_mode \"count\" is not supported\nnote: use int or one_hot");
  const std::vector<LayerInput> ranks = {integers[0], {{ir::ElementType::i32, {kNone}}, "y"}};
  EXPECT_EQ(error_of(HashedCrossing({.num_bins = 3}).build(ranks)),
            "error: crosses inputs of one shape, gets (None, 1) from \"x\" and (None,) from "
            "\"y\"");
}

TEST(LayerErrors, Axes) {
  EXPECT_EQ(error(BatchNormalization({.axis = 2}), {{kNone, 4}}),
            "error: axis 2 is not in inputs of 2 dimensions");
  EXPECT_EQ(error(BatchNormalization({.axis = 0}), {{kNone, 4}}), "error: axis 0 is the batch");
  EXPECT_EQ(error(BatchNormalization(), {{kNone, 4, kNone}}),
            "error: needs a known extent along axis 2, gets (None, 4, None) from \"x0\"");
  EXPECT_EQ(
      error(LayerNormalization({.axis = {2, 1}}), {{kNone, 4, 3}}),
      "error: axis 1 follows axis 2\nnote: list axes once each, in increasing order, all from "
      "the start or all from the end");
  EXPECT_EQ(error(GroupNormalization({.groups = 3}), {{kNone, 4}}),
            "error: 4 channels do not make 3 groups");
}

TEST(LayerErrors, Activations) {
  EXPECT_EQ(error(ReLU({.max_value = -1}), {{kNone, 4}}),
            "error: max_value must not be negative, not -1");
  EXPECT_EQ(error(LeakyReLU(-0.5), {{kNone, 4}}),
            "error: negative_slope must not be negative, not -0.5");
  EXPECT_EQ(error(Activation("glu"), {{kNone, 4}}), "error: activation \"glu\" is not supported");
}

TEST(LayerErrors, Shapes) {
  EXPECT_EQ(error(Reshape({3, -1}), {{kNone, 4}}),
            "error: target_shape (3, -1) does not take the 4 elements of (None, 4) from \"x0\"");
  EXPECT_EQ(error(Permute({2, 2}), {{kNone, 4, 3}}),
            "error: dims (2, 2) must be an order of 1 to 2");
  EXPECT_EQ(error(Permute({2, 1}), {{kNone, 4}}),
            "error: needs inputs of 3 dimensions with the batch, gets (None, 4) from \"x0\"");
  EXPECT_EQ(error(RepeatVector(0), {{kNone, 4}}), "error: n must be positive, not 0");
  EXPECT_EQ(error(Cropping1D(2), {{kNone, 4, 1}}),
            "error: the cropping leaves nothing of dimension 1 of (None, 4, 1) from \"x0\"");
  EXPECT_EQ(error(UpSampling2D({.interpolation = "area"}), {{kNone, 2, 2, 1}}),
            "error: interpolation \"area\" is not supported\nnote: use nearest, bilinear, bicubic, "
            "lanczos3 or lanczos5");
  EXPECT_EQ(error(UpSampling1D(0), {{kNone, 2, 2}}), "error: size must be positive, not 0");
}

TEST(LayerErrors, Images) {
  EXPECT_EQ(error(Resizing({.height = 2, .width = 0}), {{kNone, 3, 3, 1}}),
            "error: width must be positive, not 0");
  EXPECT_EQ(error(Resizing({.height = 2, .width = 2}), {{kNone, kNone, 3, 1}}),
            "error: needs a known extent along axis 1, gets (None, None, 3, 1) from \"x0\"");
  EXPECT_EQ(
      error(
          Resizing(
              {.height = 2, .width = 2, .crop_to_aspect_ratio = true, .pad_to_aspect_ratio = true}),
          {{kNone, 3, 3, 1}}),
      "error: crop_to_aspect_ratio and pad_to_aspect_ratio exclude each other");
  EXPECT_EQ(error(RandomFlip("diagonal"), {{kNone, 3, 3, 1}}),
            "error: unknown mode \"diagonal\"\nnote: the modes are horizontal, vertical and "
            "horizontal_and_vertical");
  EXPECT_EQ(error(RandomRotation({2.0}), {{kNone, 3, 3, 1}}),
            "error: factor must be a number or two from -1 to 1");
  EXPECT_EQ(error(RandomZoom({0.1}, {}, {.fill_mode = "mirror"}), {{kNone, 3, 3, 1}}),
            "error: unknown fill_mode \"mirror\"\nnote: the modes are reflect, wrap, nearest and "
            "constant");
}

TEST(LayerErrors, RandomImages) {
  EXPECT_EQ(error(RandomPerspective({.scale = 2}), {{kNone, 3, 3, 1}}),
            "error: scale must be from 0 to 1, not 2");
  EXPECT_EQ(error(RandomPerspective(), {{kNone, 3, 1, 1}}),
            "error: needs images of two rows and columns at least, gets (None, 3, 1, 1) from "
            "\"x0\"");
  EXPECT_EQ(error(RandomCrop({.height = 2, .width = 3}), {{kNone, 4, 3, 1}}),
            "error: takes 2 x 3 out of images of 4 x 3 while training alone; in inference Keras "
            "leaves them as they are\nnote: crop the data before they come to the model, or use "
            "CenterCrop or Resizing");
  EXPECT_EQ(error(RandomHue({0.2}), {{kNone, 4, 3, 1}}),
            "error: needs images of 3 channels, gets (None, 4, 3, 1) from \"x0\"");
  EXPECT_EQ(error(RandomGrayscale(0.2), {{kNone, 4, 3, 2}}),
            "error: needs images of 1 or 3 channels, gets (None, 4, 3, 2) from \"x0\"");
  EXPECT_EQ(error(RandomSharpness({0.2, 1.5}), {{kNone, 4, 3, 1}}),
            "error: factor must be a number or two from 0 to 1");
  EXPECT_EQ(error(RandomPosterization({2.5}), {{kNone, 4, 3, 1}}),
            "error: factor must be whole numbers of bits");
  EXPECT_EQ(error(RandomGaussianBlur({0, 1}, {2}), {{kNone, 4, 3, 1}}),
            "error: kernel_size must be an odd number or two, not 2");
  EXPECT_EQ(error(RandomColorJitter({.hue = {2}}), {{kNone, 4, 3, 3}}),
            "error: RandomHue: factor must be a number or two from 0 to 1");
}

TEST(LayerErrors, Equations) {
  const auto dense = [](const char* equation, ir::Shape shape, const char* bias = "") {
    return EinsumDense({.equation = equation, .output_shape = std::move(shape), .bias_axes = bias});
  };
  EXPECT_EQ(error(dense("abc->ab", {3}), {{kNone, 4, 2}}),
            "error: equation \"abc->ab\" is not supported\nnote: equations are like ab,bc->ac, "
            "...ab,bc->...ac or ab...,bc->ac...");
  EXPECT_EQ(error(dense("ab,bc->ac", {3}), {{kNone, 4, 2}}),
            "error: equation \"ab,bc->ac\" does not take inputs of 3 dimensions, as from \"x0\"");
  EXPECT_EQ(error(dense("ab,bc->ac", {3, 2}), {{kNone, 4}}),
            "error: output_shape (3, 2) does not fit the output of equation \"ab,bc->ac\"");
  EXPECT_EQ(error(dense("abc,cd->abd", {5, 2}), {{kNone, 4, 3}}),
            "error: output_shape (5, 2) has 5 where the input has 4 (dimension b)");
  EXPECT_EQ(error(dense("ab,bcd->ac", {3}), {{kNone, 4}}),
            "error: equation \"ab,bcd->ac\": dimension d is the kernel's alone");
  EXPECT_EQ(error(dense("ab,bc->ac", {3}, "x"), {{kNone, 4}}),
            "error: bias_axes \"x\": the output has no dimension x");
}

TEST(LayerErrors, Encodings) {
  EXPECT_EQ(error(CategoryEncoding(0), {{kNone, 4}}),
            "error: needs a positive number of tokens, not 0");
  EXPECT_EQ(
      error(CategoryEncoding(3, "tf_idf"), {{kNone, 4}}),
      "error: output_mode \"tf_idf\" is not supported\nnote: use one_hot, multi_hot or count");
  EXPECT_EQ(
      error(Discretization({}), {{kNone, 4}}),
      "error: has no bin_boundaries\nnote: give them, or let Keras adapt() the layer before it "
      "saves the model");
}

TEST(LayerErrors, Lookups) {
  EXPECT_EQ(error(IntegerLookup(IntegerLookupOptions{}), {{kNone, 4}}),
            "error: has no vocabulary\nnote: a .keras file has it; of a model's JSON say it as the "
            "layer's option");
  EXPECT_EQ(error(IntegerLookup({.vocabulary = {5, 7, 5}}), {{kNone, 4}}),
            "error: the vocabulary has 5 twice");
  EXPECT_EQ(error(IntegerLookup({.vocabulary = {5, 7}, .mask_token = 7}), {{kNone, 4}}),
            "error: the vocabulary has 7 in the wrong place");
  EXPECT_EQ(
      error(IntegerLookup({.vocabulary = {5, 7}, .num_oov_indices = 0}), {{kNone, 4}}),
      "error: num_oov_indices 0 is not supported\nnote: kiln has no way to stop at an unknown "
      "integer: give them a place");
  EXPECT_EQ(error(IntegerLookup({.vocabulary = {5, 7}, .max_tokens = 2}), {{kNone, 4}}),
            "error: the vocabulary has 3 places, max_tokens 2");
}

TEST(LayerErrors, Merging) {
  EXPECT_EQ(error(Add(), {{kNone, 4}}), "error: takes two inputs or more, gets 1");
  EXPECT_EQ(error(Subtract(), {{kNone, 4}, {kNone, 4}, {kNone, 4}}),
            "error: takes two inputs, gets 3");
  EXPECT_EQ(error(Multiply(), {{kNone, 4}, {kNone, 3}}),
            "error: gets (None, 4) from \"x0\" and (None, 3) from \"x1\"");
  EXPECT_EQ(error(Concatenate(1), {{kNone, 4, 2}, {kNone, 4, 3}}),
            "error: gets (None, 4, 2) from \"x0\" and (None, 4, 3) from \"x1\"");
  EXPECT_EQ(error(Dot(1), {{kNone, 4}, {kNone, 3}}),
            "error: gets (None, 4) from \"x0\" and (None, 3) from \"x1\"");
}

TEST(LayerErrors, Attention) {
  EXPECT_EQ(error(Attention(), {{kNone, 4, 2}}),
            "error: takes query, value and perhaps key, gets 1 inputs");
  EXPECT_EQ(error(Attention({.score_mode = "add"}), {{kNone, 4, 2}, {kNone, 4, 2}}),
            "error: unknown score_mode \"add\"\nnote: the modes are dot and concat");
  EXPECT_EQ(
      error(AdditiveAttention(), {{kNone, 4, 2}, {kNone, 4, 3}}),
      "error: query (None, 4, 2), value (None, 4, 3) and key (None, 4, 3) do not fit together");
  EXPECT_EQ(error(MultiHeadAttention(0, 3), {{kNone, 4, 2}, {kNone, 4, 2}}),
            "error: num_heads must be positive, not 0");
  EXPECT_EQ(error(MultiHeadAttention(2, 3), {{kNone, 4}, {kNone, 4}}),
            "error: needs positions to attend to, gets (None, 4) from \"x0\"");
  EXPECT_EQ(error(MultiHeadAttention(2, 3), {{kNone, 4, 2}, {kNone, 4, 2}, {kNone, 5, 2}}),
            "error: value (None, 4, 2) and key (None, 5, 2) differ in their positions");
  EXPECT_EQ(error(MultiHeadAttention({.num_heads = 2, .key_dim = 3, .attention_axes = {1}}),
                  {{kNone, 4, 3, 2}, {kNone, 4, 2, 2}}),
            "error: query (None, 4, 3, 2) and value (None, 4, 2, 2) differ along an axis without "
            "attention");
  EXPECT_EQ(error(MultiHeadAttention({.num_heads = 2, .key_dim = 3, .attention_axes = {3}}),
                  {{kNone, 4, 3, 2}, {kNone, 4, 3, 2}}),
            "error: attention_axes name the last axis, which has the features");
  EXPECT_EQ(
      error(MultiHeadAttention(
                {.num_heads = 2, .key_dim = 3, .attention_axes = {2}, .use_causal_mask = true}),
            {{kNone, 4, 3, 2}, {kNone, 4, 3, 2}}),
      "error: masks and windows of attention over some axes are not supported");
  const GroupQueryAttentionOptions groups = {
      .head_dim = 2, .num_query_heads = 4, .num_key_value_heads = 3};
  EXPECT_EQ(error(GroupQueryAttention(groups), {{kNone, 4, 2}, {kNone, 4, 2}}),
            "error: 4 heads of queries are no multiple of 3 heads of keys and values");
}

TEST(LayerErrors, Cells) {
  const auto cell = [](int64_t units) {
    return std::make_shared<LSTM>(RecurrentOptions{.units = units});
  };
  EXPECT_EQ(error(RNN(RNNOptions{}), {{kNone, 4, 2}}), "error: has no cell");
  EXPECT_EQ(error(RNN({.cell = {{cell(0)}}}), {{kNone, 4, 2}}),
            "error: units must be positive, not 0");
  EXPECT_EQ(error(RNN({.cell = {{cell(3)}}}), {{kNone, 4}}),
            "error: needs sequences of shape (batch, time, features), gets (None, 4) from \"x0\"");
  EXPECT_EQ(error(RNN({.cell = {{cell(3)}}}), {{kNone, 4, 2}, {kNone, 3}}),
            "error: takes a sequence, or a sequence and its initial states (2), gets 2 inputs");
  EXPECT_EQ(error(RNN({.cell = {{cell(3), cell(3)}, true}}), {{kNone, 4, 2}, {kNone, 3}}),
            "error: initial states of StackedRNNCells are not supported\nnote: make each cell an "
            "RNN of its own: their states are inputs of their own");
}

TEST(LayerErrors, Preprocessing) {
  EXPECT_EQ(error(Normalization({.mean = {1}}), {{kNone, 4}}),
            "error: mean and variance must be given together");
  EXPECT_EQ(error(Normalization({.mean = {1, 2}, .variance = {1, 2}}), {{kNone, 4}}),
            "error: mean has 2 numbers for 4 positions");
  EXPECT_EQ(error(Rescaling(std::vector{1.0, 2.0}), {{kNone, 3}}),
            "error: scale has 2 numbers for 3 positions");
}

// Forward passes of layers within layers do not add to the loss.
TEST(LayerErrors, ActivityRegularizersOfLayersWithin) {
  EXPECT_EQ(
      error(TimeDistributed(Dense({.units = 2, .activity_regularizer = L2()})), {{kNone, 3, 4}}),
      "error: an activity_regularizer of the layer in it is not supported");
  LSTM lstm(2);
  lstm.activity_regularizer = L2();
  EXPECT_EQ(error(Bidirectional(std::move(lstm)), {{kNone, 3, 4}}),
            "error: an activity_regularizer of the layers in it is not supported");
  EXPECT_EQ(
      error(SpectralNormalization(Dense({.units = 2, .activity_regularizer = L2()})), {{kNone, 3}}),
      "error: an activity_regularizer of the layer in it is not supported");
}

TEST(LayerErrors, SpectralNormalization) {
  EXPECT_EQ(error(SpectralNormalization(Dense(2), 0), {{kNone, 3}}),
            "error: power_iterations must be positive, not 0");
  EXPECT_EQ(error(SpectralNormalization(LSTM(2)), {{kNone, 4, 3}}),
            "error: the LSTM in it has neither a kernel nor embeddings to normalize");
  const LayerInput integers{{ir::ElementType::i32, {kNone, 3}}, "x0"};
  EXPECT_EQ(
      error_of(SpectralNormalization(Embedding(6, 2)).build({&integers, 1})),
      "error: gets integers from \"x0\", to which Keras would cut its outputs\nnote: make the "
      "model with Input(..., dtype=\"float32\"), its weights fit");
}

/// The error of reading a layer's config.
std::string read_error(const char* class_name, Json config) {
  config["name"] = "layer";
  return error_of(read_layer(class_name, config, "model.json"));
}

TEST(LayerErrors, Files) {
  EXPECT_EQ(read_error("BatchNormalization", {{"renorm", true}}),
            "error: model.json: layer \"layer\": \"renorm\": true is not supported\nnote: kiln "
            "takes false here");
  EXPECT_EQ(read_error("LayerNormalization", {{"axis", "last"}}),
            "error: model.json: layer \"layer\": \"axis\" must be an axis or a list of axes, not "
            "\"last\"");
  EXPECT_EQ(read_error("ZeroPadding2D", {{"padding", 1}}),
            "error: model.json: layer \"layer\": \"padding\" must be 2 pairs of sizes, not 1");
  EXPECT_EQ(read_error("RNN", {{"cell", {{"class_name", "LSTM"}, {"config", Json::object()}}}}),
            "error: model.json: layer \"layer\": cell: cells of class \"LSTM\" are not supported "
            "here\nnote: kiln takes LSTMCell, GRUCell, SimpleRNNCell, and StackedRNNCells of them");
  EXPECT_EQ(read_error("Dot", {{"normalize", true}}),
            "error: model.json: layer \"layer\": \"axes\" is missing");
}

}  // namespace
}  // namespace kiln::keras
