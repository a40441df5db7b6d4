import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { DragomanError } from "../../platform/errors.ts";
import { watchLimits } from "./watch.ts";

const limits = { memoryBytes: 64 * 1024 ** 3, runMs: 60_000, silenceMs: 200, stepCpuMs: 600_000 };

describe("the watch over a document", () => {
  it("takes no waiting for a translator for silence, and what comes after it for silence", async () => {
    const exceeded: DragomanError[] = [];
    using watch = watchLimits(process.pid, limits, (error) => exceeded.push(error));
    watch.waits(true);
    await sleep(700);
    expect(exceeded).to.deep.equal([]);
    watch.waits(false);
    await sleep(700);
    expect(["NO_PROGRESS", "DOCUMENT_TOO_COMPLEX"]).to.include(exceeded[0]?.code);
  });
});
