import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { toBinary } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { JobSchema } from "../gen/dragoman/v1/job_pb.ts";
import { JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { startService } from "../test/support/service.ts";

const LINES = 32;
const SECONDS = 4;
const ROUNDS = 3;

interface Target {
  readonly httpPort: number;
  readonly grpcAddress: string;
}
type Call = () => Promise<void>;

/** GetJob through the gateway, over each protocol, beside the same library's bare handler that answers with the same job. */
await using service = await startService({ DRAGOMAN_LOG_LEVEL: "warn" });
const job = await service.client.translate(new File(["The library is open today."], "a.txt"), { to: "es", from: "en" });
const notBefore = { seconds: BigInt(Math.floor(Date.now() / 1000) + 86_400), nanos: 0 };
const waiting = await service.client.create(new File(["The library."], "b.txt"), { to: "es", from: "en", options: { notBefore } });
const authorization = `Bearer ${service.apiKey}`;
const bare = spawn(
  process.execPath,
  ["--disable-warning=ExperimentalWarning", "bench/gateway_bare.ts", Buffer.from(toBinary(JobSchema, job)).toString("base64")],
  { stdio: ["ignore", "pipe", "inherit"] },
);
const [barePort = "", bareGrpcPort = ""] = String((await once(bare.stdout, "data"))[0])
  .trim()
  .split(" ");
const agent = new Agent({ keepAlive: true, maxSockets: LINES });
const ours: Target = { httpPort: Number(new URL(service.url).port), grpcAddress: service.grpcAddress };
const theirs: Target = { httpPort: Number(barePort), grpcAddress: `127.0.0.1:${bareGrpcPort}` };

function send(port: number, method: string, path: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization, ...(body && { "content-type": "application/json", "content-length": body.length }) };
    const sent = request({ host: "127.0.0.1", port, method, path, headers, agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(String(response.statusCode)));
      response.resume().on("end", resolve);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const protocols: Readonly<Record<string, (target: Target) => Call>> = {
  REST:
    ({ httpPort }) =>
    () =>
      send(httpPort, "GET", `/jobs/${job.id}`, ""),
  // What the gateway never answers from memory.
  "REST, open":
    ({ httpPort }) =>
    () =>
      send(httpPort, "GET", `/jobs/${waiting.id}`, ""),
  Connect:
    ({ httpPort }) =>
    () =>
      send(httpPort, "POST", "/dragoman.v1.JobService/GetJob", JSON.stringify({ id: job.id })),
  gRPC: ({ grpcAddress }) => {
    const baseUrl = `http://${grpcAddress}`;
    const client = createClient(JobService, createGrpcTransport({ baseUrl, sessionManager: new Http2SessionManager(baseUrl) }));
    return async () => void (await client.getJob({ id: job.id }, { headers: { authorization } }));
  },
};

async function rate(call: Call): Promise<number> {
  let count = 0;
  const end = performance.now() + SECONDS * 1000;
  const line = async () => {
    for (; performance.now() < end; count++) await call();
  };
  await Promise.all(Array.from({ length: LINES }, line));
  return count / SECONDS;
}

for (const [name, make] of Object.entries(protocols)) {
  const [dragoman, peer] = [make(ours), make(theirs)];
  const rounds: { readonly ours: number; readonly bare: number }[] = [];
  await rate(dragoman);
  for (let round = 0; round < ROUNDS; round++) rounds.push({ bare: await rate(peer), ours: await rate(dragoman) });
  const { ours: got, bare: of } = rounds.sort((one, other) => one.ours / one.bare - other.ours / other.bare)[1] as (typeof rounds)[number];
  console.log(`${name.padEnd(10)} ${got.toFixed(0).padStart(6)} calls/s, bare ${of.toFixed(0).padStart(6)}: ${(got / of).toFixed(2)}`);
}
bare.kill("SIGTERM");
agent.destroy();
await service[Symbol.asyncDispose]();
// Connections of the clients would keep the process.
process.exit();
