/** The ground of outdoor scenes, and scattering things over it. */
import { Builder } from "../builder.ts";
import { Draws } from "../draws.ts";
import type { Recipe } from "../materials/recipe.ts";
import type { Vec3 } from "../scene.ts";

/** The ground to 400 m and, on it, gentle rises. */
export function ground(b: Builder, d: Draws, m: Recipe, rises: number, clear: number): void {
  const steep = d.chance("hilly", 0.3) ? 0.32 : 0.11;
  b.object("ground", { at: [0, 0, 0], yaw: 0 }, () => {
    b.box([0, 1, 0], [900, 2, 900], m, { shadow: false, world: true, grain: 0.37 });
    for (let i = 0; i < rises; i++) {
      const k = d.of("rise", i);
      const far = k.scale("far", 14, 150);
      const r = far * k.uniform("r", 0.5, 0.85);
      const a = k.uniform("a", 0, 6.28);
      const high = Math.min(r * steep, k.uniform("high", 0.3, 2.5) + far * steep * 0.4);
      if (far - r < clear) continue;
      b.ball(
        [Math.sin(a) * far, 0.05, Math.cos(a) * far],
        [r, high, r * k.uniform("long", 0.6, 1)],
        m,
        { shadow: false, world: true, grain: 0.37, yaw: a },
      );
    }
  });
}

/** Place n things between two distances around the origin, keeping some metres between them. */
export function scatter(
  d: Draws,
  n: number,
  near: number,
  far: number,
  gap: number,
  put: (k: Draws, at: Vec3, distance: number) => void,
  taken: [number, number][] = [],
): void {
  for (let i = 0; i < n; i++) {
    for (let t = 0; t < 5; t++) {
      const k = d.of("item" + i, t);
      const r = k.scale("r", near, far);
      const a = k.uniform("a", 0, 2 * Math.PI);
      const [x, z] = [r * Math.sin(a), r * Math.cos(a)];
      const room = gap * (1 + r / 25);
      if (taken.some(([p, q]) => (p - x) ** 2 + (q - z) ** 2 < room * room)) continue;
      taken.push([x, z]);
      put(k, [x, 0, z], r);
      break;
    }
  }
}
