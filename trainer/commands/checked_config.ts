/**
 * A configuration whose names are looked up: everything that can be known to be wrong before work begins.
 *
 * @module
 */
import type { TrainConfig } from "../config/schema.ts";
import { EmbeddedSource } from "../data/embedded_source.ts";
import { checkFolders } from "../data/folder_images.ts";
import { roomSource } from "../data/room_panoramas.ts";
import { type Style, styles } from "../data/rooms/rooms.ts";
import { parseSpec } from "../data/spec.ts";
import { studentAt } from "../models/student.ts";

/**
 * Names and folders that the schema does not know.
 *
 * @throws RangeError or SyntaxError that lists the known names, Error for a folder that cannot be read
 */
export async function checkedConfig(config: TrainConfig): Promise<TrainConfig> {
  const { student, height, batch, labeled, unlabeled, evaluation } = config;
  studentAt(student.name, height, student.options);
  if (batch.labeled > 0) labeled.forEach(roomSource);
  if (batch.unlabeled > 0) await Promise.all(unlabeled.map(checkUnlabeled));
  for (const style of evaluation.styles) {
    if (!styles.includes(style as Style)) {
      throw new RangeError(
        `Cannot use evaluation.styles = ${style}: there are ${styles.join(", ")}`,
      );
    }
  }
  return config;
}

/** As the loader will find out, but at once: before a teacher is downloaded. */
async function checkUnlabeled(text: string): Promise<void> {
  const spec = parseSpec(text);
  if (spec.name === "panoramas") new EmbeddedSource(spec, 1);
  else if (spec.name === "folder") await checkFolders(spec);
  else {
    throw new RangeError(
      `Cannot train on "${text}" as unlabelled data: use --labeled for it; unlabelled are panoramas and folder:PATH`,
    );
  }
}
