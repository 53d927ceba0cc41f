// All optimizers.
#pragma once

#include "frontend/keras/optimizers/adadelta.h"
#include "frontend/keras/optimizers/adafactor.h"
#include "frontend/keras/optimizers/adagrad.h"
#include "frontend/keras/optimizers/adam.h"
#include "frontend/keras/optimizers/adamax.h"
#include "frontend/keras/optimizers/ftrl.h"
#include "frontend/keras/optimizers/lamb.h"
#include "frontend/keras/optimizers/lion.h"
#include "frontend/keras/optimizers/muon.h"
#include "frontend/keras/optimizers/nadam.h"
#include "frontend/keras/optimizers/rmsprop.h"
#include "frontend/keras/optimizers/schedule_free_adamw.h"
#include "frontend/keras/optimizers/sgd.h"
