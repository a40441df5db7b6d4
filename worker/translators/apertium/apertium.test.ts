import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { descendants } from "../../../test/support/service.ts";
import { describeEngine } from "../../../test/support/translation_suite.ts";
import type { Inline } from "../../engine/document/model.ts";
import type { Tagged } from "../../engine/document/segment.ts";
import { fromTagged, repaired, toTagged } from "../../engine/document/tagging.ts";
import type { Translator } from "../../engine/ports/translator.ts";
import { type ApertiumOptions, apertium } from "./apertium.ts";
import { apertiumEngine } from "./engine.ts";

const pair = { source: "en", target: "es" };
const never = new AbortController().signal;
const unit = (text: string): Tagged => ({ text, tags: [] });

/** Its programs themselves: no server to be at fault. */
async function open() {
  const engine = apertiumEngine("apertium");
  return { engine, server: { asked: [] }, [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() };
}
describeEngine("Apertium", open, { faults: [], real: ["Uno", "Dos", "Tres"] });

async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (error: { code?: string }) => error.code ?? String(error),
  );
}

async function one(translator: Translator, text: string) {
  const [answer] = await translator.translate([unit(text)], pair, never);
  if (answer?.kind !== "translated") throw new Error(answer?.why);
  return answer;
}

describe("Apertium", () => {
  it("translates, keeps addresses and numbers, and never shows its marks", async () => {
    await using translator = apertium();
    const text = async (source: string) => (await one(translator, source)).target.text;
    expect(await text("The old house is near the river.")).to.match(/casa vieja .*río\.$/);
    expect(await text("Write to office@harbour.example about it.")).to.contain("office@harbour.example");
    expect(await text("It cost 1,250 on 12/05/2020."))
      .to.contain("1,250")
      .and.contain("12/05/2020");
    expect(await text("A *bold* word and [this] <b>."))
      .to.contain("[")
      .and.contain("<b>");
    const { target: odd, unknown } = await one(translator, "The zorblat sleeps.");
    expect(odd.text).to.contain("zorblat").and.not.contain("*");
    expect(unknown).to.deep.equal(["zorblat"]);
  });
  it("answers what was asked, however many ask at once", async () => {
    await using translator = apertium();
    const numbers = Array.from({ length: 50 }, (_, index) => index + 100);
    const answers = await Promise.all(numbers.map((number) => one(translator, `There are ${number} houses.`)));
    for (const [index, number] of numbers.entries()) expect(answers[index]?.target.text).to.contain(String(number));
  });
  it("starts its programs again when they died", async () => {
    await using translator = apertium();
    const before = await one(translator, "The house is old.");
    const programs = (await descendants(process.pid)).filter((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("lt-proc"));
    expect(programs.length).to.be.greaterThan(0);
    // The first that dies may take the others with it.
    for (const pid of programs) execFileSync("sh", ["-c", `kill -KILL ${pid} 2>/dev/null || true`]);
    expect(await one(translator, "The house is old.")).to.deep.equal(before);
  });
  it("refuses a pair it does not have", async () => {
    await using translator = apertium();
    expect(await failure(translator.translate([{ text: "Hello.", tags: [] }], { source: "en", target: "xx" }, never))).to.equal(
      "UNSUPPORTED_LANGUAGE_PAIR",
    );
  });
  it("carries styles with their words, and keeps atoms", async () => {
    await using translator = apertium();
    const text = (of: string): Inline => ({ kind: "text", text: of });
    const bold = (of: string): Inline => ({ kind: "span", style: { bold: true }, content: [text(of)] });
    const code: Inline = { kind: "atom", as: "code", text: "npm" };
    const through = async (...content: Inline[]) => {
      const tagged = toTagged(content);
      const [answer] = await translator.translate([tagged], pair, never);
      if (answer?.kind !== "translated") throw new Error(answer?.why);
      const { target, moved } = repaired(tagged, answer.target);
      expect(moved).to.equal(0);
      return fromTagged(content, target);
    };
    expect(await through(text("The "), bold("red house"), text(" is old."))).to.deep.equal([
      text("La "),
      bold("casa roja"),
      text(" es vieja."),
    ]);
    expect(await through(text("The water of the "), bold("river"), text("."))).to.deep.equal([
      text("El agua del "),
      bold("río"),
      text("."),
    ]);
    expect(await through(text("Use "), code, text(" in the house."))).to.deep.equal([text("Uso "), code, text(" en la casa.")]);
  });
  it("says decades and centuries as they are said", async () => {
    await using translator = apertium();
    expect((await one(translator, "The house was built in the 1960s.")).target.text).to.contain("en los años 1960.");
    expect((await one(translator, "It was planned in the 19th century.")).target.text).to.contain("siglo XIX");
  });
  it("runs without network, files of others, and privileges", async () => {
    await using translator = apertium();
    await one(translator, "The house is old.");
    const programs = (await descendants(process.pid)).filter((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("lt-proc"));
    expect(programs.length).to.be.greaterThan(0);
    for (const pid of programs) expect(readFileSync(`/proc/${pid}/status`, "utf8")).to.match(/^NoNewPrivs:\s*1$/m);
  });
});

describe("a translator of programs", () => {
  /** A mode whose only program is this one of the shell's. */
  async function programs(script: string, options: Omit<ApertiumOptions, "modes"> = {}) {
    const folder = await mkdtemp(path.join(tmpdir(), "dragoman-modes-"));
    const program = path.join(folder, "program.sh");
    await writeFile(program, script);
    await writeFile(path.join(folder, "eng-spa.mode"), `env bash ${program}`);
    const { spawn } = await import("node:child_process");
    const start = (command: string) =>
      spawn("sh", ["-c", command.replace("env -z", "env")], { detached: true, stdio: ["pipe", "pipe", "ignore"] });
    const translator = apertium({ modes: folder, start, ...options });
    return {
      translator,
      async [Symbol.asyncDispose]() {
        await translator[Symbol.asyncDispose]();
        await rm(folder, { recursive: true });
      },
    };
  }
  const ECHO = `while IFS= read -r -d '' line; do case "$line" in *die*) exit 1;; *hang*) sleep 100;; *short*) printf 'x\\0';; *) printf '%s\\0' "$line";; esac; done`;

  it("fails the one text that its programs end at, and translates the others", async () => {
    await using given = await programs(ECHO);
    const answers = await given.translator.translate(["one", "two", "die", "four", "five"].map(unit), pair, never);
    expect(answers.map((answer) => (answer.kind === "translated" ? answer.target.text : answer.kind))).to.deep.equal([
      "one",
      "two",
      "failed",
      "four",
      "five",
    ]);
  });
  it("fails a text that gets no answer in time, or half of one", async () => {
    await using given = await programs(ECHO, { deadlineMs: 300 });
    const answers = await given.translator.translate(["hang", "short", "three"].map(unit), pair, never);
    expect(answers.map(({ kind }) => kind)).to.deep.equal(["failed", "failed", "translated"]);
  });
  it("is down if its programs end at everything", async () => {
    await using given = await programs("exit 1");
    expect(await failure(given.translator.translate(["one", "two", "three"].map(unit), pair, never))).to.equal("TRANSLATOR_UNAVAILABLE");
  });
  it("gives one document what it asked for while another's text ends the programs", async () => {
    await using given = await programs(ECHO);
    const well = Array.from({ length: 30 }, (_, index) => `text ${index}`);
    const [good, bad] = await Promise.all([
      given.translator.translate(well.map(unit), pair, never),
      given.translator.translate([unit("die")], pair, never),
    ]);
    expect(good.map((answer) => (answer.kind === "translated" ? answer.target.text : answer.kind))).to.deep.equal(well);
    expect(bad.map(({ kind }) => kind)).to.deep.equal(["failed"]);
  });
  it("stops waiting with the signal", async () => {
    await using given = await programs(ECHO);
    const asked = given.translator.translate([unit("hang")], pair, AbortSignal.timeout(200)).catch((error: Error) => error.name);
    expect(await asked).to.equal("TimeoutError");
  });
});
