import { readFile } from "node:fs/promises";
import { runInThisContext } from "node:vm";

/** What Bergamot's module has, as far as it is used. What it makes stays in its memory until it is deleted. */
export interface BergamotModule {
  readonly AlignedMemory: new (bytes: number, alignment: number) => { getByteArrayView(): Uint8Array };
  readonly AlignedMemoryList: new () => Deletable & { push_back(memory: unknown): void };
  readonly BlockingService: new (options: { readonly cacheSize: number }) => BlockingService;
  readonly TranslationModel: new (
    configuration: string,
    model: unknown,
    shortlist: unknown,
    vocabularies: unknown,
    quality: null,
  ) => Deletable;
  readonly VectorResponseOptions: new () => Deletable & { push_back(options: ResponseOptions): void };
  readonly VectorString: new () => Deletable & { push_back(text: string): void };
}

interface Deletable {
  delete(): void;
}

interface ResponseOptions {
  readonly alignment: boolean;
  readonly html: boolean;
  readonly qualityScores: boolean;
}

interface Responses extends Deletable {
  get(index: number): { getTranslatedText(): string };
}

interface BlockingService {
  translate(model: Deletable, texts: Deletable, options: Deletable): Responses;
}

/** What the module takes from outside for its sums, and the name of its own slower form: browsers may have a faster one. */
const SUMS = {
  int8_prepare_a: "int8PrepareAFallback",
  int8_prepare_b: "int8PrepareBFallback",
  int8_prepare_b_from_transposed: "int8PrepareBFromTransposedFallback",
  int8_prepare_b_from_quantized_transposed: "int8PrepareBFromQuantizedTransposedFallback",
  int8_prepare_bias: "int8PrepareBiasFallback",
  int8_multiply_and_add_bias: "int8MultiplyAndAddBiasFallback",
  int8_select_columns_of_b: "int8SelectColumnsOfBFallback",
} as const;

/**
 * Starts the module in this thread, which it needs for itself: its program is written for a browser's, and is a script that
 * finds and leaves its `Module` among the globals. What it prints is thrown away, for it may hold a document's words.
 */
export async function startBergamot(): Promise<BergamotModule> {
  const program = new URL(import.meta.resolve("@browsermt/bergamot-translator/worker/bergamot-translator-worker.js"));
  const [script, binary] = await Promise.all([
    readFile(program, "utf8"),
    readFile(new URL(import.meta.resolve("@browsermt/bergamot-translator/worker/bergamot-translator-worker.wasm"))),
  ]);
  const started = Promise.withResolvers<BergamotModule>();
  const module = {
    print: () => undefined,
    printErr: () => undefined,
    instantiateWasm: (imports: object, accept: (instance: object) => void) => {
      let exports: Readonly<Record<string, unknown>> = {};
      const sums = Object.entries(SUMS).map(([name, own]) => [name, (...figures: number[]) => (exports[own] as Sum)(...figures)]);
      WebAssembly.instantiate(binary, { ...imports, wasm_gemm: Object.fromEntries(sums) }).then(({ instance }) => {
        exports = instance.exports;
        accept(instance);
      }, started.reject);
      return {};
    },
    onRuntimeInitialized: () => started.resolve(module as unknown as BergamotModule),
  };
  Object.assign(globalThis, { Module: module });
  runInThisContext(script, { filename: program.href });
  return started.promise;
}

type Sum = (...figures: number[]) => number;
