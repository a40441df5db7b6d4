import { createHash } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { type MemoryUnit, type MemoryUnitSchema, type TaggedText, TagKind } from "../../../gen/dragoman/v1/memory_service_pb.ts";
import type { RecalledUnit } from "../../../gen/dragoman/v1/worker_service_pb.ts";
import type { Tag, Tagged } from "../../engine/document/segment.ts";
import type { Translation } from "../../engine/ports/translator.ts";
import type { TranslationOrder } from "../order.ts";
import type { MemoryScope, Remembered } from "./document_memory.ts";

type Init<T> = Exclude<T, { readonly $typeName: string }>;
/** A unit as it is asked for or kept. */
export type UnitInit = Init<MessageInitShape<typeof MemoryUnitSchema>>;

/** Of each list; the contract takes twice as many of both. */
const MAX_WORDS = 500;
const KINDS: Readonly<Record<Tag["kind"], TagKind>> = { open: TagKind.OPEN, close: TagKind.CLOSE, atom: TagKind.ATOM };
const NAMES: Readonly<Partial<Record<TagKind, Tag["kind"]>>> = {
  [TagKind.OPEN]: "open",
  [TagKind.CLOSE]: "close",
  [TagKind.ATOM]: "atom",
};

/** What all units of an order in one scope have in common; a person's, whose scope names no engine, hold in every manner. */
export function circumstances(order: TranslationOrder, { pair, engine, model }: MemoryScope, termsHash: string): UnitInit {
  const { formality, tone, domain, context, instructions } = order;
  const manner = [formality === "default" ? "" : formality, tone, domain, context, instructions, termsHash];
  const isPlain = manner.every((each) => each === "");
  return {
    ...{ sourceLanguage: pair.source, targetLanguage: pair.target, engine, model },
    manner: isPlain || engine === "" ? "" : hashOf(manner),
  };
}

/** Of what stands before and after a text. */
export function contextOf(before: string, after: string): string {
  return hashOf([before, after]);
}

function hashOf(content: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("base64url").slice(0, 22);
}

export function toTaggedText({ text, tags }: Tagged) {
  return { text, tags: tags.map(({ id, at, kind }) => ({ id, at, kind: KINDS[kind] })) };
}

function toTagged({ text, tags }: TaggedText): Tagged {
  return { text, tags: tags.flatMap(({ id, at, kind }) => (NAMES[kind] ? [{ id, at, kind: NAMES[kind] }] : [])) };
}

/** What a translation adds to the unit of its source. Of very many words the first ones. */
export function translated(translation: Extract<Translation, { kind: "translated" }>): UnitInit {
  const { target, unknown, terms } = translation;
  return {
    ...{ target: toTaggedText(target), unknown: unknown.slice(0, MAX_WORDS) },
    ...(terms && { termsFound: terms.found, termsMissed: terms.missed.slice(0, MAX_WORDS) }),
  };
}

/** What a document itself holds that is near helps whoever translates it, but was not known before. */
export function rememberedOf({ unit, inContext, near }: RecalledUnit, jobId: string): Remembered {
  const nearest = near.find((each) => each.jobId !== jobId);
  return {
    ...(unit?.target && { translation: translationOf(unit, unit.target, inContext) }),
    examples: near.map(({ source, target }) => ({ source, target })),
    ...(nearest && { similarity: nearest.similarity }),
  };
}

function translationOf({ engine, unknown, termsFound, termsMissed }: MemoryUnit, target: TaggedText, inContext: boolean): Translation {
  return {
    ...{ kind: "translated", target: toTagged(target), unknown },
    by: { engine, from: inContext ? "context" : "memory" },
    ...(termsFound > 0 && { terms: { found: termsFound, missed: termsMissed } }),
  };
}
