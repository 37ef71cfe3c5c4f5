/** Presets: small files of differences from the defaults. */
import embedded from "./presets/embedded.json" with { type: "json" };
import paper from "./presets/paper.json" with { type: "json" };
import smoke from "./presets/smoke.json" with { type: "json" };
import type { Differences } from "./recipes.ts";

/** Every preset by name. `embedded`: a machine without a GPU; `paper`: a GPU; `smoke`: a few tiny steps. */
export const PRESETS: Readonly<Record<string, Differences>> = { embedded, paper, smoke };

/** The preset of a run that names none. @param kind class of the adapter */
export function defaultPreset(kind: "cpu" | "gpu"): "embedded" | "paper" {
  return kind === "cpu" ? "embedded" : "paper";
}
