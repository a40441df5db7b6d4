import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { issueKey, listKeys, revokeKey } from "../orchestrator/access/keys.ts";
import { openSqliteStore } from "../orchestrator/store/sqlite.ts";
import { keptKey, keptSecret, withdrawOtherWorkerKeys } from "./local_secrets.ts";

describe("what `serve` keeps beside its data", () => {
  let folder: string;
  let file: string;
  const store = openSqliteStore(":memory:");
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "dragoman-secrets-"));
    file = path.join(folder, "secret");
  });
  afterEach(() => rm(folder, { recursive: true }));
  after(() => store[Symbol.asyncDispose]());

  it("is one key, however often it starts", async () => {
    const before = (await store.keys()).length;
    const key = await keptKey(store, file, "worker");
    for (let start = 0; start < 46; start++) expect(await keptKey(store, file, "worker")).to.equal(key);
    expect(await store.keys()).to.have.length(before + 1);
  });
  it("is another key where the kept one was taken back, or is of another role", async () => {
    const key = await keptKey(store, file, "worker");
    await revokeKey(store, key.split("_")[1] ?? "");
    const next = await keptKey(store, file, "worker");
    expect(next).to.not.equal(key);
    expect(await keptKey(store, file, "client")).to.not.equal(next);
  });
  it("is kept where the store does not answer", async () => {
    const key = await keptKey(store, file, "client");
    const closed = openSqliteStore(":memory:");
    await closed[Symbol.asyncDispose]();
    const error = await keptKey(closed, file, "client").catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error);
    expect(await readFile(file, "utf8")).to.equal(`${key}\n`);
  });
  it("is one secret, made anew only where the file holds none", async () => {
    const secret = await keptSecret(file);
    expect(await keptSecret(file)).to.equal(secret);
    await writeFile(file, secret.slice(0, 10));
    expect(await keptSecret(file))
      .to.match(/^[0-9a-f]{64}$/)
      .and.not.equal(secret);
  });
  it("can be read by nobody else, though the file could before", async () => {
    await writeFile(file, "");
    await chmod(file, 0o644);
    await keptSecret(file);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
  });
  it("is the only worker's key of the local tenant, whatever an older version left", async () => {
    const key = await keptKey(store, file, "worker");
    for (let start = 0; start < 5; start++) await issueKey(store, { tenantId: "local", role: "worker" });
    const other = await issueKey(store, { tenantId: "operator", role: "worker" });
    await withdrawOtherWorkerKeys(store, key);
    const left = (await listKeys(store)).filter(({ role }) => role === "worker").map(({ id }) => id);
    expect(left).to.have.members([key, other].map((each) => each.split("_")[1] ?? ""));
  });
});
