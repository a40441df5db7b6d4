import type { DescMethod } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobState } from "../gen/dragoman/v1/job_pb.ts";
import { JobTokens } from "../orchestrator/access/job_tokens.ts";
import { revokeKey } from "../orchestrator/access/keys.ts";
import { SCOPES } from "../orchestrator/policy/scopes.ts";
import { errorKind } from "../platform/errors.ts";
import { ROWS, type Things } from "./access/rows.ts";
import { CANARY, type Outcome, openAccessService, servicesOf } from "./access/service.ts";

const services = await servicesOf(new URL("../gen/dragoman/v1/", import.meta.url));
/** A refusal may say what was asked for. */
const unnamed = ({ code, message, answer }: Outcome, things: Things) => {
  const said = (text: string) => Object.values(things).reduce((told, id) => told.replaceAll(id, "…"), text);
  return { code, message: said(message), answer: said(answer) };
};
const idOf = (key: string) => key.split("_")[1] ?? "";

describe("who may call what", () => {
  let service: Awaited<ReturnType<typeof openAccessService>>;
  const bad: Record<string, string> = {};
  /** Our tenant's, for anything but what operators do. */
  let all = "";
  before(async () => {
    service = await openAccessService(services);
    const { issue, store } = service;
    all = await issue({ scopes: SCOPES.filter((scope) => scope !== "operator") });
    const revoked = await issue({ scopes: SCOPES });
    await revokeKey(store, idOf(revoked));
    const tokens = new JobTokens("test");
    const claims = { jobId: service.theirs.jobId, keyId: idOf(all), expireAtSeconds: 4e9, mayCancel: true };
    Object.assign(bad, {
      "no key": "",
      "a word": "word",
      "a key of the right form": "dgm_0000000000000000_000000000000000000000000000000000000000000000000da5bdd43",
      "a key that has expired": await issue({ scopes: SCOPES, expireAt: 1 }),
      "a key that was revoked": revoked,
      "a token that has expired": tokens.sign({ ...claims, expireAtSeconds: 1 }),
      "a token of a key that was revoked": tokens.sign({ ...claims, keyId: idOf(revoked) }),
      "a token that somebody else signed": new JobTokens("other").sign(claims),
    });
  });
  after(() => service[Symbol.asyncDispose]());

  const token = (jobId: string, mayCancel = false) =>
    new JobTokens("test").sign({ jobId, keyId: idOf(all), expireAtSeconds: 4e9, mayCancel });

  it("is said of every method, and of none that there is not", () => {
    const methods = services.flatMap(({ name, methods: each }) => each.map((method) => `${name}.${method.name}`));
    const rows = Object.entries(ROWS).flatMap(([name, row]) => Object.keys(row).map((method) => `${name}.${method}`));
    expect(rows.sort(), "test/access/rows.ts has a row for each").to.deep.equal(methods.sort());
  });
  it("is answered by 401, 403 or 404", () => {
    const codes = Object.values(ROWS).flatMap((rows) => Object.values(rows).flatMap(({ refusal }) => refusal ?? []));
    expect(errorKind("UNAUTHENTICATED").http).to.equal(401);
    expect(errorKind("PERMISSION_DENIED").http).to.equal(403);
    for (const code of codes) expect(errorKind(code).http, code).to.be.oneOf(code === "PERMISSION_DENIED" ? [403] : [404]);
  });

  for (const method of services.flatMap(({ methods }) => methods)) {
    const row = ROWS[method.parent.name]?.[method.name];
    if (row) describeMethod(method, row);
  }

  describe("all of which", () => {
    it("leaves what is another tenant's as it was", async () => {
      const { store, theirs } = service;
      const jobs = await Promise.all([theirs.jobId, theirs.finishedJobId].map((id) => store.get(id)));
      expect(jobs.map((record) => record?.job.state)).to.deep.equal([JobState.QUEUED, JobState.CANCELLED]);
      for (const record of jobs) expect(record?.job.timeline, "invitations apart").to.have.length(1);
      expect(await store.key(theirs.keyId)).to.not.have.property("previous");
      expect(await store.endpoint(CANARY, theirs.webhookId)).to.include({ version: 1 });
      expect(await store.glossary(CANARY, theirs.glossaryId))
        .to.have.property("versions")
        .with.length(1);
    });
    it("notes when a key was used, and nothing of one that was refused", async () => {
      const keys = await service.store.keys("ours");
      expect(keys.find(({ id }) => id === idOf(all))?.usedAt).to.be.a("number");
      expect(keys.find(({ id }) => id === idOf(bad["a key that has expired"] ?? ""))).to.not.have.property("usedAt");
    });
    it("leaves no key and no token in a log", () => {
      const secrets = [...service.sent].filter((credential) => credential.length > 60).map((credential) => credential.slice(-56));
      expect(secrets).to.have.length.above(100);
      expect(service.logged).to.not.be.empty;
      for (const line of service.logged) expect(secrets.find((secret) => line.includes(secret))).to.equal(undefined);
    });
  });

  function describeMethod(method: DescMethod, row: (typeof ROWS)[string][string]): void {
    const { scope, names, refusal } = row;
    describe(`${method.parent.name}.${method.name}`, () => {
      const call = (credential: string, request?: object) => service.call(method, credential, request);

      it("is nobody's without a key that is good", async () => {
        for (const [what, credential] of Object.entries(bad))
          expect(await call(credential, names?.(service.theirs)), what).to.include({ code: "UNAUTHENTICATED", answer: "" });
      });
      if (scope !== "any")
        it(`needs ${scope}, whatever else a key may`, async () => {
          const key = await service.issue({ scopes: SCOPES.filter((other) => other !== scope) });
          for (const request of [{}, names?.(service.theirs)])
            expect(await call(key, request)).to.include({ code: "PERMISSION_DENIED", answer: "" });
        });
      if (scope !== "any")
        it(row.token ? "takes a token of the job that it names, and of no other" : "takes no token for a job", async () => {
          const id = await service.commit("ours");
          const request = { id };
          const [right, wrong] = [token(id, row.token === "cancel"), token(service.theirs.jobId, true)];
          if (!row.token) return void expect(await call(token(id, true), request)).to.include({ code: "PERMISSION_DENIED" });
          if (row.token === "cancel") expect(await call(token(id), request)).to.include({ code: "PERMISSION_DENIED" });
          expect((await call(right, request)).code).to.be.oneOf(["", "RESULT_NOT_READY"]);
          expect(await call(wrong, request)).to.include({ code: "JOB_NOT_FOUND", answer: "" });
          expect(await call(right, names?.(service.theirs)), "of its own tenant only").to.include({ code: "JOB_NOT_FOUND", answer: "" });
        });
      if (names)
        it("is of another tenant's thing as of one that never was", async () => {
          const asked = await call(all, names(service.theirs));
          const nothing = await call(all, names(service.nobodys));
          expect(unnamed(nothing, service.nobodys)).to.deep.equal(unnamed(asked, service.theirs));
          expect(asked.code).to.equal(row.inside ? "" : refusal);
          if (row.inside) expect(asked.answer).to.contain(`"code":"${refusal}"`).and.not.contain(CANARY);
          else expect(asked.answer).to.equal("");
        });
      else if (scope !== "operator" && scope !== "worker")
        it("tells nothing of another tenant", async () => {
          const key = await service.issue({ scopes: [scope === "any" ? "jobs:read" : scope] });
          const { code, answer } = await call(key);
          expect(code).to.be.oneOf(["", "INVALID_REQUEST"]);
          const reached = await call(key, row.reaches?.(service.theirs));
          expect(reached.code).to.be.oneOf(["", "INVALID_REQUEST", "PERMISSION_DENIED"]);
          for (const known of [CANARY, ...Object.values(service.theirs)]) expect(answer + reached.answer).to.not.contain(known);
        });
    });
  }
});
