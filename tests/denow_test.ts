import { equal, match } from "node:assert/strict";
import { type Outcome, ROOT, runProcess } from "./helpers/command.ts";
import { ignoreWithout } from "./helpers/permissions.ts";
import { folderTests } from "./helpers/temporary_folder.ts";

const posix = Deno.build.os !== "windows";
const inFolder = folderTests(ignoreWithout({
  read: true,
  write: true,
  run: true,
  env: true,
  ...(posix ? {} : { paths: ["/bin/bash"] }),
}));

/** A checkout that holds only `denow`, and a PATH of pretended programs. */
class Machine {
  readonly folder: string;

  constructor(folder: string, programs: Record<string, string>) {
    this.folder = folder;
    Deno.mkdirSync(`${folder}/bin`);
    Deno.mkdirSync(`${folder}/checkout`);
    Deno.copyFileSync(`${ROOT}/denow`, `${folder}/checkout/denow`);
    const tools = [
      "bash",
      "uname",
      "mkdir",
      "mktemp",
      "mv",
      "rm",
      "chmod",
      "readlink",
      "cat",
      "tail",
    ];
    for (const tool of tools) {
      const path = [`/usr/bin/${tool}`, `/bin/${tool}`].find(isFile);
      if (path) Deno.symlinkSync(path, `${folder}/bin/${tool}`);
    }
    for (const [name, script] of Object.entries(programs)) {
      Deno.writeTextFileSync(`${folder}/bin/${name}`, `#!/bin/bash\n${script}\n`, { mode: 0o755 });
    }
  }

  denow(...args: string[]): Promise<Outcome> {
    return runProcess("/bin/bash", [`${this.folder}/checkout/denow`, ...args], {
      cwd: this.folder,
      clearEnv: true,
      // A driver manifest is named, so that no test asks for packages.
      env: { PATH: `${this.folder}/bin`, HOME: this.folder, VK_DRIVER_FILES: "named" },
    });
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** A Deno that says its version, or what it was called with. */
function deno(version: string): string {
  return `[[ $1 == --version ]] && echo "deno ${version} (stable)" || printf '<%s>' "$@" "$XDG_RUNTIME_DIR" "$DENOW"`;
}

/** An npm that puts a Deno where the real one would, for any platform. */
const npm = `while [[ $# -gt 0 ]]; do [[ $1 == --prefix ]] && prefix=$2; last=$1; shift; done
[[ $last == deno@* ]] || exit 1
for platform in linux-x64-glibc linux-arm64-glibc darwin-x64 darwin-arm64; do
  folder=$prefix/node_modules/@deno/$platform
  mkdir -p "$folder"
  printf '#!/bin/bash\\nprintf "<%%s>" packaged "$@"\\n' > "$folder/deno"
  echo "{ \\"version\\": \\"\${last#deno@}\\" }" > "$folder/package.json"
done`;

function test(name: string, programs: Record<string, string>, fn: (m: Machine) => Promise<void>) {
  inFolder(name, (folder) => fn(new Machine(folder, programs)));
}

test("denow uses an installed Deno from 2.9 on", { deno: deno("2.10.0") }, async (machine) => {
  const { code, stdout, stderr } = await machine.denow("task", "train", "a b");
  equal(code, 0);
  match(stdout, /^<task><--config><.*\/checkout\/deno\.json><train><a b>/);
  equal(stderr, "");
});

test("denow test adds the tests' permissions", { deno: deno("2.9.6") }, async (machine) => {
  match((await machine.denow("test", "geometry/")).stdout, /^<test><-P=tests><geometry\/>/);
  match((await machine.denow("test", "-A")).stdout, /^<test><-A>/);
  match((await machine.denow("test", "--allow-read", "a")).stdout, /^<test><--allow-read><a>/);
  match((await machine.denow("test")).stdout, /^<test><-P=tests>/);
});

test("denow sets XDG_RUNTIME_DIR on Linux", { deno: deno("2.9.6") }, async (machine) => {
  const { stdout } = await machine.denow("x");
  if (Deno.build.os !== "linux") return;
  match(stdout, /^<x><.*\/checkout\/\.tools\/run><.*>$/);
});

test("denow tells how it was called", { deno: deno("2.9.6") }, async (machine) => {
  match((await machine.denow("x")).stdout, /<[^<]*\/checkout\/denow>$/);
});

test(
  "denow takes the pinned Deno from npm, once",
  { deno: deno("2.8.1"), npm },
  async (machine) => {
    const first = await machine.denow("task", "x");
    match(first.stdout, /^<packaged><task><.*><x>$/);
    match(first.stderr, /^denow: installing Deno \d+\.\d+\.\d+ into \.tools\n$/);
    const second = await machine.denow("task", "x");
    equal(second.stdout, first.stdout);
    equal(second.stderr, "");
  },
);

test("denow started twice at once leaves one whole Deno", { npm }, async (machine) => {
  const outcomes = await Promise.all([machine.denow("a"), machine.denow("b"), machine.denow("c")]);
  for (const [i, name] of ["a", "b", "c"].entries()) {
    equal(outcomes[i]!.stdout, `<packaged><${name}>`, outcomes[i]!.stderr);
  }
  const left = Array.from(
    Deno.readDirSync(`${machine.folder}/checkout/.tools`),
    ({ name }) => name,
  );
  equal(left.filter((name) => name.startsWith("install.")).length, 0);
});

test("denow says what to install where npm is missing", {}, async (machine) => {
  const { code, stderr } = await machine.denow("task", "train");
  equal(code, 1);
  match(
    stderr,
    /Cannot get Deno as npm is missing; install Node\.js with npm .*apt-get install -y npm/,
  );
});

test("denow says what to try where npm fails", { npm: "exit 1" }, async (machine) => {
  const { code, stderr } = await machine.denow("task", "train");
  equal(code, 1);
  match(stderr, /npm install --no-save --ignore-scripts --prefix \.tools deno@/);
});
