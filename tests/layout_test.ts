import { deepEqual, match } from "node:assert/strict";
import { ROOT } from "./helpers/command.ts";
import { ignoreWithout } from "./helpers/permissions.ts";

const need = ignoreWithout({ read: true });
const MEMBERS = ["geometry", "teacher", "trainer", "server"] as const;

/** What each member may import of the others (DESIGN §2). */
const MAY_IMPORT: Readonly<Record<(typeof MEMBERS)[number], readonly string[]>> = {
  geometry: [],
  teacher: ["geometry"],
  trainer: ["geometry", "teacher"],
  server: ["trainer"],
};

/** Folders that use web APIs only, since they also run in a page. */
const WEB_ONLY = ["geometry/", "trainer/gpu/", "trainer/kernels/", "trainer/models/", "server/ui/"];

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

/** Every TypeScript file below a folder, comments taken out. */
function* sources(folder: string): Generator<Source> {
  for (const { name, isDirectory } of Deno.readDirSync(`${ROOT}/${folder}`)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* sources(path);
    else if (name.endsWith(".ts")) {
      const text = Deno.readTextFileSync(`${ROOT}/${path}`)
        .replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
      const imports = Array.from(
        text.matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)"([^"$]+)"/g), // a text may say: from "${path}"
        ([, specifier]) => specifier!,
      );
      yield { path, text, imports };
    }
  }
}

type Wrong = (source: Source) => readonly string[];

/** What `wrong` has to say of the files of some folders. */
function findings(folders: readonly string[], wrong: Wrong): string[] {
  return folders.flatMap((folder) => [...sources(folder)])
    .flatMap((source) => wrong(source).map((what) => `${source.path}: ${what}`));
}

/** A rule that holds everywhere. */
function ruleForAll(name: string, wrong: Wrong): void {
  Deno.test({
    name: name + need.suffix,
    ignore: need.ignore,
    fn: () => deepEqual(findings([...MEMBERS, "tests"], wrong), []),
  });
}

/** A rule of what the members are made of: tests may import what they like. */
function rule(name: string, wrong: Wrong): void {
  ruleForAll(name, (source) => /^tests\/|_test\.ts$/.test(source.path) ? [] : wrong(source));
}

rule("Members import only what stands left of them", ({ path, imports }) => {
  const member = path.split("/")[0] as (typeof MEMBERS)[number];
  const allowed = MAY_IMPORT[member];
  return imports.filter((specifier) => {
    const named = /^@depth-anywhere\/(\w+)/.exec(specifier)?.[1];
    if (named) return !allowed.includes(named);
    const up = specifier.startsWith(".") ? new URL(specifier, `file:///${path}`).pathname : "";
    return up !== "" && up !== "/deno.json" && !up.startsWith(`/${member}/`); // versions are pinned there
  });
});

rule(
  "Only commands import commands",
  ({ path, imports }) =>
    path.startsWith("trainer/commands/")
      ? []
      : imports.filter((specifier) => specifier.includes("/commands/")),
);

rule("Geometry, kernels, models and the page use web APIs only", ({ path, text, imports }) => {
  if (!WEB_ONLY.some((folder) => path.startsWith(folder))) return [];
  const foreign = imports.filter((specifier) => !/^(\.|@depth-anywhere\/|uplot$)/.test(specifier));
  return [...foreign, ...(text.match(/\bDeno\.\w+/g) ?? [])];
});

rule("No draw comes from Math.random", ({ text }) => text.match(/Math\.random/g) ?? []);

ruleForAll(
  "WGSL stands in .wgsl files",
  ({ text }) => text.match(/@(?:workgroup_size|binding)\s*\(/g) ?? [],
);

Deno.test({
  name: "No task with less than all permissions stops to ask for one" + need.suffix,
  ignore: need.ignore,
  fn() {
    const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
    const asking = Object.values<{ command: string }>(tasks).map(({ command }) => command)
      .filter((command) => / --allow-/.test(command) && !/ --no-prompt /.test(command));
    deepEqual(asking, []); // in a terminal Deno would wait for an answer; elsewhere it goes on
  },
});

Deno.test({
  name: "Every task runs a file that is there and is described" + need.suffix,
  ignore: need.ignore,
  fn() {
    const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
    const wrong = Object.entries<{ description?: string; command: string }>(tasks).filter(
      ([, { description, command }]) => {
        const file = command.split(/\s+/).find((word) => /\.ts$|^\.ci/.test(word));
        return !description || !file || !exists(`${ROOT}/${file}`);
      },
    );
    deepEqual(wrong, []);
  },
});

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

Deno.test({
  name: "The gates run the examples of the documentation" + need.suffix,
  ignore: need.ignore,
  fn: () => match(Deno.readTextFileSync(`${ROOT}/.ci/run`), /^\.\/denow test --doc /m),
});
