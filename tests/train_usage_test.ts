import { deepEqual, equal, match } from "node:assert/strict";
import { ignoreWithoutTraining, type Workspace, workspaceTests } from "./helpers/tiny_training.ts";
import { runTrain } from "./helpers/train_command.ts";

const need = ignoreWithoutTraining({ run: true });
const test = workspaceTests(need);

/** What a user gets wrong, and what the command answers with exit code 2. */
const WRONG: Record<string, { args: string[]; says: RegExp }> = {
  "an unknown flag": { args: ["--stepps", "3"], says: /--stepps[\s\S]*--help/ },
  "an argument that is no flag": {
    args: ["panoramas"],
    says: /Unexpected argument .panoramas.|'panoramas'/,
  },
  "a number of steps that is none": {
    args: ["--steps", "many"],
    says: /--steps is "many": expected a whole number of at least 1/,
  },
  "an unknown key": {
    args: ["--set", "optim.rate=1"],
    says: /Cannot set "optim.rate" as there is no such key: /,
  },
  "a key that is nearly right": {
    args: ["--set", "optim.lrr=1"],
    says: /no such key: did you mean optim\.lr/,
  },
  "a value of another type": {
    args: ["--set", "optim.lr=fast"],
    says: /Cannot set "optim.lr" to "fast": expected a number/,
  },
  "an unknown rotation": {
    args: ["--set", "rotation=tumble"],
    says: /rotation.*tumble.*expected one of none, yaw, euler45, so3/,
  },
  "an unknown preset": {
    args: ["--config", "tiniest"],
    says: /neither a readable file nor a preset \(embedded, paper, smoke\)/,
  },
  "an unknown student": {
    args: ["--student", "bigfuse"],
    says: /Cannot train student "bigfuse": known students are unifuse, bifusepp, tiny/,
  },
  "an unknown style": {
    args: ["--labeled", "rooms@style=castle"],
    says: /there is no style "castle": known are living, /,
  },
  "an unknown style to evaluate": {
    args: ["--set", "evaluation.styles=castle"],
    says: /Cannot use evaluation.styles = castle: there are living, /,
  },
  "an unknown source": {
    args: ["--unlabeled", "flickr"],
    says: /no such kind: known are rooms.*panoramas.*folder:PATH/,
  },
  "an unknown split": {
    args: ["--unlabeled", "panoramas@split=tomorrow"],
    says: /its split is "tomorrow": known are train, val, all/,
  },
  "labelled data as unlabelled": {
    args: ["--unlabeled", "rooms"],
    says: /Cannot train on "rooms" as unlabelled data: use --labeled for it/,
  },
  "unlabelled data as labelled": {
    args: ["--labeled", "panoramas"],
    says: /"panoramas" has no depth; use --unlabeled for it/,
  },
  "a height between two that are allowed": {
    args: ["--height", "100"],
    says:
      /Cannot use unifuse at height 100: it takes multiples of 64 from 64 on, the nearest are 64 and 128/,
  },
  "a height below BiFuse++'s smallest": {
    args: ["--student", "bifusepp", "--height", "64"],
    says:
      /Cannot use bifusepp at height 64: it takes multiples of 64 from 128 on, the nearest is 128/,
  },
  "an option that a student has not": {
    args: ["--student", "bifusepp", "--set", "student.options.fusion=cat"],
    says: /Cannot use student\.options\.fusion = "cat" with bifusepp: bifusepp has no options/,
  },
  "a fusion that there is not": {
    args: ["--set", "student.options.fusion=dog"],
    says: /student\.options\.fusion = "dog" with unifuse: its values are cee, cat, biproj/,
  },
  "first weights of another depth": {
    args: ["--student", "bifusepp", "--set", "student.init=builtin"],
    says: /"builtin" as its ResNet is not that of bifusepp: .*--set student\.init=random/,
  },
  "an empty batch": {
    args: ["--set", "batch.labeled=0", "--set", "batch.unlabeled=0"],
    says: /Cannot use batch = .*expected at least one labeled or unlabeled panorama/,
  },
  "first weights that are not there": {
    args: ["--config", "smoke", "--set", "student.init=/no/such.onnx"],
    says:
      /Cannot use student\.init = "\/no\/such\.onnx": .*no such file.*--set student\.init=random/,
  },
  "a checkpoint that is not there": {
    args: ["--config", "smoke", "--init", "/no/such.pth"],
    says: /Cannot read "\/no\/such\.pth": there is no such file/,
  },
  "an encoder as a whole checkpoint": {
    args: ["--config", "smoke", "--init", "builtin"],
    says: /--init builtin holds an encoder alone: use --init-encoder builtin/,
  },
  "two files of first weights": {
    args: ["--config", "smoke", "--init", "random", "--init-encoder", "builtin"],
    says: /--init starts the encoders too: leave --init-encoder away/,
  },
  "first weights of another width": {
    args: ["--config", "smoke", "--set", "student.width=1", "--set", "student.init=builtin"],
    says:
      /Cannot use student\.init = "builtin" with student\.width = 1 .*--set student\.init=random/,
  },
  "a batch that no adapter takes": {
    args: ["--config", "smoke", "--batch-size", "100000"],
    says: /Cannot train on 100000 labelled panoramas a step: .* at most \d+; .*--batch-size/,
  },
  "a resume of a run that is not there": {
    args: ["--resume", "runs/no-such-run"],
    says: /Cannot resume "runs\/no-such-run" as it is not there$/m,
  },
  "a resume of a folder that is no run": {
    args: ["--resume", "tests"],
    says: /Cannot resume "tests" as it is not a run folder: it has no config\.json$/m,
  },
  "a resume from a checkpoint that is not there": {
    args: ["--resume", "runs/a/checkpoints/step-00000001.safetensors"],
    says: /Cannot resume "runs\/a" from ".*" as there is no such file$/m,
  },
  "a resume into another folder": {
    args: ["--resume", "runs/a", "--out", "runs/b"],
    says: /--resume goes on .*leave --out away/,
  },
};

for (const [what, { args, says }] of Object.entries(WRONG)) {
  Deno.test({
    name: `train refuses ${what} with exit code 2 and says what to write` + need.suffix,
    ignore: need.ignore,
    async fn() {
      const { code, stdout, stderr } = await runTrain(args);
      match(stderr, says);
      equal(code, 2, stderr);
      equal(stdout, "");
    },
  });
}

/** What cannot be done although it is asked for rightly: exit code 1, before any work, with nothing left behind. */
const IMPOSSIBLE: Record<string, (workspace: Workspace) => Promise<[string[], RegExp]>> = {
  "without the teacher's file": ({ folder }) =>
    Promise.resolve([
      ["--config", "smoke", "--teacher", `${folder}/no.onnx`, "--out", `${folder}/run`],
      /no\.onnx".*(not found|No such file|cannot be read|there is no)/i,
    ]),
  "with a teacher that is no ONNX model": async ({ folder }) => {
    await Deno.writeTextFile(`${folder}/teacher.onnx`, "<html>Not found</html>");
    return [
      ["--config", "smoke", "--teacher", `${folder}/teacher.onnx`, "--out", `${folder}/run`],
      /as an ONNX model: current content is a web page/,
    ];
  },
  "with a teacher of an operation that nobody knows, said before there is a run": async (
    { folder },
  ) => {
    const { OnnxGraph } = await import("../trainer/formats/onnx.ts");
    const graph = new OnnxGraph("wrong");
    const x = graph.input("image", ["n", 3, "h", "w"]);
    graph.output("depth", graph.node("NoSuchOperator", [x]), ["n", "h", "w"]);
    await Deno.mkdir(`${folder}/models`);
    await Deno.writeFile(`${folder}/models/wrong.onnx`, graph.encode());
    const teacher = ["--teacher", `${folder}/models/wrong.onnx`, "--set", "teacher.size=14"];
    return [
      ["--config", "smoke", ...teacher, "--out", `${folder}/run`],
      /Cannot load teacher ".*wrong\.onnx": .*NoSuchOperator/,
    ];
  },
  "into a folder that holds something": async ({ folder }) => {
    await Deno.mkdir(`${folder}/taken`);
    await Deno.writeTextFile(`${folder}/taken/notes.txt`, "");
    return [
      ["--config", "smoke", "--out", `${folder}/taken`],
      /Cannot start a run in ".*\/taken" as it holds "notes.txt": choose another --out, or .*--resume/,
    ];
  },
  "into what is a file": async ({ folder }) => {
    await Deno.writeTextFile(`${folder}/notes.txt`, "");
    return [
      ["--config", "smoke", "--out", `${folder}/notes.txt/run`],
      /Cannot write to ".*\/notes\.txt\/run" as ".*\/notes\.txt" is a file$/m,
    ];
  },
  "on from a run without a checkpoint": async ({ folder }) => {
    await Deno.mkdir(`${folder}/young`);
    await Deno.writeTextFile(`${folder}/young/config.json`, '{"config":{}}');
    return [
      ["--resume", `${folder}/young`],
      /Cannot resume ".*\/young" as it has no checkpoint yet: start it anew in another folder/,
    ];
  },
};

for (const [what, ask] of Object.entries(IMPOSSIBLE)) {
  test(`train cannot go ${what}: exit code 1 and the reason`, async (workspace) => {
    const [args, says] = await ask(workspace);
    const before = names(workspace.folder);
    const { code, stderr } = await runTrain(args);
    match(stderr, says);
    equal(code, 1);
    deepEqual(names(workspace.folder), before);
  });
}

function names(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}

Deno.test({
  name: "train --help shows flags, keys and examples" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const { code, stdout } = await runTrain(["--help"]);
    equal(code, 0);
    match(stdout, /With no flags: .*embedded \(small\) without a GPU,\n.*paper.* with one/);
    match(
      stdout,
      /--student NAME +network to train: unifuse, bifusepp[\s\S]*--resume RUN[\s\S]*Examples:[\s\S]*deno task train[\s\S]*Students:[\s\S]* bifusepp +heights from 128 on\n[\s\S]*Keys:[\s\S]*optim\.lr /,
    );
  },
});
