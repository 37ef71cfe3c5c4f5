import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { relu } from "../kernels/relu.ts";
import { perspectiveNet } from "./perspective_net.ts";
import { atWidth } from "./resnet.ts";
import { addStudent, findStudent, studentAt } from "./student.ts";
import { type Fusion, unifuse } from "./unifuse.ts";

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
    /^RangeError: Cannot train student "bifuse": known students are unifuse, mirror$/,
  );
});

Deno.test("studentAt() refuses a height below the student's smallest", () => {
  equal(studentAt("unifuse", 64), findStudent("unifuse"));
  throws(
    () => studentAt("unifuse", 32),
    /^RangeError: Cannot train unifuse at height 32: its smallest is 64$/,
  );
  throws(() => studentAt("bifuse", 64), /known students are/);
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

Deno.test("The fusions differ in their own parameters alone", async () => {
  const names = async (fusion: Fusion, squeezeExcite: boolean): Promise<string[]> => {
    const { graph, store } = await recorder();
    const image = graph.input("image", [1, 64, 128, 3]);
    unifuse(graph, image, { width: 0.25, fusion, squeezeExcite });
    return store.names();
  };
  const [cee, plain, cat] = [
    await names("cee", true),
    await names("cee", false),
    await names("cat", false),
  ];
  const more = cee.filter((name) => !plain.includes(name));
  equal(more.length, 10); // two linear layers at each of five levels
  more.forEach((name) => match(name, /selayer\.fc\.[02]\.weight$/));
  ok(cat.every((name) => plain.includes(name)) && cat.length < plain.length);
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
