import { deepEqual, throws } from "node:assert/strict";
import { parseSpec } from "./spec.ts";

Deno.test("parseSpec() splits name, root and options", () => {
  deepEqual(parseSpec("panoramas"), { name: "panoramas", options: {}, text: "panoramas" });
  deepEqual(parseSpec("rooms@style=hall@split=val").options, { style: "hall", split: "val" });
  deepEqual(parseSpec("folder:a/b").root, "a/b");
  deepEqual(parseSpec("folder:C:\\me@home\\x@masks=D:\\m").root, "C:\\me@home\\x");
  deepEqual(parseSpec("folder:C:\\me@home\\x@masks=D:\\m").options, { masks: "D:\\m" });
});

Deno.test("parseSpec() says what is wrong and what is known", () => {
  throws(() => parseSpec(""), /Cannot read source "": expected NAME/);
  throws(() => parseSpec("foldr:x"), /no such kind: known are rooms\[@style=NAME\].*folder:PATH/);
  throws(() => parseSpec("constructor"), /no such kind/);
  throws(() => parseSpec("folder"), /it has no path: write folder:PATH/);
  throws(() => parseSpec("folder:"), /it has no path/);
  throws(() => parseSpec("panoramas:x"), /"panoramas" takes no path/);
  throws(() => parseSpec("panoramas@size=3"), /"panoramas" has no option "size": it has split/);
  throws(() => parseSpec("rooms@split=val@split=val"), /option "split" is given twice/);
  throws(() => parseSpec("rooms@split="), /option "split" is empty/);
  for (const name of ["matterport3d:x", "stanford2d3d:x", "structured3d:x", "spatialaudiogen:x"]) {
    throws(() => parseSpec(name), /this version has no reader for it; available are rooms/);
  }
});
