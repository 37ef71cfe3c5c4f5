/** `--config` names a preset, a JSON file, or that of a run. */
import { PRESETS } from "./presets.ts";
import { type ConfigSources, resolveConfig } from "./resolve.ts";
import type { TrainConfig } from "./schema.ts";

/**
 * Resolves a configuration whose `--config` is the name of a preset or the path of a JSON file of differences, or a run's
 * `config.json`, which has the whole configuration below `config`.
 *
 * @param sources `preset` is that of this machine, which a file builds on and a named preset replaces; `machine` suits the
 * one that counts: {@link presetFor}
 * @throws {SyntaxError} when the file is not JSON, {Error} when it cannot be read, and as {@link resolveConfig}
 */
export async function loadConfig(
  config: string | undefined,
  sources: Omit<ConfigSources, "file">,
): Promise<TrainConfig> {
  if (config === undefined) return resolveConfig(sources);
  if (Object.hasOwn(PRESETS, config)) {
    return resolveConfig({ ...sources, preset: config });
  }
  return resolveConfig({ ...sources, file: { path: config, values: await readJson(config) } });
}

/** Name of the preset that a configuration is built on. @param preset that of this machine */
export function presetFor(config: string | undefined, preset: string): string {
  return config !== undefined && Object.hasOwn(PRESETS, config) ? config : preset;
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    const presets = Object.keys(PRESETS).join(", ");
    throw new Error(
      `Cannot read configuration "${path}": it is neither a readable file nor a preset (${presets})`,
      { cause: error },
    );
  }
  try {
    const values = JSON.parse(text);
    const isRun = values?.config instanceof Object && "created" in values;
    return isRun ? values.config : values;
  } catch (error) {
    throw new SyntaxError(`Cannot read configuration "${path}": ${(error as Error).message}`, {
      cause: error,
    });
  }
}
