import { readFile } from "node:fs/promises";
import { parentPort } from "node:worker_threads";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import type { Tagged } from "../../engine/document/segment.ts";
import type { Translation } from "../../engine/ports/translator.ts";
import { dialectOf, toMarkup, translationOf } from "../markup.ts";
import { islandsOf } from "./islands.ts";
import type { ModelFiles } from "./models.ts";
import { aboutWords, besideWords } from "./tags.ts";
import { Vocabulary } from "./vocabulary.ts";
import { type BergamotModule, startBergamot } from "./wasm.ts";

/** What the thread is asked; it answers one question after the other. */
export interface Question {
  readonly id: number;
  /** One model, or two of which the first's words go through the second. */
  readonly route: readonly ModelFiles[];
  readonly units: readonly Tagged[];
}

export type Answer =
  | { readonly kind: "translated"; readonly id: number; readonly translations: readonly Translation[] }
  /** The models' files are none. Its module may be of no use after that, so that the thread is ended. */
  | { readonly kind: "unfit"; readonly id: number };

/** Each takes some 300 MB, little of them real, of the 2 GB that the module may have. */
const MAX_MODELS = 4;
/** Bytes at which the module wants its files to begin. */
const ALIGNMENT = { model: 256, other: 64 };

/** No file of a model is larger. */
const MAX_FILE_BYTES = 1 << 30;

interface Model {
  readonly vocabulary: Vocabulary;
  readonly program: InstanceType<BergamotModule["TranslationModel"]>;
}

const bergamot = await startBergamot();
const service = new bergamot.BlockingService({ cacheSize: 0 });
/** The one that was used last is the last. */
const models = new Map<string, Model>();
/** Questions are taken in turn, for a model is loaded meanwhile. */
let turn: Promise<void> = Promise.resolve();

parentPort?.on("message", (question: Question) => {
  turn = turn.then(async () => {
    parentPort?.postMessage(await answerTo(question));
  });
});

async function answerTo({ id, route, units }: Question): Promise<Answer> {
  const loaded: Model[] = [];
  try {
    for (const files of route) loaded.push(await modelOf(files));
  } catch (error) {
    // It may be memory that is lacking: the next thread, without other models, will tell.
    if (models.size > 0) throw error;
    return { kind: "unfit", id };
  }
  let translations = units.map((target): Translation => ({ kind: "translated", target, unknown: [] }));
  for (const model of loaded) translations = further(translations, model);
  return { kind: "translated", id, translations };
}

/** What came so far, in the next language. */
function further(so: readonly Translation[], model: Model): Translation[] {
  const given = so.map((each) => (each.kind === "translated" ? each.target : NOTHING));
  const answers = translate(given, model);
  return so.map((each, index) => (each.kind === "failed" ? each : withUnknown(each.unknown, answers[index] ?? each)));
}

function withUnknown(unknown: readonly string[], translation: Translation): Translation {
  return translation.kind === "failed" ? translation : { ...translation, unknown: [...new Set([...unknown, ...translation.unknown])] };
}

const NOTHING: Tagged = { text: "", tags: [] };

/** What the model has not heard of stands as it is, and is told of. */
function translate(units: readonly Tagged[], { vocabulary, program }: Model): Translation[] {
  const islands = units.map((unit) => islandsOf(aboutWords(unit), (sign) => vocabulary.knows(sign)));
  const dialects = islands.map(({ unit }) => dialectOf([unit], "bergamot"));
  const input = new bergamot.VectorString();
  const options = new bergamot.VectorResponseOptions();
  for (const [index, { unit }] of islands.entries()) {
    const dialect = dialects[index] ?? "plain";
    input.push_back(toMarkup(unit, dialect));
    options.push_back({ alignment: false, html: dialect !== "plain", qualityScores: false });
  }
  const responses = service.translate(program, input, options);
  const translations = islands.map(({ unit, unknown, restored }, index): Translation => {
    // Of signs alone a model makes anything.
    if (!/[\p{L}\p{N}]/u.test(unit.text)) return { kind: "translated", target: restored(unit), unknown };
    const translation = translationOf(responses.get(index).getTranslatedText(), unit, dialects[index] ?? "plain");
    if (translation.kind === "failed") return translation;
    return { kind: "translated", target: restored(besideWords(unit, translation.target)), unknown };
  });
  for (const each of [responses, options, input]) each.delete();
  return translations;
}

async function modelOf(files: ModelFiles): Promise<Model> {
  const known = models.get(files.model);
  models.delete(files.model);
  for (const [oldest, { program }] of models) {
    if (models.size < MAX_MODELS) break;
    models.delete(oldest);
    program.delete();
  }
  const model = known ?? (await load(files));
  models.set(files.model, model);
  return model;
}

/** The figures are those of browsers, which Bergamot was made for. */
async function load({ model, vocabularies, shortlist, precision }: ModelFiles): Promise<Model> {
  const list = new bergamot.AlignedMemoryList();
  const words = await Promise.all(vocabularies.map(bytesOf));
  for (const each of words) list.push_back(memoryOf(each, ALIGNMENT.other));
  const settings = {
    "beam-size": 1,
    normalize: 1.0,
    "word-penalty": 0,
    "max-length-break": 128,
    "mini-batch-words": 1024,
    workspace: 128,
    "max-length-factor": 2.0,
    "skip-cost": true,
    "cpu-threads": 0,
    quiet: true,
    "quiet-translation": true,
    "gemm-precision": precision,
    alignment: "soft",
  };
  const configuration = Object.entries(settings)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("");
  const fewer = shortlist === undefined ? null : memoryOf(await bytesOf(shortlist), ALIGNMENT.other);
  return {
    vocabulary: new Vocabulary(words[0] ?? new Uint8Array()),
    program: new bergamot.TranslationModel(configuration, memoryOf(await bytesOf(model), ALIGNMENT.model), fewer, list, null),
  };
}

function memoryOf(bytes: Uint8Array, alignment: number): unknown {
  const memory = new bergamot.AlignedMemory(bytes.length, alignment);
  memory.getByteArrayView().set(bytes);
  return memory;
}

/** Models are passed on compressed. */
async function bytesOf(file: string): Promise<Uint8Array> {
  const bytes = await readFile(file);
  if (file.endsWith(".gz")) return gunzipSync(bytes, { maxOutputLength: MAX_FILE_BYTES });
  return file.endsWith(".zst") ? zstdDecompressSync(bytes, { maxOutputLength: MAX_FILE_BYTES }) : bytes;
}
