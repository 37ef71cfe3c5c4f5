import { equal, match } from "node:assert/strict";
import { ROOT, runDeno } from "./helpers/command.ts";
import { ignoreWithout } from "./helpers/permissions.ts";
import { temporaryFolder } from "./helpers/temporary_folder.ts";

const need = ignoreWithout({ read: true, write: true, net: true, run: true, env: true });
const SERVE = ["--allow-read", "--allow-net", "--allow-env=DENOW,INIT_CWD", "server/main.ts"];

Deno.test({
  name: "serve --help shows the flags and an example" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const { code, stdout } = await runDeno([...SERVE, "--help"]);
    equal(code, 0);
    match(stdout, /--runs DIR[\s\S]*--host HOST[\s\S]*--port PORT[\s\S]*^ {2}deno task serve$/m);
    const called = await runDeno([...SERVE, "--help"], { DENOW: "./denow" });
    match(called.stdout, /^Usage: \.\/denow task serve/m);
  },
});

Deno.test({
  name: "serve refuses unknown flags and ports with exit code 2" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const unknown = await runDeno([...SERVE, "--prot", "1"]);
    equal(unknown.code, 2);
    match(unknown.stderr, /There is no flag --prot: did you mean --port\?; --help shows/);
    const port = await runDeno([...SERVE, "--port", "70000"]);
    equal(port.code, 2);
    match(port.stderr, /--port is "70000": expected a whole number from 0 to 65535/);
  },
});

Deno.test({
  name: "serve says that its port is in use" + need.suffix,
  ignore: need.ignore,
  async fn() {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = taken.addr as Deno.NetAddr;
    const { code, stderr } = await runDeno([...SERVE, "--port", String(port)]);
    equal(code, 1);
    match(stderr, new RegExp(`Cannot serve on 127.0.0.1:${port} as the port is in use: .*--port`));
  },
});

/** Status of a request whose `Host` is another name than that of its address, which `fetch()` does not allow. */
async function statusUnder(host: string, url: string): Promise<number> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const request = `GET /api/runs HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const answer = new Uint8Array(64);
  await connection.read(answer);
  return Number(/^HTTP\/1\.1 (\d+)/.exec(new TextDecoder().decode(answer))![1]);
}

Deno.test({
  name: "serve refuses a folder that is a file" + need.suffix,
  ignore: need.ignore,
  async fn() {
    const args = [...SERVE, "--port", "0", "--runs", "mod.ts"]; // which only `tests` has
    const { code, stderr } = await runDeno(args, { INIT_CWD: `${ROOT}/tests` });
    equal(code, 1);
    equal(
      stderr,
      `Cannot serve the runs in "mod.ts" as it is no folder: give one with --runs\n`,
    );
  },
});

Deno.test({
  name: "serve answers at its address, says that its folder is missing, shows it once it is there" +
    need.suffix,
  ignore: need.ignore,
  async fn() {
    await using temporary = await temporaryFolder();
    const runs = `${temporary.path}/later`;
    const server = new Deno.Command(Deno.execPath(), {
      args: ["run", ...SERVE, "--port", "0", "--runs", runs],
      cwd: ROOT,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    try {
      const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
      const { value } = await reader.read();
      const url = /at (http:\/\/127\.0\.0\.1:\d+\/)$/m.exec(value ?? "")?.[1];
      await reader.cancel();
      equal(await (await fetch(`${url}api/runs`)).text(), `{"runs":[]}`);
      await Deno.mkdir(`${runs}/a`, { recursive: true });
      await Deno.writeTextFile(`${runs}/a/config.json`, "{}");
      match(await (await fetch(`${url}api/runs`)).text(), /"name":"a"/);
      equal(await statusUnder("rebound.example", url!), 403);
      equal(await statusUnder(new URL(url!).host, url!), 200);
    } finally {
      server.kill("SIGTERM");
      const said = await new Response(server.stderr).text();
      await server.status;
      match(said, new RegExp(`^There is no folder "${runs}" yet: its runs are shown once`, "m"));
    }
  },
});
