/** Which scalars share a chart, in which order, under which names. */

/** One chart: its curves by the name of their scalar. */
export interface ChartGroup {
  readonly id: string;
  readonly title: string;
  /** Whether its curves jitter from step to step, so that smoothing helps. */
  readonly noisy: boolean;
  readonly curves: readonly Curve[];
}

/** One scalar of a chart. */
export interface Curve {
  readonly name: string;
  readonly label: string;
  /** Whether it is a part of another curve of the chart, such as one style of all rooms. */
  readonly part: boolean;
}

/** The alignment whose held-out figures are drawn. */
export type Alignment = "affine" | "median";

const TITLES: Readonly<Record<string, string>> = {
  "loss": "Loss",
  "optim/lr": "Learning rate",
  "grad/norm": "Gradient norm",
  "time/step": "Seconds a step",
};
const METRICS: Readonly<Record<string, string>> = {
  absrel: "Held-out AbsRel",
  delta1: "Held-out δ1",
  delta2: "Held-out δ2",
  delta3: "Held-out δ3",
  rmse: "Held-out RMSE",
  pseudo: "Pseudo-label loss on fixed views",
  seam: "Jump at cube seams, against inside",
};
const NOISY = ["loss", "grad/norm", "time/step"];
const FIRST = ["loss", "valid/absrel", "valid/delta1"];
const LAST = ["optim/lr", "grad/norm", "time/step"];

/** Groups the names of scalars; held-out figures of the other alignment are left out. */
export function groupScalars(names: Iterable<string>, alignment: Alignment): ChartGroup[] {
  const groups = new Map<string, { title: string; curves: { name: string; label: string }[] }>();
  for (const name of names) {
    const parts = name.split("/");
    const found = parts.find((part) => part === "affine" || part === "median");
    if (found !== undefined && found !== alignment) continue;
    const last = parts.at(-1)!;
    let id = parts.slice(0, -1).join("/");
    let title = TITLES[id] ?? id;
    let label = last;
    if (parts[0] === "valid" && parts.length > 2) {
      id = `valid/${last.toLowerCase()}`;
      title = METRICS[last.toLowerCase()] ?? `Held-out ${last}`;
      label = parts.slice(1, -1).filter((part) => part !== alignment).join(" ");
    } else if (TITLES[name]) {
      id = name;
      title = TITLES[name];
    } else if (id === "") {
      id = title = last;
    }
    if (!groups.has(id)) groups.set(id, { title, curves: [] });
    groups.get(id)!.curves.push({ name, label });
  }
  return Array.from(groups, ([id, { title, curves }]) => {
    return { id, title, noisy: NOISY.includes(id), curves: shortened(curves).sort(byLabel) };
  }).sort((a, b) => rank(a.id) - rank(b.id) || (a.id < b.id ? -1 : 1));
}

function rank(id: string): number {
  const first = FIRST.indexOf(id);
  const last = LAST.indexOf(id);
  return first >= 0 ? first : last >= 0 ? 100 + last : id.startsWith("valid/") ? 50 : 60;
}

/** Parts of a set are called by their own name beside it: `rooms` and `attic`, not `rooms-attic`. */
function shortened(curves: readonly { name: string; label: string }[]) {
  const wholes = curves.map(({ label }) => `${label}-`);
  return curves.map(({ name, label }) => {
    const whole = wholes.find((prefix) => label.startsWith(prefix));
    return { name, label: label.slice(whole?.length ?? 0), part: whole !== undefined };
  });
}

/** What is whole before its parts, the total before what it is made of, the rest by name. */
function byLabel(a: { label: string; part: boolean }, b: { label: string; part: boolean }): number {
  return Number(a.part) - Number(b.part) ||
    Number(b.label === "total") - Number(a.label === "total") ||
    (a.label < b.label ? -1 : 1);
}
