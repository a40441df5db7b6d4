import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { EngineError } from "../../errors.ts";
import type { LanguagePair, Translation, Translator } from "../../ports/translator.ts";

/** ISO 639-3, which names Apertium's modes, to ISO 639-1. */
const LANGUAGES: Readonly<Record<string, string>> = {
  afr: "af",
  arg: "an",
  ast: "ast",
  bel: "be",
  bul: "bg",
  cat: "ca",
  cym: "cy",
  dan: "da",
  deu: "de",
  eng: "en",
  epo: "eo",
  eus: "eu",
  fra: "fr",
  glg: "gl",
  hbs: "sh",
  ind: "id",
  isl: "is",
  ita: "it",
  mkd: "mk",
  mlt: "mt",
  nld: "nl",
  nno: "nn",
  nob: "nb",
  oci: "oc",
  pol: "pl",
  por: "pt",
  ron: "ro",
  rus: "ru",
  slv: "sl",
  spa: "es",
  srd: "sc",
  swe: "sv",
  ukr: "uk",
};
/** Where Debian's packages put their pipelines. */
const MODES = "/usr/share/apertium/modes";
const SEGMENT_DEADLINE_MS = 20_000;
const MAX_REPLY_BYTES = 1024 * 1024;

/** What must come through untouched: addresses, code in back ticks, and signs that Apertium reads as its own marks. */
const OPAQUE = /https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]]|www\.[^\s<>"]*[^\s<>".,;:!?)\]]|[\w.+-]+@[\w-]+\.[\w.-]*\w|`[^`]+`|[*#@~]+/g;

/** A text as Apertium gave it back, and the words that it does not know. */
interface Answer {
  readonly text: string;
  readonly unknown: readonly string[];
}

/** Apertium, one pipeline of programs per language pair, started with its first segment and kept running (null flush). */
export function apertium(): Translator {
  const modes = listModes();
  const pipelines = new Map<string, Pipeline>();

  const pipelineOf = async ({ source, target }: LanguagePair): Promise<Pipeline> => {
    const mode = (await modes).get(`${source}-${target}`);
    if (!mode) throw new EngineError("UNSUPPORTED_LANGUAGE_PAIR", `Apertium has no pair ${source}→${target}.`);
    let pipeline = pipelines.get(mode);
    if (!pipeline?.alive) {
      pipeline = new Pipeline(mode);
      pipelines.set(mode, pipeline);
    }
    return pipeline;
  };

  const translate = async (text: string, pair: LanguagePair, signal: AbortSignal): Promise<Answer> => {
    const request = encode(text);
    try {
      return polish(text, decode(await (await pipelineOf(pair)).ask(request, signal)));
    } catch (error) {
      if (signal.aborted || (error instanceof EngineError && error.code === "UNSUPPORTED_LANGUAGE_PAIR")) throw error;
      // One more try on a fresh pipeline: the last one may have died of what came before.
      return polish(text, decode(await (await pipelineOf(pair)).ask(request, signal)));
    }
  };

  return {
    async pairs() {
      return pairsOf(await modes);
    },
    async unitOf() {
      return "sentence";
    },
    async translate(batch, pair, signal) {
      const answers: Translation[] = [];
      for (const { text } of batch) {
        const answer = await translate(text, pair, signal);
        answers.push({ kind: "translated", target: { text: answer.text, tags: [] }, unknown: answer.unknown });
      }
      return answers;
    },
    async [Symbol.asyncDispose]() {
      for (const pipeline of pipelines.values()) pipeline.kill();
    },
  };
}

/** The pairs that are installed whole, as they are now. */
export async function installedPairs(folder = MODES): Promise<LanguagePair[]> {
  return pairsOf(await listModes(folder));
}

function pairsOf(modes: ReadonlyMap<string, string>): LanguagePair[] {
  return [...modes.keys()].map((name) => {
    const [source = "", target = ""] = name.split("-");
    return { source, target };
  });
}

/** The pairs that are installed whole, and the command line of each. A pair's package may only recommend a program it needs. */
async function listModes(folder = MODES): Promise<Map<string, string>> {
  const modes = new Map<string, string>();
  for (const { pair, programs } of await installedModes(folder))
    if (programs.every(isInstalled)) modes.set(`${pair.source}-${pair.target}`, commandLine(programs));
  return modes;
}

/** Pairs that are not offered because programs or data they need are not installed. */
export async function incompletePairs(): Promise<{ readonly pair: LanguagePair; readonly missing: readonly string[] }[]> {
  const modes = (await installedModes(MODES)).map(({ pair, programs }) => ({
    pair,
    missing: programs.filter((program) => !isInstalled(program)).map((program) => missingData(program) ?? programName(program)),
  }));
  return modes.filter(({ missing }) => missing.length > 0);
}

async function installedModes(folder: string): Promise<{ readonly pair: LanguagePair; readonly programs: readonly string[] }[]> {
  const files = await readdir(folder).catch(() => []);
  const modes = files.map(async (file) => {
    const [source = "", target = ""] = path
      .basename(file, ".mode")
      .split("-")
      .map((code) => LANGUAGES[code] ?? "");
    return { pair: { source, target }, programs: source && target ? programsOf(await readFile(path.join(folder, file), "utf8")) : [] };
  });
  return (await Promise.all(modes)).filter(({ programs }) => programs.length > 0);
}

function programsOf(mode: string): string[] {
  return mode.trim().split(/\s*\|\s*/);
}

function isInstalled(program: string): boolean {
  if (missingData(program)) return false;
  return (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(path.join(folder, programName(program))));
}

/** A file that the program is given and that is not there. */
function missingData(program: string): string | undefined {
  return [...program.matchAll(/(?<=[\s'"])\/[^\s'"]+/g)].map(([file]) => file).find((file) => !existsSync(file));
}

function programName(program: string): string {
  return program.split(" ", 1)[0] ?? "";
}

/**
 * A mode is a shell pipeline; each of its programs flushes at a null sign when given `-z`. The `apertium`
 * script would add them too, but it puts programs of its own around, which hold a reply back until the next
 * request. `$1` is the generator's option that keeps the marks of unknown words. The shell lets go of its own
 * output, so that it ends as soon as any of the programs does.
 */
function commandLine(programs: readonly string[]): string {
  const flushing = programs.map((program) =>
    program
      .replace(/^(\S+)/, "$1 -z")
      .replaceAll("$1", "-g")
      .replaceAll("$2", ""),
  );
  return `exec 3<&0; cat <&3 | ${flushing.join(" | ")} & exec 1>/dev/null 3<&-; wait`;
}

/** In Apertium's stream format: reserved signs escaped, opaque parts as superblanks, an end mark that flushes the last sentence. */
function encode(segment: string): string {
  const escaped = (text: string) => text.replace(/[\\^$/<>{}[\]]/g, "\\$&");
  let request = "";
  let last = 0;
  for (const match of segment.matchAll(OPAQUE)) {
    request += `${escaped(segment.slice(last, match.index))}[${escaped(match[0])}]`;
    last = match.index + match[0].length;
  }
  return `${request}${escaped(segment.slice(last))}.[]`;
}

/** Undoes `encode`, and takes out the marks before words that are unknown (`*`) or could not be rendered (`@`, `#`). */
function decode(reply: string): Answer {
  const unknown: string[] = [];
  const opaque: string[] = [];
  const plain = reply
    .replace(/\.?\s*\[\]\s*$/, "")
    .replace(/(?<!\\)\[((?:\\.|[^\]\\])*)\]/g, (_, inner: string) => `\uE000${opaque.push(inner) - 1}\uE001`)
    .replace(/(?<!\\)[*@#]([\p{L}\p{M}\p{N}'’_-]+)/gu, (_, word: string) => {
      unknown.push(word);
      return word;
    });
  const text = plain.replace(/\uE000(\d+)\uE001/g, (_, index: string) => opaque[Number(index)] ?? "").replace(/\\(.)/g, "$1");
  return { text, unknown };
}

/** Reordered words leave double spaces, spaces before stops, and small letters at the start. */
function polish(segment: string, { text, unknown }: Answer): Answer {
  const spaced = text
    .replace(/\s+/g, " ")
    .replace(/ ([.,;:!?])(?=\s|$)/g, "$1")
    .trim();
  const capital = /^\p{Lu}/u.test(segment) && /^\p{Ll}/u.test(spaced);
  return { text: capital ? spaced.charAt(0).toUpperCase() + spaced.slice(1) : spaced, unknown };
}

class Pipeline {
  readonly #child: ChildProcessWithoutNullStreams;
  #reply: Buffer[] = [];
  #size = 0;
  #waiting: { resolve: (reply: string) => void; reject: (error: EngineError) => void } | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  alive = true;

  constructor(command: string) {
    this.#child = spawn("sh", ["-c", command], { stdio: ["pipe", "pipe", "ignore"] }) as unknown as ChildProcessWithoutNullStreams;
    this.#child.stdout.on("data", (bytes: Buffer) => this.#receive(bytes));
    this.#child.stdout.on("end", () => this.#fail("Apertium ended."));
    this.#child.stdout.on("error", () => this.#fail("Apertium's output broke off."));
    this.#child.stdin.on("error", () => this.#fail("Apertium closed its input."));
    this.#child.on("error", () => this.#fail("Apertium could not be started."));
    this.#child.on("exit", () => this.#fail("Apertium ended."));
  }

  /** One at a time, in the order they were asked. */
  ask(request: string, signal: AbortSignal): Promise<string> {
    const answer = this.#turn.then(() => this.#exchange(request, signal));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  kill(): void {
    this.alive = false;
    for (const pid of descendants(this.#child.pid)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended between the look and the signal.
      }
    }
  }

  #exchange(request: string, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    if (!this.alive) return Promise.reject(new EngineError("TRANSLATOR_UNAVAILABLE", "Apertium ended."));
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const timer = setTimeout(() => this.#fail("Apertium took too long over a segment."), SEGMENT_DEADLINE_MS);
    const abort = () => this.#fail("The translation was stopped.");
    signal.addEventListener("abort", abort, { once: true });
    this.#waiting = { resolve, reject };
    this.#child.stdin.write(`${request}\0`);
    return promise.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      this.#waiting = undefined;
    });
  }

  #receive(bytes: Buffer): void {
    const end = bytes.indexOf(0);
    this.#reply.push(end < 0 ? bytes : bytes.subarray(0, end));
    this.#size += bytes.length;
    if (this.#size > MAX_REPLY_BYTES) return this.#fail("Apertium said too much.");
    if (end < 0) return;
    const reply = Buffer.concat(this.#reply).toString();
    this.#reply = [];
    this.#size = 0;
    // Every request ends with this mark. Programs behind one that died still end their output with a null sign.
    if (/\[\]\s*$/.test(reply)) this.#waiting?.resolve(reply);
    else this.#fail("Apertium's reply was cut off.");
  }

  #fail(why: string): void {
    if (this.alive) this.kill();
    this.#waiting?.reject(new EngineError("TRANSLATOR_UNAVAILABLE", why));
  }
}

/** The process and all it started: Apertium is a shell script around a chain of programs. */
function descendants(pid: number | undefined): number[] {
  if (pid === undefined) return [];
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(/\s+/).filter(Boolean).map(Number);
    return [...children.flatMap(descendants), pid];
  } catch {
    return [pid];
  }
}
