/** Lamps on the ceiling, pictures, plants, a table with chairs: what any room may hold. */
import { Draws } from "../draws.ts";
import type { Light } from "../look.ts";
import { glow } from "../materials/furnishing.ts";
import { floorLamp, pendant, picture, plant } from "../objects/fittings.ts";
import { person } from "../objects/person.ts";
import { chair } from "../objects/seating.ts";
import { table } from "../objects/tables.ts";
import { Room } from "./room.ts";

/** Ceiling lamps; gives the lights. */
export function lamps(room: Room, d: Draws): Light[] {
  const { b, plan } = room;
  const on = d.chance("on", 0.7);
  const warm = d.uniform("warm", 0, 1);
  const power = on ? d.uniform("power", 0.8, 2.4) : 0.15;
  const tint = [1, 1 - 0.18 * warm, 1 - 0.45 * warm] as const;
  const out: Light[] = [];
  const n = plan.w * plan.deep > 24 ? 2 : 1;
  const kind = d.pick("kind", ["pendant", "disc", "spots", "panel"]);
  for (let i = 0; i < n; i++) {
    const along = plan.w > plan.deep;
    const off = n === 1 ? d.uniform("off", -0.15, 0.15) : i - 0.5 === 0 ? 0 : (i - 0.5) * 0.5;
    const [x, z] = along ? [off * plan.w, 0] : [0, off * plan.deep];
    const at = { at: [x, -plan.high, z] as const, yaw: 0 };
    if (kind === "pendant") {
      pendant(b, d.of("pendant"), at, d.uniform("drop", 0.4, Math.min(1.1, plan.high - 1.9)));
    } else {
      const lit = glow(warm * 0.6, on ? 4 : 0.8);
      b.object("lamp", at, () => {
        if (kind === "disc") b.cylinder([0, 0.05, 0], 0.2, 0.1, lit, { shadow: false });
        else if (kind === "panel") b.box([0, 0.03, 0], [0.3, 0.06, 1.2], lit, { shadow: false });
        else {for (let k = 0; k < 4; k++) {
            b.cylinder(
              [(k % 2 - 0.5) * plan.w * 0.3, 0.01, (Math.floor(k / 2) - 0.5) * plan.deep * 0.35],
              0.05,
              0.02,
              lit,
              { shadow: false },
            );
          }}
      });
    }
    out.push({
      at: [x, -plan.high + (kind === "pendant" ? d.uniform("drop", 0.4, 1.1) : 0.12), z],
      colour: [power * tint[0] * 2 / n, power * tint[1] * 2 / n, power * tint[2] * 2 / n],
      radius: kind === "pendant" ? 0.2 : 0.45,
    });
  }
  return out;
}

/** Pictures, plants, lamps, people: what any room may hold. */
export function decorate(room: Room, d: Draws, most: number): void {
  const { b } = room;
  const n = d.whole("pictures", 0, most);
  for (let i = 0; i < n; i++) {
    const k = d.of("picture", i);
    const w = k.scale("w", 0.25, 1.4);
    const at = room.hang(k, w, 1.1);
    if (at) picture(b, k, at, w, w * k.uniform("aspect", 0.6, 1.5), k.uniform("y", 1.4, 1.75));
  }
  for (let i = 0; i < d.whole("plants", 0, 2); i++) {
    const k = d.of("plant", i);
    const high = k.uniform("high", 0.5, 1.9);
    const at = room.against(k, 0.5, 0.5, 0.6);
    if (at) b.object("plant", at, () => plant(b, k, { at: [0, 0, -0.28], yaw: 0 }, high));
  }
  if (d.chance("floor lamp", 0.4)) {
    const k = d.of("floor lamp");
    const at = room.against(k, 0.4, 0.4, 1.8);
    if (at) b.object("lamp", at, () => floorLamp(b, k, { at: [0, 0, -0.2], yaw: 0 }));
  }
  for (let i = 0; i < (d.chance("people", 0.2) ? d.whole("persons", 1, 2) : 0); i++) {
    const k = d.of("person", i);
    const at = room.free(k, 0.6, 0.5);
    if (at) person(b, k, at);
  }
}

/** A table with chairs around it on free floor. */
export function dining(room: Room, d: Draws): void {
  const { b } = room;
  const [w, deep] = [d.uniform("w", 0.9, 2), d.uniform("d", 0.75, 1)];
  const at = room.free(d, w + 0.9, deep + 1.1);
  if (!at) return;
  b.object("dining", at, () => {
    table(b, d, { at: [0, 0, 0], yaw: 0 }, w, deep, 0.74);
    const n = Math.max(1, Math.floor(w / 0.6));
    for (let i = 0; i < n; i++) {
      for (const s of [-1, 1]) {
        const k = d.of("chair", i * 2 + (s + 1) / 2);
        if (k.chance("missing", 0.15)) continue;
        const out = k.uniform("out", 0.05, 0.3);
        chair(b, d.of("chairs"), {
          at: [(i - (n - 1) / 2) * w / n, 0, s * (deep / 2 + out)],
          yaw: (s > 0 ? 0 : Math.PI) + k.uniform("turn", -0.4, 0.4),
        });
      }
    }
  });
}
