#include "runtime/device/shared_memory.h"

#include <gtest/gtest.h>

namespace kiln::runtime {
namespace {

TEST(SharedMemory, IsDeclaredAndAddressedFromItsStart) {
  EXPECT_EQ(declare_shared_memory(R"(.target sm_80
.address_size 64
.visible .entry first(
	.param .u64 a
)
{
	.reg .b64 	%rd<9>;
	st.shared.b32 	[%rd5], %r1;
	bar.sync 	0;
@%p1	ld.shared.v2.b32 	{%r2, %r3}, [%rd6+16];
	st.global.b32 	[%rd7], %r2;
})"),
            R"(.target sm_80
.address_size 64
.extern .shared .align 16 .b8 kiln_shared[];
.visible .entry first(
	.param .u64 a
)
{
	.reg .b64 	%kiln_shared_start, %kiln_shared_at;
	mov.b64 	%kiln_shared_start, kiln_shared;
	.reg .b64 	%rd<9>;
	add.s64 	%kiln_shared_at, %kiln_shared_start, %rd5;
	st.shared.b32 	[%kiln_shared_at], %r1;
	bar.sync 	0;
	add.s64 	%kiln_shared_at, %kiln_shared_start, %rd6;
@%p1	ld.shared.v2.b32 	{%r2, %r3}, [%kiln_shared_at+16];
	st.global.b32 	[%rd7], %r2;
})");
}

TEST(SharedMemory, IsNotDeclaredWhereThereIsNone) {
  constexpr std::string_view kPlain = ".address_size 64\n.entry a()\n{\n\tret;\n}\n";
  EXPECT_EQ(declare_shared_memory(kPlain), kPlain);
  EXPECT_EQ(declare_shared_memory(""), "");
}

}  // namespace
}  // namespace kiln::runtime
