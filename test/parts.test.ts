import { createHash, randomBytes } from "node:crypto";
import { expect } from "chai";
import { Dragoman } from "../client/dragoman.ts";
import type { ClientError } from "../client/error.ts";
import { toClientError } from "../client/error.ts";
import { sendInParts } from "../client/parts.ts";
import type { Upload } from "../gen/dragoman/v1/upload_service_pb.ts";
import { issueKey } from "../orchestrator/access/keys.ts";
import { type Cluster, startCluster } from "./support/cluster.ts";

const MIB = 1024 * 1024;

describe("uploads straight to the bucket", () => {
  let cluster: Cluster;
  let dragoman: Dragoman;
  let puts = 0;
  before(async () => {
    cluster = await startCluster({ orchestrators: 2, workers: 1 });
    const apiKey = cluster.authorization.slice("Bearer ".length);
    dragoman = new Dragoman({ server: cluster.url, apiKey, send: sendInParts });
  });
  after(() => cluster?.[Symbol.asyncDispose]());

  const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("base64");
  const code = (call: Promise<unknown>) =>
    call.then(
      () => "none",
      (error: unknown) => (toClientError(error) as ClientError).code,
    );
  const reserve = (size: number) => dragoman.uploads.createUpload({ fileName: "a.txt", sizeBytes: BigInt(size) });
  async function putPart({ partsToken }: Upload, number: number, promised: Uint8Array, sent = promised): Promise<number> {
    const { parts } = await dragoman.uploads.signUploadParts({ partsToken, parts: [{ number, contentMd5: md5(promised) }] });
    const [{ url = "", headers = {} } = {}] = parts;
    puts += 1;
    return (await fetch(url, { method: "PUT", headers, body: Buffer.from(sent) })).status;
  }

  it("go on with the parts that are missing, and are one file in the end", async () => {
    const bytes = randomBytes(40 * MIB);
    const upload = await reserve(bytes.length);
    expect(await putPart(upload, 2, bytes.subarray(16 * MIB, 32 * MIB))).to.equal(200);
    expect(await code(dragoman.uploads.completeUpload({ partsToken: upload.partsToken }))).to.equal("UPLOAD_INCOMPLETE");
    const sent: number[] = [];
    const job = await dragoman.create(new Blob([bytes]), { to: "es", from: "en", upload, onSent: (count) => sent.push(count) });
    expect([sent[0], sent.at(-1), sent.length]).to.deep.equal([16 * MIB, 40 * MIB, 3]);
    const hash = createHash("sha256");
    const stored = await cluster.s3.client.getObject(cluster.s3.bucket, `tenants/t/uploads/${upload.id}`);
    for await (const chunk of stored) hash.update(chunk as Buffer);
    expect(hash.digest("hex")).to.equal(createHash("sha256").update(bytes).digest("hex"));
    await dragoman.uploads.completeUpload({ partsToken: upload.partsToken });
    await dragoman.cancel(job.id);
  });
  it("take no other bytes than were promised, of no other length", async () => {
    const part = randomBytes(16 * MIB);
    const upload = await reserve(20 * MIB);
    const changed = Buffer.from(part);
    changed[9] = (changed[9] ?? 0) ^ 1;
    expect(await putPart(upload, 1, part, changed)).to.be.within(400, 499);
    expect(await putPart(upload, 1, part.subarray(1))).to.be.within(400, 499);
    expect((await dragoman.uploads.signUploadParts({ partsToken: upload.partsToken })).stored).to.deep.equal([]);
    expect(await code(putPart(upload, 3, part))).to.equal("INVALID_REQUEST");
    expect(puts).to.be.greaterThan(1);
  });
  it("are of the tenant alone that began them", async () => {
    const { partsToken } = await reserve(20 * MIB);
    const other = new Dragoman({ server: cluster.url, apiKey: await issueKey(cluster.store, { tenantId: "t2", role: "client" }) });
    expect(await code(other.uploads.signUploadParts({ partsToken }))).to.equal("PERMISSION_DENIED");
    expect(await code(other.uploads.completeUpload({ partsToken }))).to.equal("PERMISSION_DENIED");
    expect(await code(dragoman.uploads.completeUpload({ partsToken: `${partsToken.slice(0, -2)}AA` }))).to.equal("PERMISSION_DENIED");
  });
});
