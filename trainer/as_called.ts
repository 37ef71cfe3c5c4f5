/**
 * Commands as the user of this process can call them.
 *
 * @module
 */

/**
 * A text whose `deno task …` is what its reader can type: on a machine without Deno the commands were called through the
 * script `denow`, which tells its name in `DENOW`.
 *
 * @param denow that name, empty for none
 */
export function asCalled(text: string, denow = script()): string {
  if (denow === "") return text;
  const name = /^[\w./~-]+$/.test(denow) ? denow : `'${denow}'`;
  return text.replace(/\bdeno task /g, () => `${name} task `);
}

/** How the script was called; empty where it was not. */
function script(): string {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "DENOW" });
  return state === "granted" ? Deno.env.get("DENOW") ?? "" : "";
}
