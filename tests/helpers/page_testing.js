// What tests find in a page: a runner in place of Deno's, with no permissions, and assertions in place of Node's.
const tests = [];

globalThis.testing = {
  test(first, second, third) {
    const options = typeof first === "string" ? { name: first } : first;
    const fn = third ?? (typeof second === "function" ? second : options.fn ?? first);
    const { ignore } = typeof second === "object" ? second : options;
    if (!ignore) tests.push({ name: options.name, fn });
  },
  permissions: { querySync: () => ({ state: "denied" }) },
  statSync() {
    throw new Error("There are no files in a page");
  },
};

/** Runs what was collected but for names that match. @returns `{ passed, failed: [name: message] }` */
globalThis.runTests = async (skip) => {
  const chosen = tests.filter(({ name }) => !skip.test(name));
  const step = { step: async (_, fn) => (await fn(step), true) };
  const failed = [];
  for (const { name, fn } of chosen) {
    try {
      await fn(step);
    } catch (error) {
      failed.push(`${name}: ${error.message}`);
    }
  }
  return { passed: chosen.length - failed.length, failed };
};

function fail(message, got, want) {
  const shown = (value) => {
    try {
      return JSON.stringify(value);
    } catch {
      return String(value);
    }
  };
  const [is, should] = [shown(got), shown(want)].map((text) => text?.slice(0, 200));
  throw new Error(message ?? `${is} is not ${should}`);
}

export function ok(value, message) {
  if (!value) fail(message, value, true);
}

export function equal(got, want, message) {
  if (!Object.is(got, want)) fail(message, got, want);
}

export function deepEqual(got, want, message) {
  if (!same(got, want)) fail(message, got, want);
}

function same(a, b) { // zeros of both signs are the same: SwiftShader has others than llvmpipe
  if (a === b || Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Map || a instanceof Set) return same([...a], [...b]);
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => same(a[key], b[key]));
}

function matches(error, wanted) {
  if (wanted instanceof RegExp) return wanted.test(String(error));
  if (typeof wanted === "function") {
    return wanted === Error || wanted.prototype instanceof Error
      ? error instanceof wanted
      : wanted(error);
  }
  return Object.entries(wanted).every(([key, value]) =>
    value instanceof RegExp ? value.test(error[key]) : error[key] === value
  );
}

export function throws(fn, wanted) {
  try {
    fn();
  } catch (error) {
    if (wanted && !matches(error, wanted)) throw error;
    return;
  }
  fail("Nothing was thrown");
}

export async function rejects(promise, wanted) {
  try {
    await (typeof promise === "function" ? promise() : promise);
  } catch (error) {
    if (wanted && !matches(error, wanted)) throw error;
    return;
  }
  fail("Nothing was thrown");
}
