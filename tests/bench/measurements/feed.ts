/** What a training step waits for its data, in a process of its own: nothing is in memory yet. */
import { answerOnce } from "../measure.ts";
import { measureFeed } from "../feed_step.ts";

if (import.meta.main) await answerOnce(measureFeed);
