/** Grass, soil, leaves, bark, water. */
import { Draws } from "../draws.ts";
import { colour, type Recipe, shade } from "./recipe.ts";

/** Grass. */
export function grass(d: Draws): Recipe {
  const dry = d.chance("dry", 0.35);
  const hue = dry ? d.uniform("hue", 0.09, 0.16) : d.uniform("hue", 0.19, 0.3);
  const a = colour(hue, d.uniform("s", 0.25, 0.65), d.uniform("v", 0.33, 0.6));
  return {
    name: "grass",
    a,
    b: colour(
      hue + d.uniform("turn", -0.06, 0.03),
      d.uniform("sb", 0.3, 0.6),
      d.uniform("vb", 0.25, 0.6),
    ),
    blend: [d.uniform("f", 0.3, 2.2), 1],
    grain: [d.uniform("fine", 9, 26), d.uniform("amount", 0.35, 0.7)],
    bump: 0.8,
  };
}

/** Soil, sand, forest floor. */
export function soil(d: Draws): Recipe {
  const a = colour(
    d.uniform("hue", 0.05, 0.13),
    d.uniform("s", 0.15, 0.55),
    d.uniform("v", 0.3, 0.75),
  );
  const mossy = d.chance("mossy", 0.4);
  return {
    name: "soil",
    a,
    b: mossy
      ? colour(d.uniform("hue b", 0.15, 0.28), 0.5, d.uniform("vb", 0.2, 0.45))
      : shade(a, 0.45),
    blend: [d.uniform("f", 0.5, 3), 1],
    grain: [d.uniform("fine", 10, 30), 0.5],
    bump: 0.7,
  };
}

/** Leaves. */
export function leaf(d: Draws): Recipe {
  const autumn = d.chance("autumn", 0.12);
  const hue = autumn ? d.uniform("hue", 0.03, 0.13) : d.uniform("hue", 0.18, 0.33);
  const a = colour(hue, d.uniform("s", 0.35, 0.75), d.uniform("v", 0.28, 0.6));
  return {
    name: "leaf",
    a,
    b: colour(hue + d.uniform("turn", -0.05, 0.02), 0.5, d.uniform("vb", 0.12, 0.35)),
    blend: [d.uniform("f", 4, 9), 1],
    grain: [d.uniform("fine", 9, 17), 0.75],
  };
}

/** Bark. */
export function bark(d: Draws): Recipe {
  const a = colour(
    d.uniform("hue", 0.03, 0.12),
    d.uniform("s", 0.1, 0.45),
    d.uniform("v", 0.2, 0.6),
  );
  return {
    name: "bark",
    a,
    b: shade(a, 0.4),
    blend: [22, 1],
    grain: [60, 0.35],
    stretch: 0.35,
    bump: 0.4,
  };
}

/** Water. */
export function water(d: Draws): Recipe {
  const a = colour(
    d.uniform("hue", 0.5, 0.62),
    d.uniform("s", 0.1, 0.45),
    d.uniform("v", 0.25, 0.6),
  );
  return {
    name: "water",
    a,
    b: shade(a, 0.7),
    blend: [0.5, 0.7],
    grain: [3, 0.25],
    stretch: 3,
    bump: 0.15,
    gloss: 0.9,
  };
}
