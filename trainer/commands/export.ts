/**
 * `deno task export`: a student for others, as ONNX or as plain safetensors.
 *
 * @module
 */
import { openStudentCheckpoint } from "../checkpoints/student_checkpoint.ts";
import { studentMetadata, writeWeights } from "../checkpoints/write_weights.ts";
import { studentOnnx } from "../export/student_onnx.ts";
import { writeFileAtomic } from "../formats/atomic_file.ts";
import { checkpointJson, checkpointText } from "./checkpoint_report.ts";
import { execute, UsageError, wholeNumber } from "./command.ts";
import { checkWeightsOutput } from "./weights_output.ts";
import { heightOption, workingHeight } from "./working_height.ts";

const help = `Writes a student's weights for use elsewhere.

Usage: deno task export --checkpoint C --format onnx|safetensors --output F

  --checkpoint C   run folder, .safetensors of a run or an import, .onnx of an export, or .pth
  --format NAME    onnx: the whole student, resampling included, operator set 17;
                   safetensors: weights and running statistics by PyTorch's names, without the optimiser's moments
  --output F       where to write: a path ending in .onnx or .safetensors, as the format is
  --height H       onnx: height of the panoramas, a multiple of 64 (default: that of the training if C says it, or 512)
  --batch N        onnx: panoramas of a run (default: any number)
  --float16        store kernels as float16, half the size; runtimes compute in float32
  --json           print the report as JSON
  --help           this text

The ONNX model takes "panorama" [N, 3, H, 2H], sRGB in 0..1, and gives "disparity" [N, H, 2H], known up to scale and shift.

Exit code: 0 done, 1 failed, 2 wrong usage.

Examples:
  deno task export --checkpoint runs/a --format onnx --output student.onnx
  deno task export --checkpoint UniFuse.pth --format onnx --height 256 --batch 1 --output unifuse.onnx
  deno task export --checkpoint C.safetensors --format safetensors --float16 --output weights.safetensors`;

function needed(flag: string): UsageError {
  return new UsageError(`--${flag} is needed; --help shows how to call this command`);
}

const code = await execute({
  help,
  options: {
    checkpoint: { type: "string" },
    format: { type: "string" },
    output: { type: "string" },
    height: { type: "string" },
    batch: { type: "string" },
    float16: { type: "boolean" },
    json: { type: "boolean" },
  },
  async run({ checkpoint: path, format, output, float16 = false, json = false, ...sizes }) {
    if (!path) throw needed("checkpoint");
    if (!format) throw needed("format");
    if (!output) throw needed("output");
    if (format !== "onnx" && format !== "safetensors") {
      throw new UsageError(`--format is "${format}": expected onnx or safetensors`);
    }
    const batch = sizes.batch === undefined ? undefined : wholeNumber("batch", sizes.batch, 1);
    const named = heightOption(sizes.height);
    if (format === "safetensors" && (batch ?? named) !== undefined) {
      throw new UsageError("--height and --batch belong to --format onnx");
    }
    await checkWeightsOutput(output, `.${format}`, path);
    using checkpoint = await openStudentCheckpoint(path);
    const { student, options } = checkpoint;
    const weights = await checkpoint.weights();
    if (format === "onnx") {
      const height = workingHeight(checkpoint, named);
      const metadata = studentMetadata(student.name, options, height);
      const stored = float16 ? "f16" : "f32";
      const model = studentOnnx(student, weights, {
        options,
        height,
        stored,
        metadata,
        ...(batch && { batch }),
      });
      await writeFileAtomic(output, model);
    } else {
      const { height } = checkpoint;
      const metadata = studentMetadata(student.name, options, height);
      await writeWeights(output, weights, { metadata, half: float16 });
    }
    console.log((json ? checkpointJson : checkpointText)(checkpoint, weights, output));
    return 0;
  },
}, Deno.args);
Deno.exit(code);
