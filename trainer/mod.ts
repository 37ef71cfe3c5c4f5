/**
 * Everything that learns. What also runs in a page is public here; commands, data and runs are reached by their tasks, and
 * run folders through `runs/events`, `runs/history`, `runs/reader` and `runs/tail`.
 *
 * @module
 */
export * from "./browser.ts";
