import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { fromBinary, toJson } from "@bufbuild/protobuf";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { JobSchema } from "../gen/dragoman/v1/job_pb.ts";
import { JobService } from "../gen/dragoman/v1/job_service_pb.ts";

/** The same libraries with a handler that does nothing but answer with this job. Prints its two ports. */
const job = fromBinary(JobSchema, Buffer.from(process.argv[2] ?? "", "base64"));
const body = JSON.stringify(toJson(JobSchema, job, { alwaysEmitImplicit: true }));
const connect = connectNodeAdapter({ routes: (router) => void router.service(JobService, { getJob: () => job }) });
const http = createServer((request, response) => {
  if (request.url?.startsWith("/jobs/")) response.writeHead(200, { "content-type": "application/json" }).end(body);
  else connect(request, response);
});
const grpc = createHttp2Server(connect);
await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
await new Promise<void>((resolve) => grpc.listen(0, "127.0.0.1", resolve));
console.log(`${(http.address() as AddressInfo).port} ${(grpc.address() as AddressInfo).port}`);
process.once("SIGTERM", () => process.exit());
