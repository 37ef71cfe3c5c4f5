/** What the adapter does at most. */
import { openGpu } from "../../../trainer/gpu/device.ts";
import { measurePeaks } from "../../../trainer/gpu/peaks.ts";
import { answerOnce } from "../measure.ts";

if (import.meta.main) await answerOnce(async () => await measurePeaks(await openGpu()));
