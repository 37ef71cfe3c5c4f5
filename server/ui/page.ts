/** The page: a list of runs and the view of one of them, named after the `#` of the address. */
import { el } from "./dom.ts";
import { drawRuns, fetchRuns, type RunSummary } from "./run_list.ts";
import { RunView } from "./run_view.ts";

const LIST_PACE = 4000; // ms between looks at the list of runs

const nav = document.getElementById("runs")!;
const main = document.getElementById("main")!;
let runs: RunSummary[] = [];
let shown: { name: string; view: RunView } | undefined;

/** The run that the address names, or the newest. */
function wanted(): string {
  const named = /^#\/run\/(.+)$/.exec(location.hash)?.[1];
  return named === undefined ? runs[0]?.name ?? "" : decodeURIComponent(named);
}

async function show(): Promise<void> {
  const name = wanted();
  drawRuns(nav, runs, name);
  if (name === shown?.name) return;
  shown?.view.close();
  shown = undefined;
  if (name === "") return void main.replaceChildren(nothing());
  const view = new RunView(name);
  shown = { name, view };
  main.replaceChildren(view.element);
  try {
    await view.open();
  } catch (error) {
    if (shown?.view === view) {
      main.replaceChildren(el("p", { role: "alert" }, (error as Error).message));
    }
  }
}

async function refresh(): Promise<void> {
  try {
    runs = await fetchRuns();
  } catch {
    // The server is away; the next look may find it again.
  }
  await show();
}

function nothing(): HTMLElement {
  return el(
    "div",
    { class: "empty" },
    el("h1", {}, "No runs yet"),
    el("p", {}, "Start one, and it appears here: ", el("code", {}, "deno task train")),
  );
}

addEventListener("hashchange", show);
await refresh();
setInterval(refresh, LIST_PACE);
