import { deepEqual, match } from "node:assert/strict";
import { PLYLoader } from "three/addons/loaders/PLYLoader.js";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { encodePly } from "./ply.ts";

Deno.test("encodePly() writes points with colours that three reads", () => {
  const positions = Float32Array.of(1, 2, 3, -4, 5.5, 1e-3, 0, 0, -7);
  const colors = Uint8Array.of(255, 0, 128, 1, 2, 3, 0, 0, 0);
  const bytes = encodePly({ positions, colors }, ["Unit: metres"]);
  const geometry = new PLYLoader().parse(bytes.buffer);
  deepEqual(geometry.getAttribute("position").array, positions);
  // three turns sRGB into linear light, in bytes
  const linear = Array.from(
    colors,
    (c) => Math.round(255 * (c <= 10 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4)),
  );
  assertClose(geometry.getAttribute("color").array, linear, { atol: 1 });
  match(new TextDecoder().decode(bytes), /^comment Unit: metres$/m);
});

Deno.test("encodePly() writes no points", () => {
  const bytes = encodePly({ positions: new Float32Array(0), colors: new Uint8Array(0) });
  deepEqual(new PLYLoader().parse(bytes.buffer).getAttribute("position").count, 0);
});
