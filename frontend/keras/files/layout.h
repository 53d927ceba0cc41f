// Where Keras keeps the variables of a model (runtime/data/keras/saved_layout.h).
#pragma once

#include "frontend/keras/model/model.h"
#include "runtime/base/expected.h"
#include "runtime/data/keras/saved_layout.h"

namespace kiln::keras {

using runtime::SavedLayer;
using runtime::SavedLayout;
using runtime::SavedObject;
using runtime::SavedVariable;

/// The layout of a model's file. Errors are those of a model that cannot be built.
Expected<SavedLayout> saved_layout(const Model& model);

}  // namespace kiln::keras
