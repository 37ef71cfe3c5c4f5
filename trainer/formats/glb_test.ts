import { deepEqual, equal, throws } from "node:assert/strict";
import { validateBytes } from "gltf-validator";
import { ignoreWithout } from "../../tests/helpers/permissions.ts";
import { encodeGlb } from "./glb.ts";

const need = ignoreWithout({ read: true, env: true, sys: true, ffi: true }); // what sharp needs

async function jpeg(width: number, height: number): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const create = { width, height, channels: 3 as const, background: "#4080c0" };
  return await sharp({ create }).jpeg().toBuffer();
}

const quad = {
  positions: Float32Array.of(-1, 1, -2, 1, 1, -2, -1, -1, -2, 1, -1, -2.5),
  uvs: Float32Array.of(0, 0, 1.25, 0, 0, 1, 1.25, 1),
  indices: Uint32Array.of(0, 2, 1, 1, 2, 3),
};

Deno.test({
  name: "encodeGlb() writes a mesh that Khronos' validator and three take" + need.suffix,
  ignore: need.ignore,
  async fn() {
    for (const size of [64, 65]) { // textures of any length
      const glb = encodeGlb({ ...quad, texture: await jpeg(size, 32) }, { Unit: "metres" });
      const { issues, info } = await validateBytes(glb);
      deepEqual(issues.messages.filter(({ severity }: { severity: number }) => severity < 2), []);
      deepEqual([info.totalVertexCount, info.totalTriangleCount, info.hasTextures], [4, 2, true]);
      const { GLTFLoader } = await import("three/addons/loaders/GLTFLoader.js");
      const { scene, asset } = await new GLTFLoader().parseAsync(glb.buffer, "");
      const [{ geometry, material }] = scene.children;
      deepEqual(geometry.getAttribute("position").array, quad.positions);
      deepEqual(geometry.getAttribute("uv").array, quad.uvs);
      deepEqual(geometry.index.array, quad.indices);
      equal(material.type, "MeshBasicMaterial");
      deepEqual([material.map.image.width, material.map.image.height], [size, 32]);
      deepEqual(asset.extras, { Unit: "metres" });
    }
  },
});

Deno.test("encodeGlb() refuses a mesh without triangles", () => {
  const mesh = { ...quad, indices: new Uint32Array(0), texture: new Uint8Array(4) };
  throws(() => encodeGlb(mesh), /^RangeError: Cannot write a mesh without triangles as GLB$/);
});
