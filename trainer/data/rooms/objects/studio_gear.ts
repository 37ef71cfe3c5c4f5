/** Stands, cameras, reflectors and softboxes. */
import { Builder } from "../builder.ts";
import { Draws } from "../draws.ts";
import { fabric, glow, metal, paint } from "../materials/furnishing.ts";
import type { Recipe } from "../materials/recipe.ts";

export function stand(
  b: Builder,
  d: Draws,
  frame: { at: readonly [number, number, number]; yaw: number },
  high: number,
  m: Recipe,
): void {
  b.object("stand", frame, () => {
    b.cylinder([0, -high / 2, 0], 0.014, high, m);
    for (let i = 0; i < 3; i++) {
      const a = i * 2.0944 + 0.5;
      b.bar([0, -0.5, 0], [0.4 * Math.sin(a), 0, 0.4 * Math.cos(a)], 0.011, m);
    }
    if (d.chance("camera", 0.4)) {
      b.box([0, -high - 0.05, 0], [0.13, 0.1, 0.08], paint(d.of("camera")));
      b.bar([0, -high - 0.05, -0.03], [0, -high - 0.05, -0.16], 0.035, m);
    } else if (d.chance("reflector", 0.5)) {
      b.cylinder([0, -high - 0.3, 0], d.uniform("r", 0.3, 0.6), 0.01, fabric(d.of("cloth")), {
        pitch: 1.3,
      });
    }
  });
}

export function softbox(
  b: Builder,
  d: Draws,
  frame: { at: readonly [number, number, number]; yaw: number },
  y: number,
  on: boolean,
): void {
  const m = metal(d.of("m"));
  stand(b, d.of("no camera"), frame, y - 0.1, m);
  b.object("softbox", frame, () => {
    const lit = on ? glow(0.05, 5) : fabric(d.of("front"));
    const tilt = d.uniform("tilt", -0.1, 0.5);
    if (d.chance("round", 0.5)) {
      const r = d.uniform("r", 0.3, 0.55);
      b.cone([0, -y, -0.1], r, 0.1, 0.3, paint(d.of("shell")), {
        pitch: -Math.PI / 2 + tilt,
        shadow: false,
      });
      b.cylinder([0, -y + Math.sin(tilt) * 0.16, -0.26], r * 0.97, 0.02, lit, {
        pitch: Math.PI / 2 + tilt,
        shadow: false,
      });
    } else {
      const [w, h] = [d.uniform("w", 0.4, 0.9), d.uniform("h", 0.5, 1.2)];
      b.box([0, -y, -0.1], [w, h, 0.26], paint(d.of("shell")), { pitch: tilt, shadow: false });
      b.box(
        [0, -y + Math.sin(tilt) * 0.14, -0.1 - Math.cos(tilt) * 0.14],
        [w * 0.95, h * 0.95, 0.02],
        lit,
        { pitch: tilt, shadow: false },
      );
    }
  });
}
