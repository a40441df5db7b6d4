import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import type { Tagged } from "../engine/document/segment.ts";
import { Gathered } from "./gathered.ts";

interface Text {
  readonly unit: Tagged;
}

const texts = (...names: readonly string[]): Text[] => names.map((name) => ({ unit: { text: name, tags: [] } }));

/** An engine that answers when it is told to. */
function engine(concurrency: number, limits = { texts: 3, characters: 100 }) {
  const asked: { readonly names: string[]; readonly answer: () => void; readonly fail: (error: Error) => void }[] = [];
  const gathered = new Gathered<Text, string>({ limits, concurrency }, (batch) => {
    const names = batch.map(({ unit }) => unit.text);
    const { promise, resolve, reject } = Promise.withResolvers<string[]>();
    asked.push({ names, answer: () => resolve(names.map((name) => name.toUpperCase())), fail: reject });
    return promise;
  });
  return { gathered, asked, names: () => asked.map((each) => each.names) };
}

describe("texts that are gathered for an engine", () => {
  it("go together if they are asked for at one moment, and come back to whom they are of", async () => {
    const { gathered, asked, names } = engine(2);
    const answers = Promise.all([gathered.ask(texts("a", "b")), gathered.ask(texts("c", "d"))]);
    await turn();
    expect(names()).to.deep.equal([["a", "b", "c"], ["d"]]);
    for (const { answer } of asked) answer();
    expect(await answers).to.deep.equal([
      ["A", "B"],
      ["C", "D"],
    ]);
  });
  it("wait for room, and fill the next request", async () => {
    const { gathered, asked, names } = engine(1);
    const first = gathered.ask(texts("a"));
    await turn();
    const others = [gathered.ask(texts("b")), gathered.ask(texts("c"))];
    await turn();
    expect(names()).to.deep.equal([["a"]]);
    asked[0]?.answer();
    await first;
    await turn();
    expect(names()).to.deep.equal([["a"], ["b", "c"]]);
    asked[1]?.answer();
    expect(await Promise.all(others)).to.deep.equal([["B"], ["C"]]);
  });
  it("are never more than the engine takes, and one that is too long alone goes alone", async () => {
    const { gathered, names } = engine(9, { texts: 9, characters: 10 });
    void gathered.ask(texts("aaaa", "bbbb", "cccc", "d".repeat(20), "e"));
    await turn();
    expect(names()).to.deep.equal([["aaaa", "bbbb"], ["cccc"], ["d".repeat(20)], ["e"]]);
  });
  it("fail by themselves, and make room", async () => {
    const { gathered, asked, names } = engine(1, { texts: 1, characters: 9 });
    const [one, other] = [gathered.ask(texts("a")), gathered.ask(texts("b"))];
    await turn();
    asked[0]?.fail(new Error("of a"));
    expect(await one.catch((error: Error) => error.message)).to.equal("of a");
    await turn();
    expect(names()).to.deep.equal([["a"], ["b"]]);
    asked[1]?.answer();
    expect(await other).to.deep.equal(["B"]);
  });
  it("take no time where there are none", async () => {
    expect(await engine(1).gathered.ask([])).to.deep.equal([]);
  });
});
