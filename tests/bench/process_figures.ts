/**
 * What the operating system says of this process.
 *
 * @module
 */
import { cpuUsage } from "node:process";

/** Seconds of computing of all its threads so far, in itself and for it in the kernel. */
export function cpuSeconds(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1e6;
}

/** Largest resident memory so far, bytes; where the system does not keep it, what is resident now. */
export function peakMemory(): number {
  try {
    const peak = /VmHWM:\s+(\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status"));
    if (peak) return Number(peak[1]) * 1024;
  } catch {
    // no /proc: macOS, Windows
  }
  return Deno.memoryUsage().rss;
}
