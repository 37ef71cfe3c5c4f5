/**
 * `deno task predict`: depth of panoramas.
 *
 * @module
 */
import { openStudentCheckpoint } from "../checkpoints/student_checkpoint.ts";
import { openGpu } from "../gpu/device.ts";
import { findInputs } from "../prediction/find_inputs.ts";
import { checkOutputFolder } from "../formats/output_folder.ts";
import { PanoramaPredictor } from "../prediction/panorama_predictor.ts";
import { type FileResult, forEachFile, predictFile } from "../prediction/predict_files.ts";
import { predictSequence } from "../prediction/predict_sequence.ts";
import { Progress } from "../runs/progress.ts";
import { execute, UsageError } from "./command.ts";
import { predictArguments, predictOptions } from "./predict_arguments.ts";
import { FileCount, predictIntroduction, predictJson, resultText } from "./predict_report.ts";
import { workingHeight } from "./working_height.ts";

const help = `Predicts the depth of 360° panoramas with a student's checkpoint.

Usage: deno task predict INPUT... [--checkpoint C] [--output DIR] [outputs]

  INPUT            JPEG, PNG, WebP, TIFF, AVIF, EXR or HDR, folders of them, or globs; any size with width twice the height,
                   or a part of a panorama that its GPano metadata place on the sphere
  --checkpoint C   run folder, .safetensors of a run or an import, .onnx of an export, or .pth (default: the small student
                   that ships with this program)
  --output DIR     where to write NAME-disparity.png and so on (default predictions)

Outputs (--color when none is named):
  --color          disparity as colours, near is warm and bright
  --maps           disparity as 16-bit PNG, with its range as text inside
  --exr, --npy     disparity as floats, larger is nearer; distance too when its scale is told
  --ply            coloured points
  --glb            textured mesh
  --normals        normals as colours: x right, y up, z backward

A student knows disparity up to a scale and a shift. Distances are scale / (disparity + shift):
  --scale S            what the scale is, metres
  --median-distance M  choose the scale so that the median distance over the sphere is M metres
  --shift T            add T to the disparity (default 0: nothing tells it, so shapes in 3-D are approximate)
  --far F              farther is cut to F in maps and left out of points and meshes (default 20 medians)
Without a scale, points, meshes and normals take the median distance as 1.

  --rows N         rows of points and meshes, at most the image's (default 512)
  --edge E         leave out triangles whose farthest corner is 1 + E times as far as the nearest (default 0.2)
  --height H       rows that the network works at, a multiple of 64 (default: as it was trained, or 512)
  --rotations N    merge N predictions of the turned panorama (default 2, which hides the seam; 1 is the bare network)
  --sequence       the images are frames of one video: one scale, one range of colours, less flicker
  --smooth N       frames on each side to smooth with (default 2; 0 for none)
  --pad            take images of any ratio: wide ones go around the horizon, narrow ones reach from pole to pole
  --jobs N         files in flight (default 2)
  --json           print the report as JSON
  --help           this text

Exit code: 0 done, 1 some file failed (the others are done), 2 wrong usage.

Examples:
  deno task predict photo.jpg
  deno task predict photo.jpg --checkpoint runs/a --output depth
  deno task predict photos 'more/*.webp' --checkpoint C.safetensors --output depth --exr --glb --median-distance 2.5
  deno task predict frames --checkpoint runs/a --output depth --sequence --maps`;

const code = await execute({
  help,
  options: predictOptions,
  positionals: true,
  async run(values, names) {
    if (names.length === 0) {
      throw new UsageError("No INPUT is given: name panoramas, folders or globs");
    }
    const options = predictArguments(values);
    const { files, problems } = await findInputs(names, options.output);
    const unfound = problems.map((problem) => ({ ...problem, written: [], seconds: 0 }));
    const report = (results: readonly FileResult[]): number => {
      console.log(values.json ? predictJson(results) : resultText(results));
      return results.some(({ reason }) => reason !== undefined) ? 1 : 0;
    };
    if (files.length === 0) return report(unfound);
    using checkpoint = await openStudentCheckpoint(options.checkpoint);
    const height = workingHeight(checkpoint, options.height);
    await checkOutputFolder(options.output);
    const gpu = await openGpu();
    using predictor = await PanoramaPredictor.open(gpu, checkpoint, { ...options, height });
    console.error(predictIntroduction(gpu, checkpoint, predictor, options));
    const total = problems.length + files.length;
    const progress = new Progress(total, { unit: "panorama", from: problems.length });
    const count = new FileCount(options.sequence ? 2 : 1);
    const tell = (result: FileResult): void => {
      count.add(result);
      const failed = problems.length + count.failed;
      progress.update(problems.length + count.done, failed > 0 ? `${failed} failed` : "");
    };
    const predicted = options.sequence
      ? predictSequence(predictor, files, options, tell)
      : forEachFile(files, options.jobs, (file) => predictFile(predictor, file, options), tell);
    const results = await predicted.finally(() => progress[Symbol.dispose]()); // ends its line before the result
    return report([...unfound, ...results]);
  },
}, Deno.args);
Deno.exit(code);
