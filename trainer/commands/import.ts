/**
 * `deno task import`: a checkpoint of somebody else as one of this project.
 *
 * @module
 */
import { openStudentCheckpoint } from "../checkpoints/student_checkpoint.ts";
import { studentMetadata, writeWeights } from "../checkpoints/write_weights.ts";
import { checkpointJson, checkpointText } from "./checkpoint_report.ts";
import { execute, UsageError } from "./command.ts";
import { checkWeightsOutput } from "./weights_output.ts";

const help = `Reads a student's weights from a PyTorch file and writes them as safetensors.
Nothing of the file is executed: one that names anything but tensors and plain containers is refused. Which student
it is of, with its options and its width, is told by its tensors.

Usage: deno task import FILE --output C.safetensors

  FILE         .pth of PyTorch (zip or legacy; a state dict, bare or in {"model": ...}), safetensors, .onnx of deno task export,
               or a run folder
  --output C   where to write: a path ending in .safetensors
  --float16    store kernels as float16, half the size
  --json       print the report as JSON, every unused tensor by name
  --help       this text

Exit code: 0 done, 1 the file cannot be used, 2 wrong usage.

Examples:
  deno task import UniFuse_SpatialAudioGen.pth --output unifuse.safetensors
  deno task train --init unifuse.safetensors --height 256`;

const code = await execute({
  help,
  options: {
    output: { type: "string" },
    float16: { type: "boolean" },
    json: { type: "boolean" },
  },
  positionals: true,
  async run({ output = "", float16 = false, json = false }, files) {
    const [path] = files;
    if (path === undefined || files.length > 1) {
      throw new UsageError(`${files.length} files are given: name one to import`);
    }
    await checkWeightsOutput(output, ".safetensors", path);
    using checkpoint = await openStudentCheckpoint(path);
    const { student: { name }, options, height } = checkpoint;
    const weights = await checkpoint.weights();
    const metadata = studentMetadata(name, options, height);
    await writeWeights(output, weights, { metadata, half: float16 });
    console.log((json ? checkpointJson : checkpointText)(checkpoint, weights, output));
    return 0;
  },
}, Deno.args);
Deno.exit(code);
