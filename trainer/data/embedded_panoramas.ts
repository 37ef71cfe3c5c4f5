/**
 * The 18 CC0 panoramas of npm `@pmndrs/assets` (Poly Haven HDRIs, 512×256 EXR): names, what they show, and the
 * fixed split. Each is a module that exports a base64 data URL; nothing is fetched once the npm cache is filled.
 */

/** Which panoramas to train on and which to hold out. */
export type PanoramaSplit = "train" | "val";

/** One embedded panorama. */
export interface EmbeddedPanorama {
  /** Its name in the package. */
  readonly name: string;
  /** Held out or trained on. */
  readonly split: PanoramaSplit;
  /** What it shows. */
  readonly scene: string;
  /** Its module. */
  readonly load: () => Promise<{ default: string }>;
}

/**
 * All of them in a fixed order. Held out are one of each kind that remains in the other part: a room, a street,
 * open ground and a studio.
 */
export const EMBEDDED: readonly EmbeddedPanorama[] = [
  {
    name: "apartment",
    split: "train",
    scene: "empty living room",
    load: () => import("@pmndrs/assets/hdri/apartment.exr.js"),
  },
  {
    name: "bridge",
    split: "train",
    scene: "glazed footbridge",
    load: () => import("@pmndrs/assets/hdri/bridge.exr.js"),
  },
  {
    name: "city",
    split: "val",
    scene: "square between high-rises",
    load: () => import("@pmndrs/assets/hdri/city.exr.js"),
  },
  {
    name: "dawn",
    split: "train",
    scene: "rocky hills at dawn",
    load: () => import("@pmndrs/assets/hdri/dawn.exr.js"),
  },
  {
    name: "esplanade",
    split: "train",
    scene: "shopping arcade",
    load: () => import("@pmndrs/assets/hdri/esplanade.exr.js"),
  },
  {
    name: "forest",
    split: "train",
    scene: "forest slope",
    load: () => import("@pmndrs/assets/hdri/forest.exr.js"),
  },
  {
    name: "hall",
    split: "train",
    scene: "banquet hall",
    load: () => import("@pmndrs/assets/hdri/hall.exr.js"),
  },
  {
    name: "lab",
    split: "train",
    scene: "machine laboratory",
    load: () => import("@pmndrs/assets/hdri/lab.exr.js"),
  },
  {
    name: "lobby",
    split: "val",
    scene: "lobby with benches",
    load: () => import("@pmndrs/assets/hdri/lobby.exr.js"),
  },
  {
    name: "night",
    split: "train",
    scene: "grassland under stars",
    load: () => import("@pmndrs/assets/hdri/night.exr.js"),
  },
  {
    name: "park",
    split: "val",
    scene: "lawn by a town",
    load: () => import("@pmndrs/assets/hdri/park.exr.js"),
  },
  {
    name: "sky",
    split: "train",
    scene: "clouds over mist",
    load: () => import("@pmndrs/assets/hdri/sky.exr.js"),
  },
  {
    name: "studio",
    split: "val",
    scene: "photo studio",
    load: () => import("@pmndrs/assets/hdri/studio.exr.js"),
  },
  {
    name: "sunrise",
    split: "train",
    scene: "meadow in morning mist",
    load: () => import("@pmndrs/assets/hdri/sunrise.exr.js"),
  },
  {
    name: "sunset",
    split: "train",
    scene: "Venetian square",
    load: () => import("@pmndrs/assets/hdri/sunset.exr.js"),
  },
  {
    name: "venice",
    split: "train",
    scene: "waterfront at dusk",
    load: () => import("@pmndrs/assets/hdri/venice.exr.js"),
  },
  {
    name: "warehouse",
    split: "train",
    scene: "empty warehouse",
    load: () => import("@pmndrs/assets/hdri/warehouse.exr.js"),
  },
  {
    name: "workshop",
    split: "train",
    scene: "aerodynamics workshop",
    load: () => import("@pmndrs/assets/hdri/workshop.exr.js"),
  },
];

/** The EXR bytes of one panorama. */
export async function embeddedBytes({ load }: EmbeddedPanorama): Promise<Uint8Array<ArrayBuffer>> {
  const url = (await load()).default;
  return Uint8Array.fromBase64(url.slice(url.indexOf(",") + 1));
}
