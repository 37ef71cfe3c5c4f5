/** Colours for depth: near is bright and warm, far is dark and cool. */

/**
 * 256 sRGB colours, `[256, 3]` bytes, far (0) to near (255). A path through OKLCh: lightness rises evenly, so that
 * equal steps of disparity look equal and the map survives grey printing; hue runs from indigo over magenta
 * and orange to pale yellow; chroma is a parabola that stays inside sRGB.
 */
export const DEPTH_COLORS: Uint8Array = buildMap((t) => {
  const lightness = 0.17 + 0.78 * t;
  const chroma = 0.07 + 0.40 * t - 0.39 * t * t;
  const hue = (-85 + 120 * t + 65 * t * t * t) * Math.PI / 180; // -85° = 275° indigo, 100° yellow
  return [lightness, chroma * Math.cos(hue), chroma * Math.sin(hue)];
});

/** Colour of pixels without a value. */
export const NO_VALUE: readonly [number, number, number] = [64, 64, 64];

function buildMap(path: (t: number) => [number, number, number]): Uint8Array {
  const colors = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i++) colors.set(fromOklab(path(i / 255)), i * 3);
  return colors;
}

/** OKLab to sRGB bytes (Ottosson 2020), clipped. */
function fromOklab([lightness, a, b]: [number, number, number]): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3;
  const encode = (x: number) => {
    const y = x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055;
    return Math.round(255 * Math.min(1, Math.max(0, y)));
  };
  return [
    encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encode(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s),
  ];
}
