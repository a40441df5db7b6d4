import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { scratch } from "../support/documents.ts";
import { eventually, type RunningService, startService } from "../support/service.ts";

const ENGLISH = "The library is open from Monday to Saturday.";
const NONSENSE = "Xyzzyq plughq fnordly quuxish grault.";

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON it is, the claims look into it.
  readonly body: any;
}

describe("LibreTranslate's API, asked by curl", () => {
  let service: RunningService;
  let files: Awaited<ReturnType<typeof scratch>>;
  before(async () => {
    files = await scratch();
    service = await startService();
  });
  after(async () => {
    await service?.[Symbol.asyncDispose]();
    await files?.[Symbol.asyncDispose]();
  });

  async function curl(route: string, ...args: readonly string[]): Promise<Answer> {
    const address = route.startsWith("http") ? route : `${service.url}${route}`;
    const { stdout } = await promisify(execFile)("curl", ["-sS", "-w", "\n%{http_code}", ...args, address]);
    const end = stdout.lastIndexOf("\n");
    const text = stdout.slice(0, end);
    return { status: Number(stdout.slice(end)), body: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text };
  }
  const json = (route: string, body: object) =>
    curl(route, "-X", "POST", "-H", "Content-Type: application/json", "-d", JSON.stringify({ api_key: service.apiKey, ...body }));
  const jobs = async () => (await service.client.jobs.listJobs({})).jobs.map(({ id }) => id);

  it("translates a text", async () => {
    const { status, body } = await json("/translate", { q: ENGLISH, source: "en", target: "es", format: "text", alternatives: 3 });
    expect(status).to.equal(200);
    expect(body.translatedText).to.contain("biblioteca");
    expect(body.alternatives).to.deep.equal([]);
    expect(await jobs()).to.deep.equal([]);
  });
  it("translates a list of HTML, and tells the language of each", async () => {
    const q = ["<p>The <b>garden</b> is free for all the readers.</p>", "El jardín está abierto a todos los lectores.", ""];
    const { body } = await json("/libretranslate/translate", { q, source: "auto", target: "es", format: "html" });
    expect(body.translatedText[0]).to.match(/^<p>.*<b>jardín<\/b>.*<\/p>$/);
    expect(body.translatedText.slice(1)).to.deep.equal(q.slice(1));
    expect(body.detectedLanguage.map(({ language }: { language: string }) => language)).to.deep.equal(["en", "es", "es"]);
    expect(body.detectedLanguage[0].confidence).to.be.greaterThan(50);
  });
  it("takes a form as well, with the key in our own header", async () => {
    const { body } = await curl(
      "/translate",
      "-d",
      `q=${encodeURIComponent(ENGLISH)}&source=en&target=es`,
      "-H",
      `authorization: Bearer ${service.apiKey}`,
    );
    expect(body.translatedText).to.contain("biblioteca");
  });
  for (const [name, fields] of [
    ["before", (file: string, key: string) => ["-F", `api_key=${key}`, "-F", `file=@${file}`]],
    ["behind", (file: string, key: string) => ["-F", `file=@${file}`, "-F", `api_key=${key}`]],
  ] as const)
    it(`translates a file with the key ${name} it, and gives it once by an address without one`, async () => {
      const file = await files.file("letter.html", `<p>${ENGLISH}</p>`);
      const { body } = await curl("/translate_file", ...fields(file, service.apiKey), "-F", "source=en", "-F", "target=es");
      expect(path.basename(body.translatedFileUrl)).to.equal("letter.es.html");
      expect(body.translatedFileUrl).not.to.contain(service.apiKey);
      expect((await curl(body.translatedFileUrl, "-I")).status).to.equal(200);
      expect((await curl(body.translatedFileUrl)).body).to.contain("biblioteca");
      await eventually(async () => (await jobs()).length === 0);
      expect((await curl(body.translatedFileUrl)).status).to.equal(404);
      expect((await curl(body.translatedFileUrl.replace(/file\/..../, "file/AAAA"))).status).to.equal(404);
    });
  it("detects a language", async () => {
    const { body } = await json("/detect", { q: "Bonjour!" });
    expect(body[0]).to.include({ language: "fr" });
    expect(Object.keys(body[0])).to.deep.equal(["confidence", "language"]);
  });
  it("lists languages with the key in the query, and ours with it in the header", async () => {
    const [english] = (await curl(`/languages?api_key=${service.apiKey}`)).body;
    expect(english).to.include({ code: "en", name: "English" });
    expect(english.targets).to.include("es");
    expect((await curl("/libretranslate/languages", "-H", `authorization: Bearer ${service.apiKey}`)).body).to.be.an("array");
    expect((await curl("/languages", "-H", `authorization: Bearer ${service.apiKey}`)).body.pairs).to.be.an("array");
  });
  it("says of itself what its pages ask", async () => {
    const { body } = await curl("/frontend/settings");
    expect(body).to.include({ keyRequired: true, filesTranslation: true, charLimit: -1 });
    expect(body.supportedFilesFormat).to.include.members([".docx", ".pdf", ".srt"]);
    expect((await curl("/health")).body).to.deep.equal({ status: "ok" });
  });

  describe("refuses in its own shape", () => {
    for (const [name, ask, status, error] of [
      [
        "a key that is none",
        () => json("/translate", { q: ENGLISH, source: "en", target: "es", api_key: "x" }),
        403,
        "The API key is missing or not valid.",
      ],
      ["a text that is missing", () => json("/translate", { source: "en", target: "es" }), 400, "Invalid request: missing q parameter"],
      [
        "a language that is not served",
        () => json("/translate", { q: ENGLISH, source: "en", target: "ja" }),
        400,
        'Nothing translates to "ja".',
      ],
      [
        "a text that cannot be translated",
        () => json("/translate", { q: NONSENSE, source: "en", target: "es" }),
        500,
        /could be translated|could not be translated/,
      ],
      ["a verb that is none", () => curl("/translate"), 405, "There is no GET here."],
      ["an address that is none", () => curl("/libretranslate/suggest"), 404, "There is nothing at this address."],
    ] as const)
      it(`${name}: ${status}`, async () => {
        const answer = await ask();
        expect(answer.status, JSON.stringify(answer.body)).to.equal(status);
        expect(answer.body.error).to.match(
          typeof error === "string" ? new RegExp(`^${error.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`) : error,
        );
      });
    it("a large file before its key: 400, and says what to do", async () => {
      const file = await files.file("large.txt", "The garden. ".repeat(800_000));
      const { status, body } = await curl(
        "/translate_file",
        "-F",
        `file=@${file}`,
        "-F",
        `api_key=${service.apiKey}`,
        "-F",
        "source=en",
        "-F",
        "target=es",
      );
      expect(status).to.equal(400);
      expect(body).to.include({
        code: "FILE_TOO_LARGE",
        hint: "Send `api_key` in the query or before the file, or as `authorization: Bearer KEY`.",
      });
    });
    it("and leaves no job behind", async () => {
      expect(await jobs()).to.deep.equal([]);
    });
  });
  it("has no word of what it was given in a log", () => {
    expect(service.logged()).not.to.contain("library");
    expect(service.logged()).not.to.contain(service.apiKey);
  });
});
