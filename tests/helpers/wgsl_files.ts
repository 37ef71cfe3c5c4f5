/**
 * The WGSL files of the trainer, and a way to put one together with what it needs without knowing who uses it.
 *
 * @module
 */

/** A file and its entry points; none: a fragment that others build on. */
export interface WgslFile {
  readonly path: string;
  readonly text: string;
  readonly entryPoints: readonly string[];
}

/** All `.wgsl` files below a folder, `_test.wgsl` left out, in order of their paths. */
export function wgslFiles(root: URL): WgslFile[] {
  const files: WgslFile[] = [];
  const walk = (folder: URL, prefix: string): void => {
    for (const entry of Deno.readDirSync(folder)) {
      if (entry.isDirectory) walk(new URL(`${entry.name}/`, folder), `${prefix}${entry.name}/`);
      if (!/(?<!_test)\.wgsl$/.test(entry.name)) continue;
      const text = Deno.readTextFileSync(new URL(entry.name, folder));
      files.push({ path: prefix + entry.name, text, entryPoints: entryPoints(text) });
    }
  };
  walk(root, "");
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** Functions under attributes: only those of a stage have them. */
function entryPoints(text: string): string[] {
  return [...bare(text).matchAll(/^@[^{};]*?\bfn (\w+)/gm)].map((match) => match[1]!);
}

/** Names that a text defines at the top. */
function defined(text: string): Set<string> {
  const matches = text.matchAll(/^(?:(?:fn|struct|const|alias) |(?:@.*|)var(?:<.*?>)? )(\w+)/gm);
  return new Set([...matches].map((match) => match[1]!));
}

function bare(text: string): string {
  return text.replaceAll(/\/\/.*$/gm, "");
}

function uses(text: string, name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(bare(text));
}

/**
 * A text that should compile: the fragments whose names a file uses, then the file, headed by the switches (`true`) and
 * sizes (4) that nothing defines, with all words stored as `f32`.
 */
export function link(file: WgslFile, files: readonly WgslFile[]): string {
  const parts = [file.text];
  for (let grown = true; grown;) {
    grown = false;
    const names = defined(parts.join("\n"));
    for (const fragment of files) {
      if (fragment.entryPoints.length > 0 || parts.includes(fragment.text)) continue;
      const offered = [...defined(fragment.text)];
      if (offered.some((name) => names.has(name))) continue; // another variant of what is there
      if (!offered.some((name) => uses(parts.join("\n"), name))) continue;
      parts.unshift(fragment.text);
      grown = true;
      break;
    }
  }
  const body = parts.join("\n");
  const names = defined(body);
  const unknown = new Set(
    [...bare(body).matchAll(/(?<![\w.])[A-Z][A-Z0-9_]+\b/g)].map((match) => match[0])
      .filter((name) => !names.has(name)),
  );
  const header = [...unknown].map((name) => {
    const isSwitch = new RegExp(`(if \\(!?|&& !?|\\|\\| !?|, !?)${name}\\)`).test(body);
    return `const ${name} = ${isSwitch ? "true" : "4"};\n`;
  });
  const enable = /\bsubgroup\w*\(/.test(body)
    ? "enable subgroups;\ndiagnostic(off, subgroup_uniformity);\n"
    : "";
  const stored = [...new Set(body.match(/\bStored\d\b/g))].map((name) => `alias ${name} = f32;\n`);
  return enable + header.join("") + stored.join("") + body;
}
