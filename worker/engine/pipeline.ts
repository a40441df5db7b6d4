import {
  asEngineError,
  EngineError,
  type Ledger,
  type Output,
  type Page,
  type Progress,
  type SourceDocument,
  type SourcePage,
  type StageName,
  type Word,
} from "./models.ts";
import type { Exporter } from "./services/export/export.ts";
import type { Ingestion } from "./services/ingestion/ingestion.ts";
import { layout } from "./services/ingestion/layout.ts";
import type { Ocr } from "./services/ocr/ocr.ts";
import { detectLanguage, sampleText } from "./services/translation/language.ts";
import { remark, type Translating, translatePage } from "./services/translation/translate.ts";
import type { LanguagePair, Translator } from "./services/translation/translator.ts";
import { type Piece, Stopwatch, type Timed } from "./stopwatch.ts";

/** What a pipeline is made of. */
export interface Services {
  readonly ingestion: Ingestion;
  /** For one document in `language` (ISO 639-1, or empty if not known). */
  readonly ocr: (language: string) => Ocr;
  readonly translator: Translator;
  readonly exporter: Exporter;
}

export interface Request {
  readonly file: string;
  readonly fileName: string;
  /** ISO 639-1; empty to detect it. */
  readonly sourceLanguage: string;
  readonly targetLanguage: string;
  /** Where the outputs are written. */
  readonly folder: string;
}

export interface Result {
  readonly outputs: readonly Output[];
  readonly ledger: Ledger;
}

/** Where each stage's share of the percent ends, by what it takes on scans. */
const SHARES: Readonly<Record<StageName, readonly [from: number, to: number]>> = {
  CONVERTING: [2, 8],
  OCR_PROCESSING: [8, 78],
  TRANSLATING: [78, 88],
  EXPORTING: [88, 97],
};
const OCR_AT_ONCE = 4;
/** Progress that changes no figure is told this often, so that a long page is not taken for one that stands still. */
const REPEAT_MS = 1_000;

/** Conversion → OCR → translation → export of one document. */
export class TranslationPipeline {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  /**
   * Throws EngineError with the stage it happened in; a page that fails becomes a placeholder, unless all do.
   * `onPieces` hears of each stage's pieces when it ends, before the next begins.
   */
  async run(
    request: Request,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
    onPieces: (pieces: Piece[]) => void = () => undefined,
  ): Promise<Result> {
    let stage: StageName = "CONVERTING";
    let pagesTotal = 0;
    const stopwatch = new Stopwatch();
    const { time } = stopwatch;
    const tell = changesOnly(onProgress);
    /** `done` may be a fraction: of a page, or of a step that is no page's. */
    const enter = (next: StageName, done = 0, of = 1, pagesDone = Math.floor(done)) => {
      if (next !== stage) onPieces(stopwatch.take());
      stage = next;
      const [from, to] = SHARES[next];
      tell({ stage, percent: Math.floor(from + ((to - from) * done) / Math.max(1, of)), pagesDone, pagesTotal });
    };
    try {
      enter("CONVERTING");
      await using document = await time("open document", 0, () => this.#services.ingestion.open(request.file, request.fileName));
      pagesTotal = document.pageCount;
      const ledger = emptyLedger(pagesTotal);
      const sources = await this.#convert(document, ledger, (done) => enter("CONVERTING", done, pagesTotal), signal, time);
      enter("OCR_PROCESSING");
      const onRead = (done: number, of: number) => enter("OCR_PROCESSING", done, of);
      const pages = await this.#read(sources, request.sourceLanguage, ledger, onRead, signal, time);
      requireContent(pages, ledger);
      const pair = await this.#pair(pages, request, ledger);
      enter("TRANSLATING");
      const translated: Page[] = [];
      const onShare = (share: number) => enter("TRANSLATING", translated.length + share, pagesTotal);
      const work: Translating = { pair, translator: this.#services.translator, ledger, signal, onShare, outages: 0 };
      for (const page of pages) {
        signal.throwIfAborted();
        translated.push(page.failure ? page : await time("translate page", page.number, () => translatePage(page, work)));
        enter("TRANSLATING", translated.length, pagesTotal);
      }
      enter("EXPORTING");
      const outputs = await this.#services.exporter.export(
        { source: document, pages: translated, language: pair.target },
        {
          ...{ folder: request.folder, ledger, signal, time },
          onShare: (share) => enter("EXPORTING", share, 1, Math.floor(share * pagesTotal)),
        },
      );
      enter("EXPORTING", 1, 1, pagesTotal);
      return { outputs, ledger };
    } catch (error) {
      const known = asEngineError(error);
      if (known) known.stage = stage;
      throw known ?? error;
    } finally {
      onPieces(stopwatch.take());
    }
  }

  async #convert(
    document: SourceDocument,
    ledger: Ledger,
    onPage: (done: number) => void,
    signal: AbortSignal,
    time: Timed,
  ): Promise<(SourcePage | EngineError)[]> {
    const pages: (SourcePage | EngineError)[] = [];
    for (let number = 1; number <= ledger.pagesIn; number++) {
      signal.throwIfAborted();
      pages.push(await time("open page", number, () => document.page(number)).catch(asPageFailure));
      onPage(number);
    }
    return pages;
  }

  async #read(
    sources: readonly (SourcePage | EngineError)[],
    language: string,
    ledger: Ledger,
    onPage: (done: number, of: number) => void,
    signal: AbortSignal,
    time: Timed,
  ): Promise<Page[]> {
    const pictures = sources.filter((source) => !(source instanceof EngineError) && source.kind === "picture").length;
    await using ocr = this.#services.ocr(language);
    const confidences: number[] = [];
    let read = 0;
    const readOne = async (source: SourcePage | EngineError, number: number): Promise<Page> => {
      if (source instanceof EngineError) return failedPage(number, source, ledger);
      if (source.kind === "words") return { number, blocks: layout(source.words), size: source.size };
      if (source.kind !== "picture") return { number, blocks: source.kind === "blocks" ? source.blocks : [] };
      try {
        const { image, scaled } = await time("render page", number, () => source.image());
        if (scaled)
          remark(ledger, { page: number, code: "PAGE_SCALED", message: "The page was larger than the pixel budget and was scaled down." });
        const words = await time("read page", number, () => ocr.read(image, signal));
        confidences.push(...words.map(({ confidence }) => confidence));
        ledger.pagesOcr += 1;
        return { number, blocks: layout(words.filter(isLegible)), size: { width: image.width, height: image.height, unit: "px" } };
      } catch (error) {
        if (signal.aborted) throw error;
        return failedPage(number, asPageFailure(error), ledger);
      } finally {
        onPage(++read, pictures);
      }
    };
    const pages = await mapAtOnce(sources, OCR_AT_ONCE, (source, index) => readOne(source, index + 1));
    ledger.pagesOut = ledger.pagesIn - ledger.pagesFailed;
    ledger.ocrConfidence = confidences.length > 0 ? Math.round(confidences.reduce((sum, value) => sum + value, 0) / confidences.length) : 0;
    return pages;
  }

  async #pair(pages: readonly Page[], request: Request, ledger: Ledger): Promise<LanguagePair> {
    const target = request.targetLanguage;
    const sources = (await this.#services.translator.pairs()).filter((pair) => pair.target === target).map((pair) => pair.source);
    const source = request.sourceLanguage || detectLanguage(sampleText(pages), [...sources, target]);
    if (!source) throw new EngineError("LANGUAGE_NOT_DETECTED", "There is too little text to tell the source language.");
    if (source === target) throw new EngineError("SAME_LANGUAGE", `The document is in the target language (${target}) already.`);
    if (!sources.includes(source)) throw new EngineError("UNSUPPORTED_LANGUAGE_PAIR", `No translator serves ${source}→${target}.`);
    ledger.sourceLanguage = source;
    ledger.sourceLanguageDetected = request.sourceLanguage === "";
    return { source, target };
  }
}

/** Specks that Tesseract takes for letters are no words. */
function isLegible({ text, confidence }: Word): boolean {
  return confidence >= 30 || (confidence >= 15 && /\p{L}{2}/u.test(text));
}

/** Throws what is no fault of the page's: it would be missing from a result for want of room on a disk. */
function asPageFailure(error: unknown): EngineError {
  const known = asEngineError(error) ?? new EngineError("ENGINE_CRASHED", "The page could not be read.", { cause: error });
  if (known.code === "STORAGE_FULL") throw known;
  return known;
}

function failedPage(number: number, error: EngineError, ledger: Ledger): Page {
  ledger.pagesFailed += 1;
  remark(ledger, { page: number, code: "PAGE_FAILED", message: `The page could not be read: ${error.message}` });
  return { number, blocks: [], failure: error.message, ...{ cause: error } };
}

/** Passes on what changes a figure, and else one a second: a document of a million sentences is no million messages. */
function changesOnly(onProgress: (progress: Progress) => void): (progress: Progress) => void {
  let told = "";
  let toldAt = 0;
  return (progress) => {
    const figures = `${progress.stage} ${progress.percent} ${progress.pagesDone} ${progress.pagesTotal}`;
    if (figures === told && performance.now() - toldAt < REPEAT_MS) return;
    told = figures;
    toldAt = performance.now();
    onProgress(progress);
  };
}

function requireContent(pages: readonly (Page & { cause?: EngineError })[], ledger: Ledger): void {
  if (ledger.pagesFailed === ledger.pagesIn) throw pages[0]?.cause ?? new EngineError("NO_CONTENT", "No page could be read.");
  if (pages.every((page) => page.blocks.length === 0))
    throw new EngineError("NO_CONTENT", "The document has no text, neither as text nor in pictures.");
}

async function mapAtOnce<T, R>(items: readonly T[], limit: number, map: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const run = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await map(items[index] as T, index);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, run));
  return results;
}

function emptyLedger(pagesIn: number): Ledger {
  return {
    pagesIn,
    pagesOut: 0,
    pagesFailed: 0,
    pagesOcr: 0,
    segmentsTotal: 0,
    segmentsTranslated: 0,
    segmentsKept: 0,
    segmentsFailed: 0,
    wordsUnknown: 0,
    sourceLanguage: "",
    sourceLanguageDetected: false,
    ocrConfidence: 0,
    entries: [],
  };
}
