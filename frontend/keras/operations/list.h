// All operations that kiln knows, by the names of Keras's classes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/keras/operations/definition.h"
#include "frontend/keras/options/reference.h"

namespace kiln::keras {

/// In the order of the reference: by family.
std::span<const OperationDefinition> operation_definitions();
/// Null where there is none of that name.
const OperationDefinition* find_operation(std::string_view class_name);

/// Every operation with its arguments.
std::vector<ClassReference> operation_reference();
/// A line for each: its name with its arguments, and what it means.
std::string operation_reference_text();

// The families, each in a file of its own.
void add_arithmetic(Definitions& table);
void add_functions(Definitions& table);
void add_comparisons(Definitions& table);
void add_reductions(Definitions& table);
void add_nan_reductions(Definitions& table);
void add_shapes(Definitions& table);
void add_indexing(Definitions& table);
void add_slices(Definitions& table);
void add_sorting(Definitions& table);
void add_ranks(Definitions& table);
void add_sequences(Definitions& table);
void add_images(Definitions& table);
void add_algebra(Definitions& table);
void add_activations(Definitions& table);
void add_convolutions(Definitions& table);
void add_normalizations(Definitions& table);
void add_creation(Definitions& table);

}  // namespace kiln::keras
