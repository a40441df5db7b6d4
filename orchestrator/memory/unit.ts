import { createHash } from "node:crypto";
import { create, fromJsonString, toJsonString } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type MemoryUnit, MemoryUnitSchema, type TaggedText, TagKind } from "../../gen/dragoman/v1/memory_service_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import type { NewUnit, StoredUnit } from "../store/unit_store.ts";
import { bandsOf } from "./near.ts";

const KEY_LETTERS = 22;
const KINDS: ReadonlySet<TagKind> = new Set([TagKind.OPEN, TagKind.CLOSE, TagKind.ATOM]);

/** What finds a unit again: its source, and all that its translation depends on. A person's holds whatever the engine and its manner. */
export function keyOf({ source, ...unit }: MemoryUnit): string {
  const { sourceLanguage, targetLanguage, engine, model, manner } = unit;
  const circumstances = engine === "" ? [] : [engine, model, manner];
  const tags = (source?.tags ?? []).map(({ id, at, kind }) => [id, at, kind]);
  const parts = [languageOf(sourceLanguage), targetLanguage, circumstances, source?.text ?? "", tags];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, KEY_LETTERS);
}

/** What finds a person's translation of the same text. */
export function personsKeyOf(unit: MemoryUnit): string {
  return keyOf({ ...unit, engine: "" });
}

/** The bands that near sources of the same languages share with it. */
export function bandsOfUnit({ source, sourceLanguage, targetLanguage }: MemoryUnit): string[] {
  return bandsOf(source?.text ?? "", `${languageOf(sourceLanguage)} ${targetLanguage}`);
}

/** What is said in one region is understood in the next: only of a target the region counts. */
function languageOf(code: string): string {
  return code.split("-")[0] ?? code;
}

export function encodeUnit(unit: MemoryUnit, keptAt: Instant): NewUnit {
  const content = toJsonString(MemoryUnitSchema, create(MemoryUnitSchema, { ...unit, jobId: "", keepTime: undefined }));
  return { key: keyOf(unit), bands: bandsOfUnit(unit), jobId: unit.jobId, keptAt, content };
}

/** Undefined for content that cannot be read: it is as good as forgotten, and no words of it are in any error. */
export function decodeUnit({ content, jobId, keptAt }: StoredUnit): MemoryUnit | undefined {
  try {
    const unit = fromJsonString(MemoryUnitSchema, content, { ignoreUnknownFields: true });
    return { ...unit, jobId, keepTime: timestampFromMs(keptAt) };
  } catch {
    return undefined;
  }
}

/** Whether each tag is one and stands within the text. A translation may have a span in several pieces. */
export function isTaggedText({ text, tags }: TaggedText): boolean {
  return tags.every(({ id, at, kind }) => id >= 1 && at >= 0 && at <= text.length && KINDS.has(kind));
}
