import { expect } from "chai";
import fc from "fast-check";
import { type Inline, type Leaf, leavesOf, mapLeaves, plainText } from "../../../worker/engine/document/model.ts";
import { edited } from "../../../worker/engine/formats/edits.ts";
import { changedLeaves } from "../../../worker/engine/formats/sectioned.ts";
import type { SubtitleKind } from "../../../worker/engine/formats/subtitles/cues.ts";
import { readSubtitles } from "../../../worker/engine/formats/subtitles/read.ts";
import { upper, WRITING } from "../../support/in_place.ts";
import { SUBTITLES, type SubtitleFile } from "./documents.ts";
import { judged } from "./judge.ts";

type Mapped = (content: readonly Inline[], leaf: Leaf) => readonly Inline[];

describe("subtitles in place", () => {
  it("are read word by word as other programs read them", async () => {
    for (const [index, cues] of (await judged(SUBTITLES)).entries()) {
      const { kind, source } = SUBTITLES[index] as SubtitleFile;
      const read = leaves(source, kind).map(({ content }) => plainText(content));
      expect(wordsIn(read.join("\n"))).to.deep.equal(wordsIn(cues.map(({ text }) => bare(text)).join("\n")));
    }
  });
  it("keep times, settings, tags around cues and everything between them, and say the same words, in capitals", async () => {
    const results = SUBTITLES.map((file) => ({ ...file, source: translated(file.source, file.kind, upper).source }));
    const [before, after] = [await judged(SUBTITLES), await judged(results)];
    for (const [index, cues] of after.entries()) {
      const was = before[index] ?? [];
      const facts = (all: typeof cues) => all.map(({ times, settings }) => ({ times, settings }));
      expect(facts(cues)).to.deep.equal(facts(was));
      const said = (all: typeof cues) =>
        wordsIn(
          all
            .map(({ text }) => bare(text))
            .join("\n")
            .toUpperCase(),
        );
      expect(said(cues).join(" ").replace(/ /g, "")).to.equal(said(was).join(" ").replace(/ /g, ""));
      const { source } = results[index] as SubtitleFile;
      expect(frameOf(source)).to.equal(frameOf((SUBTITLES[index] as SubtitleFile).source));
    }
  });
  it("are the same structure if every leaf is set anew", () => {
    for (const { source, kind } of SUBTITLES) {
      const made = anew(source, kind);
      expect(frameOf(made)).to.equal(frameOf(source));
      expect(joinedWords(made, kind)).to.equal(joinedWords(source, kind));
      expect(anew(made, kind), "set twice").to.equal(made);
    }
  });
  it("hold for random cues", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 8 }),
        (cues) => {
          const source = cues.map((pieces, at) => `${at + 1}\n00:00:0${at},000 --> 00:00:0${at},900\n${pieces.join("")}\n`).join("\n");
          for (const kind of ["srt", "vtt"] as const) {
            const text = kind === "vtt" ? `WEBVTT\n\n${source.replaceAll(",", ".").replace(/\n\n(?!\d+\n00:)/g, "\n")}` : source;
            expect(translated(text, kind, (content) => content).source).to.equal(text);
            const said = joinedWords(text, kind);
            for (const [made, words] of [
              [anew(text, kind), said],
              [translated(text, kind, upper).source, said.toUpperCase()],
            ] as const) {
              expect(joinedWords(made, kind)).to.equal(words);
              expect(made.match(/^.*-->.*$/gm)).to.deep.equal(text.match(/^.*-->.*$/gm));
            }
          }
        },
      ),
      { numRuns: 150, seed: 1 },
    );
  });
  it("keep bold over its words after a translator that reorders words and splits tags", () => {
    for (const { source, kind } of SUBTITLES) {
      const made = translated(source, kind, reversed).source;
      expect(marked(made)).to.deep.equal(marked(source));
      expect(count(made, /<(?!\/)[a-z]/g)).to.be.at.least(count(source, /<(?!\/)[a-z]/g));
      expect(count(made, /<\/(?!v)/g)).to.equal(count(made, /<(?!\/)[a-u]/g));
    }
  });
});

describe("subtitles of several cues", () => {
  const film = (text: string) => SUBTITLES.find(({ name }) => name === text) as SubtitleFile;

  it("are sentences over cues, and one for each voice within a cue", () => {
    expect(leaves(film("film").source, "srt").map(({ content }) => plainText(content))).to.deep.equal([
      "We went to the market, where nobody was waiting for us any more.",
      "Hello, Anna.",
      "Hi.",
      "[door slams]",
      "He said that nobody in the Fifth avenue could come.",
      "♪ I walk the line and sing ♪",
      "MAN: Hello (music) there.",
      "WOMAN: See www.example.org/a?b=1.",
      "1984",
      "So it is...",
      "...as you say.",
    ]);
    expect(leaves(film("captions").source, "vtt").map(({ content }) => plainText(content))).to.deep.equal([
      "Fish & chips are really what I wanted for lunch.",
      "I do not like <b> at all.",
      "Why is that?",
      "(applause)",
      "The garden is open",
    ]);
  });
  it("share a sentence by time and length, with lines of at most 42 letters that end at no article", () => {
    const source = cues(["We walked along the river", "until the night came and all the lamps went out."]);
    const said = "Caminamos por el río hasta que llegó la noche y se apagaron todas las luces.";
    const made = translated(source, "srt", () => [{ kind: "text", text: said }]);
    expect(textsIn(made.source)).to.deep.equal([["Caminamos por el río hasta que llegó"], ["la noche y se apagaron todas las luces."]]);
    expect(made.remarks).to.deep.equal([]);
  });
  it("break Japanese between its words, in lines of 16 letters", () => {
    const source = cues(["We went to see a film together with our friends yesterday."]);
    const made = translated(source, "srt", () => [{ kind: "text", text: "昨日は友達と一緒に映画を見に行きました。" }]);
    expect(textsIn(made.source)).to.deep.equal([["昨日は友達と一緒に", "映画を見に行きました。"]]);
  });
  it("show a sentence that became one word as long as it was shown", () => {
    const source = cues(["We all agree with", "what you said."]);
    const made = translated(source, "srt", () => [{ kind: "text", text: "De acuerdo." }]);
    expect(textsIn(made.source)).to.deep.equal([["De"], ["acuerdo."]]);
    const short = translated(source, "srt", () => [{ kind: "text", text: "Vale." }]);
    expect(textsIn(short.source)).to.deep.equal([["Vale."], ["Vale."]]);
  });
  it("remark cues that do not fit, and those that cannot be read in their time", () => {
    const source = cues(["Go.", "Come here now."]);
    const made = translated(source, "srt", ([first]) => [{ kind: "text", text: `${plainText(first ? [first] : [])} `.repeat(12).trim() }]);
    expect(made.remarks.map(({ code, page, message }) => [code, page, message])).to.deep.equal([
      ["TEXT_OVERFLOW", 1, "Cue 1 (00:00:00) has 24 letters a second; 20 can be read."],
      ["TEXT_OVERFLOW", 1, "Cue 2 (00:00:02) has more than 2 lines of 42 letters."],
    ]);
  });
  it("escape what a translation has of WebVTT's signs, and make no times of it", () => {
    const source = `WEBVTT\n\n00:01.000 --> 00:03.500\nOpen.\n`;
    expect(translated(source, "vtt", () => [{ kind: "text", text: "a < b & c --> d\n\ne" }]).source).to.contain(
      "\na &lt; b &amp; c --&gt; d e\n",
    );
    expect(translated(cues(["Open."]), "srt", () => [{ kind: "text", text: "a --> d" }]).source).to.contain("\na → d\n");
  });
  it("keep the times within a cue in their order", () => {
    const { source } = film("captions");
    const made = translated(source, "vtt", reversed).source;
    expect(made.match(/<01:[\d:.]+>/g)).to.deep.equal(source.match(/<01:[\d:.]+>/g));
  });
});

describe("broken subtitles", () => {
  const TIMES = "00:00:01,000 --> 00:00:02,000";
  const BROKEN: readonly (readonly [string, SubtitleKind, string])[] = [
    ["no times", "srt", "This is no subtitle."],
    ["times that are cut off", "srt", `1\n${TIMES}\nOpen.\n\n2\n00:00:03,000 --> 00:0`],
    ["times with letters", "srt", `1\n${TIMES}\nOpen.\n\n2\n00:00:0x,000 --> 00:00:04,000\nOpen.`],
    ["no head", "vtt", "00:01.000 --> 00:02.000\nOpen."],
    ["a head alone", "vtt", "WEBVTT\n"],
    ["times without an end", "vtt", "WEBVTT\n\n00:01.000 -->\nOpen."],
    ["times of letters", "vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nOpen.\n\na --> b\nOpen."],
    ["an arrow in a cue", "vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nOpen --> closed."],
  ];
  for (const [name, kind, source] of BROKEN)
    it(`are refused: ${name}`, () => {
      expect(() => readSubtitles(source, kind))
        .to.throw()
        .with.property("code", "DOCUMENT_CORRUPT");
    });

  const HUGE: readonly (readonly [string, string])[] = [
    ["tags that open", "<i>"],
    ["tags that close", "</i>"],
    ["tags by turns", "<i></b>"],
    ["brackets that are never closed", "[word "],
    ["angles", "<"],
    ["braces", "{\\"],
    ["lines", "word\n"],
    ["dashes", "- a\n"],
    ["songs", "♪ a\n"],
    ["capitals", "A "],
    ["a word of many letters", "a"],
    ["spaces", " "],
    ["Japanese", "昨日は友達と一緒に"],
    ["ampersands", "&"],
  ];
  for (const [name, piece] of HUGE) {
    const film = (kind: SubtitleKind, letters: number) =>
      `${kind === "vtt" ? "WEBVTT\n\n" : "1\n"}00:00:01.000 --> 00:00:02.000\na${piece.repeat(letters / piece.length)}b\n`;
    it(`are read and written in little time, or refused: ${name}`, function () {
      this.timeout(4_000);
      for (const kind of ["srt", "vtt"] as const) {
        const source = film(kind, 900);
        expect(joinedWords(anew(source, kind), kind)).to.equal(joinedWords(source, kind));
        expect(() => readSubtitles(film(kind, 500_000), kind))
          .to.throw()
          .with.property("code", "DOCUMENT_TOO_COMPLEX");
      }
    });
  }
  it("are no more sections than a document may have, however many cues there are", function () {
    this.timeout(20_000);
    const source = cues(Array.from({ length: 30_000 }, () => "Open."));
    const { sections } = readSubtitles(source, "srt");
    expect(sections.length).to.be.at.most(500);
    expect(translated(source, "srt", upper).source).to.equal(source.replaceAll("Open.", "OPEN."));
  });
});

const PIECES = [
  "One ",
  "two, ",
  "three. ",
  "Four",
  "<i>",
  "</i>",
  "<b>bold</b> ",
  "\n",
  "\n- ",
  "- ",
  "[",
  "]",
  "♪",
  "♪ ",
  "{\\an8}",
  "<v A>",
  "&amp; ",
  "<00:00:01.000>",
  "…",
  "五六。",
  "(a)",
  "MAN: ",
  "\n\n",
  "  ",
];

function leaves(source: string, kind: SubtitleKind): Leaf[] {
  return readSubtitles(source, kind).sections.flatMap(({ blocks }) => [...leavesOf(blocks)]);
}

function translated(source: string, kind: SubtitleKind, map: Mapped) {
  const { sections, emitter } = readSubtitles(source, kind);
  const changed = sections.flatMap(({ blocks }) =>
    changedLeaves(
      blocks,
      mapLeaves(blocks, (leaf): Leaf => ({ ...leaf, content: map(leaf.content, leaf) })),
    ),
  );
  const { edits, remarks } = emitter.edits(changed, WRITING);
  return { source: edited(source, edits), remarks };
}

/** As if each leaf had changed. */
function anew(source: string, kind: SubtitleKind): string {
  const { sections, emitter } = readSubtitles(source, kind);
  return edited(
    source,
    emitter.edits(
      sections.flatMap(({ blocks }) => [...leavesOf(blocks)]),
      WRITING,
    ).edits,
  );
}

/** Words in the other order, each in a tag of its own where it was in one. */
function reversed(content: readonly Inline[]): Inline[] {
  return content.toReversed().flatMap((inline): Inline[] => {
    if (inline.kind === "atom") return [inline];
    if (inline.kind === "text") return [{ ...inline, text: ` ${inline.text.trim().split(/\s+/).toReversed().join(" ")} ` }];
    return plainText(inline.content)
      .split(/\s+/)
      .map((text) => ({ ...inline, content: [{ kind: "text", text }] }));
  });
}

function marked(source: string): string[] {
  return [...source.matchAll(/<(b|font|c)\b[^>]*>([^<]*)<\/\1>/g)].flatMap(([, , text = ""]) => wordsIn(text)).sort();
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** Everything but words and the lines' ends around them. */
function frameOf(source: string): string {
  return source
    .split(/\r?\n/)
    .filter((line) => /-->|^\d+$|^(?:WEBVTT|Kind|STYLE|REGION|NOTE|::cue|id:|intro)/.test(line))
    .join("\n");
}

function bare(text: string): string {
  return text
    .replace(/<[^<>]*>|\{\\[^}]*\}/g, "")
    .replace(/&(amp|lt|gt);/g, (_, name: string) => ({ amp: "&", lt: "<", gt: ">" })[name] ?? "");
}

function wordsIn(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

function joinedWords(source: string, kind: SubtitleKind): string {
  return wordsIn(
    leaves(source, kind)
      .map(({ content }) => plainText(content))
      .join(""),
  ).join("");
}

function cues(texts: readonly string[]): string {
  const time = (seconds: number) => new Date(seconds * 1000).toISOString().slice(11, 19);
  return texts.map((text, index) => `${index + 1}\n${time(index * 2)},000 --> ${time(index * 2 + 1)},950\n${text}\n`).join("\n");
}

function textsIn(source: string): string[][] {
  return source
    .trim()
    .split("\n\n")
    .map((block) => block.split("\n").slice(2));
}
