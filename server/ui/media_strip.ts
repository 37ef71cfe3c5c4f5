/** The pictures of a run, step by step. */
import type { ImageEvent } from "@depth-anywhere/trainer/runs/events";
import { el } from "./dom.ts";

/** A slider over the steps that have pictures, and the pictures of one step. It follows the newest step until moved. */
export class MediaStrip {
  readonly element: HTMLElement;
  readonly #run: string;
  readonly #slider = el("input", {
    type: "range",
    min: 0,
    step: 1,
    "aria-label": "Step of the pictures",
  });
  readonly #output = el("output");
  readonly #grid = el("div", { class: "media" });
  readonly #image = el("img");
  readonly #caption = el("span");
  readonly #dialog = el(
    "dialog",
    { "aria-label": "Picture" },
    this.#image,
    el("form", { method: "dialog" }, this.#caption, el("button", {}, "Close")),
  );
  #steps: number[] = [];
  #images: readonly ImageEvent[] = [];
  #shown = "";

  constructor(run: string) {
    this.#run = run;
    const newest = el("button", { type: "button", class: "button" }, "Newest");
    newest.addEventListener("click", () => this.#go(this.#steps.length - 1));
    this.#slider.addEventListener("input", () => this.#go(Number(this.#slider.value)));
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
    this.element = el(
      "section",
      { class: "panel strip", hidden: true },
      el("h2", {}, "Pictures"),
      el("div", { class: "at" }, this.#output, this.#slider, newest),
      this.#grid,
      this.#dialog,
    );
  }

  /** Takes all pictures of the run so far. */
  update(images: readonly ImageEvent[]): void {
    const following = this.#slider.value === "" ||
      Number(this.#slider.value) >= this.#steps.length - 1;
    this.#images = images;
    this.#steps = [...new Set(images.map(({ step }) => step))].sort((a, b) => a - b);
    this.element.hidden = this.#steps.length === 0;
    if (this.#steps.length === 0) return;
    this.#slider.max = String(this.#steps.length - 1);
    this.#go(following ? this.#steps.length - 1 : Number(this.#slider.value));
  }

  #go(index: number): void {
    const step = this.#steps[index];
    if (step === undefined) return;
    this.#slider.value = String(index);
    this.#slider.setAttribute("aria-valuetext", `step ${step}`);
    this.#output.textContent = `step ${step}`;
    const byPath = new Map(this.#images.filter((i) => i.step === step).map((i) => [i.path, i]));
    const key = `${step} ${[...byPath.keys()].join(" ")}`;
    if (key === this.#shown) return;
    this.#shown = key;
    this.#grid.replaceChildren(...Array.from(byPath.values(), (image) => this.#figure(image)));
  }

  #figure(image: ImageEvent): HTMLElement {
    const text = image.caption ?? image.name.replace(/\.\w+$/, "");
    const path = image.path.split("/").map(encodeURIComponent).join("/");
    const src = `api/runs/${encodeURIComponent(this.#run)}/${path}`;
    const button = el(
      "button",
      { type: "button", "aria-label": `Enlarge: ${text}` },
      el("img", { src, alt: text }),
    );
    button.addEventListener("click", () => {
      this.#image.src = src;
      this.#image.alt = text;
      this.#caption.textContent = `${text}, step ${image.step}`;
      this.#dialog.showModal();
    });
    return el("figure", {}, button, el("figcaption", {}, text));
  }
}
