#include "runtime/data/digit_glyphs.h"

namespace kiln::runtime {
namespace {

constexpr Joint kCorner = Joint::kCorner;

std::vector<Glyph> zero() {
  return {
      // A loop from the top.
      {4, {{{54, 0}, {22, 22}, {18, 72}, {46, 100}, {80, 76}, {82, 24}, {52, 1}}}},
      // Begun at the right, its ends crossing.
      {2, {{{72, 14}, {48, 0}, {20, 28}, {18, 76}, {50, 100}, {82, 70}, {78, 22}, {46, 8}}}},
      // Narrow.
      {2, {{{52, 0}, {34, 26}, {33, 74}, {51, 100}, {68, 72}, {68, 26}, {50, 2}}}},
  };
}

std::vector<Glyph> one() {
  return {
      {6, {{{51, 0}, {50, 50}, {49, 100}}}},
      // With a flag.
      {3, {{{32, 22}, {54, 0, kCorner}, {53, 50}, {52, 100}}}},
      // With a flag and a foot.
      {1, {{{30, 20}, {52, 0, kCorner}, {52, 98}}, {{28, 99}, {76, 98}}}},
  };
}

std::vector<Glyph> two() {
  return {
      // A swan with a flat foot.
      {4,
       {{{18, 24},
         {30, 6},
         {54, 0},
         {76, 12},
         {76, 34},
         {56, 64},
         {16, 98, kCorner},
         {50, 97},
         {86, 97}}}},
      // With a loop at the foot.
      {3,
       {{{18, 22},
         {42, 2},
         {70, 8},
         {76, 32},
         {54, 68},
         {26, 94},
         {13, 90},
         {22, 78},
         {42, 84},
         {64, 97},
         {90, 90}}}},
      // Angular.
      {1, {{{20, 10}, {56, 2}, {76, 20}, {50, 62}, {18, 99, kCorner}, {86, 94}}}},
  };
}

std::vector<Glyph> three() {
  return {
      // Two bows that meet in a point.
      {4,
       {{{20, 12},
         {46, 0},
         {72, 12},
         {68, 36},
         {40, 47, kCorner},
         {74, 56},
         {82, 78},
         {58, 99},
         {30, 98},
         {14, 86}}}},
      // A small loop between the bows.
      {2,
       {{{18, 16},
         {44, 1},
         {70, 12},
         {62, 38},
         {40, 50},
         {36, 44},
         {46, 44},
         {76, 58},
         {78, 84},
         {48, 100},
         {16, 90}}}},
      // A flat top.
      {1, {{{20, 3}, {78, 2, kCorner}, {44, 42, kCorner}, {76, 54}, {82, 78}, {56, 99}, {16, 92}}}},
  };
}

std::vector<Glyph> four() {
  return {
      // Open: an angle, then the stem.
      {3, {{{26, 2}, {16, 54, kCorner}, {50, 55}, {86, 52}}, {{70, 4}, {66, 50}, {62, 100}}}},
      // Closed, in one triangle.
      {3,
       {{{64, 2, kCorner}, {38, 34}, {12, 66, kCorner}, {50, 66}, {90, 64}},
        {{64, 2}, {64, 50}, {63, 100}}}},
      // Round: a bowl, then the stem.
      {2, {{{20, 4}, {17, 32}, {28, 50}, {52, 52}, {76, 38}}, {{80, 0}, {75, 44}, {66, 100}}}},
  };
}

std::vector<Glyph> five() {
  return {
      // Stem and belly, then the roof.
      {4,
       {{{30, 3},
         {26, 24},
         {22, 46, kCorner},
         {46, 38},
         {76, 50},
         {80, 74},
         {58, 97},
         {32, 99},
         {12, 88}},
        {{30, 3}, {54, 4}, {84, 2}}}},
      // In one stroke, from the roof's right end.
      {3,
       {{{82, 4},
         {34, 6, kCorner},
         {26, 44, kCorner},
         {54, 40},
         {78, 58},
         {74, 84},
         {46, 100},
         {14, 92}}}},
      // Rounded like an S.
      {1,
       {{{82, 6}, {50, 3}, {28, 16}, {32, 38}, {62, 48}, {80, 68}, {66, 94}, {36, 100}, {12, 88}}}},
  };
}

std::vector<Glyph> six() {
  return {
      // A wide bow into the loop.
      {4,
       {{{68, 2},
         {42, 18},
         {22, 50},
         {18, 80},
         {38, 99},
         {66, 95},
         {80, 74},
         {66, 55},
         {42, 58},
         {20, 78}}}},
      // A straight stem.
      {3,
       {{{46, 0},
         {28, 34},
         {18, 68},
         {26, 94},
         {50, 100},
         {72, 86},
         {68, 64},
         {46, 58},
         {22, 74}}}},
      // The loop small and low.
      {1, {{{60, 0}, {34, 30}, {20, 70}, {30, 96}, {54, 99}, {66, 84}, {52, 70}, {26, 80}}}},
  };
}

std::vector<Glyph> seven() {
  return {
      {4, {{{14, 6}, {50, 5}, {82, 4, kCorner}, {62, 42}, {42, 100}}}},
      // With a bar.
      {2, {{{16, 6}, {50, 6}, {84, 4, kCorner}, {62, 44}, {44, 100}}, {{32, 52}, {76, 48}}}},
      // With a hook at the left.
      {1, {{{16, 22}, {18, 5, kCorner}, {50, 8}, {86, 5, kCorner}, {60, 48}, {46, 100}}}},
      // Rounded at the shoulder.
      {2, {{{14, 12}, {44, 3}, {76, 6}, {76, 28}, {58, 62}, {46, 100}}}},
  };
}

std::vector<Glyph> eight() {
  return {
      // One crossing stroke from the upper right.
      {5,
       {{{74, 14},
         {50, 0},
         {26, 12},
         {32, 36},
         {60, 54},
         {78, 78},
         {58, 99},
         {30, 96},
         {22, 78},
         {38, 56},
         {66, 36},
         {76, 16}}}},
      // Two loops, one on the other.
      {2,
       {{{50, 1}, {28, 12}, {30, 36}, {52, 47}, {72, 34}, {72, 12}, {50, 1}},
        {{52, 47}, {24, 62}, {22, 88}, {50, 100}, {78, 88}, {76, 60}, {50, 47}}}},
      // Begun at the top, closed with an open neck.
      {2,
       {{{78, 8},
         {54, 2},
         {30, 12},
         {36, 34},
         {64, 58},
         {72, 86},
         {48, 100},
         {28, 84},
         {42, 56},
         {70, 26},
         {80, 8}}}},
  };
}

std::vector<Glyph> nine() {
  return {
      // A loop and a straight stem.
      {4,
       {{{76, 16},
         {54, 1},
         {28, 12},
         {22, 36},
         {42, 52},
         {66, 40},
         {77, 14, kCorner},
         {72, 56},
         {66, 100}}}},
      // A curved tail.
      {3,
       {{{76, 18},
         {52, 1},
         {26, 14},
         {24, 38},
         {46, 50},
         {70, 38},
         {78, 18},
         {80, 54},
         {64, 92},
         {38, 99},
         {20, 88}}}},
      // Begun low in the loop, its stem leaning.
      {2, {{{70, 30}, {44, 50}, {22, 36}, {34, 8}, {64, 2}, {74, 22}, {64, 60}, {46, 100}}}},
  };
}

}  // namespace

std::vector<std::vector<Glyph>> digit_glyphs() {
  return {zero(), one(), two(), three(), four(), five(), six(), seven(), eight(), nine()};
}

}  // namespace kiln::runtime
