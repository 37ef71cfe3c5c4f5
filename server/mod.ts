/**
 * A small server that reads run folders and streams them to a page: live curves, pictures by step, the state of
 * every run. It never writes.
 *
 * @module
 */
export { type App, type AppOptions, createApp, type Page } from "./app.ts";
export type { Pace } from "./event_stream.ts";
export { buildPage } from "./page.ts";
