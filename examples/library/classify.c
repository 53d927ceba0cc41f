/* Which digit is on a picture? A PGM file (P5) of 28 x 28 grey values, the digit bright on black.
 *
 *   kiln fit mnist_mlp --data digits --epochs 10 --save mnist.keras
 *   kiln compile mnist.keras -o libmnist.a --emit=lib
 *   cc -I. classify.c libmnist.a -o classify
 *   ./classify digit.pgm
 */
#include <stdio.h>

#include "mnist.h"

enum { kPixels = 28 * 28, kClasses = 10 };

static _Alignas(MNIST_ALIGNMENT) unsigned char arena[MNIST_ARENA_BYTES];

/* Reads the picture's brightness from 0 to 1, as the model was trained; returns 0 where it cannot. */
static int read_picture(const char *path, float *pixels) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return 0;
  int width = 0, height = 0, brightest = 0;
  int good = fscanf(file, "P5 %d %d %d", &width, &height, &brightest) == 3 && width == 28 &&
             height == 28 && brightest == 255 && fgetc(file) != EOF;
  for (int i = 0; good && i < kPixels; ++i) {
    const int byte = fgetc(file);
    good = byte != EOF;
    pixels[i] = (float)byte / 255.0f;
  }
  fclose(file);
  return good;
}

int main(int argc, char **argv) {
  float pixels[kPixels], probabilities[kClasses];
  if (mnist_abi() != MNIST_ABI) {
    fprintf(stderr, "mnist.h is of another library\n");
    return 2;
  }
  if (argc != 2 || !read_picture(argv[1], pixels)) {
    fprintf(stderr, "usage: classify PICTURE, a PGM file of 28 x 28 bytes\n");
    return 2;
  }
  mnist_predict(pixels, probabilities, arena);
  int best = 0;
  for (int i = 1; i < kClasses; ++i) {
    if (probabilities[i] > probabilities[best]) best = i;
  }
  printf("%d, probability %.3f\n", best, probabilities[best]);
  return 0;
}
