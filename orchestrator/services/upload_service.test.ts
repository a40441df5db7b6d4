import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { CreateUploadRequestSchema } from "../../gen/dragoman/v1/upload_service_pb.ts";
import type { ArtefactStore } from "../../platform/artefacts/artefacts.ts";
import type { CallContext } from "../../platform/grpc/server.ts";
import { gateOf } from "../../test/support/gate.ts";
import { issueKey } from "../access/keys.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { uploadService } from "./upload_service.ts";

describe("an upload's place", () => {
  it("is kept for as long as the deployment says, and its address is good no longer", async () => {
    await using store = openSqliteStore(":memory:");
    const uploadAgeMs = 5_000;
    const service = uploadService({
      ...gateOf(store),
      artefacts: {} as ArtefactStore,
      intake: { require: async () => undefined },
      uploadSecret: "secret",
      uploadAgeMs,
      limitsOf: async () => ({ tenant: {}, key: {} }),
    });
    const context = { authorization: `Bearer ${await issueKey(store, { tenantId: "t", role: "client" })}` } as CallContext;
    const before = store.clock.now();
    const { id, expireTime } = await service.createUpload(create(CreateUploadRequestSchema, { fileName: "a.txt" }), context);
    const stored = await store.upload(id);
    expect(stored?.expireAt).to.be.within(before + uploadAgeMs, store.clock.now() + uploadAgeMs);
    expect(expireTime && timestampMs(expireTime)).to.equal(stored?.expireAt);
    expect(await store.garbage(stored?.expireAt ?? 0, 9)).to.have.length(0);
    expect(await store.garbage((stored?.expireAt ?? 0) + 1, 9)).to.have.length(1);
  });
});
