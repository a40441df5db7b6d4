import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { end } from "../servers/process.ts";
import { scratch } from "../support/documents.ts";
import { startService } from "../support/service.ts";
import { handMade, mutated, spread } from "./corpus.ts";
import { type Ended, fuzz, hungOf, type Report, untypedOf } from "./harness.ts";
import { holdings, leaksOf } from "./leaks.ts";

const SEED = 13;

describe("hostile documents", function () {
  this.timeout(600_000);
  let report: Report;
  const told = ({ input, end, message }: Ended) => `${input.name}: ${end} ${message}`;

  before(async () => {
    const light = handMade.filter(({ heavy }) => !heavy);
    report = await fuzz([...spread(light, 30), ...(await mutated(SEED, 30))], { slots: 2 });
  });

  it("each end in a result or in an error that says what is wrong with them", () => {
    expect(untypedOf(report).map(told)).to.deep.equal([]);
    expect(report.ended).to.have.length(60);
  });
  it("never hang", () => {
    expect(hungOf(report).map(told)).to.deep.equal([]);
  });
  it("leave no process, file or memory behind", () => {
    expect(report.leaks).to.deep.equal([]);
  });
});

describe("the fuzzer", function () {
  this.timeout(60_000);

  it("makes the same documents of the same seed", async () => {
    const contents = async () =>
      Promise.all((await mutated(SEED, 12)).map(async ({ content }) => Buffer.from(await content()).toString("hex")));
    expect(await contents()).to.deep.equal(await contents());
  });
  it("calls an end untyped that its document does not permit, and any that says nothing about it", async () => {
    const text = { fileName: "a.txt", from: "en", content: () => Buffer.from("The garden is open.") };
    const { ended } = await fuzz(
      [
        { ...text, name: "good" },
        { ...text, name: "wrongly expected", ends: ["PDF_CORRUPT"] },
      ],
      { slots: 1 },
    );
    expect(ended.map(({ input, typed }) => `${input.name} ${typed}`).sort()).to.deep.equal(["good true", "wrongly expected false"]);
  });
  it("finds a process and a file that are left", async () => {
    await using service = await startService();
    await using temporary = await scratch();
    const before = await holdings(service);
    const left = spawn("sleep", ["60"], { cwd: service.data, stdio: "ignore" });
    try {
      await writeFile(path.join(temporary.path, "left"), "");
      const leaks = await leaksOf(service, temporary.path, before, 1_000);
      expect(leaks).to.have.length(2);
    } finally {
      await end(left, "SIGKILL");
    }
  });
});
