import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { access, constants, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import type { QuarterTurn } from "../../../document/geometry.ts";
import { asEngineError, EngineError } from "../../../errors.ts";
import type { Picture } from "../../../formats/format.ts";
import type { ModelFolder } from "../models.ts";
import { Places } from "../places.ts";
import { asBmp } from "./bmp.ts";
import { type Orientation, PAGE_DEADLINE_MS, type Reader, SEGMENTATION } from "./reader.ts";

const MAX_AT_ONCE = 4;
const OLDEST = 5;
/** A page of hOCR has about 100 kB. */
const MAX_OUTPUT = 64 * 1024 * 1024;

/** The `tesseract` of this machine, if it is one of those that read alike. */
export async function installedTesseract(): Promise<{ readonly program: string; readonly version: string } | undefined> {
  const program = await onPath("tesseract");
  const said = program && (await run(program, ["--version"], { folder: "/", signal: AbortSignal.timeout(10_000) }).catch(() => undefined));
  const [, version = ""] = /^tesseract v?(\d[\w.-]*)/.exec(said ?? "") ?? [];
  return program && Number.parseInt(version, 10) >= OLDEST ? { program, version } : undefined;
}

/** Undefined where there is no `tesseract` that will do. */
export async function nativeReader(models: ModelFolder, folder: string): Promise<Reader | undefined> {
  const installed = await installedTesseract();
  return installed && readerOf(installed.program, installed.version, { models, folder });
}

/** One process a page: it leaks into no other, uses one core, and ends when it is killed. */
function readerOf(program: string, version: string, { models, folder }: { models: ModelFolder; folder: string }): Reader {
  const places = new Places(Math.max(1, Math.min(MAX_AT_ONCE, availableParallelism())));
  /** What it says of `image`, which it reads from a file: from a pipe it takes one byte after the other. */
  const tesseract = (image: Picture, args: readonly string[], signal: AbortSignal) =>
    places.use(async () => {
      signal.throwIfAborted();
      const file = path.join(folder, `${randomUUID()}.bmp`);
      try {
        await writeFile(file, asBmp(image));
        return await run(program, [file, "stdout", ...args], { folder, signal });
      } catch (error) {
        throw asEngineError(error) ?? error;
      } finally {
        await rm(file, { force: true });
      }
    });
  return {
    name: `tesseract ${version}`,
    async read(image, { models: names, layout }, signal) {
      const data = await models.with(names);
      const dpi = Math.round(Math.min(2400, Math.max(70, image.pixelsPerPoint * 72)));
      const how = ["--tessdata-dir", data, "-l", names.join("+"), "--oem", "1", "--psm", SEGMENTATION[layout], "--dpi", String(dpi)];
      return tesseract(image, [...how, "-c", "tessedit_create_hocr=1"], signal);
    },
    async orientation(image, signal) {
      const data = await models.with(["osd"]);
      const said = await tesseract(image, ["--tessdata-dir", data, "--psm", "0", "-l", "osd"], signal).catch((error: unknown) => {
        // It ends with an error where there are too few letters.
        if (error instanceof EngineError && error.code === "ENGINE_CRASHED") return "";
        throw error;
      });
      return orientationOf(said);
    },
    async [Symbol.asyncDispose]() {},
  };
}

function orientationOf(said: string): Orientation | undefined {
  const value = (name: string) => new RegExp(`^${name}: (.+)$`, "m").exec(said)?.[1] ?? "";
  const turn = Number(value("Rotate"));
  return value("Rotate") !== "" && isQuarterTurn(turn)
    ? { turn, confidence: Number(value("Orientation confidence")), script: value("Script") }
    : undefined;
}

export function isQuarterTurn(degrees: number): degrees is QuarterTurn {
  return degrees === 0 || degrees === 90 || degrees === 180 || degrees === 270;
}

interface Running {
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** What `program` says. Throws EngineError: TIME_LIMIT, ENGINE_CRASHED; `signal`'s reason. */
async function run(program: string, args: readonly string[], { folder, signal }: Running): Promise<string> {
  const late = AbortSignal.timeout(PAGE_DEADLINE_MS);
  const child = spawn(program, args, {
    ...{ cwd: folder, stdio: ["ignore", "pipe", "ignore"], killSignal: "SIGKILL", signal: AbortSignal.any([signal, late]) },
    env: { PATH: process.env["PATH"], LANG: "C.UTF-8", OMP_THREAD_LIMIT: "1" },
  });
  const ended = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  let length = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > MAX_OUTPUT) child.kill("SIGKILL");
  });
  try {
    const [said, code] = await Promise.all([text(child.stdout), ended]);
    if (code === 0) return said;
  } catch (cause) {
    signal.throwIfAborted();
    if (late.aborted) throw new EngineError("TIME_LIMIT", `The page took longer than ${PAGE_DEADLINE_MS / 1000} s to read.`, { cause });
    throw new EngineError("ENGINE_CRASHED", "The OCR program failed.", { cause });
  }
  throw new EngineError("ENGINE_CRASHED", "The OCR program failed.");
}

async function onPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env["PATH"] ?? "").split(path.delimiter).filter(path.isAbsolute)) {
    const program = path.join(folder, name);
    if (
      await access(program, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return program;
  }
  return undefined;
}
