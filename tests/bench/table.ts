/** Plain tables for a terminal. */
import type { Spread } from "./statistics.ts";

/** Columns as wide as their longest cell: the first to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, k) =>
    Math.max(title.length, ...rows.map((row) => row[k]!.length))
  );
  return [head, ...rows]
    .map((row) =>
      row.map((cell, k) => k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!))
        .join("  ").trimEnd()
    ).join("\n");
}

/** Three digits that count: `0.0123`, `1.23`, `1234`. */
export function digits(value: number): string {
  if (value >= 100) return Math.round(value).toString();
  return Number(value.toPrecision(3)).toString();
}

/** Megabytes of bytes. */
export function megabytes(bytes: number): string {
  return Math.round(bytes / 1e6).toString();
}

/** A median with its range. */
export function range({ median, min, max }: Spread): string {
  return `${digits(median)} (${digits(min)} to ${digits(max)})`;
}
