import { deepEqual, throws } from "node:assert/strict";
import { testGpu } from "../../tests/helpers/run_op.ts";
import { resolveConfig } from "../config/resolve.ts";
import { Graph } from "../gpu/graph.ts";
import { ParameterStore } from "../gpu/parameters.ts";
import { relu } from "../kernels/relu.ts";
import { addStudent } from "../models/student.ts";
import { jointStep } from "./joint_step.ts";

const gpu = await testGpu();

Deno.test("jointStep() refuses a height that is too small for the student before it records anything", () => {
  const tall = { name: "tall", smallestHeight: 128, floatsPerPixel: () => 4, encoders: [] };
  addStudent({ ...tall, record: relu });
  const config = resolveConfig({ preset: "smoke", set: ["student.name=tall"] });
  const recorded: string[] = [];
  class Watched extends Graph {
    override input(...input: Parameters<Graph["input"]>) {
      recorded.push(input[0]);
      return super.input(...input);
    }
  }
  const graph = new Watched(gpu, new ParameterStore(gpu), "train");
  throws(
    () => jointStep(graph, config, { viewHeight: 64, output: 32 }, 1),
    /^RangeError: Cannot use tall at height 64: it takes multiples of 64 from 128 on, the nearest is 128$/,
  );
  deepEqual(recorded, []);
});
