/** One chart: a title, a legend whose entries switch curves on and off, and the plot. */
import uPlot from "uplot";
import type { Series } from "@depth-anywhere/trainer/runs/history";
import type { ChartGroup } from "./chart_groups.ts";
import { smooth, table } from "./curves.ts";
import { el } from "./dom.ts";
import { number } from "./format.ts";

/** How the curves are drawn. */
export interface ChartLook {
  readonly smooth: boolean;
  readonly log: boolean;
}

const HEIGHT = 220;
const COLOURS = 8;

/** Draws a group of scalars and follows them while they grow. */
export class Chart {
  readonly element: HTMLElement;
  readonly #group: ChartGroup;
  readonly #look: ChartLook;
  readonly #box = el("div", { class: "plot", role: "img" });
  readonly #values: HTMLElement[] = [];
  readonly #hidden: Set<string>;
  readonly #resize: ResizeObserver;
  #columns: (number | null)[][] = [];
  #plot: uPlot | undefined;

  /** @param hidden names of the curves that are switched off; the legend changes it */
  constructor(group: ChartGroup, look: ChartLook, hidden: Set<string>) {
    this.#group = group;
    this.#look = look;
    this.#hidden = hidden;
    const legend = el("div", {
      class: "legend",
      role: "group",
      "aria-label": `${group.title}: curves`,
    });
    group.curves.forEach(({ name, label }, i) => legend.append(this.#entry(name, label, i)));
    const heading = el("h2", {}, group.title);
    this.element = el(
      "section",
      { class: "panel", "data-chart": group.id },
      heading,
      legend,
      this.#box,
    );
    this.#resize = new ResizeObserver(() => this.#fit());
    this.#resize.observe(this.#box);
  }

  /** Takes the curves as they are now. */
  update(series: ReadonlyMap<string, Series>): void {
    const curves = this.#group.curves.map(({ name }) =>
      series.get(name) ?? { steps: [], values: [] }
    );
    const [steps, ...all] = table(curves);
    const columns = this.#look.log
      ? all.map((c) => c.map((v) => v !== null && v > 0 ? v : null))
      : all;
    this.#columns = all;
    const data = [steps, ...columns, ...(this.#look.smooth ? columns.map((c) => smooth(c)) : [])];
    if (!this.#plot) this.#plot = new uPlot(this.#options(), data as uPlot.AlignedData, this.#box);
    else this.#plot.setData(data as uPlot.AlignedData);
    this.#showValues(null);
    const last = curves.map(({ values }, i) =>
      `${this.#group.curves[i]!.label} ${number(values.at(-1))}`
    );
    this.#box.setAttribute(
      "aria-label",
      `${this.#group.title} up to step ${steps.at(-1) ?? 0}: ${last.join(", ")}`,
    );
  }

  destroy(): void {
    this.#resize.disconnect();
    this.#plot?.destroy();
    this.element.remove();
  }

  #entry(name: string, label: string, i: number): HTMLElement {
    const value = el("b");
    this.#values.push(value);
    const button = el(
      "button",
      { type: "button", "aria-pressed": !this.#hidden.has(name) ? "true" : "false" },
      label,
      value,
    );
    button.classList.toggle("dashed", i >= COLOURS);
    button.style.setProperty("--curve", `var(--curve-${i % COLOURS + 1})`);
    button.addEventListener("click", () => {
      if (!this.#hidden.delete(name)) this.#hidden.add(name);
      const show = !this.#hidden.has(name);
      button.setAttribute("aria-pressed", String(show));
      for (let s = i; s < this.#plot!.series.length - 1; s += this.#group.curves.length) {
        this.#plot!.setSeries(s + 1, { show });
      }
    });
    return button;
  }

  #options(): uPlot.Options {
    const style = getComputedStyle(this.element);
    const colour = (name: string) => resolveColour(style.getPropertyValue(name));
    const ink = this.#group.curves.map((_, i) => colour(`--curve-${i % COLOURS + 1}`));
    const line = (i: number, bold: boolean): uPlot.Series => ({
      stroke: ink[i]!,
      width: bold && !this.#group.curves[i]!.part ? 2.5 : 1.25,
      alpha: bold ? 1 : 0.3,
      ...(i >= COLOURS ? { dash: [6, 4] } : {}),
      spanGaps: true,
      show: !this.#hidden.has(this.#group.curves[i]!.name),
      points: { fill: ink[i]!, show: (plot, s) => count(plot.data[s]!) < 25 },
    });
    const axis: uPlot.Axis = {
      stroke: colour("--quiet"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { stroke: colour("--line"), width: 1 },
      font: "12px system-ui",
    };
    const raw = this.#group.curves.map((_, i) => line(i, !this.#look.smooth));
    const smoothed = this.#look.smooth ? this.#group.curves.map((_, i) => line(i, true)) : [];
    return {
      width: Math.max(200, this.#box.clientWidth),
      height: HEIGHT,
      scales: { x: { time: false }, y: this.#look.log ? { distr: 3 } : {} },
      cursor: { sync: { key: "step" }, y: false, drag: { x: true, y: false } },
      axes: [
        {
          ...axis,
          size: 32,
          values: (_, ticks) => ticks.map((t) => Number.isInteger(t) ? number(t) : ""),
        },
        { ...axis, size: 58, values: (_, ticks) => ticks.map((t) => t === null ? "" : number(t)) },
      ],
      series: [{}, ...raw, ...smoothed],
      hooks: { setCursor: [(plot) => this.#showValues(plot.cursor.idx ?? null)] },
    };
  }

  /** Legend values at a row of the table, or the newest ones. */
  #showValues(row: number | null): void {
    this.#values.forEach((element, i) => {
      const column = this.#columns[i] ?? [];
      const value = row === null ? column.findLast((v) => v !== null) : column[row];
      const text = number(value);
      if (element.textContent !== text) element.textContent = text;
    });
  }

  #fit(): void {
    const width = this.#box.clientWidth;
    if (this.#plot && width > 0 && width !== this.#plot.width) {
      this.#plot.setSize({ width, height: HEIGHT });
    }
  }
}

/** Canvas knows no `light-dark()`; the browser's own answer to it does. */
function resolveColour(value: string): string {
  const probe = document.createElement("span");
  probe.style.color = value;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

/** Points of a column that are there. */
function count(column: ArrayLike<number | null | undefined>): number {
  let n = 0;
  for (let i = 0; i < column.length; i++) if (column[i] !== null) n++;
  return n;
}
