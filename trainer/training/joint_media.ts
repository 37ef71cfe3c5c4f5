/**
 * Pictures of a joint run: what the student makes of held-out rooms and of the panoramas that it was just taught with.
 *
 * @module
 */
import type { Teacher } from "@depth-anywhere/teacher";
import {
  colorTile,
  contactSheet,
  disparityTile,
  distanceTile,
  enlarge,
  maskTile,
  type Tile,
} from "../formats/picture.ts";
import { encodeJpeg, encodePng } from "../formats/picture_file.ts";
import type { RunWriter } from "../runs/run_writer.ts";
import { viewHeight } from "./configured_teacher.ts";
import type { JointEvaluation } from "./joint_evaluation.ts";
import type { JointLearner } from "./joint_learner.ts";

/** A small panorama enlarged a whole number of times, to a width that can be looked at. */
function shown(tile: Tile): Tile {
  return tile.width < 256 ? enlarge(tile, Math.ceil(256 / tile.width) * tile.width) : tile;
}

/**
 * A panorama and its prediction at one size, as the student's is often smaller than the view that the teacher's faces
 * are cut from.
 *
 * @param pixels `[view.height, 2 · view.height]` words of RGBA bytes
 * @param disparity `[height, 2 · height]`
 */
export function panoramaPair(
  pixels: Uint32Array<ArrayBuffer>,
  view: { readonly height: number; readonly name: string },
  disparity: Float32Array,
  height: number,
): { panorama: Tile; prediction: Tile } {
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const panorama = shown(colorTile(bytes, 2 * view.height, view.height, view.name));
  const prediction = disparityTile(disparity, 2 * height, height, { caption: "prediction" });
  return { panorama, prediction: enlarge(prediction, panorama.width) };
}

/** Rows of input, prediction and truth for one room of each of some styles. */
async function roomRows(
  evaluation: JointEvaluation,
  height: number,
  most: number,
): Promise<Tile[][]> {
  const each = new Map(evaluation.rooms.map((room) => [room.style, room]));
  const all = [...each.values()];
  const rooms = all.filter((_, i) => i % Math.ceil(all.length / most) === 0);
  const predictions = await evaluation.roomPredictor.predict(rooms.map(({ pixels }) => pixels));
  const width = 2 * height;
  return rooms.map(({ style, pixels, distance, valid }, i) => [
    shown(colorTile(new Uint8Array(pixels.buffer), width, height, style)),
    shown(disparityTile(predictions[i]!, width, height, { caption: "prediction" })),
    shown(distanceTile(distance, width, height, { mask: valid, caption: "truth" })),
  ]);
}

/** The six faces of one panorama side by side, from planes `[6, channels, T, T]`. */
function faceStrip(
  planes: Float32Array,
  channels: number,
  draw: (face: Float32Array, size: number) => Tile,
): Tile {
  const size = Math.round(Math.sqrt(planes.length / 6 / channels));
  const words = channels * size * size;
  const tiles = Array.from(
    { length: 6 },
    (_, f) => draw(planes.subarray(f * words, (f + 1) * words), size),
  );
  return contactSheet([tiles], { gap: 1 });
}

/** Planes as a teacher gets them back to colours. */
export function faceColors(
  planes: Float32Array,
  size: number,
  { mean, std }: Pick<Teacher["preprocessing"], "mean" | "std">,
): Tile {
  const rgb = new Float32Array(planes.length);
  for (let p = 0; p < size * size; p++) {
    for (let c = 0; c < 3; c++) {
      rgb[p * 3 + c] = planes[c * size * size + p]! * std[c]! + mean[c]!;
    }
  }
  return colorTile(rgb, size, size);
}

/** Tiles of the first unlabelled panorama of the step that was prepared last. */
async function taught(
  learner: JointLearner,
  evaluation: JointEvaluation,
  preprocessing: Teacher["preprocessing"] | undefined,
): Promise<Record<string, Tile>> {
  const last = await learner.last();
  const faces = await learner.faces();
  if (!last || !faces || !preprocessing) return {};
  const { config } = learner;
  const view = viewHeight(config);
  const pixels = last.pixels.slice(0, 2 * view * view);
  const [prediction] = await evaluation.viewPredictor.predict([pixels]);
  const count = config.batch.unlabeled;
  const tiles: Record<string, Tile> = {
    ...panoramaPair(pixels, { height: view, name: last.names[0]! }, prediction!, config.height),
    faces: {
      ...faceStrip(
        faces,
        3,
        (face, size) => faceColors(face, size, preprocessing),
      ),
      caption: "faces",
    },
  };
  const masks = await learner.masks();
  // A teacher on the GPU leaves its labels in the plan's input.
  const disparity = last.labels.disparity ??
    await learner.plan.read(learner.step.unlabeled!.disparity);
  const labels = disparity.subarray(0, disparity.length / count);
  const strip = faceStrip(labels, 1, (face, size) => disparityTile(face, size, size));
  tiles.teacher = { ...strip, caption: "teacher" };
  if (masks) {
    const own = masks.subarray(0, masks.length / count).filter((_, i) => i % 4 === 0);
    tiles.mask = {
      ...faceStrip(own, 1, (face, size) => maskTile(face, size, size)),
      caption: "valid",
    };
  }
  return tiles;
}

/**
 * Draw the run's state into its folder.
 *
 * @param preprocessing the teacher's; undefined without one
 * @returns path of the contact sheet, if it could be stored
 */
export async function drawJoint(
  { learner, evaluation, preprocessing }: {
    readonly learner: JointLearner;
    readonly evaluation: JointEvaluation;
    readonly preprocessing?: Teacher["preprocessing"] | undefined;
  },
  writer: RunWriter,
  done: number,
): Promise<string | undefined> {
  const { height } = learner.config;
  evaluation.takeWeights();
  const rows = await roomRows(evaluation, height, 6);
  const { panorama, prediction, faces, teacher, mask } = await taught(
    learner,
    evaluation,
    preprocessing,
  );
  const [input, guess, truth] = rows[0]!;
  await writer.image(done, "input.jpg", await encodeJpeg(input!), "held-out room");
  await writer.image(
    done,
    "prediction.png",
    await encodePng(guess!),
    "prediction for the held-out room",
  );
  await writer.image(done, "truth.png", await encodePng(truth!), "its true depth");
  if (panorama && prediction && faces) {
    await writer.image(done, "panorama.jpg", await encodeJpeg(panorama), panorama.caption);
    await writer.image(
      done,
      "panorama-prediction.png",
      await encodePng(prediction),
      "prediction for the panorama",
    );
    await writer.image(
      done,
      "faces.jpg",
      await encodeJpeg(faces),
      "faces as the teacher sees them",
    );
  }
  if (teacher) {
    await writer.image(
      done,
      "teacher.png",
      await encodePng(teacher),
      "the teacher's pseudo labels",
    );
  }
  if (mask) {
    await writer.image(done, "mask.png", await encodePng(mask), "valid pixels of the faces");
  }
  const strips = [faces, teacher, mask].filter((strip) => strip !== undefined);
  const parts = [contactSheet(rows), ...strips];
  if (panorama && prediction) parts.splice(1, 0, contactSheet([[panorama, prediction]]));
  const sheet = contactSheet(parts.map((part) => [part]));
  return await writer.image(done, "sheet.png", await encodePng(sheet), "contact sheet");
}
