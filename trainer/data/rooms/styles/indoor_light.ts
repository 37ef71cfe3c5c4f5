/** Ties lamps, windows, sun and ambient light of a room together at a level that a camera would expose for. */
import type { Draft } from "../draft.ts";
import { Draws } from "../draws.ts";
import type { Light, RoomBox } from "../look.ts";
import { scaled } from "../materials/recipe.ts";
import type { Vec3 } from "../scene.ts";
import { drawSky } from "../sky.ts";
import { Room } from "./room.ts";

/** Ties lamps, windows, sun and ambient light of a room together at a level that a camera would expose for. */

function luminance(c: Vec3): number {
  return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
}

/** Finish a room: at most two lamps, two windows and the sun; ambient light follows them. */
export function indoorDraft(
  room: Room,
  d: Draws,
  sky: ReturnType<typeof drawSky>,
  lamps: readonly Light[],
  boxes: readonly RoomBox[] = [room.box],
): Draft {
  const { w, deep, high } = room.plan;
  const night = sky.kind === "night";
  const strong = lamps.filter((lamp) => luminance(lamp.colour) > 0.5).slice(0, 2);
  const used = strong.length + room.lights.length === 0 ? lamps.slice(0, 1) : strong;
  const windows = [...room.lights]
    .sort((p, q) => luminance(q.colour) - luminance(p.colour))
    .slice(0, used.length > 1 ? 1 : 2)
    .map((light) => ({ ...light, colour: scaled(light.colour, night ? 0.12 : 1) }));
  const lights: Light[] = [...used, ...windows];
  let direct: Vec3 = [0, 0, 0];
  if (!night && windows.length > 0 && sky.direct > 0.5 && d.chance("sun inside", 0.55)) {
    // turn the sun so that it shines through the first window
    const beam = windows[0]!.beam!;
    const azimuth = Math.atan2(-beam[0], -beam[2]) + d.uniform("sun turn", -0.9, 0.9);
    const height = d.uniform("sun height", 0.3, 1.0);
    const to: Vec3 = [
      Math.cos(height) * Math.sin(azimuth),
      -Math.sin(height),
      Math.cos(height) * Math.cos(azimuth),
    ];
    direct = scaled([1, 0.93, 0.82], d.uniform("sun strength", 1.2, 4));
    lights.push({
      at: to,
      sun: true,
      colour: direct,
      radius: 0.9,
      span: Math.hypot(w, deep, high) / 2 + 0.5,
    });
    sky = { ...sky, sun: to };
  }
  // what arrives in the middle of the room
  let level: Vec3 = [0, 0, 0];
  for (const light of lights) {
    if (light.sun) continue;
    const r2 = light.at[0] ** 2 + (light.at[1] + 1.2) ** 2 + light.at[2] ** 2;
    level = [0, 1, 2].map((c) => level[c]! + light.colour[c]! / (0.3 + r2)) as unknown as Vec3;
  }
  const bounce = scaled(level, d.uniform("bounce", 0.3, 0.8));
  const floor = scaled(direct, 0.05);
  const ambient = [0, 1, 2].map((c) => bounce[c]! + floor[c]! + 0.02) as unknown as Vec3;
  const target = d.uniform("target", 0.9, 1.35);
  const total = luminance(ambient) + 0.75 * luminance(level);
  const exposure = target / Math.max(total, 0.02);
  const outside = night
    ? d.uniform("night outside", 0.3, 1)
    : d.scale("bright outside", 0.9, 5) / exposure;
  return {
    b: room.b,
    range: 10,
    look: {
      sky: {
        ...sky,
        zenith: scaled(sky.zenith, outside),
        horizon: scaled(sky.horizon, outside),
        below: scaled(sky.below, outside),
        skyline: scaled(sky.skyline, outside),
        haze: 0.0001,
      },
      ambientUp: scaled(ambient, 0.95),
      ambientDown: scaled(ambient, d.uniform("from floor", 0.6, 0.95)),
      corners: d.uniform("corners", 0.25, 0.6),
      exposure,
      rooms: boxes,
    },
    lights,
    centre: [0, -high / 2, 0],
    camera: (
      k,
    ) => [
      k.uniform("x", -0.3, 0.3) * w,
      -k.uniform("y", 1.1, Math.min(1.8, high - 0.5)),
      k.uniform("z", -0.3, 0.3) * deep,
    ],
  };
}
