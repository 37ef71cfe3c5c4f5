/** Everything about one run, kept up to date. */
import type { AlertEvent } from "@depth-anywhere/trainer/runs/events";
import { Chart } from "./chart.ts";
import { type Alignment, groupScalars } from "./chart_groups.ts";
import { el } from "./dom.ts";
import { LiveRun } from "./live_run.ts";
import { MediaStrip } from "./media_strip.ts";
import { runConfig, runHead, runTiles } from "./run_facts.ts";

/** Redraw at most this often, ms. */
const PACE = 250;

/** The view of one run; it draws itself into its element until it is closed. */
export class RunView {
  readonly element: HTMLElement = el("div", { class: "view" });
  readonly #run: LiveRun;
  readonly #media: MediaStrip;
  readonly #charts = el("div", { class: "charts" });
  readonly #drawn = new Map<string, Chart>();
  readonly #hidden = new Set<string>();
  readonly #look = { smooth: true, log: false, alignment: "affine" as Alignment };
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");
  #parts: HTMLElement[] = [];
  readonly #said = el("p", { role: "status", class: "unseen" });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #layout = "";

  constructor(name: string) {
    this.#run = new LiveRun(name, () => this.#soon());
    this.#media = new MediaStrip(name);
    this.#dark.addEventListener("change", this.#redraw);
  }

  /** Loads the run. @throws {Error} when there is none of that name */
  async open(): Promise<void> {
    await this.#run.open();
    this.element.replaceChildren(
      this.#said,
      this.#controls(),
      this.#charts,
      this.#media.element,
      runConfig(this.#run),
    );
    this.#draw();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#dark.removeEventListener("change", this.#redraw);
    this.#run.close();
    for (const chart of this.#drawn.values()) chart.destroy();
    this.element.remove();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.element.isConnected) this.#draw();
    }, PACE);
  }

  #draw(): void {
    const { history, name, status } = this.#run;
    document.title = `${status === "running" ? `${history.step} · ` : ""}${name} · Depth Anywhere`;
    for (const part of this.#parts) part.remove();
    this.#parts = [runHead(this.#run), runTiles(this.#run), ...alertList(history.alerts)];
    this.element.prepend(...this.#parts);
    const said = `${name} ${status}`;
    if (this.#said.textContent !== said) this.#said.textContent = said;
    this.#drawCharts();
    this.#media.update(history.images);
  }

  #drawCharts(): void {
    const { series } = this.#run.history;
    const groups = groupScalars(series.keys(), this.#look.alignment);
    const layout = JSON.stringify([groups, this.#look]);
    if (layout !== this.#layout) { // other curves or another look: all charts anew
      this.#layout = layout;
      for (const chart of this.#drawn.values()) chart.destroy();
      this.#drawn.clear();
      for (const group of groups) {
        const chart = new Chart(group, {
          ...this.#look,
          smooth: this.#look.smooth && group.noisy,
          log: this.#look.log && group.id === "loss",
        }, this.#hidden);
        this.#drawn.set(group.id, chart);
        this.#charts.append(chart.element);
      }
    }
    for (const chart of this.#drawn.values()) chart.update(series);
  }

  readonly #redraw = (): void => {
    this.#layout = "";
    this.#drawCharts();
  };

  #controls(): HTMLElement {
    const toggle = (label: string, key: "smooth" | "log") => {
      const input = el("input", { type: "checkbox", checked: this.#look[key] });
      input.addEventListener("change", () => {
        this.#look[key] = input.checked;
        this.#drawCharts();
      });
      return el("label", {}, input, label);
    };
    const aligned = (value: Alignment, label: string) => {
      const input = el("input", {
        type: "radio",
        name: "alignment",
        checked: this.#look.alignment === value,
      });
      input.addEventListener("change", () => {
        this.#look.alignment = value;
        this.#drawCharts();
      });
      return el("label", {}, input, label);
    };
    return el(
      "div",
      { class: "controls" },
      toggle("Smooth", "smooth"),
      toggle("Logarithmic loss", "log"),
      el("span", { class: "quiet", id: "alignment" }, "Held-out alignment"),
      el(
        "span",
        { role: "radiogroup", "aria-labelledby": "alignment", class: "controls" },
        aligned("affine", "affine"),
        aligned("median", "median"),
      ),
    );
  }
}

/** What a person should read, newest first. */
function alertList(alerts: readonly AlertEvent[]): HTMLElement[] {
  if (alerts.length === 0) return [];
  const items = alerts.slice(-8).reverse().map(({ level, step, text }) =>
    el("li", { "data-level": level }, text, el("span", { class: "quiet" }, ` step ${step}`))
  );
  return [el("section", { "aria-label": "Alerts" }, el("ul", { class: "alerts" }, ...items))];
}
