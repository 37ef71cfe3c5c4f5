/** Makes the page: the script is bundled when the server starts, from the sources and the npm packages on disk. */
import { fileURLToPath } from "node:url";
import chartCss from "uplot/dist/uPlot.min.css" with { type: "text" };
import html from "./ui/index.html" with { type: "text" };
import css from "./ui/page.css" with { type: "text" };
import type { Page } from "./app.ts";

/**
 * Bundles the page.
 *
 * @throws {SyntaxError} when the script does not build
 */
export async function buildPage(): Promise<Page> {
  const result = await Deno.bundle({
    entrypoints: [fileURLToPath(new URL("./ui/page.ts", import.meta.url))],
    platform: "browser",
    write: false,
  });
  const script = result.outputFiles?.[0]?.text();
  if (!result.success || script === undefined) {
    const errors = result.errors.map(({ text }) => text).join("\n");
    throw new SyntaxError(`Cannot bundle the page: ${errors}`);
  }
  return { html, css: `${chartCss}\n${css}`, script };
}
