/**
 * A folder under `runs` that does not exist yet, named after the student and the local time:
 * `runs/unifuse-2026-11-23-0405`, with `-2`, `-3`… where that is taken.
 */
export function newRunFolder(runs: string, student: string, now: Date = new Date()): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const base = `${runs}/${student}-${day}-${two(now.getHours())}${two(now.getMinutes())}`;
  for (let n = 1;; n++) {
    const folder = n === 1 ? base : `${base}-${n}`;
    try {
      Deno.lstatSync(folder);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return folder;
      throw error;
    }
  }
}
