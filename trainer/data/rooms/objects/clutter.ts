import { leaf } from "../materials/nature.ts";
import { Builder } from "../builder.ts";
import { Draws } from "../draws.ts";
import { books, glass, paint, poster } from "../materials/furnishing.ts";

/** Small things on a surface at height `high` within w x deep centred at (0, z). */
export function clutter(
  b: Builder,
  d: Draws,
  w: number,
  deep: number,
  z: number,
  high: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    const k = d.of("thing", i);
    const x = k.uniform("x", -0.42, 0.42) * w;
    const zz = z + k.uniform("z", -0.38, 0.38) * deep;
    const s = k.scale("size", 0.05, 0.16);
    const yaw = k.uniform("yaw", 0, 3);
    switch (k.whole("kind", 0, 6)) {
      case 0:
        b.cone([x, -high - s, zz], s * 0.4, s * k.uniform("top", 0.2, 0.6), 2 * s, paint(k));
        break;
      case 1:
        b.ball([x, -high - s * 0.6, zz], [s * 0.6, s * 0.6, s * 0.6], paint(k));
        break;
      case 2:
        b.box([x, -high - s * 0.2, zz], [s * 2, s * 0.4, s * 1.5], books(k), { yaw });
        break;
      case 3:
        b.box([x, -high - s * 0.7, zz], [s, s * 1.4, s], poster(k), { yaw });
        break;
      case 4:
        b.cone([x, -high - 0.06, zz], 0.05, 0.07, 0.12, paint(k));
        b.leaves([x, -high - 0.22, zz], [0.13, 0.14, 0.13], 0.5, leaf(k));
        break;
      case 5:
        b.cylinder([x, -high - s, zz], s * 0.3, 2 * s, glass(k));
        break;
      default:
        b.box([x, -high - 0.01, zz], [0.21, 0.02, 0.3], paint(k), { yaw });
    }
  }
}
