import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { ReserveCharactersResponseSchema, TakeRateResponseSchema } from "../../gen/dragoman/v1/worker_service_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import { sharedAllowances } from "./allowances.ts";
import { Breaker } from "./breaker.ts";
import { RequestRefused } from "./http.ts";
import { retried } from "./retried.ts";

const never = new AbortController().signal;
const away = (retryAfterMs?: number) =>
  DragomanError.of("TRANSLATOR_UNAVAILABLE", "away", retryAfterMs === undefined ? {} : { retryAfterMs });

describe("what is tried again", () => {
  /** Fails as `faults` say, then succeeds; the waits between. */
  async function waitsOf(faults: readonly DragomanError[]): Promise<{ waits: number[]; outcome: string }> {
    const waits: number[] = [];
    const left = [...faults];
    const patience = { wait: async (ms: number) => void waits.push(Math.round(ms)), random: () => 0.5 };
    const work = async () => {
      const fault = left.shift();
      if (fault) throw fault;
      return "done";
    };
    const outcome = await retried(work, never, patience).catch((error: DragomanError) => error.code);
    return { waits, outcome };
  }

  it("is what may pass, after longer and longer waits", async () => {
    expect(await waitsOf([away(), away(), away()])).to.deep.equal({ waits: [1000, 1600, 2560], outcome: "done" });
  });
  it("is tried five times", async () => {
    const { waits, outcome } = await waitsOf(Array.from({ length: 9 }, () => away()));
    expect([waits.length, outcome]).to.deep.equal([4, "TRANSLATOR_UNAVAILABLE"]);
  });
  it("waits as long as the engine says, and not for ever", async () => {
    expect(await waitsOf([away(7000)])).to.deep.equal({ waits: [7000], outcome: "done" });
    expect(await waitsOf([away(100_000)])).to.deep.equal({ waits: [], outcome: "TRANSLATOR_UNAVAILABLE" });
  });
  it("is not a quota that is used up, nor a key that is refused", async () => {
    for (const code of ["TRANSLATOR_QUOTA_EXCEEDED", "TRANSLATOR_REFUSED"] as const)
      expect(await waitsOf([DragomanError.of(code, "no")])).to.deep.equal({ waits: [], outcome: code });
  });
});

describe("what all workers share of an engine", () => {
  it("is asked for until the document gives up, and by no signal of its own: such a call would not be made again", async () => {
    const given: unknown[] = [];
    const hear =
      <T>(answer: T) =>
      async (_: unknown, options?: { readonly signal?: AbortSignal }) => {
        given.push(options?.signal);
        return answer;
      };
    const allowances = sharedAllowances({
      orchestrator: {
        takeRate: hear(create(TakeRateResponseSchema)),
        reserveCharacters: hear(create(ReserveCharactersResponseSchema)),
      },
      apiKey: "k",
      rates: new Map([["deepl", { requestsPerMinute: 1, charactersPerMinute: 0, charactersPerMonth: 0 }]]),
    });
    await allowances.takeRate("deepl", 1, never);
    await allowances.reserve({ tenantId: "t", jobId: "j", engine: "deepl", characters: 1, ahead: 0 }, never);
    expect(given).to.deep.equal([never, never]);
  });
});

describe("a circuit breaker", () => {
  let now = 0;
  let asked = 0;
  const ask = (breaker: Breaker, fault?: DragomanError) =>
    breaker
      .through(async () => {
        asked += 1;
        if (fault) throw fault;
      }, never)
      .then(
        () => "done",
        (error: DragomanError) => error.code,
      );
  const failing = async (breaker: Breaker, times: number, fault = away()) => {
    for (let time = 0; time < times; time++) await ask(breaker, fault);
  };
  beforeEach(() => {
    now = 0;
    asked = 0;
  });

  it("asks nobody who failed five times in a row, and one request later to see", async () => {
    const breaker = new Breaker(() => now);
    await failing(breaker, 8);
    expect(asked).to.equal(5);
    now = 15_000;
    await failing(breaker, 3);
    expect(asked).to.equal(6);
    now = 44_000;
    await failing(breaker, 1);
    expect(asked).to.equal(6);
    now = 45_000;
    expect(await ask(breaker)).to.equal("done");
    await failing(breaker, 4);
    expect(await ask(breaker)).to.equal("done");
  });
  it("lets one through at a time when it looks again", async () => {
    const breaker = new Breaker(() => now);
    await failing(breaker, 5);
    now = 15_000;
    const gate = Promise.withResolvers<void>();
    const trial = breaker.through(() => gate.promise, never);
    expect(await ask(breaker)).to.equal("TRANSLATOR_UNAVAILABLE");
    gate.resolve();
    await trial;
    expect(await ask(breaker)).to.equal("done");
  });
  it("takes nobody for down who says when to come back, or whose texts are at fault", async () => {
    const breaker = new Breaker(() => now);
    await failing(breaker, 9, away(1000));
    await failing(breaker, 9, DragomanError.of("REQUEST_TOO_LARGE", "long"));
    await failing(breaker, 9, DragomanError.of("TRANSLATOR_REFUSED", "a text that it does not like", { cause: new RequestRefused() }));
    expect(asked).to.equal(27);
  });
  it("asks nobody for a while whose quota is used up, or who refuses the key", async () => {
    const breaker = new Breaker(() => now);
    await failing(breaker, 3, DragomanError.of("TRANSLATOR_QUOTA_EXCEEDED", "used up"));
    expect([asked, await ask(breaker)]).to.deep.equal([1, "TRANSLATOR_QUOTA_EXCEEDED"]);
    now = 60_000;
    expect(await ask(breaker)).to.equal("done");
  });
});
