import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { AuthorizationError, DeepLClient, DeepLError, DocumentTranslationError, GlossaryEntries, GlossaryNotFoundError } from "deepl-node";
import { paragraph, run } from "../formats/docx/documents.ts";
import { documentParts, writePackage } from "../formats/docx/package.ts";
import { scratch, textPdf } from "../support/documents.ts";
import { eventually, type RunningService, startService } from "../support/service.ts";

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as Error,
  );
const ENGLISH = "The library is open from Monday to Saturday.";

describe("DeepL's own client, with our address", () => {
  let service: RunningService;
  let files: Awaited<ReturnType<typeof scratch>>;
  let deepl: DeepLClient;
  before(async () => {
    files = await scratch();
    service = await startService();
    deepl = new DeepLClient(service.apiKey, { serverUrl: service.url, maxRetries: 1, minTimeout: 30_000 });
  });
  after(async () => {
    await service?.[Symbol.asyncDispose]();
    await files?.[Symbol.asyncDispose]();
  });

  it("translates texts, each in its place, and leaves no job behind", async () => {
    const texts = [ENGLISH, "42", "The <b>garden</b> is free for all the readers."];
    const [first, number, tagged] = await deepl.translateText(texts, "en", "es", { tagHandling: "html" });
    expect(first?.text).to.contain("biblioteca");
    expect(first?.detectedSourceLang).to.equal("en");
    expect(number?.text).to.equal("42");
    expect(tagged?.text).to.contain("<b>jardín</b>");
    expect((await service.client.jobs.listJobs({})).jobs).to.deep.equal([]);
  });
  it("leaves the text of elements that are to be ignored", async () => {
    const options = { tagHandling: "xml", ignoreTags: "k" } as const;
    const { text } = await deepl.translateText("The <k>library</k> is open, <x/> and the garden too.", "en", "es", options);
    expect(text).to.contain("<k>library</k>").and.to.contain("<x/>").and.to.contain("jardín");
  });
  it("detects the language of each text", async () => {
    const results = await deepl.translateText([ENGLISH, "El jardín está abierto a todos los lectores."], null, "es");
    expect(results.map(({ detectedSourceLang }) => detectedSourceLang)).to.deep.equal(["en", "es"]);
    expect(results[1]?.text).to.equal("El jardín está abierto a todos los lectores.");
  });
  it("makes one job of a request that its client gave up on and sends again", async () => {
    const made = () => service.logged().split('"reason":"CREATED"').length;
    const before = made();
    const send = (signal?: AbortSignal) =>
      fetch(`${service.url}/v2/translate`, {
        method: "POST",
        headers: { authorization: `DeepL-Auth-Key ${service.apiKey}`, "content-type": "application/json" },
        body: JSON.stringify({ text: ["The garden is free for all the readers."], source_lang: "EN", target_lang: "ES" }),
        ...(signal && { signal }),
      });
    // Sooner than any answer: a request that was answered is another.
    await send(AbortSignal.timeout(50)).catch(() => undefined);
    const { translations } = (await (await send()).json()) as { translations: { text: string }[] };
    expect(translations[0]?.text).to.contain("jardín");
    expect(made()).to.equal(before + 1);
  });
  for (const [type, make, words] of [
    ["docx", docx, (file: string) => promisify(execFile)("unzip", ["-p", file, "word/document.xml"])],
    ["pdf", pdf, (file: string) => promisify(execFile)("pdftotext", [file, "-"])],
  ] as const)
    it(`translates a ${type.toUpperCase()}, which is gone once it was taken`, async () => {
      const source = await make();
      const result = path.join(files.path, `result.${type}`);
      const status = await deepl.translateDocument(source, result, "en", "es");
      expect(status.status).to.equal("done");
      expect((await words(result)).stdout).to.contain("biblioteca");
      await eventually(async () => (await service.client.jobs.listJobs({})).jobs.length === 0);
    });

  async function docx(): Promise<string> {
    const file = path.join(files.path, "letter.docx");
    await writePackage(file, documentParts({ body: paragraph(run(ENGLISH)) }));
    return file;
  }
  async function pdf(): Promise<string> {
    return files.file("letter.pdf", await textPdf(ENGLISH));
  }

  it("lists languages, with regions where it asks for them", async () => {
    expect((await deepl.getSourceLanguages()).map(({ code }) => code)).to.include.members(["en", "es"]);
    expect((await deepl.getTargetLanguages()).map(({ code }) => code)).to.include.members(["en-GB", "en-US", "es"]);
    expect((await deepl.translateText("La biblioteca está abierta.", "es", "en-US")).text).to.contain("library");
  });
  it("keeps glossaries, and texts to them", async () => {
    const entries = new GlossaryEntries({ entries: { library: "biblioteca popular", Saturday: "sábado santo" } });
    const { glossaryId, ...about } = await deepl.createGlossary("Houses", "en", "es", entries);
    expect(about).to.include({ name: "Houses", ready: true, sourceLang: "en", targetLang: "es", entryCount: 2 });
    expect((await deepl.getGlossaryEntries(glossaryId)).entries()).to.deep.equal(entries.entries());
    expect((await deepl.listGlossaries()).map((each) => each.glossaryId)).to.deep.equal([glossaryId]);
    const { text } = await deepl.translateText(ENGLISH, "en", "es", { glossary: glossaryId });
    expect(text).to.contain("biblioteca popular").and.to.contain("sábado santo");
    await deepl.deleteGlossary(glossaryId);
    expect(await errorOf(deepl.getGlossary(glossaryId))).to.be.instanceOf(GlossaryNotFoundError);
  });
  it("keeps glossaries of the third version of its API, of one pair of languages each", async () => {
    const dictionary = (source: string, target: string) => ({
      sourceLangCode: "en" as const,
      targetLangCode: "es" as const,
      entries: new GlossaryEntries({ entries: { [source]: target } }),
    });
    const made = await deepl.createMultilingualGlossary("Trees", [dictionary("oak", "roble")]);
    const id = made.glossaryId;
    await deepl.updateMultilingualGlossaryDictionary(id, dictionary("elm", "olmo"));
    expect((await deepl.updateMultilingualGlossaryName(id, "Woods")).name).to.equal("Woods");
    const read = async () => (await deepl.getMultilingualGlossaryDictionaryEntries(id, "en", "es")).entries.entries();
    expect(await read()).to.deep.equal({ oak: "roble", elm: "olmo" });
    await deepl.replaceMultilingualGlossaryDictionaryWithCsv(id, "en", "es", 'elm,"olmo, el"\nash,fresno\n');
    expect(await read()).to.deep.equal({ elm: "olmo, el", ash: "fresno" });
    expect(await errorOf(deepl.createMultilingualGlossary("Two", [dictionary("a", "b"), dictionary("c", "d")]))).to.be.instanceOf(
      DeepLError,
    );
    await deepl.deleteMultilingualGlossary(id);
    expect(await deepl.listMultilingualGlossaries()).to.deep.equal([]);
  });
  it("has no limit that is not there", async () => {
    const usage = await deepl.getUsage();
    expect(usage.anyLimitReached()).to.equal(false);
    expect(usage.character?.count).to.equal(0);
  });

  describe("is refused as DeepL refuses", () => {
    it("with a key that is none", async () => {
      const stranger = new DeepLClient(`dgm_${"0".repeat(72)}`, { serverUrl: service.url });
      expect(await errorOf(stranger.getUsage())).to.be.instanceOf(AuthorizationError);
    });
    it("for a language that is not served", async () => {
      const error = await errorOf(deepl.translateText(ENGLISH, "en", "ja"));
      expect(error).to.be.instanceOf(DeepLError);
      expect(error?.message).to.equal(
        'Bad request, message: Nothing translates to "ja"., detail: Choose one of the pairs that GET /languages lists.',
      );
    });
    it("for a text that could not be translated whole, which is left where that is wished", async () => {
      const text = "Xyzzyq plughq fnordly quuxish grault.";
      const error = await errorOf(deepl.translateText([ENGLISH, text], "en", "es"));
      expect(error?.message).to.contain("A part of text 2 could not be translated");
      const left = await deepl.translateText([ENGLISH, text], "en", "es", { extraRequestParameters: { allow_partial: "1" } });
      expect(left[0]?.text).to.contain("biblioteca");
      expect(left[1]?.text).to.equal(text);
    });
    it("for a document that cannot be read", async () => {
      const error = await errorOf(
        deepl.translateDocument(Buffer.from("%PDF-1.7 broken"), path.join(files.path, "none.pdf"), "en", "es", { filename: "a.pdf" }),
      );
      expect(error).to.be.instanceOf(DocumentTranslationError);
    });
    it("for a document of another's key", async () => {
      const handle = await deepl.uploadDocument(Buffer.from(ENGLISH), "en", "es", { filename: "a.txt" });
      const error = await errorOf(deepl.getDocumentStatus({ ...handle, documentKey: "0".repeat(64) }));
      expect(error?.message).to.contain("Not found");
    });
  });
  it("has no word of what it was given in a log", async () => {
    expect(service.logged()).not.to.contain("library");
    expect(service.logged()).not.to.contain(service.apiKey);
  });
});
