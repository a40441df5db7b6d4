import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { DOCUMENTS } from "../../test/formats/docx/documents.ts";
import { documentParts, writePackage } from "../../test/formats/docx/package.ts";
import { zipped } from "../../test/formats/support/office_files.ts";
import { partsOf, WORKBOOKS } from "../../test/formats/xlsx/workbooks.ts";
import { scratch, textPdf } from "../../test/support/documents.ts";
import type { Tagged } from "./document/segment.ts";
import { withTags } from "./document/tag_notation.ts";
import { registry } from "./formats/registry.ts";
import { type Request, TranslationPipeline } from "./pipeline.ts";
import type { LanguagePair, Translator } from "./ports/translator.ts";
import { type Learnt, revise } from "./revising.ts";
import { fileExporter } from "./services/export/export.ts";
import type { PublishedSegment } from "./services/export/json.ts";
import { openOcr } from "./services/ocr/ocr.ts";

const { signal } = new AbortController();
const PROSE = "# The garden\n\nThe garden is *open* every day. It closes in the [evening](x.html).\n\nThe café is closed.\n";

/** Words of no language, of the same length: each letter's neighbour. */
const said = ({ text, tags }: Tagged): Tagged => ({
  text: text.replace(/[aeiou]/g, (vowel) => "eioua"["aeiou".indexOf(vowel)] ?? vowel),
  tags,
});

const translator: Translator = {
  pairs: async () => [{ source: "en", target: "es" }],
  unitOf: async () => "sentence",
  translate: async (batch) => batch.map((source) => ({ kind: "translated", target: said(source), unknown: [] })),
  async [Symbol.asyncDispose]() {},
};

/** A document that was translated, and what revisions make of it. */
class Desk {
  readonly #folder: string;
  readonly #request: Omit<Request, "folder">;
  #revisions = 0;
  /** What the latest revision had for the memory. */
  learnt: string[] = [];
  latest = "";

  constructor(folder: string, file: string, outputs: Request["outputs"] = ["DOCUMENT", "JSON", "XLIFF"]) {
    this.#folder = folder;
    this.#request = { file, fileName: path.basename(file), sourceLanguage: "en", targetLanguage: "es", outputs };
  }

  async translate() {
    const folder = await this.#next();
    const pipeline = new TranslationPipeline({ registry, ocr: openOcr, translator, exporter: fileExporter });
    return pipeline.run({ ...this.#request, folder }, () => undefined, signal);
  }

  async revise(given: Readonly<Record<string, string>> | string) {
    const kept = path.join(this.latest, "pages.jsonl.gz");
    const corrections = path.join(this.#folder, `corrections-${this.#revisions}`);
    const list = typeof given === "string" ? given : JSON.stringify(Object.entries(given).map(([id, text]) => ({ id, text })));
    await writeFile(corrections, list);
    const folder = await this.#next();
    const about = { kept, corrections, correctionsAs: typeof given === "string" ? ("xliff" as const) : ("json" as const) };
    this.learnt = [];
    const listener = {
      progress: () => undefined,
      learnt: (units: readonly Learnt[], { source, target }: LanguagePair) =>
        void this.learnt.push(...units.map((each) => `${source}-${target} ${withTags(each.unit)} = ${withTags(each.target)}`)),
    };
    return revise({ ...this.#request, folder, ...about }, { registry, exporter: fileExporter }, listener, signal);
  }

  /** What lies in the folder of the latest, by name. */
  async files(): Promise<Map<string, Buffer>> {
    const names = (await readdir(this.latest)).sort();
    return new Map(await Promise.all(names.map(async (name) => [name, await readFile(path.join(this.latest, name))] as const)));
  }

  async segments(): Promise<PublishedSegment[]> {
    const found: PublishedSegment[] = [];
    JSON.parse(await readFile(path.join(this.latest, "model.json"), "utf8"), (key, value) => {
      if (key === "segments") found.push(...value);
      return value;
    });
    return found;
  }

  async #next(): Promise<string> {
    this.latest = path.join(this.#folder, `r${++this.#revisions}`);
    await mkdir(this.latest);
    return this.latest;
  }
}

async function desk<Result>(
  work: (desk: Desk) => Promise<Result>,
  source: string | Uint8Array = PROSE,
  name = "letter.md",
): Promise<Result> {
  await using folder = await scratch();
  return await work(new Desk(folder.path, await folder.file(name, Buffer.from(source))));
}

async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
  );
}

describe("a translation that is corrected", () => {
  it("has the corrected words in every file, and counts them as translated", async () => {
    await desk(async (at) => {
      await at.translate();
      const { ledger, corrected } = await at.revise({ p1b2s1: "El jardín está <1>abierto</1> cada día." });
      expect(corrected).to.equal(1);
      expect(ledger).to.deep.include({ segmentsTotal: 4, segmentsTranslated: 4 });
      const files = await at.files();
      for (const name of ["translation.md", "model.json", "translation.xlf"])
        expect(files.get(name)?.toString(), name).to.match(/El jardín está .*abierto.* cada día\./);
      expect(files.get("translation.md")?.toString()).to.include("El jardín está *abierto* cada día. It clusis on thi [ivinong](x.html).");
    });
  });
  it("can be corrected again, from what it was corrected to", async () => {
    await desk(async (at) => {
      await at.translate();
      await at.revise({ p1b1s1: "El jardín" });
      await at.revise({ p1b3s1: "El café está cerrado." });
      expect((await at.files()).get("translation.md")?.toString()).to.match(/^# El jardín\n[\s\S]*El café está cerrado\.\n$/);
    });
  });
  it("is the very same again when it is corrected back", async () => {
    await desk(async (at) => {
      await at.translate();
      const before = await at.files();
      await at.revise({ p1b1s1: "El jardín" });
      await at.revise({ p1b1s1: "Thi gerdin" });
      const after = await at.files();
      for (const [name, bytes] of before)
        if (name !== "pages.jsonl.gz") expect(after.get(name)?.toString(), name).to.equal(bytes.toString());
    });
  });
  it("is told to the memory as translators have it, but for what stays as in the source", async () => {
    await desk(async (at) => {
      await at.translate();
      await at.revise({ p1b1s1: "El jardín", p1b2s2: "Cierra por la <2>noche</2>.", p1b3s1: "The café is closed." });
      expect(at.learnt).to.deep.equal([
        "en-es The garden = El jardín",
        "en-es It closes in the <1>evening</1>. = Cierra por la <1>noche</1>.",
      ]);
    });
  });
  it("is not written again for nothing", async () => {
    await desk(async (at) => {
      await at.translate();
      const { corrected, outputs } = await at.revise({ p1b1s1: "Thi gerdin" });
      expect({ corrected, outputs }).to.deep.equal({ corrected: 0, outputs: [] });
    });
  });
  it("is refused where corrections do not fit, all of them, and with what is wrong", async () => {
    await desk(async (at) => {
      await at.translate();
      const refused = await failure(at.revise({ p1b1s1: "El jardín", p1b2s1: "Sin etiqueta.", p1b7s1: "x" }));
      expect(refused).to.equal("INVALID_REQUEST: Corrections do not fit: segment p1b2s1: tag 1 is missing; there is no segment p1b7s1.");
    });
  });
  it("is written in place in each format as its translator's own answer would have been", async () => {
    await using folder = await scratch();
    await writePackage(path.join(folder.path, "a.docx"), documentParts(DOCUMENTS["letter"] as never));
    await zipped(path.join(folder.path, "b.xlsx"), partsOf(Object.values(WORKBOOKS)[0] as never));
    await folder.file("c.pdf", Buffer.from(await textPdf("The garden is open every day.", "The cafe is closed.")));
    await folder.file("d.csv", Buffer.from("name,text\na,The garden is open every day.\nb,The cafe is closed.\n"));
    await folder.file("e.html", Buffer.from("<!doctype html><title>The garden</title><p>It is <b>open</b> today.</p>"));
    for (const name of ["a.docx", "b.xlsx", "c.pdf", "d.csv", "e.html"]) {
      await mkdir(path.join(folder.path, name.slice(0, 1)));
      const at = new Desk(path.join(folder.path, name.slice(0, 1)), path.join(folder.path, name), ["DOCUMENT", "JSON"]);
      await at.translate();
      const before = await at.files();
      const chosen = (await at.segments()).find(({ outcome, source }) => outcome === "translated" && source.length > 8);
      if (!chosen) expect.fail(name);
      const back = withTags({ text: chosen.target, tags: chosen.targetTags ?? [] });
      await at.revise({ [chosen.id]: withTags({ text: `${chosen.target} Ñandú`, tags: chosen.targetTags ?? [] }) });
      const between = await at.files();
      expect((await at.segments()).find(({ id }) => id === chosen.id)?.target, name).to.equal(`${chosen.target} Ñandú`);
      await at.revise({ [chosen.id]: back });
      const after = await at.files();
      const written = [...before.keys()].filter((file) => file.startsWith("translation."));
      expect(written, name).to.have.length(1);
      for (const file of written) {
        expect(between.get(file)?.equals(before.get(file) as Buffer), file).to.equal(false);
        expect(after.get(file)?.equals(before.get(file) as Buffer), file).to.equal(true);
      }
    }
  });
});

describe("XLIFF that comes back", () => {
  const edited = (change: (xlf: string) => string) =>
    desk(async (at) => {
      await at.translate();
      const xlf = (await at.files()).get("translation.xlf")?.toString() ?? "";
      const outcome = await at.revise(change(xlf)).then(
        ({ corrected }) => corrected,
        (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
      );
      return { outcome, markdown: (await at.files()).get("translation.md")?.toString() };
    });

  it("changes nothing if nothing was changed in it", async () => {
    expect((await edited((xlf) => xlf)).outcome).to.equal(0);
  });
  it("changes the targets that were changed", async () => {
    const { outcome, markdown } = await edited((xlf) =>
      xlf.replace(/Thi gerdin <\/target>|Thi gerdin<\/target>/, "El &lt;jardín&gt;</target>"),
    );
    expect(outcome).to.equal(1);
    expect(markdown).to.match(/^# El \\?<jardín/);
  });
  it("may have codes in pieces, marks of its tool's, and byte order", async () => {
    const { outcome, markdown } = await edited(
      (xlf) =>
        `\uFEFF${xlf.replace(/<target>Thi gerdin os .*?<\/target>/, '<target><mrk id="m1">Abre</mrk> <sc id="1"/>hoy<ec startRef="1"/>.</target>')}`,
    );
    expect(outcome).to.equal(1);
    expect(markdown).to.include("Abre *hoy*.");
  });
  it("is refused if a code was lost, or a sentence is another's", async () => {
    expect((await edited((xlf) => xlf.replace(/<target>Thi gerdin os .*?<\/target>/, "<target>Abre.</target>"))).outcome).to.match(
      /^INVALID_REQUEST: .*p1b2s1: tag 1 is missing/,
    );
    expect((await edited((xlf) => xlf.replace("<source>The garden</source>", "<source>The house</source>"))).outcome).to.match(
      /^INVALID_REQUEST: .*p1b1s1: its source is another/,
    );
  });
  it("is refused if it is another file, or none", async () => {
    expect((await edited(() => "<xliff version='1.2'/>")).outcome).to.match(/^INVALID_REQUEST: The file is no XLIFF 2/);
    expect((await edited(() => "<xliff")).outcome).to.match(/^INVALID_REQUEST: The XLIFF cannot be read/);
    expect((await edited(() => "<!DOCTYPE x [<!ENTITY a 'aa'>]><x>&a;</x>")).outcome).to.match(/^INVALID_REQUEST/);
    expect((await edited((xlf) => "<g>".repeat(1_000) + xlf)).outcome).to.match(/^DOCUMENT_TOO_COMPLEX/);
  });
});
