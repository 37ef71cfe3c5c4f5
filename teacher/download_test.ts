import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { ignoreWithout } from "../tests/helpers/permissions.ts";
import { temporaryFolder } from "../tests/helpers/temporary_folder.ts";
import { download } from "./download.ts";

const need = ignoreWithout({ read: true, write: true, net: true });
const CONTENT = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 3);
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");
const FAST = { pause: 1 };

/** How the server of a test behaves; it counts and remembers requests. */
interface Behaviour {
  /** Bytes after which each GET breaks off; the last repeats. */
  cuts?: number[];
  /** Do not honour Range. */
  whole?: boolean;
  /** Refuse HEAD. */
  noHead?: boolean;
  /** Announce this checksum on the redirect, as the hub does. */
  sha256?: string;
  /** Answer with this status instead. */
  status?: number;
  /** Announce twice the size. */
  short?: boolean;
  /** Entity tag. */
  etag?: string;
}

async function served(
  behaviour: Behaviour,
  use: (url: string, path: string, log: string[]) => Promise<void>,
): Promise<void> {
  const log: string[] = [];
  let gets = 0;
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
    onError: () => new Response(null, { status: 500 }),
  }, (request) => {
    const { pathname } = new URL(request.url);
    const range = request.headers.get("range");
    log.push(`${request.method} ${pathname}${range ? ` ${range}` : ""}`);
    if (behaviour.status) return new Response(null, { status: behaviour.status });
    if (pathname === "/resolve") {
      const headers: Record<string, string> = { location: "/store?signed=1" };
      if (behaviour.sha256) headers["x-linked-etag"] = `"${behaviour.sha256}"`;
      if (behaviour.sha256) headers["x-linked-size"] = `${CONTENT.length}`;
      return new Response(null, { status: 302, headers });
    }
    const headers: Record<string, string> = {
      etag: behaviour.etag ?? '"v1"',
      "content-length": `${CONTENT.length}`,
    };
    if (behaviour.short && request.method === "HEAD") {
      headers["content-length"] = `${2 * CONTENT.length}`;
    }
    if (request.method === "HEAD") {
      return behaviour.noHead
        ? new Response(null, { status: 405 })
        : new Response(null, { headers });
    }
    const from = range && !behaviour.whole ? Number(/\d+/.exec(range)![0]) : 0;
    const cuts = behaviour.cuts ?? [];
    const cut = cuts[Math.min(gets++, cuts.length - 1)] ?? CONTENT.length;
    const body = CONTENT.slice(from, from + cut);
    const breaks = from + cut < CONTENT.length;
    const stream = new ReadableStream({
      async start(controller) {
        controller.enqueue(body);
        await new Promise((resolve) => setTimeout(resolve, 20)); // let the bytes leave before the break
        if (breaks) controller.error(new Error("cable pulled"));
        else controller.close();
      },
    });
    headers["content-length"] = `${CONTENT.length - from}`;
    if (from > 0) {
      headers["content-range"] = `bytes ${from}-${CONTENT.length - 1}/${CONTENT.length}`;
    }
    return new Response(stream, { status: from > 0 ? 206 : 200, headers });
  });
  await using temporary = await temporaryFolder();
  const folder = temporary.path;
  try {
    await use(`http://127.0.0.1:${server.addr.port}`, `${folder}/deep/model.onnx`, log);
  } finally {
    await server.shutdown();
  }
}

function test(name: string, behaviour: Behaviour, use: Parameters<typeof served>[1]): void {
  Deno.test({ name: name + need.suffix, ignore: need.ignore, fn: () => served(behaviour, use) });
}

test("download() follows the hub's redirect, checks its SHA-256 and reports progress", {
  sha256: SHA256,
}, async (url, path, log) => {
  const seen: number[] = [];
  const sha256 = await download(`${url}/resolve`, path, {
    onProgress: ({ received, total }) => {
      seen.push(received);
      equal(total, CONTENT.length);
    },
  });
  equal(sha256, SHA256);
  deepEqual(await Deno.readFile(path), CONTENT);
  equal((await Deno.readTextFile(`${path}.sha256`)).trim(), SHA256);
  equal(seen.at(-1), CONTENT.length);
  deepEqual(log, ["HEAD /resolve", "HEAD /store", "GET /resolve", "GET /store"]);
  deepEqual([...Deno.readDirSync(path.slice(0, path.lastIndexOf("/")))].map((e) => e.name).sort(), [
    "model.onnx",
    "model.onnx.sha256",
  ]);
});

test(
  "download() resumes after a broken connection, within a call",
  { cuts: [30_000, 30_000, 1e9] },
  async (url, path, log) => {
    equal(await download(`${url}/store`, path, FAST), SHA256);
    ok(
      log.length >= 4 && log.slice(2).every((line) => /^GET \/store bytes=\d+-$/.test(line)),
      log.join(),
    );
  },
);

test(
  "download() resumes in a later call",
  { cuts: [40_000, 0, 0, 1e9] },
  async (url, path, log) => {
    await rejects(download(`${url}/store`, path, { ...FAST, attempts: 2 }));
    const had = log.length;
    equal(await download(`${url}/store`, path, FAST), SHA256);
    ok(log.slice(had).some((line) => /bytes=[1-9]/.test(line)), log.join());
  },
);

test(
  "download() starts over when the server does not resume",
  { cuts: [40_000, 1e9], whole: true },
  async (url, path) => {
    equal(await download(`${url}/store`, path, FAST), SHA256);
  },
);

test("download() works without HEAD, of unknown size", { noHead: true }, async (url, path) => {
  equal(await download(`${url}/store`, path, FAST), SHA256);
});

test("download() refuses other content than announced and keeps nothing of it", {
  sha256: "0".repeat(64),
}, async (url, path) => {
  await rejects(
    download(`${url}/resolve`, path, FAST),
    /its SHA-256 is [0-9a-f]{64}, the server announced 0{64}/,
  );
  equal([...Deno.readDirSync(path.slice(0, path.lastIndexOf("/")))].length, 0);
});

for (
  const [status, reason] of [[404, "there is no such file"], [401, "it needs an account"], [
    503,
    "the server answers 503",
  ]] as const
) {
  test(`download() names status ${status}`, { status }, async (url, path, log) => {
    await rejects(download(`${url}/x`, path, FAST), new RegExp(reason));
    equal(log.length, status === 503 ? 4 : 1); // only a busy server is asked again
  });
}

test(
  "download() gives up on a server that never sends the rest",
  { short: true },
  async (url, path) => {
    await rejects(
      download(`${url}/store`, path, FAST),
      /the server stops at 100000 of 200000 bytes|fetch|body/,
    );
  },
);

test("two downloads of one file at once both end with it", { cuts: [1e9] }, async (url, path) => {
  deepEqual(await Promise.all([download(`${url}/store`, path), download(`${url}/store`, path)]), [
    SHA256,
    SHA256,
  ]);
  deepEqual(await Deno.readFile(path), CONTENT);
});
