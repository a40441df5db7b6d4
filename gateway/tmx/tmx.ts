import type { IncomingMessage, ServerResponse } from "node:http";
import { create, type Message } from "@bufbuild/protobuf";
import {
  AddMemoryUnitsRequestSchema,
  ListMemoryUnitsRequestSchema,
  type ListMemoryUnitsResponse,
  MemoryService,
  type MemoryUnit,
} from "../../gen/dragoman/v1/memory_service_pb.ts";
import { Semaphore } from "../../platform/async/semaphore.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { CallOptions } from "../../platform/grpc/client.ts";
import { LANGUAGE } from "../../platform/languages.ts";
import { MemoryCall } from "../../platform/memory_calls.ts";
import type { Admit } from "../admission.ts";
import { sendBody } from "../bodies.ts";
import { write } from "../files.ts";
import type { CallProxy } from "../proxy.ts";
import { limitStalls } from "../stalls.ts";
import { readTmx } from "./read.ts";
import { unitsOf, type WantedLanguages } from "./units.ts";
import { TMX_END, TMX_HEAD, tmxUnit } from "./write.ts";

export const TMX_PATH = "/memory/tmx";
const MEDIA_TYPE = "application/x-tmx+xml";
const MAX_BYTES = 1024 ** 3;
const PAGE = 100;
/** No memory has so many; more are told together. */
const MAX_PAIRS = 1_000;
const OTHERS = "other";
/** Of all files that come in: each keeps a store busy, and none waits for another's client. */
const CALLS = new Semaphore(2);

interface TmxParts {
  readonly proxy: CallProxy;
  readonly admit: Admit;
}

/** The tenant's memory as a TMX file: GET writes it, POST reads one. Both go unit by unit; nothing is held. */
export async function answerTmx(
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
  options: CallOptions,
  { proxy, admit }: TmxParts,
): Promise<void> {
  const wanted = wantedLanguages(query);
  if (request.method === "POST") {
    await admit(options.authorization ?? "");
    limitStalls(request, response);
    const taken = await takeTmx(bounded(request.iterator({ destroyOnReturn: false })), wanted, options, proxy);
    return sendBody(request, response, { type: "application/json", bytes: Buffer.from(JSON.stringify(taken)), tag: "" });
  }
  // Of what is refused nothing was sent yet.
  const pages = pagesOf(proxy, options);
  const first = await pages.next();
  response.writeHead(200, { "content-type": MEDIA_TYPE, "content-disposition": 'attachment; filename="memory.tmx"' });
  if (request.method === "HEAD") return void response.end();
  await write(response, TMX_HEAD);
  for (let page = first; !page.done; page = await pages.next()) {
    const units = page.value.filter(({ sourceLanguage, targetLanguage }) => isWanted(sourceLanguage, targetLanguage, wanted));
    if (units.length > 0) await write(response, units.map(tmxUnit).join(""));
  }
  await write(response, TMX_END);
  response.end();
}

async function* pagesOf(proxy: CallProxy, options: CallOptions): AsyncGenerator<readonly MemoryUnit[]> {
  let pageToken = "";
  do {
    const asked = create(ListMemoryUnitsRequestSchema, { pageSize: PAGE, pageToken });
    const page = (await proxy(MemoryService.method.listMemoryUnits, asked, options)) as Message as ListMemoryUnitsResponse;
    yield page.units;
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
}

/** What of a file was taken. What a fault ends stays: the same file can be sent again. */
async function takeTmx(bytes: AsyncIterable<Uint8Array>, wanted: WantedLanguages, options: CallOptions, proxy: CallProxy) {
  const call = new MemoryCall<MemoryUnit>(({ source, target }) => [source, target].filter((text) => text !== undefined));
  const send = async (units: readonly MemoryUnit[]) => {
    if (units.length === 0) return;
    using _ = await CALLS.take(options.signal ?? new AbortController().signal);
    await proxy(MemoryService.method.addMemoryUnits, create(AddMemoryUnitsRequestSchema, { units: [...units] }), options);
  };
  const taken = { units: 0, untagged: 0, refused: 0, pairs: new Map<string, number>() };
  for await (const read of readTmx(bytes)) {
    const found = unitsOf(read, wanted);
    taken.units += found.units.length;
    taken.untagged += found.untagged;
    taken.refused += found.refused;
    for (const unit of found.units) {
      count(taken.pairs, `${unit.sourceLanguage} ${unit.targetLanguage}`);
      await send(call.add(unit));
    }
  }
  await send(call.rest());
  return { ...taken, pairs: Object.fromEntries(taken.pairs) };
}

/** Beyond what is bounded all count as one. */
function count(pairs: Map<string, number>, pair: string): void {
  const name = pairs.has(pair) || pairs.size < MAX_PAIRS ? pair : OTHERS;
  pairs.set(name, (pairs.get(name) ?? 0) + 1);
}

function isWanted(source: string, target: string, { sourceLanguage, targetLanguage }: WantedLanguages): boolean {
  return (!sourceLanguage || source === sourceLanguage) && (!targetLanguage || target === targetLanguage);
}

/** Throws INVALID_REQUEST. */
function wantedLanguages(query: URLSearchParams): WantedLanguages {
  const violations: { field: string; description: string }[] = [];
  for (const [field, value] of query) {
    const isKnown = field === "source_language" || field === "target_language";
    if (!isKnown) violations.push({ field: field.slice(0, 40), description: "is not known here" });
    else if (query.getAll(field).length > 1) violations.push({ field, description: "is given more than once" });
    else if (!LANGUAGE.test(value)) violations.push({ field, description: 'is a code as in "en" or "pt-BR"' });
  }
  if (violations.length === 0)
    return { sourceLanguage: query.get("source_language") ?? "", targetLanguage: query.get("target_language") ?? "" };
  const summary = violations.map(({ field, description }) => `${field} ${description}`).join("; ");
  throw DragomanError.of("INVALID_REQUEST", `The request is not valid: ${summary}.`, { violations });
}

/** Throws FILE_TOO_LARGE. */
async function* bounded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > MAX_BYTES) throw DragomanError.of("FILE_TOO_LARGE", `A file of TMX has at most ${MAX_BYTES} bytes.`);
    yield chunk;
  }
}
