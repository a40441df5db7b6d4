import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobOptionsSchema, Priority } from "../../gen/dragoman/v1/job_pb.ts";
import type { DragomanError } from "../../platform/errors.ts";
import { permissionsOf, permittedPriority, requireEngines, requireFormat, requireSize } from "./permissions.ts";

function code(work: () => void): string {
  try {
    work();
    return "none";
  } catch (error) {
    return (error as DragomanError).code;
  }
}

describe("what a caller may", () => {
  it("is the narrower of what its tenant and its key may", () => {
    const tenant = { maxUploadBytes: 9, formats: ["pdf", "txt"], highestPriority: Priority.NORMAL };
    const key = { maxUploadBytes: 5, formats: ["txt", "md"], engines: ["deepl"], highestPriority: Priority.HIGH };
    expect(permissionsOf({ tenant, key })).to.deep.equal({
      ...{ maxUploadBytes: 5, formats: ["txt"], engines: ["deepl"], highestPriority: Priority.NORMAL },
    });
    expect(permissionsOf({ tenant: key, key: {} })).to.deep.equal(key);
    expect(permissionsOf({ tenant: { maxUploadBytes: 0, formats: [] }, key: {} })).to.deep.equal({});
  });
  it("is nothing where both permit something, and not the same", () => {
    const permissions = permissionsOf({ tenant: { formats: ["pdf"] }, key: { formats: ["txt"] } });
    expect(code(() => requireFormat(permissions, "a.pdf"))).to.equal("UNSUPPORTED_FILE_TYPE");
  });
  it("are files by their endings", () => {
    expect(code(() => requireFormat({ formats: ["pdf"] }, "A.b.PDF"))).to.equal("none");
    for (const name of ["a.txt", "pdf", ""])
      expect(code(() => requireFormat({ formats: ["pdf"] }, name))).to.equal("UNSUPPORTED_FILE_TYPE");
    expect(code(() => requireFormat({}, "anything"))).to.equal("none");
  });
  it("are files of a size, and none beyond what any file may have", () => {
    expect(code(() => requireSize({ maxUploadBytes: 5 }, 5))).to.equal("none");
    expect(code(() => requireSize({ maxUploadBytes: 5 }, 6))).to.equal("FILE_TOO_LARGE");
    expect(code(() => requireSize({}, 2 * 1024 ** 3 + 1))).to.equal("FILE_TOO_LARGE");
    expect(code(() => requireSize({ maxUploadBytes: 9e12 }, 2 * 1024 ** 3 + 1))).to.equal("FILE_TOO_LARGE");
  });
  it("are engines, those of jobs that name none among them, and those that are asked after the first", () => {
    const asking = (engine: string, ...fallbackEngines: string[]) => create(JobOptionsSchema, { engine, fallbackEngines });
    const asked = (options: ReturnType<typeof asking>, own: string[]) => code(() => requireEngines({ engines: ["deepl"] }, options, own));
    expect(asked(asking(""), ["deepl"])).to.equal("none");
    expect(asked(asking(""), ["apertium"])).to.equal("PERMISSION_DENIED");
    expect(asked(asking("deepl"), ["apertium"])).to.equal("none");
    expect(asked(asking("deepl", "google"), [])).to.equal("PERMISSION_DENIED");
  });
  it("is a priority: what more is asked for is taken for that", () => {
    const given = (asked: Priority) => permittedPriority({ highestPriority: Priority.LOW }, asked);
    expect([given(Priority.HIGH), given(Priority.UNSPECIFIED), given(Priority.LOW)]).to.deep.equal(Array(3).fill(Priority.LOW));
    expect(permittedPriority({}, Priority.HIGH)).to.equal(Priority.HIGH);
    expect(permittedPriority({ highestPriority: Priority.NORMAL }, Priority.UNSPECIFIED)).to.equal(Priority.UNSPECIFIED);
  });
});
