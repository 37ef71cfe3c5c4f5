/**
 * A configuration whose names are looked up: everything that can be known to be wrong before work begins.
 *
 * @module
 */
import type { TrainConfig } from "../config/schema.ts";
import { EmbeddedSource } from "../data/embedded_source.ts";
import { roomSource } from "../data/room_panoramas.ts";
import { type Style, styles } from "../data/rooms/rooms.ts";
import { parseSpec } from "../data/spec.ts";
import { studentAt } from "../models/student.ts";

/** Names that the schema does not know; @throws RangeError or SyntaxError that lists the known ones. */
export function checkedConfig(config: TrainConfig): TrainConfig {
  const { student, height, batch, labeled, unlabeled, evaluation } = config;
  studentAt(student.name, height, student.options);
  if (batch.labeled > 0) labeled.forEach(roomSource);
  if (batch.unlabeled > 0) unlabeled.forEach(checkUnlabeled);
  for (const style of evaluation.styles) {
    if (!styles.includes(style as Style)) {
      throw new RangeError(
        `Cannot use evaluation.styles = ${style}: there are ${styles.join(", ")}`,
      );
    }
  }
  return config;
}

/** As the loader will find out, but at once. */
function checkUnlabeled(text: string): void {
  const spec = parseSpec(text);
  if (spec.name === "panoramas") new EmbeddedSource(spec, 1);
  else if (spec.name !== "folder") {
    throw new RangeError(
      `Cannot train on "${text}" as unlabelled data: use --labeled for it; unlabelled are panoramas and folder:PATH`,
    );
  }
}
