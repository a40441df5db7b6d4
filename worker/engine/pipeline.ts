import type { DocumentContext, Selection } from "./context.ts";
import { keptPage } from "./document/corrections.ts";
import { KEPT_FILE, KeptPages } from "./document/kept_pages.ts";
import { add, EMPTY_TALLY, type Ledger, ledgerOf, type Tally, tallyOf } from "./document/ledger.ts";
import { leavesOf, type Page, plainText } from "./document/model.ts";
import { PageSpool } from "./document/spool.ts";
import { asEngineError, EngineError, type StageName } from "./errors.ts";
import type { OpenDocument } from "./formats/format.ts";
import type { Registry } from "./formats/registry.ts";
import { flow } from "./layout/flow.ts";
import type { OpenOcr } from "./ports/ocr.ts";
import type { Office } from "./ports/office.ts";
import type { LanguagePair, Translator } from "./ports/translator.ts";
import { type Progress, ProgressTeller } from "./progress.ts";
import { readPages } from "./reading.ts";
import type { BilingualLook } from "./services/export/bilingual/bilingual.ts";
import type { Exporter } from "./services/export/export.ts";
import type { Output, OutputFormat } from "./services/export/renderer.ts";
import type { Strictness } from "./services/translation/checks/checks.ts";
import { startEstimating } from "./services/translation/estimating.ts";
import { choosePair, SAMPLE_LETTERS } from "./services/translation/language.ts";
import { askedAhead, startTranslating, type Translating, translatePage } from "./services/translation/translate.ts";
import { Stopwatch, type TimedSpan } from "./stopwatch.ts";

/** What a pipeline is made of. */
export interface Services {
  readonly registry: Registry;
  /** For one document. */
  readonly ocr: OpenOcr;
  readonly translator: Translator;
  readonly exporter: Exporter;
  /** The one of this machine, which writes to a document's folder; undefined where there is none. */
  readonly office?: (folder: string) => Office | undefined;
}

export interface Request {
  readonly file: string;
  readonly fileName: string;
  /** ISO 639-1; empty to detect it. */
  readonly sourceLanguage: string;
  readonly targetLanguage: string;
  /** Which files are made; the usual ones if empty or not given. */
  readonly outputs?: readonly OutputFormat[];
  /** How a bilingual PDF shows both; by turns, the source first, if not given. */
  readonly bilingual?: BilingualLook;
  /** What an encrypted document opens with. */
  readonly password?: string;
  /** Pages that were scanned askew or turned come back level and upright; else as they were scanned. */
  readonly straighten?: boolean;
  /** What of the document is translated; the usual if not given. */
  readonly selection?: Selection;
  /** What is done with translations that are doubted; they are used if not given. */
  readonly strictness?: Strictness;
  /** What it takes is estimated before anything is translated, or instead of it: then there are no outputs. */
  readonly estimate?: "first" | "only";
  /** Where the outputs are written. */
  readonly folder: string;
}

export interface Result {
  readonly outputs: readonly Output[];
  readonly ledger: Ledger;
  /** The file of the translated pages, from which the outputs can be written again (kept_pages.ts). */
  readonly kept?: string;
}

/** Conversion → OCR → translation → export of one document. Between the stages its pages lie on disk, not in memory. */
export class TranslationPipeline {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  /**
   * Throws EngineError with the stage it happened in; a page that fails becomes a placeholder, unless all do.
   * `onSpans` hears of each stage's spans when it ends, before the next begins.
   */
  async run(
    request: Request,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
    onSpans: (spans: TimedSpan[]) => void = () => undefined,
  ): Promise<Result> {
    const stopwatch = new Stopwatch();
    const progress = new ProgressTeller(onProgress);
    const tell = (stage: StageName, share: number, pagesDone = 0) => {
      if (stage !== progress.stage) onSpans(stopwatch.take());
      progress.tell(stage, share, pagesDone);
    };
    const { folder, sourceLanguage, targetLanguage } = request;
    const context = contextOf(request, this.#services, { signal, time: stopwatch.time });
    try {
      tell("CONVERTING", 0);
      const { format, document, file, conversion } = await context.time("open document", 0, () =>
        this.#services.registry.open(request.file, request.fileName, context),
      );
      await using _source = document;
      progress.pagesTotal = document.pageCount;
      await using sources = await PageSpool.create(folder, "source");
      const sample = await this.#read(document, sources, context, tell);
      const { translator } = this.#services;
      const pair = await choosePair(
        sample,
        { source: sourceLanguage || (document.language ?? ""), target: targetLanguage },
        await translator.pairs(),
      );
      const facts = { sourceLanguage: pair.source, sourceLanguageDetected: sourceLanguage === "", flow: document.flow };
      const remarks = [...document.remarks, ...(conversion ? [conversion] : [])];
      if (request.estimate) {
        const tally = await this.#estimate({ sources, pair }, context, tell);
        const said: Tally = { ...EMPTY_TALLY, entries: remarks };
        if (request.estimate === "only") return { outputs: [], ledger: ledgerOf(add(said, tally), facts) };
      }
      await using translated = await PageSpool.create(folder, "translated");
      await using kept = new KeptPages(folder, { ...facts, targetLanguage: pair.target, remarks, pageCount: document.pageCount });
      const { strictness } = request;
      const work = await startTranslating(pair, translator, { signal, ...(strictness && { strictness }) });
      const tally = await this.#translate({ sources, translated, kept, work, pageCount: document.pageCount }, context, tell);
      await kept.finish();
      tell("EXPORTING", 0);
      const exported = await this.#services.exporter.export(
        {
          ...{ source: document, file, format, pages: translated, isConverted: conversion !== undefined },
          ...{ sourceLanguage: pair.source, outputs: request.outputs ?? [] },
          ...(request.bilingual && { bilingual: request.bilingual }),
        },
        context,
        (share) => tell("EXPORTING", share, Math.floor(share * document.pageCount)),
      );
      tell("EXPORTING", 1, document.pageCount);
      const said: Tally = { ...EMPTY_TALLY, entries: [...remarks, ...exported.remarks] };
      return { outputs: exported.outputs, ledger: ledgerOf(add(said, tally), facts), kept: KEPT_FILE };
    } catch (error) {
      const known = asEngineError(error);
      if (known) known.stage = progress.stage;
      throw known ?? error;
    } finally {
      onSpans(stopwatch.take());
    }
  }

  /** Fills `spool`, and gives a sample of the text to tell the language by. Throws NO_CONTENT, or why no page could be read. */
  async #read(document: OpenDocument, spool: PageSpool, context: DocumentContext, tell: Tell): Promise<string> {
    const { pageCount } = document;
    let stage: StageName = "CONVERTING";
    let done = 0;
    let cause: EngineError | undefined;
    await using ocr = this.#services.ocr(context);
    const pages = readPages(document, ocr, context, {
      ocr: () => {
        stage = "OCR_PROCESSING";
        tell(stage, done / pageCount, done);
      },
      read: () => tell(stage, ++done / pageCount, done),
      failed: (error) => {
        cause ??= error;
      },
    });
    let sample = "";
    let [failed, blocks] = [0, 0];
    for await (const page of flow(pages)) {
      await spool.add(page);
      sample = sampled(sample, page);
      blocks += page.blocks.filter((block) => block.layer !== "unseen" && (block.kind !== "figure" || block.content.length > 0)).length;
      if (page.failure !== undefined) failed += 1;
    }
    tell("OCR_PROCESSING", 1, pageCount);
    if (failed === pageCount) throw cause ?? new EngineError("NO_CONTENT", "No page could be read.");
    if (blocks === 0) throw new EngineError("NO_CONTENT", "The document has no text, neither as text nor in pictures.");
    return sample;
  }

  /** Goes through all that would be translated. */
  async #estimate(
    { sources, pair }: { readonly sources: PageSpool; readonly pair: LanguagePair },
    { signal }: DocumentContext,
    tell: Tell,
  ): Promise<Tally> {
    let tally = EMPTY_TALLY;
    const onShare = () => tell("TRANSLATING", 0);
    const work = await startEstimating(pair, this.#services.translator, signal);
    for await (const page of sources) {
      signal.throwIfAborted();
      tally = add(tally, tallyOf(page.failure === undefined ? await translatePage(page, work, onShare) : page));
      onShare();
    }
    return tally;
  }

  async #translate(
    { sources, translated, kept, work, pageCount }: Translation,
    { signal, time }: DocumentContext,
    tell: Tell,
  ): Promise<Tally> {
    tell("TRANSLATING", 0);
    let done = 0;
    let tally = EMPTY_TALLY;
    const onShare = (share: number) => tell("TRANSLATING", (done + share) / pageCount, done);
    for await (const page of askedAhead(sources, work)) {
      signal.throwIfAborted();
      const result =
        page.failure === undefined ? await time("translate page", page.number, () => translatePage(page, work, onShare)) : page;
      await translated.add(result);
      await kept.add(keptPage(page, result));
      tally = add(tally, tallyOf(result));
      tell("TRANSLATING", ++done / pageCount, done);
    }
    return tally;
  }
}

/** What the steps of a request work with. */
export function contextOf(
  { folder, sourceLanguage, targetLanguage, password = "", straighten = false, selection }: Request,
  { office: openOffice }: Pick<Services, "office">,
  { signal, time }: Pick<DocumentContext, "signal" | "time">,
): DocumentContext {
  const office = openOffice?.(folder);
  return {
    ...{ folder, signal, time, sourceLanguage, targetLanguage, password, straighten },
    ...(selection && { selection }),
    ...(office && { office }),
  };
}

interface Translation {
  readonly sources: PageSpool;
  readonly translated: PageSpool;
  readonly kept: KeptPages;
  readonly work: Translating;
  readonly pageCount: number;
}

type Tell = (stage: StageName, share: number, pagesDone?: number) => void;

function sampled(sample: string, page: Page): string {
  let text = sample;
  for (const leaf of leavesOf(page.blocks)) {
    if (leaf.layer === "unseen") continue;
    if (text.length > SAMPLE_LETTERS * 2) break;
    const said = leaf.segments ? leaf.segments.map(({ source }) => source.text).join(" ") : plainText(leaf.content);
    text += `${said.replace(/\s+/g, " ")}\n`;
  }
  return text;
}
