import { availableParallelism } from "node:os";
import type { ModelFolder } from "../models.ts";
import { Places } from "../places.ts";
import type { Reader } from "./reader.ts";
import type { startThread, Thread } from "./thread.ts";

const MAX_THREADS = 4;

/**
 * tesseract.js in threads, one page each, started as they are needed and kept for the document: it learns from page to
 * page and leaks, so they end with it.
 */
export function wasmReader(models: ModelFolder, start: typeof startThread): Reader {
  const places = new Places(Math.max(1, Math.min(MAX_THREADS, availableParallelism())));
  const osdPlace = new Places(1);
  const threads = new Set<Thread>();
  const idle: Thread[] = [];
  let osd: Thread | undefined;

  const begin = async (names: readonly string[]): Promise<Thread> => {
    const thread = await start(names, await models.with(names));
    threads.add(thread);
    return thread;
  };
  const drop = async (thread: Thread): Promise<void> => {
    threads.delete(thread);
    await thread.terminate();
  };
  /** A thread that is up, or a new one. Where no more can be started, those that are up do the work: a place less is left. */
  const take = async (names: readonly string[]): Promise<Thread> => {
    for (;;) {
      await places.take();
      const ready = idle.pop();
      if (ready) return ready;
      try {
        return await begin(names);
      } catch (error) {
        if (threads.size > (osd ? 1 : 0)) continue;
        places.leave();
        throw error;
      }
    }
  };
  const giveBack = async (thread: Thread): Promise<void> => {
    if (thread.broken) await drop(thread);
    else idle.push(thread);
    places.leave();
  };
  return {
    name: "tesseract.js",
    async read(image, how, signal) {
      await models.with(how.models);
      const thread = await take(how.models);
      try {
        signal.throwIfAborted();
        return await thread.read(image, how);
      } finally {
        await giveBack(thread);
      }
    },
    orientation: (image, signal) =>
      osdPlace.use(async () => {
        signal.throwIfAborted();
        osd ??= await begin(["osd"]);
        try {
          return await osd.orientation(image);
        } finally {
          if (osd.broken) {
            await drop(osd);
            osd = undefined;
          }
        }
      }),
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([...threads].map((thread) => thread.terminate()));
    },
  };
}
