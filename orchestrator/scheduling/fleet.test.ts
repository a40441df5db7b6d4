import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { HelloSchema } from "../../gen/dragoman/v1/worker_service_pb.ts";
import type { Announcement, Peers } from "../store/store.ts";
import { Fleet } from "./fleet.ts";
import { Sessions } from "./sessions.ts";

/** What orchestrators of one store hear of each other. */
function hearsay(): Peers {
  const all = new Map<string, Announcement>();
  return {
    async announce(id, announcement) {
      if (announcement) all.set(id, JSON.parse(JSON.stringify(announcement)) as Announcement);
      else all.delete(id);
      return [...all].filter(([other]) => other !== id).map(([, theirs]) => theirs);
    },
  };
}

describe("what the workers read", () => {
  it("is no picture without OCR, and shown by LibreOffice where one that reads it has it", async () => {
    const sessions = new Sessions();
    const open = (workerId: string, engine: { formats: string[]; ocr: boolean; office: boolean }) => {
      const hello = create(HelloSchema, { workerId, slots: 1, pairs: [{ source: "en", target: "es" }], engine });
      const nothing = () => undefined;
      sessions.open({
        ...{ workerId, hello, held: new Map(), draining: false, order: undefined, connectedAt: 0 },
        resume: nothing,
        end: nothing,
        handOver: async () => undefined,
        send: nothing,
      });
    };
    open("blind", { formats: ["image", "docx"], ocr: false, office: false });
    await using fleet = new Fleet(hearsay(), { now: () => 1_000 }, sessions);
    const read = () => ["image", "docx", "csv"].map((id) => Object.values(fleet.reads(id)));
    expect(read()).to.deep.equal([
      [false, false],
      [true, false],
      [false, false],
    ]);
    open("able", { formats: ["image", "docx"], ocr: true, office: true });
    expect(read()).to.deep.equal([
      [true, true],
      [true, true],
      [false, false],
    ]);
  });
});

describe("the workers of all orchestrators", () => {
  it("are told of once, by the orchestrator to which each connected last, and with what they hold", async () => {
    const peers = hearsay();
    const [here, there] = [new Sessions(), new Sessions()];
    const nothing = () => undefined;
    const open = (sessions: Sessions, workerId: string, connectedAt: number, held: [string, number][]) => {
      const hello = create(HelloSchema, { workerId, slots: 2, pairs: [{ source: "en", target: "es" }], classes: ["large"] });
      sessions.open({
        ...{ workerId, hello, held: new Map(held), draining: false, order: undefined, connectedAt },
        ...{ resume: nothing, end: nothing, handOver: async () => undefined, send: nothing },
      });
    };
    open(here, "moved", 1, [["old", 1]]);
    open(there, "moved", 2, [["new", 1]]);
    open(there, "a", 1, []);
    await using fleet = new Fleet(peers, { now: () => 1_000 }, here);
    await using other = new Fleet(peers, { now: () => 1_000 }, there);
    await other.announce();
    await fleet.announce();
    expect(fleet.members().map(({ id, jobIds, classes }) => [id, jobIds, classes])).to.deep.equal([
      ["a", [], ["large"]],
      ["moved", ["new"], ["large"]],
    ]);
  });
});

describe("what translates", () => {
  it("is told by engine, workers' own first, with all that any worker serves by it, and to other orchestrators", async () => {
    const peers = hearsay();
    const [here, there] = [new Sessions(), new Sessions()];
    const open = (sessions: Sessions, workerId: string, ...engines: [name: string, target: string][]) => {
      const languages = (target: string) => [{ sources: ["en"], targets: [target] }];
      const hello = create(HelloSchema, {
        workerId,
        slots: 1,
        engines: engines.map(([name, target]) => ({ name, languages: languages(target) })),
      });
      sessions.open({
        ...{ workerId, hello, held: new Map(), draining: false, order: undefined, connectedAt: 0 },
        ...{ resume: () => undefined, end: () => undefined, handOver: async () => undefined, send: () => undefined },
      });
    };
    open(here, "one", ["deepl", "de"], ["apertium", "es"]);
    open(there, "two", ["apertium", "ca"], ["deepl", "de"]);
    await using fleet = new Fleet(peers, { now: () => 1_000 }, here);
    await using other = new Fleet(peers, { now: () => 1_000 }, there);
    await other.announce();
    await fleet.announce();
    expect(fleet.translationEngines().map(({ name, own }) => [name, own])).to.deep.equal([
      ["deepl", true],
      ["apertium", true],
    ]);
    const pairs = (...names: string[]) =>
      fleet.pairs(...(names.length > 0 ? [names] : [])).map(({ source, target }) => `${source}→${target}`);
    expect(pairs()).to.have.members(["en→de", "en→ca"]);
    expect(pairs("apertium")).to.have.members(["en→es", "en→ca"]);
  });
});

describe("orchestrators", () => {
  let now: number;
  let peers: Peers;
  const begin = async () => {
    const fleet = new Fleet(peers, { now: () => now }, new Sessions());
    await fleet.announce();
    return fleet;
  };
  beforeEach(() => {
    now = 1_000;
    peers = hearsay();
  });

  it("tell each other since when the service was there, so that one that begins later finds no worker unheard", async () => {
    await using _first = await begin();
    now = 9_000;
    await using later = await begin();
    expect(later.servedSince()).to.equal(1_000);
  });
  it("hand on since when, so that it is known when the first of them has gone", async () => {
    const first = await begin();
    now = 9_000;
    await using later = await begin();
    now = 19_000;
    await later.announce();
    await first[Symbol.asyncDispose]();
    now = 20_000;
    await later.announce();
    await using last = await begin();
    expect([later.servedSince(), last.servedSince()]).to.deep.equal([1_000, 1_000]);
  });
  it("begin anew after all others died, though these are still heard for a moment", async () => {
    const dead = await begin();
    now = 9_000;
    await using only = await begin();
    now = 14_000;
    await dead[Symbol.asyncDispose]();
    await only.announce();
    now = 16_000;
    await only.announce();
    expect(only.servedSince()).to.equal(9_000);
  });
});
