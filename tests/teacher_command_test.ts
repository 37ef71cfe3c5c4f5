import { deepEqual, doesNotMatch, equal, match, notEqual, ok } from "node:assert/strict";
import { ROOT, runDeno } from "./helpers/command.ts";
import { tinyDepthModel } from "./helpers/tiny_depth_model.ts";
import { folderTests } from "./helpers/temporary_folder.ts";
import { ignoreWithoutTraining, readLosses, readSeries } from "./helpers/tiny_training.ts";

const need = ignoreWithoutTraining({ run: true });
const test = folderTests(need);
const TEACHER = ["-A", "trainer/commands/teacher.ts"];
const SMALL = ["--batch", "2", "--size", "32"];

test("teacher trains, goes on to the bit, exports a network that it starts from and measures", async (folder) => {
  const [whole, parts, next] = [`${folder}/whole`, `${folder}/parts`, `${folder}/next`];
  const onnx = `${folder}/network.onnx`;
  const first = await runDeno([...TEACHER, ...SMALL, "--steps", "4", "--out", whole]);
  equal(first.code, 0, first.stderr);
  match(first.stderr, /held-out faces δ1 0\.\d{3} AbsRel \d\.\d{3} affine \(constant 0\.\d{3}/);
  match(first.stdout, /^checkpoint {5}.*step-00000004\.safetensors$/m);
  ok((await readSeries(whole)).has("valid/faces-forest/affine/delta1"));

  const half = await runDeno([...TEACHER, ...SMALL, "--steps", "2", "--out", parts]);
  equal(half.code, 0, half.stderr);
  // the step size still rises, which does not depend on how long the run is
  const rest = ["--resume", parts, "--steps", "4", "--onnx", onnx];
  const second = await runDeno([...TEACHER, ...rest]);
  equal(second.code, 0, second.stderr);
  match(second.stderr, /steps 2 to 4, 2 faces of 32x32/);
  match(second.stdout, new RegExp(`^network {8}${onnx}$`, "m"));
  deepEqual(await readLosses(parts), await readLosses(whole));

  const third = await runDeno(
    [...TEACHER, ...SMALL, "--steps", "1", "--init", onnx, "--out", next],
  );
  equal(third.code, 0, third.stderr);
  notEqual((await readLosses(next))[0], (await readLosses(whole))[0]);

  const measured = await runDeno([...TEACHER, "--measure", onnx, "--faces", "2", "--json"]);
  equal(measured.code, 0, measured.stderr);
  const { size, scores } = JSON.parse(measured.stdout);
  deepEqual([size, scores.all.images], [32, 22]);
  ok(scores.all.affine.delta1 > 0 && scores.all.affine.delta1 <= 1);

  const other = `${folder}/tiny.onnx`;
  await Deno.writeFile(other, tinyDepthModel({ metadata: { multiple_of: "8" } }));
  const sized = ["--measure", other, "--faces", "2", "--json", "--size"];
  const at40 = await runDeno([...TEACHER, ...sized, "40"]);
  equal(at40.code, 0, at40.stderr);
  equal(JSON.parse(at40.stdout).size, 40);
  const at44 = await runDeno([...TEACHER, ...sized, "44"]);
  match(
    at44.stderr,
    /at 44 pixels as its side must be a multiple of 8: the nearest are 40 and 48/,
  );
});

Deno.test({
  name: "teacher --help has no example that overwrites the shipped network" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const { code, stdout } = await runDeno([...TEACHER, "--help"]);
    equal(code, 0);
    const examples = stdout.slice(stdout.indexOf("Examples:"));
    match(examples, /^ +deno task teacher --init first\.onnx .*--onnx second\.onnx$/m);
    doesNotMatch(examples, /--onnx \S*builtin/);
  },
});

test("teacher refuses a flag that a run cannot change, with exit code 2", async (parent) => {
  const folder = `${parent}/run`;
  const { code } = await runDeno([...TEACHER, ...SMALL, "--steps", "1", "--out", folder]);
  equal(code, 0);
  const again = await runDeno([...TEACHER, "--resume", folder, "--batch", "3"]);
  match(again.stderr, /^--batch is "3", but the run that goes on has 2; leave it out/m);
  equal(again.code, 2);
  deepEqual((await readLosses(folder)).length, 1);

  const config = JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
  config.config = { steps: 5, height: 64 };
  await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(config));
  const other = await runDeno([...TEACHER, "--resume", folder]);
  match(other.stderr, /^Cannot resume ".*run" as it is no teacher's run: go on with deno task/m);
  equal(other.code, 1);
});

test("Ctrl-C leaves the file of --onnx as it was and says so; a resume tells of another adapter", async (parent) => {
  const folder = `${parent}/run`;
  const onnx = `${parent}/network.onnx`;
  await Deno.writeTextFile(onnx, "the one that is used");
  const args = [...TEACHER, ...SMALL, "--steps", "100000", "--out", folder, "--onnx", onnx];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", ...args],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  let ended = false;
  output.then(() => ended = true);
  while (!ended && (await readLosses(folder)).length < 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (!ended) child.kill("SIGINT");
  const { code, stdout, stderr } = await output;
  equal(code, 0, new TextDecoder().decode(stderr));
  const said = new TextDecoder().decode(stdout);
  match(said, new RegExp(`^network {8}not written: ${onnx} is as it was$`, "m"));
  match(said, new RegExp(`--resume ${folder} --onnx ${onnx}$`, "m"));
  equal(await Deno.readTextFile(onnx), "the one that is used");

  const path = `${folder}/config.json`;
  const record = JSON.parse(await Deno.readTextFile(path));
  record.adapter.name = "another";
  await Deno.writeTextFile(path, JSON.stringify(record));
  const steps = `${(await readLosses(folder)).length + 1}`;
  const again = await runDeno(
    [...TEACHER, "--resume", folder, "--steps", steps, "--onnx", onnx, "--lr", "1e-3"],
  );
  equal(again.code, 0, again.stderr);
  match(again.stderr, /^From step \d+ on the step size is 0\.001; it was 0\.002$/m);
  equal(JSON.parse(await Deno.readTextFile(path)).config.lr, 1e-3);
  match(again.stderr, /^The run began on another .* and goes on on .* to the bit$/m);
  ok((await Deno.stat(onnx)).size > 1e5);
});
