/** Cars, lamp posts and what stands on a pavement. */
import { Builder, type Frame } from "../builder.ts";
import { Draws } from "../draws.ts";
import { glass, glow, metal, paint } from "../materials/furnishing.ts";
import { wood } from "../materials/interior.ts";
import type { Recipe } from "../materials/recipe.ts";

/** A car about 4.3 m long, its length along z. */
export function car(b: Builder, d: Draws, frame: Frame): void {
  b.object("car", frame, () => {
    const m = { ...paint(d.of("paint")), gloss: 0.9 };
    const dark = { ...glass(d.of("glass")) };
    const black: Recipe = { name: "rubber", a: [0.015, 0.015, 0.016], b: [0.01, 0.01, 0.01] };
    const van = d.chance("van", 0.25);
    const [w, l] = [
      d.uniform("w", 1.65, 1.85),
      van ? d.uniform("lv", 4.5, 5.6) : d.uniform("l", 3.8, 4.8),
    ];
    const high = van ? d.uniform("hv", 1.9, 2.5) : d.uniform("h", 1.4, 1.65);
    const waist = van ? 1.05 : 0.88;
    b.box([0, -(waist + 0.25) / 2, 0], [w, waist - 0.25, l], m);
    b.box([0, -0.42, 0], [w + 0.04, 0.14, l + 0.1], black);
    const cabin = van ? l * 0.78 : l * d.uniform("cabin", 0.5, 0.62);
    const off = van ? 0.09 * l : d.uniform("off", 0.02, 0.1) * l;
    // taper leans along local x: turn it along the car
    const slope = (high - waist) / cabin;
    b.taper(
      [0, -(waist + high) / 2, off],
      [cabin, high - waist, w - 0.1],
      Math.min(0.8, slope * (van ? 0.4 : 1.1)),
      Math.min(0.9, slope * (van ? 1.2 : 1.5)),
      dark,
      { yaw: Math.PI / 2 },
    );
    b.box([0, -high, off], [w - 0.2, 0.05, cabin * (van ? 0.8 : 0.55)], m);
    if (van) {
      b.box([0, -(waist + high) / 2, off + cabin * 0.2], [w - 0.06, high - waist, cabin * 0.6], m);
    }
    for (const sx of [-1, 1]) {
      for (const sz of [-1, 1]) {
        const x = sx * (w / 2 - 0.1), z = sz * l * 0.31;
        b.cylinder([x, -0.32, z], 0.32, 0.24, black, { roll: Math.PI / 2 });
        b.cylinder([x + sx * 0.03, -0.32, z], 0.18, 0.2, metal(d.of("rim")), {
          roll: Math.PI / 2,
          shadow: false,
        });
      }
      b.box([sx * (w / 2 - 0.22), -0.68, -l / 2 - 0.01], [0.3, 0.13, 0.03], glow(0, 0.9), {
        shadow: false,
      });
      b.box([sx * (w / 2 - 0.18), -0.72, l / 2 + 0.01], [0.22, 0.14, 0.03], {
        name: "paint",
        a: [0.5, 0.02, 0.02],
        b: [0.4, 0.02, 0.02],
      }, { shadow: false });
    }
  });
}

/** Street lamp. */
export function lampPost(b: Builder, d: Draws, frame: Frame, lit: boolean): void {
  b.object("lamp post", frame, () => {
    const m = metal(d.of("m"));
    const high = d.uniform("high", 3.5, 7);
    b.cone([0, -high / 2, 0], 0.08, 0.045, high, m);
    b.bar([0, -high, 0], [0, -high - 0.25, -1.1], 0.035, m);
    b.box([0, -high - 0.25, -1.3], [0.22, 0.1, 0.5], lit ? glow(0.7, 6) : m);
  });
}

/** Sign on a post, bin, bollard, box: what stands on a pavement. */
export function pavementThing(b: Builder, d: Draws, frame: Frame): void {
  b.object("street furniture", frame, () => {
    switch (d.whole("kind", 0, 4)) {
      case 0:
        b.cylinder([0, -1.2, 0], 0.03, 2.4, metal(d.of("m")));
        b.cylinder([0, -2.2, -0.05], 0.32, 0.03, paint(d.of("sign")), { pitch: Math.PI / 2 });
        break;
      case 1:
        b.cone([0, -0.45, 0], 0.22, 0.26, 0.9, paint(d.of("bin")));
        break;
      case 2:
        b.cylinder([0, -0.45, 0], 0.07, 0.9, metal(d.of("m")));
        break;
      case 3:
        b.box([0, -0.6, 0], [0.7, 1.2, 0.4], paint(d.of("box")));
        break;
      default:
        b.box([0, -0.44, 0], [1.6, 0.06, 0.45], wood(d.of("bench")));
        for (const s of [-1, 1]) b.box([s * 0.65, -0.22, 0], [0.06, 0.44, 0.4], metal(d.of("m")));
        b.box([0, -0.72, 0.22], [1.6, 0.3, 0.04], wood(d.of("bench")), { pitch: -0.15 });
    }
  });
}
