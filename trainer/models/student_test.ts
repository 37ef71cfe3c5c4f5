import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { relu } from "../kernels/relu.ts";
import { perspectiveNet } from "./perspective_net.ts";
import { atWidth } from "./resnet.ts";
import { addStudent, findStudent, studentAt } from "./student.ts";
import { unifuse } from "./unifuse.ts";

async function recorder(): Promise<{ graph: Graph; store: ParameterStore }> {
  const store = new ParameterStore(await testGpu());
  return { store, graph: new Graph(store.gpu, store, "train") };
}

Deno.test("findStudent() finds what addStudent() added, and names the others", () => {
  const small = { smallestHeight: 64, floatsPerPixel: () => 4, encoders: [] };
  addStudent({ name: "mirror", ...small, record: relu });
  equal(findStudent("mirror").record, relu);
  throws(
    () => findStudent("bifuse"),
    /^RangeError: Cannot train student "bifuse": known students are unifuse, bifusepp, mirror$/,
  );
});

Deno.test("studentAt() refuses heights that a student does not work at, and names the nearest", () => {
  equal(studentAt("unifuse", 64), findStudent("unifuse"));
  equal(studentAt("bifusepp", 192), findStudent("bifusepp"));
  const cases: [string, number, RegExp][] = [
    ["unifuse", 20, /at height 20: it takes multiples of 64 from 64 on, the nearest is 64$/],
    ["unifuse", 100, /the nearest are 64 and 128$/],
    ["bifusepp", 64, /at height 64: it takes multiples of 64 from 128 on, the nearest is 128$/],
    ["bifusepp", 100, /the nearest is 128$/],
    ["bifusepp", 200, /the nearest are 192 and 256$/],
  ];
  for (const [name, height, message] of cases) throws(() => studentAt(name, height), message);
  throws(() => studentAt("bifuse", 64), /known students are/);
});

Deno.test("studentAt() refuses options that a student does not have", () => {
  equal(studentAt("unifuse", 64, { fusion: "cat", squeezeExcite: false }).name, "unifuse");
  const cases: [string, Record<string, string | boolean>, RegExp][] = [
    [
      "unifuse",
      { fusion: "dog" },
      /student.options.fusion = "dog" with unifuse: its values are cee, cat, biproj$/,
    ],
    ["unifuse", { squeezeExcite: "no" }, /= "no" with unifuse: its values are true, false$/],
    [
      "unifuse",
      { toString: true },
      /toString = true with unifuse: unifuse has the options fusion, squeezeExcite$/,
    ],
    ["bifusepp", { fusion: "cat" }, /"cat" with bifusepp: bifusepp has no options$/],
  ];
  for (const [name, options, message] of cases) {
    throws(() => studentAt(name, 128, options), message);
  }
});

Deno.test("The unifuse student has two encoders of ResNet-18's size", async () => {
  const { graph, store } = await recorder();
  const image = graph.input("image", [1, 64, 128, 3]);
  const y = findStudent("unifuse").record(graph, image, { width: 1 });
  deepEqual(y.shape, [1, 64, 128, 1]);
  // Topics 5 and 6 of the parity suite compare the whole network; here: ResNet-18 without its classifier.
  const count = (prefix: string) =>
    store.names().filter((name) => name.startsWith(prefix))
      .reduce((sum, name) => sum + store.shape(name).reduce((a, b) => a * b, 1), 0);
  deepEqual([count("equi_encoder."), count("cube_encoder.")], [11176512, 11176512]);
});

Deno.test("A width keeps names and depth, and channels in fours", async () => {
  deepEqual(atWidth([64, 64, 128, 256, 512], 0.25), [16, 16, 32, 64, 128]);
  deepEqual(atWidth([16, 10, 1], 0.25), [4, 4, 4]);
  const stores = [];
  for (const width of [1, 0.5, 0.25]) {
    const { graph, store } = await recorder();
    unifuse(graph, graph.input("image", [1, 64, 128, 3]), { width });
    stores.push(store);
  }
  for (const store of stores.slice(1)) deepEqual(store.names(), stores[0]!.names());
  const counts = stores.map((store) => store.count());
  ok(counts[0]! / counts[1]! > 3.9 && counts[1]! / counts[2]! > 3.9, `${counts}`);
});

Deno.test("The fusions differ in their own parameters alone, and have the published counts", async () => {
  const recorded = async (options?: Record<string, string | boolean>): Promise<ParameterStore> => {
    const { graph, store } = await recorder();
    const image = graph.input("image", [1, 64, 128, 3]);
    findStudent("unifuse").record(graph, image, { width: 1, options });
    return store;
  };
  const cee = await recorded();
  const plain = await recorded({ squeezeExcite: false });
  const cat = await recorded({ fusion: "cat" });
  const biproj = await recorded({ fusion: "biproj" });
  deepEqual(
    [cee, plain, cat, biproj].map((store) => store.count()),
    [30263281, 30087153, 26208241, 31848438],
  );
  const more = cee.names().filter((name) => !plain.names().includes(name));
  equal(more.length, 10); // two linear layers at each of five levels
  more.forEach((name) => match(name, /selayer\.fc\.[02]\.weight$/));
  ok(cat.names().every((name) => plain.names().includes(name)));
});

Deno.test("The perspective network keeps the size of its faces and stays in (0, 1)", async () => {
  const { graph, store } = await recorder();
  const image = graph.input("image", [2, 32, 32, 3]);
  const y = graph.output(perspectiveNet(graph, image, { width: 0.25 }));
  deepEqual(y.shape, [2, 32, 32, 1]);
  const plan = await graph.build();
  for (const name of store.names()) {
    const count = store.shape(name).reduce((a, b) => a * b, 1);
    store.set(name, Float32Array.from({ length: count }, (_, i) => 0.1 * Math.sin(i)));
  }
  plan.write(
    image,
    Float32Array.from({ length: image.bytes / 4 }, (_, i) => i % 4 < 3 ? i % 7 : 0),
  );
  plan.run();
  const words = await plan.read(y);
  ok(words.every((value, i) => i % 4 === 0 ? value > 0 && value < 1 : value === 0));
  plan.destroy();
});
