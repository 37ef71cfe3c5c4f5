import { deepEqual, equal, throws } from "node:assert/strict";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { distanceOf, metricScale, sphereMedian, sphereQuantiles } from "./metric_scale.ts";

const placement = { fullWidth: 4, fullHeight: 4, left: 0, top: 0 };

Deno.test("sphereMedian() counts pixels by their solid angle", () => {
  // rows at the poles cover less: 8 of 16 pixels, but 29 % of the sphere
  const values = Float32Array.from({ length: 16 }, (_, p) => [9, 1, 2, 9][p >> 2]!);
  equal(sphereMedian([{ values, width: 4, placement }]), 2);
  deepEqual(sphereQuantiles([{ values, width: 4, placement }], [0.1, 0.9]), [1, 9]);
});

Deno.test("sphereMedian() takes a part by its own rows, leaves NaN out, and joins maps", () => {
  const part = {
    values: Float32Array.of(5, NaN, 5, 5),
    width: 4,
    placement: { ...placement, top: 3 },
  };
  const other = {
    values: Float32Array.of(1, 1, 1, 1),
    width: 4,
    placement: { ...placement, top: 1 },
  };
  equal(sphereMedian([part]), 5);
  equal(sphereMedian([part, other]), 1);
  const nothing = { values: Float32Array.of(NaN), width: 1, placement };
  throws(() => sphereMedian([nothing]), /^RangeError: it has no pixel with a disparity$/);
});

Deno.test("metricScale() takes a scale, or fits it to a median distance", () => {
  deepEqual(metricScale(4, { scale: 10, far: 50 }), {
    scale: 10,
    shift: 0,
    far: 50,
    unit: "metres",
  });
  deepEqual(metricScale(4, { medianDistance: 2.5 }), {
    scale: 10,
    shift: 0,
    far: 50,
    unit: "metres",
  });
  deepEqual(metricScale(4, { medianDistance: 2.5, shift: 1 }), {
    scale: 12.5,
    shift: 1,
    far: 50,
    unit: "metres",
  });
  deepEqual(metricScale(4), { scale: 4, shift: 0, far: 20, unit: "medians" });
});

Deno.test("metricScale() refuses a median disparity that is not positive", () => {
  throws(
    () => metricScale(-0.5, { shift: 0.25 }),
    /its median disparity is -0\.5000, -0\.2500 with the shift: .*give a larger --shift/,
  );
});

Deno.test("distanceOf() is scale over disparity and shift, cut at the far limit", () => {
  const scale = { scale: 10, shift: 1, far: 20, unit: "metres" } as const;
  assertClose(distanceOf([1, 4, 0, -0.9, -1, -3], scale), [5, 2, 10, 20, 20, 20]);
  equal(distanceOf([NaN], scale)[0], NaN);
});
