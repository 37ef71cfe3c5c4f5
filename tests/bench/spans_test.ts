import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { Spans } from "./spans.ts";

Deno.test("Spans keeps what happens at the same time, by when it began", async () => {
  const spans = new Spans();
  const [outer, inner] = [Promise.withResolvers<number>(), Promise.withResolvers<void>()];
  const first = spans.of("outer", () => outer.promise);
  const second = spans.of("inner", () => inner.promise);
  inner.resolve();
  await second;
  outer.resolve(3);
  equal(await first, 3);
  deepEqual(spans.all.map(({ name }) => name), ["outer", "inner"]);
  const [a, b] = spans.all;
  ok(a!.from <= b!.from && b!.from <= b!.to && b!.to <= a!.to && a!.cpuSeconds >= b!.cpuSeconds);
});

Deno.test("Spans.watch() leaves a method what it is, failures included", async () => {
  const object = {
    by: 2,
    times(x: number) {
      return x < 0 ? Promise.reject(new Error("too little")) : Promise.resolve(this.by * x);
    },
  };
  const spans = new Spans();
  spans.since(0, "before");
  spans.watch(object, "times", "multiply");
  equal(await object.times(3), 6);
  await rejects(object.times(-1), /too little/);
  deepEqual(spans.all.map(({ name }) => name), ["before", "multiply", "multiply"]);
});
