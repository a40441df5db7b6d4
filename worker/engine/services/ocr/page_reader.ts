import type { QuarterTurn } from "../../document/geometry.ts";
import { baseOf } from "../../document/language_code.ts";
import type { Picture } from "../../formats/format.ts";
import { type PixelBox, type ReadWord, wordsOfHocr } from "./hocr.ts";
import { languageOf } from "./language.ts";
import { withLeftOut } from "./left_out.ts";
import { MODELS, type ModelFiles, SCRIPTS } from "./models.ts";
import { type Prepared, prepare, shrunk, turned } from "./prepare.ts";
import type { Orientation, Reader } from "./readers/reader.ts";
import { findRulings, type Rulings } from "./rulings.ts";
import { lookAgain } from "./second_look.ts";
import { lettersOf, sift } from "./sift.ts";
import { splitAtRules, withoutStrokes } from "./split.ts";
import { trim } from "./trim.ts";
import { addTurns } from "./turning.ts";

/** A page that was read this well stands upright and is in its model's script: measured pages that do not stay under 50. */
const WELL_READ = 80;
/** Below it a page may be turned, though OSD, which wants fifty letters or so, cannot tell. */
const POOR = 60;
/** OCRmyPDF's users find 14 too high, and 1 to 7 right; what it says is tried by reading, so it may be low. */
const LEAST_OSD = 0.5;
/** A turned page must read so much better than it did. */
const BETTER = 1.1;
const LEAST_LETTERS = 20;
const OSD_DPI = 150;

/** What was read of a page, in pixels of what it was read from. */
export interface Reading {
  readonly prepared: Prepared;
  readonly words: readonly ReadWord[];
  /** Where numbers seem to stand that cannot be read. */
  readonly unread: readonly PixelBox[];
  /** Lines that are drawn; not those that are strokes of letters. */
  readonly rulings: Rulings;
  /** What the page was turned by, clockwise, before it was prepared. */
  readonly turn: QuarterTurn;
  /** What should be known of how it was read. */
  readonly remark?: string;
  /** Why it could not be read at all. */
  readonly failure?: string;
}

interface Attempt extends Omit<Reading, "rulings" | "unread"> {
  /** By letters, 0 to 100. */
  readonly confidence: number;
  /** Letters that were read surely: what two attempts are compared by. */
  readonly score: number;
}

/** Of a document. */
interface Learned {
  readonly turn: QuarterTurn;
  readonly models: readonly string[];
}

/**
 * Reads pages, turned and in the language as they turn out to be. Most are upright and in the document's language, so a
 * page is read first as it is, and only one that reads badly is asked how it lies: OSD costs as much as a third of a
 * reading. What the first page with text enough taught holds for those after it, which wait for it where the language is not
 * given.
 */
export class PageReader {
  readonly #reader: Reader;
  readonly #models: ModelFiles;
  readonly #given: string;
  #learned: Learned | undefined;
  #learning: Promise<void> | undefined;

  /** `language` is a BCP 47 code, or empty if it is not known. */
  constructor(reader: Reader, models: ModelFiles, language: string) {
    this.#reader = reader;
    this.#models = models;
    this.#given = MODELS[language] ? language : baseOf(language);
  }

  /** `part` of a page stays as the page is turned. Throws as `Ocr.complete`. */
  async read(image: Picture, part: boolean, signal: AbortSignal): Promise<Reading> {
    // In a language that is given only turned documents have something to teach, and they are few.
    while (!this.#given && !this.#learned && this.#learning) await this.#learning;
    signal.throwIfAborted();
    if (this.#learned || part) return this.#withRulings(await this.#attempts(image, this.#learned ?? this.#start(), signal), signal);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#learning = promise;
    try {
      const attempt = await this.#attempts(image, this.#start(), signal);
      const letters = attempt.words.reduce((sum, { text }) => sum + lettersOf(text), 0);
      if (letters >= LEAST_LETTERS && attempt.confidence >= POOR && !attempt.failure)
        this.#learned = { turn: attempt.turn, models: attempt.models };
      return await this.#withRulings(attempt, signal);
    } finally {
      this.#learning = undefined;
      resolve();
    }
  }

  #start(): Learned {
    const given = MODELS[this.#given];
    return { turn: 0, models: given && this.#models.has(given) ? this.#modelsOf(given) : this.#fallback() };
  }

  /** Where the language is not known, the model of the commonest script tells which it is. */
  #fallback(): string[] {
    const [first] = ["eng", ...[...this.#models.keys()].filter((name) => name !== "osd")].filter((name) => this.#models.has(name));
    return first ? [first] : [];
  }

  /** Names and figures in Latin letters stand in texts of any script. */
  #modelsOf(model: string): string[] {
    return LATINLESS.has(model) && this.#models.has("eng") ? [model, "eng"] : [model];
  }

  async #attempts(image: Picture, start: Learned, signal: AbortSignal): Promise<Attempt & Learned> {
    const { attempt, osd } = await this.#upright(image, start, signal);
    const inScript = await this.#inScript(attempt, osd, start, signal);
    return this.#inLanguage(inScript, signal);
  }

  /** The page read in the turn in which it reads best. */
  async #upright(
    image: Picture,
    { turn, models }: Learned,
    signal: AbortSignal,
  ): Promise<{ attempt: Attempt; osd: Orientation | undefined }> {
    let prepared = await prepare(await turned(image, turn));
    let at = turn;
    let osd: Orientation | undefined;
    if (prepared.sideways) {
      osd = await this.#orientation(prepared, signal);
      at = addTurns(turn, osd?.turn ?? 90);
      if (at !== turn) prepared = await prepare(await turned(image, at));
    }
    let best = await this.#attempt(prepared, at, models, signal);
    if (best.confidence >= WELL_READ && runOf(best.words) === 0) return { attempt: best, osd };
    osd ??= best.words.length > 0 ? await this.#orientation(prepared, signal) : undefined;
    for (const candidate of this.#turnsToTry(best, at, prepared.sideways ? undefined : osd)) {
      const attempt = await this.#attempt(await prepare(await turned(image, candidate)), candidate, models, signal);
      if (attempt.score > best.score * BETTER) best = attempt;
      if (best.confidence >= WELL_READ && runOf(best.words) === 0) break;
    }
    return { attempt: best, osd };
  }

  #turnsToTry(best: Attempt, at: QuarterTurn, osd: Orientation | undefined): QuarterTurn[] {
    const run = runOf(best.words);
    // Tesseract reads lines that run up or down, but in no order.
    if (run !== 0) return [addTurns(at, run === 90 ? 270 : 90)];
    if (osd && osd.confidence >= LEAST_OSD) return osd.turn === 0 ? [] : [addTurns(at, osd.turn)];
    return best.confidence < POOR && best.words.length > 0 ? [addTurns(at, 180), addTurns(at, 90), addTurns(at, 270)] : [];
  }

  async #orientation(prepared: Prepared, signal: AbortSignal): Promise<Orientation | undefined> {
    if (!this.#models.has("osd")) return undefined;
    return this.#reader.orientation(await shrunk(prepared.image, OSD_DPI), signal);
  }

  async #attempt(prepared: Prepared, turn: QuarterTurn, models: readonly string[], signal: AbortSignal): Promise<Attempt & Learned> {
    const page = trim(prepared.image);
    const words = models.length > 0 ? wordsOfHocr(await this.#reader.read(page.image, { models, layout: "page" }, signal), page) : [];
    const { confidence } = sift(words, prepared);
    const sure = words.filter((word) => word.confidence >= POOR && word.turn === 0);
    const score = sure.reduce((sum, word) => sum + lettersOf(word.text) * word.confidence, 0);
    const failure = models.length > 0 ? undefined : "there is no OCR model on this machine";
    return { prepared, words, turn, models, confidence, score, ...(failure && { failure }) };
  }

  /** The words of each cell by themselves, those read a second time that a rule or a gap makes doubtful, and numbers that were left out. */
  async #withRulings(attempt: Attempt & Learned, signal: AbortSignal): Promise<Reading> {
    const { prepared, models } = attempt;
    const { image } = prepared;
    const found = findRulings(image);
    const rulings = { level: withoutStrokes(found.level, attempt.words), upright: withoutStrokes(found.upright, attempt.words) };
    const readLines = async (sheet: Picture) => wordsOfHocr(await this.#reader.read(sheet, { models, layout: "lines" }, signal));
    const again = await lookAgain({ image, words: splitAtRules(attempt.words, rulings), rulings }, readLines);
    return { ...attempt, ...(await withLeftOut(again, image, readLines)), rulings };
  }

  /** A page that reads badly with one script's model is read with that of its own. */
  async #inScript(attempt: Attempt, osd: Orientation | undefined, start: Learned, signal: AbortSignal): Promise<Attempt & Learned> {
    const asRead = { ...attempt, models: start.models };
    const model = osd && SCRIPTS[osd.script];
    if (!model || attempt.confidence >= POOR || start.models.includes(model)) return asRead;
    if (!this.#models.has(model)) {
      if (LATINLESS.has(model))
        return { ...asRead, failure: `it seems to be in ${osd.script} script, and no OCR model for that is installed (${model})` };
      return asRead;
    }
    const again = await this.#attempt(attempt.prepared, attempt.turn, this.#modelsOf(model), signal);
    return again.score > attempt.score ? again : asRead;
  }

  /** With another language's model letters are right and accents are not: what it read tells which to take. */
  async #inLanguage(attempt: Attempt & Learned, signal: AbortSignal): Promise<Attempt & Learned> {
    if (this.#given) return this.#missing(this.#given, attempt);
    const language = await languageOf(attempt.words.map(({ text }) => text).join(" "));
    const model = language && MODELS[language];
    if (!model || attempt.confidence < POOR || attempt.models.includes(model)) return attempt;
    if (!this.#models.has(model)) return this.#missing(language, attempt);
    const again = await this.#attempt(attempt.prepared, attempt.turn, this.#modelsOf(model), signal);
    return again.score >= attempt.score * 0.95 ? again : attempt;
  }

  #missing(language: string, attempt: Attempt & Learned): Attempt & Learned {
    const model = MODELS[language];
    if (model && this.#models.has(model)) return attempt;
    const remark = `There is no OCR model for the language “${language}”${model ? ` (${model})` : ""} on this machine: the page was read with ${attempt.models.join("+")}, and letters of its own may be wrong.`;
    return { ...attempt, remark };
  }
}

/** Models whose script is not Latin. */
const LATINLESS: ReadonlySet<string> = new Set([
  ...Object.values(SCRIPTS).filter((model) => model !== "eng"),
  ...[
    "bel",
    "bul",
    "kaz",
    "kir",
    "mkd",
    "mon",
    "srp",
    "tat",
    "tgk",
    "ukr",
    "fas",
    "pus",
    "snd",
    "uig",
    "urd",
    "yid",
    "mar",
    "nep",
    "san",
    "asm",
    "ori",
    "tir",
    "dzo",
  ],
]);

/** Which way most of the letters run. */
function runOf(words: readonly ReadWord[]): 0 | 90 | 270 {
  const letters = { 0: 0, 90: 0, 270: 0 };
  for (const { text, turn } of words) letters[turn] += lettersOf(text);
  if (letters[90] > letters[0] && letters[90] >= letters[270]) return 90;
  return letters[270] > letters[0] ? 270 : 0;
}
