import { deepEqual, equal, match, ok } from "node:assert/strict";
import { buildPage, createApp } from "@depth-anywhere/server";
import { encodeEvent, type RunEvent } from "@depth-anywhere/trainer/runs/events";
import { withPage } from "./helpers/browser.ts";
import { ignoreWithout } from "./helpers/permissions.ts";
import { temporaryFolder } from "./helpers/temporary_folder.ts";

const needs = { read: true, write: true, net: true, run: true, env: true, sys: true };
const need = ignoreWithout({ ...needs, chromium: true });

/** The smallest picture: one black PNG pixel. */
const PIXEL = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
);

/** A run folder that the test itself writes to. */
class FakeRun {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    Deno.mkdirSync(`${folder}/media/step-00000002`, { recursive: true });
    const config = { steps: 40, student: { name: "unifuse", width: 0.25 }, labeled: ["rooms"] };
    Deno.writeTextFileSync(`${folder}/config.json`, JSON.stringify({ name: "a", config }));
    Deno.writeFileSync(`${folder}/media/step-00000002/input.png`, PIXEL);
  }

  append(event: RunEvent): void {
    Deno.writeTextFileSync(`${this.folder}/events.jsonl`, encodeEvent(event) + "\n", {
      append: true,
    });
  }

  step(step: number, total: number): void {
    const values = {
      "loss/total": total,
      "loss/labeled": total / 2,
      "loss/pseudo": total / 4,
      "optim/lr": 1e-3,
      "valid/rooms/affine/absRel": 0.125,
    };
    this.append({ kind: "scalars", step, time: Date.now(), values });
  }
}

Deno.test({
  name: "The dashboard draws curves, follows an event live and resumes after a reload" +
    need.suffix,
  ignore: need.ignore,
  async fn() {
    await using temporary = await temporaryFolder();
    const runs = temporary.path;
    const run = new FakeRun(`${runs}/first run`);
    for (let step = 1; step <= 10; step++) run.step(step, 1 / step);
    run.append({
      kind: "alert",
      step: 3,
      time: Date.now(),
      level: "warn",
      text: "a.jpg <b>skipped</b>",
    });
    const path = "media/step-00000002/input.png";
    run.append({ kind: "image", step: 2, time: Date.now(), name: "input.png", path });

    const app = createApp({ runs, page: await buildPage(), pace: { poll: 50, heartbeat: 1000 } });
    const requests: string[] = [];
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      requests.push(`${new URL(request.url).pathname}${new URL(request.url).search}`);
      return app.fetch(request);
    });
    try {
      await withPage(async (page) => {
        const complaints: string[] = [];
        page.on(
          "console",
          (message) => message.type() === "error" && complaints.push(message.text()),
        );
        page.on("pageerror", (error) => complaints.push(error.message));
        await page.goto(`http://127.0.0.1:${server.addr.port}/`);

        // Curves, figures, the picture, the alert as text.
        const loss = page.locator('[data-chart="loss"]');
        await loss.locator("canvas").waitFor();
        equal(await loss.locator("canvas").count(), 1);
        deepEqual(await loss.locator(".legend button").allTextContents(), [
          "total0.1",
          "labeled0.05",
          "pseudo0.025",
        ]);
        ok(await drawn(page), "the canvas of the loss is empty");
        equal(await page.locator('[data-chart="valid/absrel"] .legend b').textContent(), "0.125");
        equal(await page.locator("main .status").textContent(), "running");
        match(await page.locator("main .head").innerText(), /first run[\s\S]*step 10 of 40/);
        match(await page.locator(".alerts").innerText(), /a\.jpg <b>skipped<\/b> step 3/);
        const picture = page.locator(".media img");
        await page.waitForFunction(`document.querySelector(".media img")?.naturalWidth === 1`);
        equal(await picture.getAttribute("alt"), "input");

        // An appended event moves the page without a reload.
        run.step(11, 0.0625);
        await total(page, "0.0625").waitFor();
        match(await page.locator("main .head").innerText(), /step 11 of 40/);

        // A reload takes up where the file is, without a second copy of the lines.
        run.append({ kind: "resumed", step: 9, time: Date.now() });
        run.step(10, 0.5);
        requests.length = 0;
        await page.reload();
        await total(page, "0.5").waitFor();
        match(await page.locator("main .head").innerText(), /step 10 of 40.*resumed 1 ×/);
        await page.waitForTimeout(200);
        ok(requests.includes("/api/runs/first%20run/events?after=15"), requests.join(" "));

        // The keyboard switches a curve off; the end of the run is seen.
        const button = loss.locator(".legend button").first();
        await button.focus();
        await page.keyboard.press("Space");
        equal(await button.getAttribute("aria-pressed"), "false");
        run.append({ kind: "state", step: 10, time: Date.now(), state: "finished" });
        await page.locator('main .status[data-status="finished"]').waitFor();

        // A phone's width does not scroll sideways.
        await page.setViewportSize({ width: 360, height: 700 });
        await page.waitForTimeout(200);
        const width = Number(await page.evaluate("document.documentElement.scrollWidth"));
        ok(width <= 360, `the page is ${width} pixels wide on a screen of 360`);
        deepEqual(complaints, []);
      });
    } finally {
      await server.shutdown();
    }
  },
});

type Page = import("playwright-core").Page;

/** The total in the legend of the losses, once it reads so. */
function total(page: Page, text: string) {
  return page.locator('[data-chart="loss"] .legend b', { hasText: new RegExp(`^${text}$`) });
}

/** Whether the canvas of the losses has a coloured pixel. */
async function drawn(page: Page): Promise<boolean> {
  const pixels = await page.evaluate(`(() => {
    const canvas = document.querySelector('[data-chart="loss"] canvas');
    return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data];
  })()`) as number[];
  return pixels.some((red, i) => i % 4 === 0 && Math.abs(red - pixels[i + 1]!) > 40);
}
