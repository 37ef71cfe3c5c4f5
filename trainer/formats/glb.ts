/**
 * One textured mesh as binary glTF 2.0, shown in its own colours whatever the light (KHR_materials_unlit).
 *
 * @module
 */

/** A mesh and its picture. */
export interface TexturedMesh {
  /** `[vertices, 3]`, x right, y up, z backward */
  readonly positions: Float32Array;
  /** `[vertices, 2]`, (0, 0) is the upper left corner of the picture */
  readonly uvs: Float32Array;
  /** Three a triangle, counter-clockwise from the front. */
  readonly indices: Uint32Array;
  /** A JPEG file. */
  readonly texture: Uint8Array;
}

const [FLOAT, UNSIGNED_INT] = [5126, 5125];
const [VERTICES, INDICES] = [34962, 34963];
const [REPEAT, CLAMP, LINEAR, MIPMAPS] = [10497, 33071, 9729, 9987];

/**
 * Encode a mesh.
 *
 * @param extras what else to say of it
 * @throws {RangeError} when it has no triangle, which glTF cannot say
 */
export function encodeGlb(
  mesh: TexturedMesh,
  extras: Readonly<Record<string, unknown>> = {},
): Uint8Array<ArrayBuffer> {
  const { positions, uvs, indices, texture } = mesh;
  if (indices.length === 0) throw new RangeError("Cannot write a mesh without triangles as GLB");
  const views: { buffer: 0; byteOffset: number; byteLength: number; target?: number }[] = [];
  const parts: Uint8Array[] = [];
  let size = 0;
  for (
    const [data, target] of [[positions, VERTICES], [uvs, VERTICES], [indices, INDICES], [
      texture,
    ]] as const
  ) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    views.push({
      buffer: 0,
      byteOffset: size,
      byteLength: bytes.length,
      ...(target && { target }),
    });
    parts.push(bytes, new Uint8Array(-bytes.length & 3));
    size += bytes.length + (-bytes.length & 3);
  }
  const [min, max] = bounds(positions);
  const json = {
    asset: { version: "2.0", generator: "Depth Anywhere for WebGPU", extras },
    extensionsUsed: ["KHR_materials_unlit"],
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0, name: "panorama" }],
    meshes: [{
      primitives: [{ attributes: { POSITION: 0, TEXCOORD_0: 1 }, indices: 2, material: 0 }],
    }],
    materials: [{
      pbrMetallicRoughness: {
        baseColorTexture: { index: 0 },
        metallicFactor: 0,
        roughnessFactor: 1,
      },
      extensions: { KHR_materials_unlit: {} },
      doubleSided: true,
    }],
    textures: [{ source: 0, sampler: 0 }],
    images: [{ bufferView: 3, mimeType: "image/jpeg" }],
    samplers: [{ magFilter: LINEAR, minFilter: MIPMAPS, wrapS: REPEAT, wrapT: CLAMP }],
    accessors: [
      { bufferView: 0, componentType: FLOAT, count: positions.length / 3, type: "VEC3", min, max },
      { bufferView: 1, componentType: FLOAT, count: uvs.length / 2, type: "VEC2" },
      { bufferView: 2, componentType: UNSIGNED_INT, count: indices.length, type: "SCALAR" },
    ],
    bufferViews: views,
    buffers: [{ byteLength: size }],
  };
  const text = new TextEncoder().encode(JSON.stringify(json));
  const padded = new Uint8Array(text.length + (-text.length & 3)).fill(0x20);
  padded.set(text);
  return assemble(padded, parts, size);
}

/** Header, JSON chunk, binary chunk. */
function assemble(json: Uint8Array, parts: readonly Uint8Array[], size: number) {
  const out = new Uint8Array(12 + 8 + json.length + 8 + size);
  const view = new DataView(out.buffer);
  const words = (at: number, ...values: number[]): void =>
    values.forEach((value, i) => view.setUint32(at + 4 * i, value, true));
  words(0, 0x46546c67, 2, out.length, json.length, 0x4e4f534a);
  out.set(json, 20);
  words(20 + json.length, size, 0x004e4942);
  let at = 28 + json.length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function bounds(positions: Float32Array): [number[], number[]] {
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  positions.forEach((value, i) => {
    min[i % 3] = Math.min(min[i % 3]!, value);
    max[i % 3] = Math.max(max[i % 3]!, value);
  });
  return [min, max];
}
