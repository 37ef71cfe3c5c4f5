/** Ties sun, sky and exposure of an outdoor scene together. */
import { Builder } from "../builder.ts";
import type { Draft } from "../draft.ts";
import { Draws } from "../draws.ts";
import type { Light } from "../look.ts";
import { scaled } from "../materials/recipe.ts";
import { drawSky } from "../sky.ts";

/** Streets, woods and open ground. */

export function outdoorDraft(
  b: Builder,
  d: Draws,
  sky: ReturnType<typeof drawSky>,
  camera: Draft["camera"],
  extra: readonly Light[] = [],
  gain = 1,
): Draft {
  const up = Math.max(0.05, -sky.sun[1]);
  const warmth = Math.max(0, 0.5 - up);
  const sun: Light = {
    at: sky.sun,
    sun: true,
    colour: scaled([1, 0.95 - 0.3 * warmth, 0.86 - 0.75 * warmth], sky.direct),
    radius: sky.kind === "overcast" ? 6 : d.uniform("soft", 1, 3),
    span: 34,
  };
  const ambient = scaled([
    0.5 * sky.zenith[0] + 0.5 * sky.horizon[0],
    0.5 * sky.zenith[1] + 0.5 * sky.horizon[1],
    0.5 * sky.zenith[2] + 0.5 * sky.horizon[2],
  ], d.uniform("ambient", 0.35, 0.65));
  const level = 0.7 * (0.2126 * ambient[0] + 0.7152 * ambient[1] + 0.0722 * ambient[2]) +
    0.4 * sky.direct * Math.max(0.25, up);
  return {
    b,
    range: 80,
    look: {
      sky,
      ambientUp: ambient,
      ambientDown: scaled(
        [ambient[0] * 0.95, ambient[1] * 0.9, ambient[2] * 0.75],
        d.uniform("from ground", 0.3, 0.55),
      ),
      corners: 0,
      exposure: gain * d.uniform("target", 0.72, 1.1) / Math.max(0.06, level),
      rooms: [],
    },
    lights: [sun, ...extra],
    centre: [0, -2, 0],
    camera,
  };
}
