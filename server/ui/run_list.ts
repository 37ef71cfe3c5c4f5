/** The list of runs beside the view; it asks the server now and then. */
import { el } from "./dom.ts";
import { number } from "./format.ts";

/** What `/api/runs` says of a run. */
export interface RunSummary {
  readonly name: string;
  readonly status: string;
  readonly step: number;
  readonly steps?: number;
  readonly loss?: number | null;
}

/** All runs, newest first. @throws {Error} when the server does not answer */
export async function fetchRuns(): Promise<RunSummary[]> {
  const response = await fetch("api/runs");
  if (!response.ok) throw new Error(`The server answered ${response.status}`);
  return (await response.json()).runs;
}

/** Draws the list; the run of that name is marked as the current one. */
export function drawRuns(nav: HTMLElement, runs: readonly RunSummary[], current: string): void {
  const items = runs.map(({ name, status, step, steps, loss }) => {
    const about = [
      steps ? `${Math.floor(100 * step / steps)} %` : `step ${step}`,
      typeof loss !== "number" ? "" : `loss ${number(loss)}`,
    ];
    const link = el(
      "a",
      {
        href: `#/run/${encodeURIComponent(name)}`,
        "aria-current": name === current ? "page" : undefined,
      },
      el("span", { class: "name" }, name),
      el(
        "span",
        { class: "about" },
        el("span", { class: "status", "data-status": status }, status),
        ` · ${about.filter(Boolean).join(" · ")}`,
      ),
    );
    return el("li", {}, link);
  });
  const focused = nav.contains(document.activeElement)
    ? document.activeElement?.getAttribute("href")
    : undefined;
  nav.replaceChildren(el("ul", { class: "runs" }, ...items));
  if (focused) {
    nav.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"], a[href="${focused}"]`)
      ?.focus();
  }
}
