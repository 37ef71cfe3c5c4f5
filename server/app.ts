/** The routes; `app.request("/api/runs")` answers without a socket. Everything is read only. */
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { type Pace, streamEvents } from "./event_stream.ts";
import { loopbackOnly } from "./host_guard.ts";
import { RunStore, type RunView } from "./run_store.ts";

/** The page as the browser gets it. */
export interface Page {
  /** `index.html` */
  readonly html: string;
  /** `page.css`, that of the charts included */
  readonly css: string;
  /** `page.js`, bundled */
  readonly script: string;
}

/** What {@link createApp} serves, and how. */
export interface AppOptions {
  /** Folder of run folders. */
  readonly runs: string;
  /** The page itself; {@link buildPage} makes it. */
  readonly page: Page;
  /** How often to look for new events; a quarter of a second by default. */
  readonly pace?: Pace;
  /** Whether only names of this machine are answered, as when nothing else can connect; false by default. */
  readonly local?: boolean;
}

/** The app: what a server calls for every request, and what a test calls without one. */
export interface App {
  /** Answers a request that came over the net. */
  fetch(request: Request): Response | Promise<Response>;
  /** Answers a request for a path, without a socket. */
  request(path: string, init?: RequestInit): Response | Promise<Response>;
}

/** Points of a curve that a page gets at first; more would not be seen. */
const POINTS = 2000;

const TYPES: Readonly<Record<string, string>> = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
};

/** Builds the app. */
export function createApp(
  { runs, page, pace = { poll: 250, heartbeat: 10_000 }, local = false }: AppOptions,
): App {
  const store = new RunStore(runs);
  const app = new Hono();

  app.use(async (c, next) => {
    await next();
    c.header(
      "Content-Security-Policy",
      "default-src 'self'; img-src 'self' data:; base-uri 'none'",
    );
    c.header("X-Content-Type-Options", "nosniff");
    c.header("Referrer-Policy", "no-referrer");
  });
  if (local) app.use(loopbackOnly);
  app.onError((error, c) => c.json({ error: error.message }, 500));
  app.notFound((c) => c.json({ error: `There is no ${c.req.path} here` }, 404));

  app.get("/", (c) => c.html(page.html));
  app.get("/page.js", () => asset(page.script, "text/javascript"));
  app.get("/page.css", () => asset(page.css, "text/css"));

  app.get("/api/runs", async (c) => c.json({ runs: (await store.list()).map(summary) }));

  app.get("/api/runs/:id", async (c) => {
    const run = await store.get(c.req.param("id"));
    if (!run) return c.notFound();
    return c.json({ ...summary(run), record: run.record, ...run.history.snapshot(POINTS) });
  });

  app.get("/api/runs/:id/events", async (c) => {
    const id = c.req.param("id");
    const folder = await store.folder(id);
    if (folder === undefined) return c.notFound();
    const after = Number(c.req.header("Last-Event-ID") ?? c.req.query("after") ?? 0);
    if (!Number.isSafeInteger(after) || after < 0) {
      return c.json({ error: "Last-Event-ID and after take the number of a line" }, 400);
    }
    const status = async () => (await store.get(id))?.status ?? "failed";
    return streamSSE(c, (stream) => streamEvents(stream, folder, after, status, pace));
  });

  app.get("/api/runs/:id/media/:path{.+}", async (c) => {
    const path = c.req.param("path");
    const type = TYPES[path.slice(path.lastIndexOf(".") + 1).toLowerCase()];
    const file = type && await store.media(c.req.param("id"), path);
    if (!file) return c.notFound();
    return c.body(await Deno.readFile(file), 200, {
      "Content-Type": type,
      "Cache-Control": "no-cache",
    });
  });
  return app;
}

/** What the list of runs shows of one. */
function summary({ name, status, record, history, line }: RunView) {
  return {
    name,
    status,
    line,
    step: history.step,
    steps: record?.config?.steps,
    created: record?.created,
    updated: history.updated,
    loss: history.last("loss/total"),
  };
}

function asset(text: string, type: string): Response {
  return new Response(text, {
    headers: { "Content-Type": `${type}; charset=utf-8`, "Cache-Control": "no-cache" },
  });
}
