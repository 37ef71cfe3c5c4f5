import { deepEqual, equal, match } from "node:assert/strict";
import { findStudent } from "../trainer/models/student.ts";
import { ROOT, runProcess } from "./helpers/command.ts";
import { ignoreWithout } from "./helpers/permissions.ts";
import { pytorchZip } from "./helpers/pytorch_writer.ts";
import { filledWeights, stateDict } from "./helpers/student_weights.ts";
import { folderTests } from "./helpers/temporary_folder.ts";

const need = ignoreWithout({ read: true, write: true, run: true, env: true });

folderTests(need)(
  "A task takes paths from where the user stands, outside the checkout too",
  async (cwd) => {
    const weights = filledWeights(findStudent("unifuse"), { width: 0.0625 });
    await Deno.writeFile(`${cwd}/a.pth`, pytorchZip(stateDict(weights)));
    const words = ["import", "a.pth", "--output", "a.safetensors"];
    const task = ["task", "--config", `${ROOT}/deno.json`, ...words]; // as denow calls it
    const { code, stderr } = await runProcess(Deno.execPath(), task, { cwd });
    equal(code, 0, stderr);
    deepEqual([...Deno.readDirSync(cwd)].map(({ name }) => name).sort(), [
      "a.pth",
      "a.safetensors",
    ]);
  },
);

Deno.test({
  name: "Every task may read where the user stands" + need.suffix,
  ignore: need.ignore,
  fn() {
    const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
    for (const { command } of Object.values<{ command: string }>(tasks)) {
      if (command.startsWith("deno run")) match(command, / -A |--allow-env(=\S*INIT_CWD)? /);
    }
  },
});
