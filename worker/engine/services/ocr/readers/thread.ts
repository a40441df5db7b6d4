import { once } from "node:events";
import type { Worker as NodeThread } from "node:worker_threads";
import { createWorker, OEM, type PSM, type Worker } from "tesseract.js";
import { EngineError } from "../../../errors.ts";
import type { Picture } from "../../../formats/format.ts";
import { asPgm, asPng } from "../prepare.ts";
import { isQuarterTurn } from "./native.ts";
import { type How, type Orientation, PAGE_DEADLINE_MS, SEGMENTATION } from "./reader.ts";

const START_DEADLINE_MS = 60_000;

/** tesseract.js in a thread of its own. Its methods are called one at a time, and throw ENGINE_CRASHED or TIME_LIMIT. */
export interface Thread {
  /** Whether it is of no more use: it died or hangs. */
  readonly broken: boolean;
  /** hOCR of `image`, read with models that lie unpacked in the folder that it was started with. */
  read(image: Picture, how: How): Promise<string>;
  /** Of a thread that was started for "osd" only. */
  orientation(image: Picture): Promise<Orientation | undefined>;
  terminate(): Promise<void>;
}

/** The last thread that was begun. Which thread is whose is known only if one is begun at a time. */
let spawning: Promise<unknown> = Promise.resolve();

/** Starts a thread with `models`, unpacked in `folder`; "osd" tells scripts and turns. Throws ENGINE_CRASHED, at the latest after a minute. */
export async function startThread(models: readonly string[], folder: string): Promise<Thread> {
  // tesseract.js answers nothing when a model cannot be read or the thread dies; this does.
  const died = Promise.withResolvers<never>();
  died.promise.catch(() => undefined);
  let up = false;
  const osd = models.includes("osd");
  const start = async () => {
    const listening = new AbortController();
    const begun = once(process, "worker", { signal: listening.signal });
    const started = createWorker([...models], osd ? OEM.TESSERACT_ONLY : OEM.LSTM_ONLY, {
      ...{ langPath: folder, cacheMethod: "none", gzip: false, legacyCore: osd, legacyLang: osd },
      // Once it is up, a page that fails is told by its own promise.
      errorHandler: (cause: unknown) => !up && died.reject(cause),
    });
    started.catch(died.reject);
    const [thread] = (await Promise.race([begun, died.promise]).finally(() => listening.abort())) as [NodeThread];
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
    return threadOf(worker, models, died.promise);
  } catch (cause) {
    await thread.terminate();
    throw new EngineError("ENGINE_CRASHED", "The OCR program could not be started.", { cause });
  }
}

function threadOf(worker: Worker, first: readonly string[], died: Promise<never>): Thread {
  let broken = false;
  let [loaded, set] = [first.join("+"), ""];
  died.catch(() => {
    broken = true;
  });
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await within(PAGE_DEADLINE_MS, [work(), died]);
    } catch (cause) {
      const late = cause instanceof Late;
      if (late) broken = true;
      throw late
        ? new EngineError("TIME_LIMIT", `The page took longer than ${PAGE_DEADLINE_MS / 1000} s to read.`)
        : new EngineError("ENGINE_CRASHED", "The OCR program failed.", { cause });
    }
  };
  return {
    get broken() {
      return broken;
    },
    read: (image, { models, layout }) =>
      attempt(async () => {
        const dpi = Math.round(Math.min(2400, Math.max(70, image.pixelsPerPoint * 72)));
        if (loaded !== models.join("+")) {
          // Half loaded it would read with neither.
          [loaded, set] = ["", ""];
          await worker.reinitialize(models.join("+"), OEM.LSTM_ONLY);
          loaded = models.join("+");
        }
        const parameters = { tessedit_pageseg_mode: SEGMENTATION[layout] as PSM, user_defined_dpi: String(dpi) };
        if (set !== JSON.stringify(parameters)) await worker.setParameters(parameters);
        set = JSON.stringify(parameters);
        const { data } = await worker.recognize(asPgm(image), {}, { hocr: true, blocks: false, text: false });
        return data.hocr ?? "";
      }),
    orientation: (image) =>
      attempt(async () => {
        const { data } = await worker.detect(await asPng(image));
        // What it is turned by, counter-clockwise; that is what it is to be turned back by.
        const turn = data.orientation_degrees ?? -1;
        return isQuarterTurn(turn) && data.script !== null
          ? { turn, confidence: data.orientation_confidence ?? 0, script: data.script }
          : undefined;
      }),
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
