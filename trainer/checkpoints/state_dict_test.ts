import { deepEqual, throws } from "node:assert/strict";
import { type Pickled, pytorchZip, real, tensor } from "../../tests/helpers/pytorch_writer.ts";
import { readPyTorch } from "../formats/pytorch_file.ts";
import { stateDictOf } from "./state_dict.ts";

const x = tensor("0", [2], Float32Array.of(1, 2));

function read(value: Pickled) {
  const { tensors, settings } = stateDictOf(readPyTorch(pytorchZip(value), "a.pth"), "a.pth");
  return { names: [...tensors.keys()], settings };
}

function dict(entries: Record<string, Pickled>): Pickled {
  return new Map(Object.entries(entries));
}

Deno.test("stateDictOf() keeps tensors and plain values apart, and drops other objects", () => {
  const net = dict({
    "a.weight": x,
    layers: 18,
    net: "unifuse",
    lr: real(0.5),
    best: null,
    sizes: [1],
  });
  deepEqual(read(net), {
    names: ["a.weight"],
    settings: { layers: 18, net: "unifuse", lr: 0.5 },
  });
});

Deno.test("stateDictOf() takes module. off the names, also twice", () => {
  deepEqual(read(dict({ "module.a": x, "module.module.b": x, "c.module.d": x })).names, [
    "a",
    "b",
    "c.module.d",
  ]);
});

Deno.test("stateDictOf() unwraps a state dict", () => {
  const inner = dict({ "module.a": x });
  const optim = dict({ state: dict({ "0": dict({ exp_avg: x }) }), param_groups: [] });
  deepEqual(read(dict({ model: inner, optim, epoch: 3 })).names, ["a"]);
  deepEqual(read(dict({ whatever: inner })).names, ["a"]);
  const net = dict({ a: x, b: x });
  deepEqual(read(dict({ state_dict: net, best_acc1: x, epoch: 3 })).names, ["a", "b"]);
  deepEqual(read(dict({ ema: dict({ b: x }), state_dict: inner })).names, ["a"]);
});

Deno.test("stateDictOf() says what it found where there is nothing, or too much, to choose from", () => {
  throws(
    () => read([x]),
    /^TypeError: Cannot find weights in "a\.pth": it holds no dict of tensors$/,
  );
  throws(
    () => read(dict({ epoch: 3, args: dict({ a: 1 }) })),
    /^TypeError: Cannot find weights in "a\.pth": none of its entries holds tensors \(epoch, args\)$/,
  );
  throws(() => read(dict({})), /none of its entries holds tensors \(it is empty\)$/);
  throws(
    () => read(dict({ left: dict({ a: x }), right: dict({ a: x }) })),
    /^TypeError: Cannot choose weights in "a\.pth": 2 of its entries hold tensors \(left, right\); save one of them alone$/,
  );
});
