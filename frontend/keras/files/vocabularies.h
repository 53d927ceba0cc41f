// Vocabularies that a .keras archive keeps as files of their own, beside the definition.
#pragma once

#include <string>

#include "frontend/keras/json/json.h"
#include "runtime/base/expected.h"
#include "runtime/data/zip_reader.h"

namespace kiln::keras {

/// Puts the vocabularies of the archive's files into the definition of the model, as if the layers
/// had been given them: assets/layers/integer_lookup_1/vocabulary.txt is that of the second
/// IntegerLookup. `path` opens the errors.
Status take_vocabularies(const runtime::ZipReader& archive, const std::string& path,
                         Json& definition);

}  // namespace kiln::keras
