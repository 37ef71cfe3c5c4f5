// Colour jitter as torchvision's ColorJitter defines it on float images; colours are sRGB in 0..1.
const jitter_contrast = 1u; // 0 brightness, 1 contrast, 2 saturation, 3 hue

struct Augmentation {
  roll: u32, // columns to the right
  flip: u32, // left to right, after the roll
  jitter: u32,
  order: u32, // 2 bits per adjustment, the first one lowest
  factors: vec4f, // brightness, contrast, saturation, hue (turns)
}

fn gray(rgb: vec3f) -> f32 { return dot(rgb, vec3f(0.2989, 0.587, 0.114)); }

fn turn_hue(rgb: vec3f, by: f32) -> vec3f {
  let high = max(rgb.r, max(rgb.g, rgb.b));
  let range = high - min(rgb.r, min(rgb.g, rgb.b));
  if (range == 0.0) { return rgb; }
  let c = (high - rgb) / range;
  var hue = 4.0 + c.g - c.r;
  if (high == rgb.r) { hue = c.b - c.g; } else if (high == rgb.g) { hue = 2.0 + c.r - c.b; }
  hue = fract(hue / 6.0 + 1.0 + by) * 6.0;
  let saturation = range / high;
  let sector = floor(hue);
  let f = hue - sector;
  let p = high * (1.0 - saturation);
  let q = high * (1.0 - saturation * f);
  let t = high * (1.0 - saturation * (1.0 - f));
  switch (u32(sector) % 6u) {
    case 0u: { return vec3f(high, t, p); }
    case 1u: { return vec3f(q, high, p); }
    case 2u: { return vec3f(p, high, t); }
    case 3u: { return vec3f(p, q, high); }
    case 4u: { return vec3f(t, p, high); }
    default: { return vec3f(high, p, q); }
  }
}

// One adjustment; mean_gray is that of the image at this point (contrast alone looks at it).
fn adjust(rgb: vec3f, kind: u32, factors: vec4f, mean_gray: f32) -> vec3f {
  switch (kind) {
    case 0u: { return saturate(rgb * factors.x); }
    case 1u: { return saturate(rgb * factors.y + (1.0 - factors.y) * mean_gray); }
    case 2u: { return saturate(rgb * factors.z + (1.0 - factors.z) * gray(rgb)); }
    default: { return turn_hue(rgb, factors.w); }
  }
}
