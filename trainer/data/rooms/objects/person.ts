import { Builder, type Frame } from "../builder.ts";
import { Draws } from "../draws.ts";
import { fabric, paint, skin } from "../materials/furnishing.ts";

/** A standing person-like figure about 1.7 m tall; origin between the feet, facing -z. */
export function person(b: Builder, d: Draws, frame: Frame): void {
  b.object("person", frame, () => {
    const s = d.uniform("height", 1.5, 1.92) / 1.75;
    const top = fabric(d.of("top"));
    const trousers = fabric(d.of("trousers"));
    const flesh = skin(d.of("skin"));
    const hair = {
      ...fabric(d.of("hair")),
      a: [0.05, 0.035, 0.02] as const,
      b: [0.02, 0.015, 0.01] as const,
    };
    const stride = d.uniform("stride", -0.2, 0.2);
    const arm = d.uniform("arm", -0.35, 0.35);
    for (const side of [-1, 1]) {
      const x = side * 0.1 * s;
      b.bar([x, -0.9 * s, 0], [x * 1.05, -0.06 * s, stride * side * s], 0.075 * s, trousers);
      b.box(
        [x * 1.05, -0.04 * s, stride * side * s - 0.05 * s],
        [0.09 * s, 0.08 * s, 0.26 * s],
        paint(d.of("shoe")),
      );
      const hand: readonly [number, number, number] = [
        side * 0.27 * s,
        -0.86 * s,
        (arm * side - 0.05) * s,
      ];
      b.bar([side * 0.21 * s, -1.4 * s, 0], hand, 0.048 * s, top);
      b.ball(hand, [0.05 * s, 0.07 * s, 0.05 * s], flesh);
    }
    b.cone([0, -1.16 * s, 0], 0.16 * s, 0.2 * s, 0.56 * s, top);
    b.ball([0, -1.42 * s, 0], [0.22 * s, 0.09 * s, 0.12 * s], top);
    b.cylinder([0, -1.5 * s, 0], 0.055 * s, 0.14 * s, flesh);
    b.ball([0, -1.63 * s, 0], [0.085 * s, 0.12 * s, 0.1 * s], flesh);
    b.ball([0, -1.67 * s, 0.02 * s], [0.095 * s, 0.1 * s, 0.105 * s], hair);
  });
}
