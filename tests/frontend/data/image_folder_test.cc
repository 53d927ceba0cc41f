// Against what Keras read from the same files, recorded by record_images.py.
#include "frontend/data/image_folder.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

// Needs <cstdio>.
#include <jpeglib.h>

#include "frontend/data/image_file.h"
#include "tests/runtime/data/test_file.h"

namespace kiln::data {
namespace {

const std::string kFolder = "tests/frontend/data/images";

std::vector<std::vector<std::string>> recorded(const std::string& kind) {
  return runtime::recorded_lines("tests/frontend/data/keras_images.txt", kind);
}

TEST(ImageFile, HasThePixelsOfTensorFlow) {
  for (const auto& line : recorded("pixels")) {
    auto image = load_image(kFolder + "/" + line[1], std::stoi(line[2]));
    ASSERT_TRUE(image) << image.error().to_string();
    EXPECT_EQ(std::to_string(image->height) + " " + std::to_string(image->width), line[3]);
    std::string pixels;
    for (const uint8_t value : image->pixels) {
      pixels += (pixels.empty() ? "" : " ") + std::to_string(value);
    }
    EXPECT_EQ(pixels, line[4]) << line[1] << " with " << line[2] << " channels";
  }
}

TEST(ImageFolder, WithoutClassesAndOneImageAreExamplesAlone) {
  auto folder = load_image_folders(kFolder + "/a", 2, 2, 3, {});
  ASSERT_TRUE(folder && folder->has_value());
  EXPECT_EQ((*folder)->x().dims, (std::vector<int64_t>{3, 2, 2, 3}));
  EXPECT_EQ((*folder)->y().storage, nullptr);
  EXPECT_EQ((*folder)->description,
            "3 images, from " + kFolder + "/a, in the order of their names");
  // Names are in order: rgb.png is the second.
  auto one = load_image_folders(kFolder + "/a/rgb.png", 2, 2, 3, {});
  ASSERT_TRUE(one && one->has_value());
  const runtime::Array x = (*one)->x();
  EXPECT_EQ(x.dims, (std::vector<int64_t>{1, 2, 2, 3}));
  for (int i = 0; i < 12; ++i) EXPECT_EQ(x.as<float>()[i], (*folder)->x().as<float>()[12 + i]) << i;
}

TEST(ImageFolder, OpenSizesAreThoseOfTheImages) {
  const auto image = load_image(kFolder + "/a/rgb.png", 3);
  ASSERT_TRUE(image);
  auto own = load_image_folders(kFolder + "/a/rgb.png", -1, -1, 3, {});
  ASSERT_TRUE(own && own->has_value());
  EXPECT_EQ((*own)->x().dims, (std::vector<int64_t>{1, image->height, image->width, 3}));
  const auto several = load_image_folders(kFolder, -1, -1, 3, {});
  ASSERT_FALSE(several);
  EXPECT_NE(several.error().to_string().find("--shape HEIGHT,WIDTH,CHANNELS"), std::string::npos);
}

TEST(ImageFolder, HasTheImagesAndLabelsOfKeras) {
  const auto lines = recorded("folder");
  size_t next = 0;
  while (next < lines.size()) {
    const std::vector<std::string> size = runtime::split(lines[next][2], ' ');
    auto read = load_image_folders(kFolder, std::stoi(size[0]), std::stoi(size[1]),
                                   std::stoi(lines[next][1]), {});
    ASSERT_TRUE(read) << read.error().to_string();
    ASSERT_TRUE(read->has_value());
    const runtime::Dataset& data = **read;
    const int64_t per_image = data.x().element_count() / data.x().rows();
    for (int64_t i = 0; i < data.x().rows(); ++i, ++next) {
      const auto& line = lines[next];
      EXPECT_EQ(std::to_string(data.y().as<int32_t>()[i]), line[3]);
      const std::vector<std::string> values = runtime::split(line[4], ' ');
      ASSERT_EQ(static_cast<int64_t>(values.size()), per_image);
      for (int64_t j = 0; j < per_image; ++j) {
        EXPECT_NEAR(data.x().as<float>()[i * per_image + j],
                    std::strtod(values[j].c_str(), nullptr), 1e-4)
            << "image " << i << " at " << line[2] << " with " << line[1] << " channels";
      }
    }
  }
}

TEST(ImageFolder, IsNoneWithoutImages) {
  const std::string folder = runtime::test_path("empty");
  std::filesystem::create_directories(folder + "/class");
  auto read = load_image_folders(folder, 2, 2, 1, {});
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->has_value());
}

TEST(ImageFile, RefusesWhatItCannotRead) {
  const std::string text = runtime::write_test_file("text.png", "no image");
  EXPECT_EQ(load_image(text, 1).error().to_string(),
            "error: " + text +
                ": is no PNG, JPEG, BMP or GIF file\nnote: convert the image to one of them");
  const std::string jpeg = kFolder + "/b/photo.jpg";
  EXPECT_EQ(
      load_image(jpeg, 4).error().to_string(),
      "error: " + jpeg + ": is a JPEG file, which has no fourth channel\nnote: use PNG files");
}

using Pixels = std::vector<uint8_t>;

std::string little(int64_t number, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(number >> (8 * i));
  return text;
}

// A BMP file of 2 columns, rows as they stand in the file.
std::string bmp(int64_t height, int bits, const std::string& rows) {
  return "BM" + little(54 + static_cast<int64_t>(rows.size()), 4) + little(0, 4) + little(54, 4) +
         little(40, 4) + little(2, 4) + little(height, 4) + little(1, 2) + little(bits, 2) +
         std::string(24, '\0') + rows;
}

TEST(ImageFile, BmpIsReadFromBelowOrAbove) {
  const std::string low = {1, 2, 3, 4, 5, 6, 0, 0}, high = {7, 8, 9, 10, 11, 12, 0, 0};
  const Pixels expected = {9, 8, 7, 12, 11, 10, 3, 2, 1, 6, 5, 4};
  for (const std::string& file : {bmp(2, 24, low + high), bmp(-2, 24, high + low)}) {
    auto image = load_image(runtime::write_test_file("2.bmp", file), 3);
    ASSERT_TRUE(image) << image.error().to_string();
    EXPECT_EQ(image->height, 2);
    EXPECT_EQ(image->pixels, expected);
  }
  const std::string grey = runtime::write_test_file("grey.bmp", bmp(1, 8, {5, 6, 0, 0}));
  EXPECT_EQ(load_image(grey, 1)->pixels, (Pixels{5, 6}));
  const std::string alpha =
      runtime::write_test_file("rgba.bmp", bmp(1, 32, {1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(load_image(alpha, 4)->pixels, (Pixels{3, 2, 1, 4, 7, 6, 5, 8}));
  runtime::expect_error(load_image(grey, 3),
                        "is a BMP file of 8 bits a pixel, the model's 3 channels need 24");
}

// 4x5 pixels of 4 colours: black, red, green, blue. `image` is what follows the screen's colours.
std::string gif(const std::string& image) {
  return std::string("GIF89a") + little(4, 2) + little(5, 2) + '\x81' + little(0, 2) +
         std::string("\0\0\0\xff\0\0\0\xff\0\0\0\xff", 12) + image;
}

// A frame whose pixels are written without compression: a clear code before every second one.
std::string frame(int flags, const std::string& indices) {
  std::string bits, bytes;
  const auto code = [&](int value) {
    for (int i = 0; i < 3; ++i) bits += static_cast<char>('0' + ((value >> i) & 1));
  };
  for (size_t i = 0; i < indices.size(); ++i) {
    if (i % 2 == 0) code(4);
    code(indices[i] - '0');
  }
  code(5);
  bits.resize((bits.size() + 7) / 8 * 8, '0');
  for (size_t i = 0; i < bits.size(); i += 8) {
    int byte = 0;
    for (size_t b = 0; b < 8; ++b) byte |= (bits[i + b] - '0') << b;
    bytes += static_cast<char>(byte);
  }
  return std::string(1, ',') + little(0, 4) + little(4, 2) + little(5, 2) +
         static_cast<char>(flags) + '\2' + little(static_cast<int64_t>(bytes.size()), 1) + bytes +
         little(0, 1);
}

Pixels colored(const std::string& indices) {
  Pixels pixels;
  for (const char c : indices)
    for (int channel = 1; channel <= 3; ++channel) pixels.push_back(c - '0' == channel ? 255 : 0);
  return pixels;
}

TEST(ImageFile, GifIsItsFirstFrame) {
  const std::string first = "01231111222233330123", second(20, '1');
  const std::string plain =
      runtime::write_test_file("1.gif", gif(frame(0, first) + frame(0, second) + ";"));
  auto image = load_image(plain, 3);
  ASSERT_TRUE(image) << image.error().to_string();
  EXPECT_EQ(std::vector<int64_t>({image->height, image->width}), (std::vector<int64_t>{5, 4}));
  EXPECT_EQ(image->pixels, colored(first));
  // Rows 0, 4, 2, 1, 3.
  const std::string interlaced = runtime::write_test_file("2.gif", gif(frame(0x40,
                                                                             "0123"
                                                                             "0123"
                                                                             "2222"
                                                                             "1111"
                                                                             "3333") +
                                                                       ";"));
  EXPECT_EQ(load_image(interlaced, 3)->pixels, colored(first));
  const std::string transparent = runtime::write_test_file(
      "3.gif", gif(std::string("!\xf9\4\1\0\0\2\0", 8) + frame(0, first) + ";"));
  EXPECT_EQ(load_image(transparent, 3)->pixels, colored("01031111000033330103"));
  runtime::expect_error(load_image(plain, 1), "is a GIF file, which has 3 channels");
}

// Compressed by hand: a code for a string that is not known yet, as in a row of equal pixels.
TEST(ImageFile, GifOfRepeatedPixelsIsDecompressed) {
  // Codes of 3 bits: clear, 1, 6 (11), 7 (111); then of 4: 8 (1111), 9 (11111), 9, end.
  const std::string codes = {static_cast<char>(0x8c), static_cast<char>(0x8f),
                             static_cast<char>(0x99), 0x05};
  const std::string image = std::string(1, ',') + little(0, 4) + little(4, 2) + little(5, 2) +
                            std::string("\0\2\4", 3) + codes + little(0, 1);
  auto read = load_image(runtime::write_test_file("r.gif", gif(image + ";")), 3);
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->pixels, colored(std::string(20, '1')));
}

// 8x8 pixels of these inks.
std::string cmyk_jpeg(const std::array<uint8_t, 4>& inks, bool adobe) {
  jpeg_compress_struct jpeg;
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &bytes, &size);
  jpeg.image_width = jpeg.image_height = 8;
  jpeg.input_components = 4;
  jpeg.in_color_space = JCS_CMYK;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 100, TRUE);
  jpeg.write_Adobe_marker = adobe ? TRUE : FALSE;
  jpeg_start_compress(&jpeg, TRUE);
  std::vector<uint8_t> line;
  for (int i = 0; i < 8; ++i) line.insert(line.end(), inks.begin(), inks.end());
  for (int y = 0; y < 8; ++y) {
    JSAMPROW row = line.data();
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  const std::string file(reinterpret_cast<const char*>(bytes), size);
  jpeg_destroy_compress(&jpeg);
  std::free(bytes);
  return file;
}

TEST(ImageFile, JpegOfInksIsRgbAsInTensorFlow) {
  const std::array<uint8_t, 4> inks = {200, 100, 50, 128};
  for (const bool adobe : {true, false}) {
    const std::string path = runtime::write_test_file("inks.jpg", cmyk_jpeg(inks, adobe));
    auto image = load_image(path, 3);
    ASSERT_TRUE(image) << image.error().to_string();
    ASSERT_EQ(image->pixels.size(), 192u);
    for (int c = 0; c < 3; ++c) {
      const int expected =
          adobe ? inks[3] * inks[c] / 255 : (255 - inks[3]) * (255 - inks[c]) / 255;
      EXPECT_NEAR(image->pixels[189 + c], expected, 1) << c;
    }
    runtime::expect_error(load_image(path, 1), "is a JPEG file of inks (CMYK)");
  }
}

TEST(ImageFile, JpegWarningsAreNoErrors) {
  const std::string photo = kFolder + "/b/photo.jpg";
  std::string bytes = runtime::read_test_file(photo);
  bytes.insert(bytes.size() - 2, "abc");  // of which the decoder has read two ahead
  const std::string damaged = runtime::write_test_file("extraneous.jpg", bytes);
  auto whole = load_image(photo, 3), read = load_image(damaged, 3);
  ASSERT_TRUE(whole && read) << read.error().to_string();
  EXPECT_EQ(read->pixels, whole->pixels);
  EXPECT_EQ(whole->warning, "");
  EXPECT_EQ(read->warning, "Corrupt JPEG data: 1 extraneous bytes before marker 0xd9");
}

TEST(ImageFile, DamagedFilesAreErrors) {
  for (const std::string& whole :
       {gif(frame(0, "01231111222233330123")), bmp(1, 24, {1, 2, 3, 4, 5, 6, 0, 0})}) {
    runtime::expect_truncations_fail("cut", whole.substr(0, whole.size() - 3),
                                     [](const std::string& path) { return load_image(path, 3); });
    runtime::expect_flips_survive("flipped", whole,
                                  [](const std::string& path) { return load_image(path, 3); });
  }

  for (const char* name : {"a/rgb.png", "b/palette.PNG", "b/photo.jpg"}) {
    const std::string whole = runtime::read_test_file(kFolder + "/" + name);
    runtime::expect_truncations_fail("cut", whole.substr(0, whole.size() - 2),
                                     [](const std::string& path) { return load_image(path, 3); });
    runtime::expect_flips_survive("flipped", whole,
                                  [](const std::string& path) { return load_image(path, 3); });
  }
}

}  // namespace
}  // namespace kiln::data
