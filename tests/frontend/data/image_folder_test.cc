// Against what Keras read from the same files, recorded by record_images.py.
#include "frontend/data/image_folder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "frontend/data/image_file.h"
#include "tests/runtime/data/test_file.h"

namespace kiln::data {
namespace {

const std::string kFolder = "tests/frontend/data/images";

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

std::vector<std::vector<std::string>> recorded(const std::string& kind) {
  std::ifstream file("tests/frontend/data/keras_images.txt");
  std::vector<std::vector<std::string>> lines;
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> fields = split(line, '|');
    if (fields[0] == kind) lines.push_back(fields);
  }
  EXPECT_FALSE(lines.empty());
  return lines;
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

TEST(ImageFolder, HasTheImagesAndLabelsOfKeras) {
  const auto lines = recorded("folder");
  size_t next = 0;
  while (next < lines.size()) {
    const std::vector<std::string> size = split(lines[next][2], ' ');
    auto read = load_image_folders(kFolder, std::stoi(size[0]), std::stoi(size[1]),
                                   std::stoi(lines[next][1]), {});
    ASSERT_TRUE(read) << read.error().to_string();
    ASSERT_TRUE(read->has_value());
    const runtime::Dataset& data = **read;
    const int64_t per_image = data.x().element_count() / data.x().rows();
    for (int64_t i = 0; i < data.x().rows(); ++i, ++next) {
      const auto& line = lines[next];
      EXPECT_EQ(std::to_string(data.y().as<int32_t>()[i]), line[3]);
      const std::vector<std::string> values = split(line[4], ' ');
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
                ": is neither a PNG nor a JPEG file\nnote: convert the image to one of them");
  const std::string jpeg = kFolder + "/b/photo.jpg";
  EXPECT_EQ(
      load_image(jpeg, 4).error().to_string(),
      "error: " + jpeg + ": is a JPEG file, which has no fourth channel\nnote: use PNG files");
}

TEST(ImageFile, DamagedFilesAreErrors) {
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
