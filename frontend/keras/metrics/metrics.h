// All metrics.
#pragma once

#include "frontend/keras/metrics/accuracy.h"
#include "frontend/keras/metrics/auc.h"
#include "frontend/keras/metrics/confusion.h"
#include "frontend/keras/metrics/f_score.h"
#include "frontend/keras/metrics/iou.h"
#include "frontend/keras/metrics/loss_metric.h"
#include "frontend/keras/metrics/metric.h"
#include "frontend/keras/metrics/regression.h"
