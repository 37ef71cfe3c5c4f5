/**
 * `deno task train`: the paper's joint training.
 *
 * @module
 */
import { cacheFolder } from "@depth-anywhere/teacher";
import { asCalled } from "../as_called.ts";
import type { TrainConfig } from "../config/schema.ts";
import { folderPath } from "../formats/folder_path.ts";
import { checkOutputFolder } from "../formats/output_folder.ts";
import { openGpu } from "../gpu/device.ts";
import { checkPrecision } from "../gpu/stored.ts";
import { nameLatest } from "../runs/checkpoint_files.ts";
import { Progress } from "../runs/progress.ts";
import { RunClaim } from "../runs/run_name.ts";
import { readRecord, RunReader } from "../runs/run_reader.ts";
import { describeRun, type RunRecord, writeRecord } from "../runs/run_record.ts";
import { checkSamePanoramas, checkSameRun, describePanoramas } from "../runs/same_run.ts";
import { checkNewFolder, RunWriter } from "../runs/run_writer.ts";
import { openConfiguredTeacher } from "../training/configured_teacher.ts";
import { type JointEnd, trainJoint } from "../training/joint_run.ts";
import { startJoint } from "../training/joint_start.ts";
import { recordedTiles, tunedTiles } from "../training/tiled_gpu.ts";
import { execute, UsageError } from "./command.ts";
import { endWithout, lockNamed } from "./run_ends.ts";
import { StopSignals } from "./stop_signals.ts";
import { ending, overfitText } from "./train_ending.ts";
import { conclude, introduction, opened, teacherText } from "./train_report.ts";
import { type NewConfig, newConfigOn } from "./new_config.ts";
import { changedOptimiser, resumedConfig } from "./resumed_config.ts";
import { TeacherDownload } from "./teacher_download.ts";
import { trainOptions } from "./train_arguments.ts";
import { help } from "./train_help.ts";

/** The teacher's numbers depend on its threads: a resume takes those that the run began with. */
function sameThreads(config: TrainConfig, threads: number): TrainConfig {
  return { ...config, teacher: { ...config.teacher, threads } };
}

const code = await execute({
  help,
  options: trainOptions,
  async run(values) {
    const { resume } = values;
    if (resume !== undefined && values.out !== undefined) {
      throw new UsageError("--resume goes on in its own folder: leave --out away");
    }
    const run: { writer?: RunWriter; claim?: RunClaim | undefined } = {};
    using signals = new StopSignals(() => run.claim?.[Symbol.dispose]());
    using lock = resume === undefined ? undefined : await lockNamed(resume);
    const cache = cacheFolder((name) => Deno.env.get(name));
    const bare = await openGpu();
    endWithout(bare, run);
    const record = lock && await readRecord(lock.folder);
    const checkpoint = lock?.checkpoint;
    const { config, preset, chosen = [], first }:
      & Partial<NewConfig>
      & Pick<NewConfig, "config"> = record
        ? { config: await resumedConfig(values, record, checkpoint!.step) }
        : await newConfigOn(bare, values);
    checkPrecision(bare, config.precision);
    const named = lock?.folder ?? (values.out && folderPath(values.out));
    await checkOutputFolder(named || "runs");
    using claim = named ? undefined : RunClaim.take("runs", config.student.name);
    run.claim = claim;
    const folder = named || claim!.folder;
    if (!record) await checkNewFolder(folder);
    console.error(asCalled(introduction(bare, config, folder, { preset, from: checkpoint?.step })));
    for (const text of chosen) console.error(text);
    const { gpu, tiles, said } = record
      ? recordedTiles(bare, config, record.tiles)
      : await tunedTiles(bare, config, cache);
    for (const text of record ? [] : said) console.error(text);
    using waits = new TeacherDownload();
    const teacher = await openConfiguredTeacher(
      gpu,
      record ? sameThreads(config, record.teacherThreads) : config,
      waits.downloaded,
    );
    waits.end();
    console.error(teacherText(teacher));
    console.error("opening     data and shaders, which takes longest the first time");
    const begun = performance.now();
    const threads = teacher?.execution === "wasm" ? teacher.threads : 0;
    const now = await describeRun({
      name: folder.split("/").at(-1)!,
      config,
      adapter: { name: gpu.name, kind: gpu.kind, subgroups: gpu.subgroups },
      ...(tiles && { tiles }),
      ...(teacher && { teacher: { name: teacher.name, sha256: teacher.sha256 } }),
      argv: Deno.args,
      teacherThreads: threads,
    });
    const differs = record
      ? [
        ...said,
        ...checkSameRun(folder, record, now),
        ...changedOptimiser(record.config, config, checkpoint!.step),
      ]
      : [];
    for (const text of differs) console.error(text);
    let panoramas: RunRecord["panoramas"];
    const start = await startJoint(gpu, config, teacher, {
      first,
      checkpoint,
      cache,
      async check(loader) {
        panoramas = loader && await describePanoramas(loader.names);
        if (record) checkSamePanoramas(folder, record.panoramas, panoramas);
      },
    });
    using writer = lock
      ? RunWriter.resume(lock, start.from)
      : await RunWriter.create(folder, { ...now, ...(panoramas && { panoramas }) });
    run.writer = writer;
    for (const text of differs) writer.alert(start.from, "warn", text);
    if (record) {
      await nameLatest(folder, checkpoint!.step); // it may be an older one
      await writeRecord(folder, { ...record, config });
    }
    console.error(opened(start, performance.now() - begun));
    const concluded = async ({ stopped, figures }: JointEnd): Promise<string> => {
      if (stopped) return "";
      if (!config.overfit) return figures ? conclude(figures, config, start.measured) : "";
      const reader = new RunReader(folder);
      await reader.refresh();
      return overfitText(reader.history.series.get("loss/total"));
    };
    try {
      const progress = new Progress(config.steps, { from: start.from });
      const end = await trainJoint(start, { writer, progress, signal: signals.afterStep() })
        .finally(() => progress[Symbol.dispose]()); // ends its line before the result
      if (!end.stopped) writer.state(end.done, "finished");
      console.log(asCalled(ending(end, folder, await concluded(end))));
      return 0;
    } catch (error) {
      writer.fail((error as Error).message);
      throw error;
    } finally {
      await start.close();
      await teacher?.close();
    }
  },
}, Deno.args);
Deno.exit(code);
