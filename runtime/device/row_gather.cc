#include "runtime/device/row_gather.h"

namespace kiln::runtime {
namespace {

// Of a block; each copies one unit.
constexpr int kThreads = 128;

constexpr const char* kEntry = "gather_rows";

// A unit is a word of four bytes or, where rows are no whole words, a byte. Blocks: rows on the
// first axis, pieces of a row on the second. The last argument is what launch() adds.
constexpr char kOpenCl[] = R"(
__kernel void gather_rows(__global uchar* to, __global const uchar* from,
                          __global const uint* order, uint units, uint unit_bytes,
                          __local int16* shared) {
  size_t row = get_group_id(0);
  size_t unit = get_group_id(1) * get_local_size(0) + get_local_id(0);
  if (unit >= units) return;
  size_t source = (size_t)order[row] * units + unit;
  size_t target = row * units + unit;
  if (unit_bytes == 4)
    ((__global uint*)to)[target] = ((__global const uint*)from)[source];
  else
    to[target] = from[source];
}
)";

// The same. Source of the instructions: NVIDIA, Parallel Thread Execution ISA.
constexpr char kPtx[] = R"(.version 7.0
.target sm_70
.address_size 64

.visible .entry gather_rows(.param .u64 to, .param .u64 from, .param .u64 order,
                            .param .u32 units, .param .u32 unit_bytes)
{
  .reg .pred %past, %words;
  .reg .b32 %row, %unit, %piece, %threads, %units, %unit_bytes, %index, %value;
  .reg .b64 %to, %from, %order, %unit64, %bytes64, %target, %source;

  mov.u32 %row, %ctaid.x;
  mov.u32 %piece, %ctaid.y;
  mov.u32 %threads, %ntid.x;
  mov.u32 %unit, %tid.x;
  mad.lo.u32 %unit, %piece, %threads, %unit;
  ld.param.u32 %units, [units];
  setp.ge.u32 %past, %unit, %units;
  @%past ret;

  ld.param.u64 %order, [order];
  cvta.to.global.u64 %order, %order;
  mad.wide.u32 %order, %row, 4, %order;
  ld.global.u32 %index, [%order];

  cvt.u64.u32 %unit64, %unit;
  mad.wide.u32 %source, %index, %units, %unit64;
  mad.wide.u32 %target, %row, %units, %unit64;
  ld.param.u32 %unit_bytes, [unit_bytes];
  cvt.u64.u32 %bytes64, %unit_bytes;
  ld.param.u64 %from, [from];
  ld.param.u64 %to, [to];
  cvta.to.global.u64 %from, %from;
  cvta.to.global.u64 %to, %to;
  mad.lo.u64 %source, %source, %bytes64, %from;
  mad.lo.u64 %target, %target, %bytes64, %to;

  setp.eq.u32 %words, %unit_bytes, 4;
  @%words ld.global.u32 %value, [%source];
  @%words st.global.u32 [%target], %value;
  @%words ret;
  ld.global.u8 %value, [%source];
  st.global.u8 [%target], %value;
  ret;
}
)";

}  // namespace

Status gather_rows(Device& device, std::byte* to, const std::byte* from, const std::byte* order,
                   int64_t rows, int64_t row_bytes) {
  const bool is_cuda = device.info().kind == KILN_CUDA;
  const char* const program = is_cuda ? kPtx : kOpenCl;
  KILN_TRY(device.load(program, is_cuda ? sizeof(kPtx) : sizeof(kOpenCl)));
  const uint32_t unit_bytes = row_bytes % 4 == 0 ? 4 : 1;
  const auto units = static_cast<uint32_t>(row_bytes / unit_bytes);
  const KernelArgument arguments[] = {
      {to, 0, true},
      {from, 0, true},
      {order, 0, true},
      {&units, sizeof(units), false},
      {&unit_bytes, sizeof(unit_bytes), false},
  };
  const auto pieces = static_cast<int>((units + kThreads - 1) / kThreads);
  return device.launch(
      {program, kEntry, {static_cast<int>(rows), pieces, 1}, {kThreads, 1, 1}, 0, arguments});
}

}  // namespace kiln::runtime
