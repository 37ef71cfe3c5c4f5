/** A 5×7 pixel font for captions: the same pixels on every machine, whether it has fonts or not. */

/** Seven rows a glyph, five bits a row, one base-32 digit each. */
// deno-fmt-ignore
const GLYPHS: Readonly<Record<string, string>> = {
  A: "ehhvhhh", B: "uhhuhhu", C: "ehggghe", D: "uhhhhhu", E: "vgguggv", F: "vgguggg", G: "ehgnhhf",
  H: "hhhvhhh", I: "e44444e", J: "72222ic", K: "hikokih", L: "ggggggv", M: "hrllhhh", N: "hhpljhh",
  O: "ehhhhhe", P: "uhhuggg", Q: "ehhhlid", R: "uhhukih", S: "fgge11u", T: "v444444", U: "hhhhhhe",
  V: "hhhhha4", W: "hhhllla", X: "hha4ahh", Y: "hhha444", Z: "v1248gv",
  a: "00e1fhf", b: "ggmphhu", c: "00egghe", d: "11djhhf", e: "00ehvge", f: "698s888", g: "0fhhf1e",
  h: "ggmphhh", i: "40c444e", j: "20622ic", k: "ggikoki", l: "c44444e", m: "00qllhh", n: "00mphhh",
  o: "00ehhhe", p: "00uhugg", q: "00djf11", r: "00mpggg", s: "00ege1u", t: "88s8896", u: "00hhhjd",
  v: "00hhha4", w: "00hhlla", x: "00ha4ah", y: "00hhf1e", z: "00v248v",
  0: "ehjlphe", 1: "4c4444e", 2: "eh1248v", 3: "v2421he", 4: "26aiv22", 5: "vgu11he", 6: "68guhhe",
  7: "v124888", 8: "ehhehhe", 9: "ehhf12c",
  " ": "0000000", ".": "00000cc", ",": "0000c48", ":": "0cc0cc0", ";": "0cc0c48", "-": "000v000",
  "+": "044v440", "/": "01248g0", "%": "op248j3", "(": "2488842", ")": "8422248", "[": "e88888e",
  "]": "e22222e", "=": "00v0v00", "_": "000000v", "#": "aavavaa", "'": "4480000", '"': "aaa0000",
  "<": "248g842", ">": "8421248", "!": "4444404", "?": "eh12404", "|": "4444444", "*": "04lel40",
  "&": "cik8lid", "@": "eh1dlle", "~": "008l200", "°": "ciic000", "×": "0ha4ah0", "±": "44v440v",
  "→": "042v240", "δ": "684ehhe",
};

const UNKNOWN = "vhhhhhv";

/** Height of a line, pixels. */
export const GLYPH_HEIGHT = 7;

/** Width of a glyph with the gap after it, pixels. */
export const GLYPH_ADVANCE = 6;

/**
 * Call `dot` for every lit pixel of a text, one line.
 *
 * @param text characters without a glyph become boxes
 * @param dot receives column and row, counted from the upper left corner
 */
export function drawText(text: string, dot: (x: number, y: number) => void): void {
  let left = 0;
  for (const character of text) {
    const rows = Object.hasOwn(GLYPHS, character) ? GLYPHS[character]! : UNKNOWN;
    for (let y = 0; y < GLYPH_HEIGHT; y++) {
      const bits = parseInt(rows[y]!, 32);
      for (let x = 0; x < 5; x++) if (bits & (16 >> x)) dot(left + x, y);
    }
    left += GLYPH_ADVANCE;
  }
}
