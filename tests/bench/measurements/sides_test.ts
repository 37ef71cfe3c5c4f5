import { deepEqual } from "node:assert/strict";
import { ParameterStore } from "../../../trainer/gpu/parameters.ts";
import { testGpu } from "../../helpers/run_op.ts";
import { equirectHalf } from "../networks/equirect_half.ts";
import { recordNetwork } from "../networks/own_network.ts";
import { Tape, type TapeValue } from "../networks/tape.ts";
import { unifuse } from "../networks/unifuse.ts";
import { WatchedGraph } from "./sides.ts";

const gpu = await testGpu();
const size = { height: 64, width: 0.25 };

const numbers = ({ shape }: { readonly shape: readonly number[] }): number =>
  shape.reduce((a, b) => a * b);

/** A tape that counts what goes through each of its ReLUs. */
class CountingTape extends Tape {
  readonly relus: number[] = [];

  override relu(x: TapeValue): TapeValue {
    this.relus.push(numbers(x));
    return super.relu(x);
  }
}

for (const network of ["unifuse", "equirect-half"] as const) {
  Deno.test(`WatchedGraph finds the ReLUs of ${network} that its tape has, in order`, () => {
    const tape = new CountingTape();
    const taped = tape.image([1, 3, size.height, 2 * size.height]);
    if (network === "unifuse") unifuse(tape, taped, size);
    else equirectHalf(tape, taped, size.width);
    const store = new ParameterStore(gpu);
    const graph = new WatchedGraph(gpu, store, "train");
    const image = graph.input("image", [1, size.height, 2 * size.height, 3]);
    recordNetwork(graph, image, { network, width: size.width });
    store.destroy();
    deepEqual(graph.relus.map(numbers), tape.relus);
  });
}
