import { availableParallelism } from "node:os";
import { aborted } from "../../../platform/async/aborted.ts";
import { DragomanError } from "../../../platform/errors.ts";
import type { Tagged } from "../../engine/document/segment.ts";
import type { LanguagePair, Translation, Translator } from "../../engine/ports/translator.ts";
import { decode, encode, type Request } from "./codec.ts";
import { listModes, type Mode } from "./modes.ts";
import { Pipeline, Unanswered } from "./pipeline.ts";
import { confinedPrograms, type StartPrograms } from "./programs.ts";

/** A dozen programs each, which take half a second and some 100 MB to start. */
const MAX_PIPELINES = 8;
/** With fewer requests waiting another pipeline would bring nothing. */
const BUSY = 4;
/** A request is tried again if the programs ended at it; twice is no accident. */
const TRIES = 2;
/** So many texts in a row that it could not take mean that it is down. */
const MAX_FAILED = 3;
/** So often may nothing be answered because others' texts ended the programs. */
const MAX_EMPTY_ROUNDS = 8;
const LOOK_EVERY_MS = 10_000;

export interface ApertiumOptions {
  /** Where the modes are; Debian's folder if not given. */
  readonly modes?: string;
  readonly start?: StartPrograms;
  readonly deadlineMs?: number;
}

/**
 * Apertium, one or a few pipelines of programs per language pair, started with the first text, kept warm over documents,
 * and started anew when they ended. Throws DragomanError: UNSUPPORTED_LANGUAGE_PAIR, TRANSLATOR_UNAVAILABLE.
 */
export function apertium(options: ApertiumOptions = {}): Translator {
  let starting: Promise<StartPrograms> | undefined;
  const pipelines = new Map<string, Pipeline[]>();
  let closed = false;

  let modes = listModes(options.modes);
  let lookedAt = performance.now();

  /** What is installed may change while it runs. */
  const currentModes = () => {
    if (performance.now() - lookedAt > LOOK_EVERY_MS) {
      modes = listModes(options.modes);
      lookedAt = performance.now();
    }
    return modes;
  };

  const modeOf = async ({ source, target }: LanguagePair): Promise<Mode> => {
    const mode = (await currentModes()).get(`${source}-${target}`);
    if (!mode) throw DragomanError.of("UNSUPPORTED_LANGUAGE_PAIR", `Apertium has no pair ${source}→${target}.`);
    return mode;
  };

  const pipelineOf = async ({ pair, command }: Mode): Promise<Pipeline> => {
    starting ??= options.start ? Promise.resolve(options.start) : confinedPrograms();
    const start = await starting;
    if (closed) throw DragomanError.of("TRANSLATOR_UNAVAILABLE", "Apertium was ended.");
    const name = `${pair.source}-${pair.target}`;
    const alive = (pipelines.get(name) ?? []).filter((each) => each.alive);
    pipelines.set(name, alive);
    const least = alive.toSorted((one, other) => one.load - other.load)[0];
    if (least && (least.load < BUSY || alive.length >= availableParallelism())) return least;
    if (!makeRoom(pipelines) && least) return least;
    const pipeline = new Pipeline(command, start, options.deadlineMs);
    alive.push(pipeline);
    return pipeline;
  };

  return {
    async pairs() {
      return [...(await currentModes()).values()].map(({ pair }) => pair);
    },
    async unitOf() {
      return "sentence";
    },
    async translate(batch, pair, signal) {
      const mode = await modeOf(pair);
      return translateAll(batch, mode, () => pipelineOf(mode), signal);
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      for (const pipeline of [...pipelines.values()].flat()) pipeline.kill();
    },
  };
}

/** Ends the pipeline that was idle for longest if there are too many; false if none is idle. */
function makeRoom(pipelines: ReadonlyMap<string, Pipeline[]>): boolean {
  const alive = [...pipelines.values()].flat().filter((pipeline) => pipeline.alive);
  if (alive.length < MAX_PIPELINES) return true;
  const idle = alive.filter(({ load }) => load === 0).toSorted((one, other) => one.usedAt - other.usedAt)[0];
  idle?.kill();
  return idle !== undefined;
}

/** Asks for all at once. Those that were not answered because the programs ended are asked again. */
async function translateAll(
  batch: readonly Tagged[],
  { pair, keepsTags }: Mode,
  pipelineOf: () => Promise<Pipeline>,
  signal: AbortSignal,
): Promise<readonly Translation[]> {
  const requests = batch.map((text) => encode(text, pair.source, keepsTags));
  const answers = new Map<Request, Translation>();
  const tries = new Map<Request, number>();
  let [failed, emptyRounds] = [0, 0];
  for (let open = requests; open.length > 0; open = requests.filter((request) => !answers.has(request))) {
    signal.throwIfAborted();
    const pipeline = await pipelineOf();
    const answered = answers.size;
    const replies = await aborted(Promise.allSettled(open.map(({ stream }) => pipeline.ask(stream))), signal);
    for (const [index, request] of open.entries()) {
      const reply = replies[index];
      if (reply?.status === "fulfilled") {
        answers.set(request, decode(reply.value, request));
        failed = 0;
        continue;
      }
      if (!(reply?.reason instanceof Unanswered)) throw reply?.reason;
      const { isOwn, message } = reply.reason;
      if (!isOwn) continue;
      const tried = (tries.get(request) ?? 0) + 1;
      tries.set(request, tried);
      if (tried < TRIES) continue;
      answers.set(request, { kind: "failed", why: "the translator could not take it" });
      if (++failed >= MAX_FAILED) throw DragomanError.of("TRANSLATOR_UNAVAILABLE", message);
    }
    emptyRounds = answers.size > answered ? 0 : emptyRounds + 1;
    if (emptyRounds > MAX_EMPTY_ROUNDS) throw DragomanError.of("TRANSLATOR_UNAVAILABLE", "Apertium ends again and again.");
  }
  return requests.map((request) => answers.get(request) as Translation);
}
