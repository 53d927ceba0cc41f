/* Training where the data is: a small model learns the three arms of a spiral, without files,
 * threads or heap.
 *
 *   kiln compile spiral.json -o libspiral.a --emit=lib --for=train --batch-size 60
 *   cc -I. teach.c libspiral.a -lm -o teach
 *   ./teach
 */
#include <math.h>
#include <stdio.h>

#include "spiral.h"

enum { kArms = 3, kEpochs = 60, kSteps = 20 };

static _Alignas(SPIRAL_ALIGNMENT) unsigned char arena[SPIRAL_ARENA_BYTES];
static _Alignas(SPIRAL_ALIGNMENT) unsigned char state[SPIRAL_STATE_BYTES];
static float points[SPIRAL_BATCH][2];
static int32_t arms[SPIRAL_BATCH];

/* Points of the arms in turn, each arm at an angle that grows with the distance. */
static void make_batch(int step) {
  for (int i = 0; i < SPIRAL_BATCH; ++i) {
    const float distance = (float)((i * kSteps + step) % 97 + 3) / 100.0f;
    arms[i] = i % kArms;
    const float angle = 2.0944f * (float)arms[i] + 4.0f * distance;
    points[i][0] = distance * cosf(angle);
    points[i][1] = distance * sinf(angle);
  }
}

int main(void) {
  spiral_metrics metrics;
  spiral_init(/*seed=*/1, state, arena);
  for (int epoch = 1; epoch <= kEpochs; ++epoch) {
    spiral_reset_metrics(state);
    for (int step = 0; step < kSteps; ++step) {
      make_batch(step);
      spiral_train_step(points[0], arms, SPIRAL_BATCH, &metrics, state, arena);
    }
    if (epoch % 20 == 0)
      printf("epoch %d: accuracy %.3f, loss %.4f\n", epoch, metrics.accuracy, metrics.loss);
  }
  /* The state is all there is to save: reading it back is a memcpy. */
  return metrics.accuracy > 0.95f ? 0 : 1;
}
