import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { toJson } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Command } from "commander";
import type { ImportedMemory, MemoryLanguages } from "../client/memory.ts";
import { type Memory, MemorySchema } from "../gen/dragoman/v1/memory_service_pb.ts";
import { UsageError } from "../platform/usage_error.ts";
import { type Connection, connect, withConnection } from "./connection.ts";
import { openDocument } from "./document.ts";
import { past } from "./options.ts";
import { fromSystemError } from "./system_error.ts";

interface Languages {
  readonly source?: string | undefined;
  readonly target?: string | undefined;
}

interface ForgetOptions extends Connection {
  readonly job?: string;
  readonly olderThan?: (now: number) => number;
  readonly all?: boolean;
}

const MIB = 1024 ** 2;

/** Adds `memory show | export | import | forget`. */
export function addMemoryCommands(program: Command): void {
  const memory = program.command("memory").description("What was translated before, and is taken from there.");
  withConnection(memory.command("show").description("How much it holds.")).action(async (options: Connection) => {
    const size = await (await connect(options)).memory.size();
    console.log(options.json ? JSON.stringify(toJson(MemorySchema, size, { alwaysEmitImplicit: true })) : sizeText(size));
  });
  withLanguages(
    withConnection(memory.command("export <file>").description("Save it as TMX, which other programs read; - is standard output.")),
  )
    .option("--force", "replace a file that is there")
    .action(exportMemory);
  withLanguages(
    withConnection(
      memory
        .command("import <file>")
        .description(
          "Add the translations of a TMX file; - is standard input. They go before those of engines, unless Dragoman wrote them.",
        ),
    ),
  )
    .addHelpText("after", "\nThe file's languages are called what --source and --target say: es takes what it has in es-ES and es-MX.")
    .action(importMemory);
  withConnection(memory.command("forget").description("Forget what came from one job, what is old, or all."))
    .option("--job <id>", "what came from this job")
    .option("--older-than <when>", "what is older: 90d, 12h, or than 2026-01-31", past)
    .option("--all", "everything")
    .action(forget);
}

function withLanguages(command: Command): Command {
  return command
    .option("--source <language>", "only texts in this language, as in en")
    .option("--target <language>", "only translations to this language, as in pt-BR");
}

async function exportMemory(file: string, { source, target, force, ...connection }: Connection & Languages & { force?: boolean }) {
  const tmx = await (await connect(connection)).memory.exportTmx(languages({ source, target }));
  const bytes = Readable.fromWeb(tmx as Parameters<typeof Readable.fromWeb>[0]);
  if (file === "-") return void (await pipeline(bytes, process.stdout, { end: false }));
  const out = createWriteStream(file, { flags: force ? "w" : "wx" });
  try {
    await pipeline(bytes, out);
  } catch (error) {
    // Half a file would be taken for a whole one. One that was there before was not opened.
    if (!out.pending) await rm(file, { force: true });
    throw isThere(error) ? new UsageError(`${file} is there already; --force replaces it.`) : (fromSystemError(error) ?? error);
  }
  console.log(file);
}

function isThere(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}

async function importMemory(file: string, { source, target, ...connection }: Connection & Languages): Promise<void> {
  await using document = await openDocument(file, new AbortController().signal);
  const client = await connect(connection);
  const imported = await client.memory.importTmx(document.bytes, languages({ source, target }));
  console.log(connection.json ? JSON.stringify(imported) : importText(imported));
}

async function forget({ job, olderThan, all, ...connection }: ForgetOptions): Promise<void> {
  const named = [job, olderThan, all].filter((each) => each !== undefined);
  if (named.length !== 1) throw new UsageError("Say one of --job, --older-than and --all.");
  const { memory } = await connect(connection);
  const units = await (job !== undefined
    ? memory.forget({ case: "jobId", value: job })
    : olderThan
      ? memory.forget({ case: "before", value: timestampFromMs(olderThan(Date.now())) })
      : memory.forget({ case: "all", value: true }));
  console.log(connection.json ? JSON.stringify({ units }) : `${units} forgotten`);
}

function languages({ source, target }: Languages): MemoryLanguages {
  return { ...(source && { source }), ...(target && { target }) };
}

function sizeText({ units, sizeBytes, maxSizeBytes, keepDays }: Memory): string {
  const mib = (bytes: bigint) => (Number(bytes) / MIB).toFixed(1);
  const kept = keepDays > 0 ? `, for ${keepDays} days` : "";
  return `${units} translations, ${mib(sizeBytes)} of ${mib(maxSizeBytes)} MiB${kept}`;
}

function importText({ units, untagged, refused, pairs }: ImportedMemory): string {
  const lines = Object.entries(pairs).map(([pair, count]) => `${pair.replace(" ", "→")}  ${count}`);
  return [
    `${units} added`,
    ...lines,
    ...(untagged > 0 ? [`${untagged} without their tags, which do not belong together`] : []),
    ...(refused > 0 ? [`${refused} not taken: empty, too long, or in a language without a code`] : []),
  ].join("\n");
}
