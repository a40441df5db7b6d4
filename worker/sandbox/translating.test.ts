import { expect } from "chai";
import { DragomanError } from "../../platform/errors.ts";
import { eventually } from "../../test/support/service.ts";
import type { Tagged } from "../engine/document/segment.ts";
import type { Translation, Translator } from "../engine/ports/translator.ts";
import { type Asked, RemoteTranslator, type Reply } from "../engine/services/translation/remote.ts";
import { answerer, servedBy } from "./translating.ts";

const pair = { source: "en", target: "es" };
const never = new AbortController().signal;
const unit = (text: string): Tagged => ({ text, tags: [] });
const shout = ({ text, tags }: Tagged): Translation => ({ kind: "translated", target: { text: text.toUpperCase(), tags }, unknown: [] });

/** An engine and its supervisor, as they talk over their channel, with a service at the edge. */
function connect(translate: Translator["translate"], signal = never, sent = Promise.resolve()) {
  const service: Translator = {
    pairs: async () => [pair],
    unitOf: async () => "paragraph",
    translate,
    async [Symbol.asyncDispose]() {},
  };
  const waits: boolean[] = [];
  const said: Reply[] = [];
  let engine: RemoteTranslator | undefined;
  const answer = (reply: Reply) => {
    said.push(reply);
    engine?.receive(JSON.parse(JSON.stringify(reply)));
    return sent;
  };
  const take = answerer({ translator: service, answer, waits: (is) => waits.push(is) }, signal);
  return {
    ...{ waits, said, take },
    async engine() {
      engine = new RemoteTranslator(await servedBy(service), (asked) => void take(JSON.parse(JSON.stringify(asked)) as Asked));
      return engine;
    },
  };
}

describe("an engine's translator", () => {
  it("is the one beside the worker", async () => {
    const { engine, waits } = connect(async (batch) => batch.map(shout));
    const translator = await engine();
    expect(await translator.pairs()).to.deep.equal([pair]);
    expect(await translator.unitOf(pair)).to.equal("paragraph");
    expect(await translator.translate([unit("one"), unit("two")], pair, never)).to.deep.equal([shout(unit("one")), shout(unit("two"))]);
    await eventually(async () => waits.length === 2);
    expect(waits).to.deep.equal([true, false]);
  });
  it("answers each question, in whatever order", async () => {
    const turns = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { engine } = connect(async (batch) => {
      await turns[batch[0]?.text === "first" ? 0 : 1]?.promise;
      return batch.map(shout);
    });
    const translator = await engine();
    const [first, second] = [translator.translate([unit("first")], pair, never), translator.translate([unit("second")], pair, never)];
    turns[1]?.resolve();
    expect(await second).to.deep.equal([shout(unit("second"))]);
    turns[0]?.resolve();
    expect(await first).to.deep.equal([shout(unit("first"))]);
  });
  it("fails with the code that the service fails with", async () => {
    const { engine } = connect(async () => {
      throw DragomanError.of("TRANSLATOR_UNAVAILABLE", "It is down.");
    });
    const error = await (await engine()).translate([unit("one")], pair, never).catch((thrown: unknown) => thrown);
    expect(error).to.include({ name: "EngineError", code: "TRANSLATOR_UNAVAILABLE", message: "It is down." });
  });
  it("gives up with its signal", async () => {
    const { engine } = connect(() => new Promise(() => undefined));
    const stop = new AbortController();
    const asked = (await engine()).translate([unit("one")], pair, stop.signal).catch((thrown: unknown) => thrown);
    stop.abort(new Error("cancelled"));
    expect(await asked).to.include({ message: "cancelled" });
  });
});

describe("who answers an engine", () => {
  const asked: Asked = { kind: "translate", id: 1, pair, batch: [unit("one")] };
  it("takes no more than eight questions at once", () => {
    const { take } = connect(() => new Promise(() => undefined));
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9].map((id) => take({ ...asked, id }))).to.deep.equal([...Array(8).fill(true), false]);
  });
  it("takes no further question from one that reads no answers, and does not wait for it", async () => {
    const sent = Promise.withResolvers<void>();
    const { take, said, waits } = connect(async (batch) => batch.map(shout), never, sent.promise);
    for (const id of [1, 2, 3, 4, 5, 6, 7, 8]) take({ ...asked, id });
    await eventually(async () => said.length === 8);
    expect(waits.at(-1)).to.equal(false);
    expect(take({ ...asked, id: 9 })).to.equal(false);
    sent.resolve();
    await new Promise(setImmediate);
    expect(take({ ...asked, id: 9 })).to.equal(true);
  });
  it("says nothing once the document has ended", async () => {
    const stop = new AbortController();
    const done = Promise.withResolvers<void>();
    const { take, said, waits } = connect(async (batch) => {
      await done.promise;
      return batch.map(shout);
    }, stop.signal);
    take(asked);
    stop.abort();
    done.resolve();
    await eventually(async () => waits.length === 2);
    expect(said).to.deep.equal([]);
  });
});
