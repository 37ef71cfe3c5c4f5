/** Contestants of the bench that say what a test wants. */
import type { Start } from "../bench/contestant_process.ts";

/** A contestant whose answers are the JavaScript expressions given, by the kind of request. */
export async function impostor(folder: string, answers: Record<string, string>): Promise<Start> {
  const path = `${folder}/impostor.ts`;
  const cases = Object.entries(answers).map(([kind, does]) => `case "${kind}": ${does}; break;`);
  await Deno.writeTextFile(
    path,
    `import { createInterface } from "node:readline";
const say = (reply: unknown) => console.log(JSON.stringify(reply));
console.log("Welcome");
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  switch (request.kind) { ${cases.join("\n")} }
}`,
  );
  return [Deno.execPath(), "run", "-A", "--no-check", path];
}
