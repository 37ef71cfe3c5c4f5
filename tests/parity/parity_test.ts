import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { encodeNpy } from "../../trainer/formats/npy.ts";
import { runDeno, taskWords } from "../helpers/command.ts";
import { ignoreWithout } from "../helpers/permissions.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { compare, exact, passes, worst } from "./check.ts";

const reference = new URL("../../../shared/reference", import.meta.url);
const permissions = { read: true, env: true, sys: true, ffi: true };
const need = ignoreWithout({ ...permissions, paths: [reference] });

/** Topics, and how many of their cases are run here: the rest of topics 7 and 8 takes minutes (`deno task parity`). */
const topics: readonly [number: number, name: string, cases?: number][] = [
  [1, "grids"],
  [2, "rotation"],
  [3, "cube"],
  [4, "distillation path"],
  [5, "affine-invariant loss"],
  [6, "BerHu"],
  [7, "UniFuse", 3],
  [8, "BiFuse++", 2],
  [9, "metrics"],
  [10, "checkpoints"],
  [11, "depth PNG"],
  [12, "joint step"],
];

for (const [number, name, cases = Infinity] of topics) {
  Deno.test({
    name: `parity with reference topic ${number}, ${name}${need.suffix}`,
    ignore: need.ignore,
    async fn() {
      const { runTopic, TOPICS } = await import("./run.ts");
      const { DEFAULT_REFERENCE, openReference } = await import("./reference.ts");
      const folder = (await openReference(DEFAULT_REFERENCE)).find((f) => f.number === number);
      ok(folder, "the reference folder has the topic");
      const failures: string[] = [];
      let count = 0;
      for await (const { line, passed } of runTopic(folder, TOPICS[number]!)) {
        if (!passed) failures.push(line);
        if (++count >= cases) break;
      }
      deepEqual(failures, []);
      ok(count > 0);
    },
  });
}

const files = ignoreWithout({ ...permissions, write: true });

Deno.test({
  name: `runParity() counts a wrong number, a broken topic and an unchecked one${files.suffix}`,
  ignore: files.ignore,
  async fn() {
    const { runParity } = await import("./run.ts");
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    const lines: string[] = [];
    const put = async (topic: string, json: unknown): Promise<void> => {
      await Deno.mkdir(`${folder}/${topic}`);
      await Deno.writeTextFile(`${folder}/${topic}/case.json`, JSON.stringify(json));
    };
    const rotated = {
      id: "wrong",
      h: 2,
      w: 4,
      rot_vec_degrees: [0, 0, 0],
      files: { grid: ["g.npy", [2, 4, 2]] },
    };
    await put("01_grids", { cases: [rotated] });
    await Deno.writeFile(`${folder}/01_grids/g.npy`, encodeNpy(new Float32Array(16), [2, 4, 2]));
    await put("02_rotation", {});
    await put("99_later", {});
    const tally = await runParity(folder, (line) => lines.push(line));
    deepEqual(tally, { passed: 0, failed: 2 });
    match(lines[0]!, /^1 grids {2}wrong {2}.*FAIL$/);
    match(lines[1]!, /^2 rotation {2}stopped: .*FAIL$/);
    equal(lines[2], "99 later: not yet");
  },
});

Deno.test({
  name:
    `runParity() refuses a folder that is no reference, and a topic that it has not${files.suffix}`,
  ignore: files.ignore,
  async fn() {
    const { runParity } = await import("./run.ts");
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    await rejects(runParity(folder, () => {}), /it has no topic folders[^]*not part of/);
    await Deno.mkdir(`${folder}/99_later`);
    await Deno.writeTextFile(`${folder}/99_later/case.json`, "{}");
    await rejects(runParity(folder, () => {}, [99, 3]), {
      name: "RangeError",
      message: `Cannot check topic 3 as "${folder}" has only 99`,
    });
  },
});

const runs = ignoreWithout({ ...permissions, run: true });

Deno.test({
  name:
    `parity says where the numbers are not, that the repository has none, and how it was called` +
    runs.suffix,
  ignore: runs.ignore,
  async fn() {
    const task = taskWords("parity");
    const { code, stderr } = await runDeno([...task, "/nowhere/at/all"], { DENOW: "./denow" });
    deepEqual([code, stderr], [
      2,
      'Cannot open reference folder "/nowhere/at/all": it is not there. The reference numbers are not part of the ' +
      "repository: name a folder that holds them, ./denow task parity --help says in which form\n",
    ]);
    const help = await runDeno([...task, "--help"], { DENOW: "./denow" });
    match(
      help.stdout,
      /^Usage: \.\/denow task parity[^]*not part of the repository[^]*case\.json/m,
    );
    const wrong = await runDeno([...task, "--topic", "one"]);
    deepEqual([wrong.code, wrong.stdout], [2, ""]);
    match(wrong.stderr, /^--topic is "one": expected a whole number of at least 1$/m);
  },
});

Deno.test("compare() finds the largest error and lets no NaN pass", () => {
  equal(compare("x", [1, 2.5], [1, 2], 0.1).error, 0.5);
  equal(compare("x", [1.9], [-0.1], 0.1, { modulo: 2 }).error, 0);
  equal(compare("x", [11], [10], 0.1, { relative: true }).error, 0.1);
  equal(compare("x", [NaN, Infinity], [NaN, Infinity], 0).error, 0);
  ok(!passes(compare("x", [NaN], [1], Infinity)));
  ok(!passes(compare("x", [1], [NaN], Infinity)));
  equal(exact("x", [1, 2], [1, 3]).error, 1);
  equal(worst([compare("a", [1], [1.5], 1), exact("b", [1], [2])]).quantity, "b");
});
