/** The numbers and words above the curves of a run. */
import type { LiveRun } from "./live_run.ts";
import { el } from "./dom.ts";
import { number, span } from "./format.ts";

/** Name, status, how far, how long still, what is trained on what. */
export function runHead({ name, status, connected, history, record }: LiveRun): HTMLElement {
  const steps = Number(record.config?.steps ?? 0);
  const left = status === "running"
    ? timeLeft(history.series.get("time/step")?.values ?? [], steps - history.step)
    : "";
  const words = [
    steps > 0 ? `step ${history.step} of ${steps}` : `step ${history.step}`,
    left,
    status === "running" || connected ? "" : "not connected",
    history.resumes > 0 ? `resumed ${history.resumes} ×` : "",
  ].filter(Boolean);
  const about = aboutRun(record.config ?? {}, record.adapter?.name);
  return el(
    "div",
    { class: "about-run" },
    el(
      "div",
      { class: "head" },
      el("h1", {}, name),
      el("span", { class: "status", "data-status": status }, status),
      el("span", { class: "quiet" }, words.join(" · ")),
    ),
    el("progress", { max: Math.max(1, steps), value: history.step, "aria-label": "Steps done" }),
    el("p", {}, about),
  );
}

/** Tiles with the newest figures. */
export function runTiles({ history }: LiveRun): HTMLElement {
  const tiles: [string, string][] = [];
  const add = (label: string, name: string) => {
    const value = history.last(name);
    if (value !== undefined) tiles.push([label, number(value)]);
  };
  add("Loss", "loss/total");
  add("Labelled", "loss/labeled");
  add("Pseudo", "loss/pseudo");
  add("Learning rate", "optim/lr");
  const step = history.last("time/step");
  if (step !== undefined) tiles.push(["A step takes", `${number(step)} s`]);
  if (history.updated > 0) tiles.push(["Since the start", span(history.updated - history.started)]);
  return el(
    "dl",
    { class: "facts" },
    ...tiles.map(([label, text]) => el("div", {}, el("dt", {}, label), el("dd", {}, text))),
  );
}

/** Every key of the configuration, and where the run comes from. */
export function runConfig({ record }: LiveRun): HTMLElement {
  const rows: [string, unknown][] = [
    ["created", record.created],
    ["commit", record.commit],
    ["arguments", record.argv?.join(" ")],
    ["adapter", record.adapter?.name],
    ...flatten(record.config ?? {}, ""),
  ];
  const list = el("dl", { class: "config" });
  for (const [key, value] of rows) {
    if (value !== undefined) list.append(el("dt", {}, key), el("dd", {}, String(value)));
  }
  return el("details", { class: "panel" }, el("summary", {}, "Configuration"), list);
}

function* flatten(
  value: Readonly<Record<string, unknown>>,
  prefix: string,
): Generator<[string, unknown]> {
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === "object" && inner !== null && !Array.isArray(inner)) {
      yield* flatten(inner as Record<string, unknown>, `${prefix}${key}.`);
    } else {
      yield [prefix + key, Array.isArray(inner) ? inner.join(", ") : inner];
    }
  }
}

function aboutRun(config: Readonly<Record<string, unknown>>, adapter: string | undefined): string {
  const student = config.student as
    | { name?: string; width?: number; options?: Readonly<Record<string, unknown>> }
    | undefined;
  const list = (value: unknown) => Array.isArray(value) ? value.join(", ") : "";
  const height = Number(config.height);
  return [
    student ? `${student.name} ×${student.width}` : "",
    ...Object.entries(student?.options ?? {}).map(([name, value]) => `${name} ${value}`),
    height > 0 ? `${2 * height} × ${height}` : "",
    list(config.labeled) && `labelled: ${list(config.labeled)}`,
    list(config.unlabeled) && `unlabelled: ${list(config.unlabeled)}`,
    adapter ?? "",
  ].filter(Boolean).join(" · ");
}

function timeLeft(seconds: readonly number[], steps: number): string {
  const recent = seconds.slice(-50);
  if (recent.length === 0 || !(steps > 0)) return "";
  return `${span(1000 * steps * recent.reduce((a, b) => a + b) / recent.length)} left`;
}
