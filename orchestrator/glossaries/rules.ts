import { toBinary } from "@bufbuild/protobuf";
import { type JobOptions, type Term, TermSchema } from "../../gen/dragoman/v1/job_pb.ts";

/** A rule of the contract: whether it holds, the field that it is of, and what it says. */
type Rule = readonly [holds: boolean, field: string, description: string];

const MAX_TERMS = 1000;
const MAX_LETTERS = 200;
const MAX_NOTE = 500;
/** They are in every message of their job, beside a result's list of files. */
const MAX_BYTES = 65_536;
const MAX_GLOSSARIES = 5;
const GLOSSARY = /^[0-9A-HJKMNP-TV-Z]{25}[0-9A-F](@[1-9][0-9]{0,8})?$/;
const SHOWN = /[\p{L}\p{N}\p{P}\p{S}]/u;
const CONTROL = /\p{Cc}/u;

/** The contract's rules on a job's terms. */
export function termRules({ terms, doNotTranslate, glossaries }: JobOptions): readonly Rule[] {
  const said = new Set(terms.map(({ source }) => source));
  const ids = glossaries.map((glossary) => glossary.split("@")[0]);
  return [
    [
      glossaries.length <= MAX_GLOSSARIES && new Set(ids).size === ids.length && glossaries.every((each) => GLOSSARY.test(each)),
      "options.glossaries",
      `has at most ${MAX_GLOSSARIES} ids of glossaries, each once, with "@" and a version where it is not the newest`,
    ],
    [
      terms.length <= MAX_TERMS && terms.every(isTerm) && said.size === terms.length,
      "options.terms",
      `has at most ${MAX_TERMS} terms, of each source one; ${TERM}`,
    ],
    [
      doNotTranslate.length <= MAX_TERMS && doNotTranslate.every(isText),
      "options.do_not_translate",
      `has at most ${MAX_TERMS} texts of 1 to ${MAX_LETTERS} characters`,
    ],
    [!doNotTranslate.some((text) => said.has(text)), "options.do_not_translate", "has nothing that options.terms says a translation of"],
    [
      bytesOf(terms) + doNotTranslate.reduce((sum, text) => sum + Buffer.byteLength(text), 0) <= MAX_BYTES,
      "options.terms",
      `takes with do_not_translate at most ${MAX_BYTES} bytes: store more as a glossary`,
    ],
  ];
}

export const TERM = `source is 1 to ${MAX_LETTERS} characters, target at most as many, note at most ${MAX_NOTE}, without line breaks`;

export function isTerm({ source, target, note }: Term): boolean {
  return isText(source) && target.length <= MAX_LETTERS && (target === "" || isText(target)) && note.length <= MAX_NOTE;
}

function isText(text: string): boolean {
  return text.length <= MAX_LETTERS && SHOWN.test(text) && !CONTROL.test(text);
}

function bytesOf(terms: readonly Term[]): number {
  return terms.reduce((sum, term) => sum + toBinary(TermSchema, term).length, 0);
}
