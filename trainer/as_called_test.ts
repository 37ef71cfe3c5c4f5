import { equal } from "node:assert/strict";
import { asCalled } from "./as_called.ts";

Deno.test("asCalled() names the script that the command was called by, in every command of a text", () => {
  const text = "watch it with deno task serve --runs a, go on with:\ndeno task train --resume a";
  equal(
    asCalled(text, "./denow"),
    "watch it with ./denow task serve --runs a, go on with:\n./denow task train --resume a",
  );
  equal(asCalled("deno task train", "/my checkout/denow"), "'/my checkout/denow' task train");
  equal(asCalled(text, ""), text);
});
