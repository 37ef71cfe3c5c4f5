/** Numbers and times as people read them. */

/** Four significant digits, without a tail of zeros: `0.1234`, `1.2e-5`, `–` for nothing. */
export function number(value: number | null | undefined): string {
  if (value === undefined || value === null) return "–";
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-3 || size >= 1e6)) {
    return value.toExponential(2).replace(/\.?0+e/, "e").replace("e+", "e");
  }
  return String(Number(value.toPrecision(4)));
}

/** `40 s`, `12 min`, `3 h 20 min`, `2 d 5 h`. */
export function span(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (ms < 60_000) return `${Math.max(0, Math.round(ms / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? `${hours} h ${minutes % 60} min`
    : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
