// Datasets that are kept in chunks, each of which may be compressed.
// Source: HDF5 File Format Specification 3.0, sections III.A.1 (B-trees of chunks), IV.A.2.i
// (layouts) and IV.A.2.l (filters).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/data/hdf5/header.h"

namespace kiln::runtime {

/// Values put together from chunks, or why not.
struct Hdf5ChunkedValues {
  std::shared_ptr<std::byte[]> bytes;
  uint64_t size = 0;
  std::string problem;  ///< empty: none
};

/// `filters`: the dataset's filter message, empty where it has none; deflate and shuffle are known.
/// A chunk that is missing, or there twice, is a problem.
Hdf5ChunkedValues read_hdf5_chunks(std::span<const std::byte> file, const Hdf5Chunking& chunking,
                                   std::span<const std::byte> filters,
                                   const std::vector<int64_t>& dims, Hdf5Budget& budget);

}  // namespace kiln::runtime
