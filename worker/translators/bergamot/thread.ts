import { readFile } from "node:fs/promises";
import { parentPort } from "node:worker_threads";
import type { ModelFiles } from "./models.ts";
import { type BergamotModule, startBergamot } from "./wasm.ts";

/** What the thread is asked; it answers one question after the other. */
export interface Question {
  readonly id: number;
  /** One model, or two of which the first's words go through the second. */
  readonly route: readonly ModelFiles[];
  readonly texts: readonly { readonly text: string; readonly html: boolean }[];
}

export type Answer =
  | { readonly kind: "translated"; readonly id: number; readonly texts: readonly string[] }
  /** The models' files are none. Its module may be of no use after that, so that the thread is ended. */
  | { readonly kind: "unfit"; readonly id: number };

/** Each takes some 60 MB, and its workspace as much again. */
const MAX_MODELS = 6;
/** Bytes at which the module wants its files to begin. */
const ALIGNMENT = { model: 256, other: 64 };

type Model = InstanceType<BergamotModule["TranslationModel"]>;

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

async function answerTo({ id, route, texts }: Question): Promise<Answer> {
  const loaded: Model[] = [];
  try {
    for (const files of route) loaded.push(await modelOf(files));
  } catch {
    return { kind: "unfit", id };
  }
  return { kind: "translated", id, texts: translate(loaded, texts) };
}

function translate([first, second]: readonly Model[], texts: Question["texts"]): readonly string[] {
  if (!first) return [];
  const input = new bergamot.VectorString();
  const options = new bergamot.VectorResponseOptions();
  for (const { text, html } of texts) {
    input.push_back(text);
    options.push_back({ alignment: false, html, qualityScores: false });
  }
  const responses = second ? service.translateViaPivoting(first, second, input, options) : service.translate(first, input, options);
  const translated = texts.map((_, index) => responses.get(index).getTranslatedText());
  for (const each of [responses, options, input]) each.delete();
  return translated;
}

async function modelOf(files: ModelFiles): Promise<Model> {
  const known = models.get(files.model);
  models.delete(files.model);
  const model = known ?? (await load(files));
  models.set(files.model, model);
  for (const [oldest, other] of models) {
    if (models.size <= MAX_MODELS) break;
    models.delete(oldest);
    other.delete();
  }
  return model;
}

/** The figures are those of browsers, which Bergamot was made for. */
async function load({ model, vocabularies, shortlist, precision }: ModelFiles): Promise<Model> {
  const list = new bergamot.AlignedMemoryList();
  for (const vocabulary of vocabularies) list.push_back(await memoryOf(vocabulary, ALIGNMENT.other));
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
  const words = shortlist === undefined ? null : await memoryOf(shortlist, ALIGNMENT.other);
  return new bergamot.TranslationModel(configuration, await memoryOf(model, ALIGNMENT.model), words, list, null);
}

async function memoryOf(file: string, alignment: number): Promise<unknown> {
  const bytes = await readFile(file);
  const memory = new bergamot.AlignedMemory(bytes.length, alignment);
  memory.getByteArrayView().set(bytes);
  return memory;
}
