import { Client } from "minio";
import { startServer, type TestServer } from "./process.ts";

const ACCESS_KEY = "test:dragoman";
const SECRET_KEY = "a-secret-for-tests";
const BUCKET = "dragoman";

export interface S3Server extends TestServer {
  /** As DRAGOMAN_ARTEFACTS takes it; through another port where one is given. */
  url(port?: number): string;
  /** The same server seen by another program than ours. */
  readonly client: Client;
  readonly bucket: string;
}

/** An S3 server (see docs/decisions/s3-test-server.md) with an empty bucket. Its objects are gone when it stops. */
export async function startS3(): Promise<S3Server> {
  const server = await startServer(
    "s3",
    (port) => makeBucket(clientOf(port)),
    (port, folder) => ["/usr/bin/python3", ...["test/servers/s3.py", folder, String(port), ACCESS_KEY, SECRET_KEY]],
  );
  const credentials = `${encodeURIComponent(ACCESS_KEY)}:${encodeURIComponent(SECRET_KEY)}`;
  return Object.assign(server, {
    url: (port = server.port) => `s3+http://${credentials}@127.0.0.1:${port}/${BUCKET}?region=us-east-1`,
    client: clientOf(server.port),
    bucket: BUCKET,
  });
}

function clientOf(port: number): Client {
  return new Client({
    endPoint: "127.0.0.1",
    port,
    useSSL: false,
    accessKey: ACCESS_KEY,
    secretKey: SECRET_KEY,
    region: "us-east-1",
    retryOptions: { disableRetry: true },
  });
}

/** Needs the servers behind the proxy as well, which may listen later than it does: that of objects by itself. */
async function makeBucket(client: Client): Promise<void> {
  if (!(await client.bucketExists(BUCKET))) await client.makeBucket(BUCKET);
  await client.putObject(BUCKET, "ready", "x");
  await client.removeObject(BUCKET, "ready");
}
