// The regression of fake_model.h for the CPU and for OpenCL.
#pragma once

#include "runtime/base/abi.h"

namespace kiln::runtime {

/// Its second target launches kernels written by hand, one work item each.
const kiln_model& fake_device_regression();

/// How many more of its kernels are launched before the device fails; less than 0: it never does.
int& launches_until_failure();

}  // namespace kiln::runtime
