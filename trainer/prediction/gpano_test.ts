import { deepEqual, equal, throws } from "node:assert/strict";
import { rotate, type Vector3 } from "@depth-anywhere/geometry";
import { assertClose } from "../../tests/helpers/assert_close.ts";
import { readGPano } from "./gpano.ts";

const crop = {
  ProjectionType: "equirectangular",
  FullPanoWidthPixels: "1000",
  FullPanoHeightPixels: "500",
  CroppedAreaImageWidthPixels: "600",
  CroppedAreaImageHeightPixels: "200",
  CroppedAreaLeftPixels: "300",
  CroppedAreaTopPixels: "100",
};

type Form = "attributes" | "elements";

function packet(
  values: Record<string, string>,
  form: Form = "attributes",
  prefix = "GPano",
): string {
  const ns = `xmlns:${prefix}="http://ns.google.com/photos/1.0/panorama/"`;
  const all = Object.entries(values);
  const inside = all.map(([k, v]) => `<${prefix}:${k}>${v}</${prefix}:${k}>`).join("");
  const attributes = all.map(([k, v]) => `${prefix}:${k}="${v}"`).join(" ");
  return `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description ${ns} ${
    form === "attributes" ? `${attributes}/>` : `>${inside}</rdf:Description>`
  }</rdf:RDF></x:xmpmeta>`;
}

const image = { width: 600, height: 200 };

for (const form of ["attributes", "elements"] as const) {
  Deno.test(`readGPano() places a crop that is told by ${form}`, () => {
    const expected = { placement: { fullWidth: 1000, fullHeight: 500, left: 300, top: 100 } };
    deepEqual(readGPano(packet(crop, form), image), expected);
    deepEqual(readGPano(packet(crop, form, "p"), image), expected);
  });
}

Deno.test("readGPano() follows an image that was resized", () => {
  deepEqual(readGPano(packet(crop), { width: 300, height: 100 })?.placement, {
    fullWidth: 500,
    fullHeight: 250,
    left: 150,
    top: 50,
  });
});

Deno.test("readGPano() says nothing of images without panorama metadata or crop", () => {
  equal(readGPano("<x:xmpmeta/>", image), undefined);
  deepEqual(readGPano(packet({ ProjectionType: "equirectangular" }), image), {});
});

Deno.test("readGPano() takes a panorama whose crop is not told for a whole one, resized or not", () => {
  const width = { FullPanoWidthPixels: "1000" };
  const tellings: Record<string, string>[] = [width, { ...width, FullPanoHeightPixels: "500" }];
  for (const told of tellings) {
    for (const width of [500, 1000, 2000]) {
      deepEqual(readGPano(packet(told), { width, height: width / 2 })?.placement, {
        fullWidth: width,
        fullHeight: width / 2,
        left: 0,
        top: 0,
      });
    }
    throws(() => readGPano(packet(told), image), /but it is 600x200: take the metadata out/);
  }
});

Deno.test("readGPano() takes a pose that is empty or NaN for none", () => {
  for (const form of ["attributes", "elements"] as const) {
    for (const PoseHeadingDegrees of ["", "NaN"]) {
      deepEqual(readGPano(packet({ PoseHeadingDegrees }, form), image), {});
    }
  }
});

/** Where the pose takes a direction of the image; level frame: x east, y down, z north. */
function level(pose: Record<string, string>, direction: Vector3): Vector3 {
  return rotate(readGPano(packet(pose), image)!.pose!, direction);
}

Deno.test("readGPano() turns the image by heading, pitch and roll as Google defines them", () => {
  const ahead: Vector3 = [0, 0, 1];
  assertClose(level({ PoseHeadingDegrees: "90" }, ahead), [1, 0, 0], { atol: 1e-12 }); // looks east
  assertClose(level({ PosePitchDegrees: "30" }, ahead), [0, -0.5, Math.sqrt(0.75)]); // looks up
  // the camera leans to the right: its right side points down, its horizon leans to the left
  assertClose(level({ PoseRollDegrees: "90" }, [1, 0, 0]), [0, 1, 0], { atol: 1e-12 });
});

const wrong: Record<string, [values: Record<string, string>, says: RegExp]> = {
  "another projection": [
    { ...crop, ProjectionType: "cylindrical" },
    /its GPano projection is "cylindrical": expected equirectangular/,
  ],
  "a panorama that is not 2:1": [
    { ...crop, FullPanoHeightPixels: "600" },
    /say 600x200 at \(300, 100\) of 1000x600: the panorama's width must be twice its height/,
  ],
  "a crop that leaves the panorama": [
    { ...crop, CroppedAreaTopPixels: "301" },
    /600x200 at \(300, 301\) of 1000x500: that part does not lie inside/,
  ],
  "a crop of another shape than the image": [
    { ...crop, CroppedAreaImageHeightPixels: "300" },
    /but it is 600x200: take the metadata out/,
  ],
  "a value that is no number": [
    { ...crop, CroppedAreaLeftPixels: "left" },
    /its GPano:CroppedAreaLeftPixels is "left", which is no number: take the metadata out$/,
  ],
  "an empty value": [
    { ...crop, CroppedAreaLeftPixels: "" },
    /its GPano:CroppedAreaLeftPixels is "", which is no number: take the metadata out$/,
  ],
  "a pose that is no number": [
    { PosePitchDegrees: "up" },
    /its GPano:PosePitchDegrees is "up", which is no number: take the metadata out$/,
  ],
};

for (const [what, [values, says]] of Object.entries(wrong)) {
  Deno.test(`readGPano() refuses ${what}`, () => {
    throws(() => readGPano(packet(values), image), says);
  });
}
