import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import { PbfWriter } from "pbf";
import { assertClose } from "../tests/helpers/assert_close.ts";
import { ignoreWithout } from "../tests/helpers/permissions.ts";
import { folderTests } from "../tests/helpers/temporary_folder.ts";
import { tinyDepth, tinyDepthModel, tinyFaces } from "../tests/helpers/tiny_depth_model.ts";
import { cacheFolder, cachePath, hubUrl, parseHubName } from "./hub.ts";
import { openTeacher } from "./open_teacher.ts";

const test = folderTests(
  ignoreWithout({ read: true, write: true, net: true, env: true, sys: true }),
);

Deno.test("parseHubName() knows short names and repositories, and leaves paths alone", () => {
  deepEqual(parseHubName("depth-anything-v2-small"), {
    repository: "onnx-community/depth-anything-v2-small",
    revision: "main",
    path: "onnx/model.onnx",
    licence: "Apache-2.0",
  });
  deepEqual(parseHubName("me/my.model@v1:a/b.onnx"), {
    repository: "me/my.model",
    revision: "v1",
    path: "a/b.onnx",
  });
  deepEqual(parseHubName("me/model"), {
    repository: "me/model",
    revision: "main",
    path: "onnx/model.onnx",
  });
  for (
    const other of [
      "model.onnx",
      "models/a.onnx",
      "/tmp/x",
      "../x/y",
      "a/b/c",
      "a",
      "constructor",
      "a/b:c",
      "a/..:x.onnx",
    ]
  ) {
    equal(parseHubName(other), undefined, other);
  }
});

Deno.test("hubUrl(), cachePath() and cacheFolder() give the places of a file", () => {
  const file = { repository: "o/r", revision: "refs/pr/1", path: "onnx/m.onnx" };
  equal(hubUrl(file, "http://mirror/"), "http://mirror/o/r/resolve/refs%2Fpr%2F1/onnx/m.onnx");
  equal(cachePath(file, "/c"), "/c/models/o/r/refs%2Fpr%2F1/onnx/m.onnx");
  const folder = (env: Record<string, string>) => cacheFolder((name) => env[name]);
  equal(folder({ DEPTH_ANYWHERE_CACHE: "/own", HOME: "/h" }), "/own");
  equal(folder({ XDG_CACHE_HOME: "/x", HOME: "/h" }), "/x/depth-anywhere");
  equal(folder({ HOME: "/h" }), "/h/.cache/depth-anywhere");
});

test("openTeacher() opens a file by its path, and names what is wrong with a path", async (folder) => {
  const path = `${folder}/my model.onnx`;
  await Deno.writeFile(path, tinyDepthModel());
  const teacher = await openTeacher({ model: path, size: 14, threads: 1 });
  deepEqual([teacher.name, teacher.sha256.length], [path, 64]);
  await teacher.close();
  await Deno.writeTextFile(`${folder}/text.onnx`, "hello");
  await rejects(
    openTeacher({ model: `${folder}/text.onnx` }),
    /^SyntaxError: Cannot read ".*text.onnx" as an ONNX model/,
  );
  await rejects(
    openTeacher({ model: `${folder}/absent.onnx` }),
    /"\/.*absent.onnx" cannot be read: there is no such file/,
  );
  await rejects(
    openTeacher({ model: "depth-anything-v9" }),
    /neither a file nor a known name: known are builtin, depth-anything-small/,
  );
  await rejects(openTeacher({ model: path, size: 15 }), RangeError);
});

test("openTeacher() downloads a hub model once, keeps it, and notices damage", async (folder) => {
  const model = tinyDepthModel();
  const log: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    log.push(`${request.method} ${new URL(request.url).pathname}`);
    return new Response(request.method === "HEAD" ? null : model, {
      headers: { "content-length": `${model.length}` },
    });
  });
  const hub = `http://127.0.0.1:${server.addr.port}`;
  const received: number[] = [];
  const options = { model: "depth-anything-v2-small", size: 14, threads: 1, cache: folder, hub };
  const teacher = await openTeacher({ ...options, onProgress: (p) => received.push(p.received) });
  const faces = tinyFaces(2, 14);
  assertClose(await teacher.label(faces, 2), tinyDepth(faces, 2, 14), { atol: 1e-5 });
  await teacher.close();
  await server.shutdown();
  const address = "/onnx-community/depth-anything-v2-small/resolve/main/onnx/model.onnx";
  deepEqual(log, [`HEAD ${address}`, `GET ${address}`]);
  equal(received.at(-1), model.length);

  await (await openTeacher(options)).close(); // from the cache: the server is gone
  const path = `${folder}/models/onnx-community/depth-anything-v2-small/main/onnx/model.onnx`;
  const damaged = await Deno.readFile(path);
  damaged[damaged.length >> 1]! ^= 1;
  await Deno.writeFile(path, damaged);
  await rejects(openTeacher(options), /is damaged: its SHA-256 is|as an ONNX model/);
});

test("openTeacher() says offline which file is missing and where to put it", async (folder) => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(),
  );
  const hub = `http://127.0.0.1:${server.addr.port}`;
  await server.shutdown(); // a port that nobody listens on
  await rejects(openTeacher({ model: "o/r:x.onnx", cache: folder, hub }), (error: Error) => {
    ok(
      error.message.includes(
        `get "x.onnx" of o/r (${hub}/o/r/resolve/main/x.onnx) elsewhere and put it at "${folder}/models/o/r/main/x.onnx"`,
      ),
      error.message,
    );
    return true;
  });
});

/** A model that scales its input by a weight kept in another file. */
function externalModel(location: string): Uint8Array<ArrayBuffer> {
  const pbf = new PbfWriter();
  const value = (name: string, dims: (number | string)[]) => (_: unknown, out: PbfWriter) => {
    out.writeStringField(1, name);
    out.writeMessage(2, (_, type) =>
      type.writeMessage(1, (_, tensor) => {
        tensor.writeVarintField(1, 1);
        tensor.writeMessage(2, (_, shape) => {
          for (const dim of dims) {
            shape.writeMessage(1, (_, d) => {
              if (typeof dim === "number") d.writeVarintField(1, dim);
              else d.writeStringField(2, dim);
            }, undefined);
          }
        }, undefined);
      }, undefined), undefined);
  };
  pbf.writeVarintField(1, 8);
  pbf.writeMessage(7, (_, graph) => {
    graph.writeMessage(1, (_, node) => {
      for (const name of ["image", "w"]) node.writeStringField(1, name);
      node.writeStringField(2, "depth");
      node.writeStringField(4, "Conv");
    }, undefined);
    graph.writeStringField(2, "external");
    graph.writeMessage(5, (_, tensor) => {
      for (const d of [1, 3, 1, 1]) tensor.writeVarintField(1, d);
      tensor.writeVarintField(2, 1);
      tensor.writeStringField(8, "w");
      for (const [key, text] of [["location", location], ["offset", "4"], ["length", "12"]]) {
        tensor.writeMessage(13, (_, entry) => {
          entry.writeStringField(1, key!);
          entry.writeStringField(2, text!);
        }, undefined);
      }
      tensor.writeVarintField(14, 1);
    }, undefined);
    graph.writeMessage(11, value("image", ["n", 3, "h", "w"]), undefined);
    graph.writeMessage(12, value("depth", ["n", 1, "h", "w"]), undefined);
  }, undefined);
  pbf.writeMessage(8, (_, set) => set.writeVarintField(2, 17), undefined);
  return pbf.finish().slice();
}

test("openTeacher() reads weights from side files of the model's folder only", async (folder) => {
  const path = `${folder}/model.onnx`;
  await Deno.writeFile(path, externalModel("model.onnx_data"));
  await rejects(
    openTeacher({ model: path }),
    /"\/.*\/model.onnx_data" cannot be read: there is no such file/,
  );
  await Deno.writeFile(
    `${folder}/model.onnx_data`,
    new Uint8Array(Float32Array.of(9, 1, 10, 100).buffer),
  );
  const teacher = await openTeacher({ model: path, size: 14, threads: 1 });
  const faces = tinyFaces(1, 14);
  const want = Float32Array.from(
    { length: 196 },
    (_, i) => faces[i]! + 10 * faces[196 + i]! + 100 * faces[392 + i]!,
  );
  assertClose(await teacher.label(faces, 1), want, { atol: 1e-4 });
  await teacher.close();
  const other = new Uint8Array(Float32Array.of(9, 1, 10, 101).buffer);
  await Deno.writeFile(`${folder}/model.onnx_data`, other);
  const changed = await openTeacher({ model: path, size: 14, threads: 1 });
  notEqual(changed.sha256, teacher.sha256); // other weights are another model
  await changed.close();
  await Deno.writeFile(path, externalModel("../model.onnx_data"));
  await rejects(
    openTeacher({ model: path }),
    /it names weights outside its folder: "..\/model.onnx_data"/,
  );
  await rejects(
    openTeacher({ model: externalModel("d") }),
    /from memory as its weights are in other files: d; give its path/,
  );
});
