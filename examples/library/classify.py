"""Which digit is on a picture? As classify.c, from Python without any package.

kiln compile mnist.keras -o libmnist.so --emit=shared
python3 classify.py ./libmnist.so digit.pgm
"""

import ctypes
import sys


def aligned(size, alignment=64):
    """Memory for the library, at an address that is a multiple of the alignment."""
    memory = ctypes.create_string_buffer(size + alignment)
    start = -ctypes.addressof(memory) % alignment
    return (ctypes.c_char * size).from_buffer(memory, start)


def read_picture(path):
    with open(path, "rb") as file:
        head, _, pixels = file.read().partition(b"255\n")
    if head.split() != [b"P5", b"28", b"28"] or len(pixels) != 784:
        sys.exit(f"{path} is no PGM file of 28 x 28 bytes")
    return [pixel / 255 for pixel in pixels]


def main(library_path, picture_path):
    library = ctypes.CDLL(library_path)
    arena = aligned(ctypes.c_uint64.in_dll(library, "mnist_arena_bytes").value)
    pixels = (ctypes.c_float * 784)(*read_picture(picture_path))
    probabilities = (ctypes.c_float * 10)()
    library.mnist_predict(pixels, probabilities, arena)
    best = max(range(10), key=lambda digit: probabilities[digit])
    print(f"{best}, probability {probabilities[best]:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
