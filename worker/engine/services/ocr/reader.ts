import { once } from "node:events";
import type { Worker as Thread } from "node:worker_threads";
import { createWorker, OEM, type Worker } from "tesseract.js";
import type { Box } from "../../document/geometry.ts";
import { EngineError } from "../../errors.ts";

const START_DEADLINE_MS = 60_000;
/** Less than the time after which the whole document is taken to stand still, so that one page fails and not all. */
const PAGE_DEADLINE_MS = 240_000;

/** A word as Tesseract read it: its box in pixels, its confidence 0 to 100. */
export interface ReadWord {
  readonly text: string;
  readonly box: Box;
  readonly confidence: number;
  readonly ocr: { readonly block: number; readonly paragraph: number; readonly line: number };
}

/** Tesseract in a thread of its own. */
export interface Reader {
  /** Whether it is of no more use: its thread died or hangs. */
  readonly broken: boolean;
  /** The words of a PNG. Throws ENGINE_CRASHED or TIME_LIMIT. */
  recognise(png: Buffer): Promise<ReadWord[]>;
  terminate(): Promise<void>;
}

/** The last thread that was begun. Which thread is whose is known only if one is begun at a time. */
let spawning: Promise<unknown> = Promise.resolve();

/** Starts a reader of the models in `folder`. Throws ENGINE_CRASHED, at the latest after a minute. */
export async function startReader(models: readonly string[], folder: string): Promise<Reader> {
  // tesseract.js answers nothing when a model cannot be read or the thread dies; this does.
  const died = Promise.withResolvers<never>();
  died.promise.catch(() => undefined);
  let up = false;
  const start = async () => {
    const listening = new AbortController();
    const begun = once(process, "worker", { signal: listening.signal });
    const started = createWorker([...models], OEM.LSTM_ONLY, {
      ...{ langPath: folder, cacheMethod: "none", gzip: true },
      // Once it is up, a page that fails is told by its own promise.
      errorHandler: (cause: unknown) => !up && died.reject(cause),
    });
    started.catch(died.reject);
    const [thread] = (await Promise.race([begun, died.promise]).finally(() => listening.abort())) as [Thread];
    thread.on("error", died.reject);
    thread.on("exit", (code) => died.reject(new Error(`The reader ended with exit code ${code}.`)));
    return { started, thread };
  };
  const begun = spawning.then(start);
  spawning = begun.catch(() => undefined);
  const { started, thread } = await begun;
  try {
    const worker = await within(START_DEADLINE_MS, [started, died.promise]);
    up = true;
    return readerOf(worker, died.promise);
  } catch (cause) {
    await thread.terminate();
    throw new EngineError("ENGINE_CRASHED", "The OCR program could not be started.", { cause });
  }
}

function readerOf(worker: Worker, died: Promise<never>): Reader {
  let broken = false;
  died.catch(() => {
    broken = true;
  });
  return {
    get broken() {
      return broken;
    },
    async recognise(png) {
      try {
        const { data } = await within(PAGE_DEADLINE_MS, [worker.recognize(png, {}, { blocks: true, text: false }), died]);
        return (data.blocks ?? []).flatMap(({ paragraphs }, block) =>
          paragraphs.flatMap(({ lines }, paragraph) =>
            lines.flatMap(({ words }, line) =>
              words.map(({ text, confidence, bbox }) => ({ text, confidence, box: bbox, ocr: { block, paragraph, line } })),
            ),
          ),
        );
      } catch (cause) {
        const late = cause instanceof Late;
        if (late) broken = true;
        throw late
          ? new EngineError("TIME_LIMIT", `The page took longer than ${PAGE_DEADLINE_MS / 1000} s to read.`)
          : new EngineError("ENGINE_CRASHED", "The OCR program failed.", { cause });
      }
    },
    async terminate() {
      await worker.terminate();
    },
  };
}

class Late extends Error {}

async function within<T>(ms: number, first: readonly Promise<T>[]): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Late(`It took longer than ${ms} ms.`)), ms);
  try {
    return await Promise.race([...first, promise]);
  } finally {
    clearTimeout(timer);
  }
}
