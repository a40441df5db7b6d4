import { SaxesParser, type SaxesTagPlain } from "saxes";
import { invalid } from "./invalid.ts";
import type { TermDraft } from "./terms_file.ts";

const MAX_DEPTH = 100;
/** Elements of 2008 (termEntry, langSet, tig or ntig) and of 2019 (conceptEntry, langSec, termSec). */
const CONCEPT = /^(termEntry|conceptEntry)$/;
const LANGUAGE = /^(langSet|langSec)$/;
const TERM_PART = /^(tig|ntig|termSec)$/;
const PREFERRED = /^preferredTerm(-admn-sts)?$/;
const REFUSED = /^(deprecatedTerm|supersededTerm)(-admn-sts)?$/;

interface NamedTerm {
  readonly text: string;
  readonly status: string;
}

interface Concept {
  readonly line: number;
  readonly terms: Map<string, NamedTerm[]>;
  note: string;
}

export interface TbxTerms {
  readonly drafts: readonly TermDraft[];
  /** Concepts without a term in one of the languages, or with none that no earlier one has. */
  readonly skipped: number;
}

/** The terms of a TBX file. Throws INVALID_REQUEST for one that is no XML, or none of this kind. */
export function readTbx(text: string, languages: { readonly source: string; readonly target: string }): TbxTerms {
  const bySource = new Map<string, TermDraft>();
  let skipped = 0;
  for (const concept of conceptsOf(text)) {
    // What a word means in the first concept that has it goes before.
    const drafts = draftsOf(concept, languages).filter(({ source }) => !bySource.has(source));
    for (const draft of drafts) bySource.set(draft.source, draft);
    if (drafts.length === 0) skipped += 1;
  }
  return { drafts: [...bySource.values()], skipped };
}

function draftsOf({ line, terms, note }: Concept, { source, target }: { readonly source: string; readonly target: string }): TermDraft[] {
  const allowed = termsIn(terms, target).filter(({ status }) => !REFUSED.test(status));
  const preferred = allowed.find(({ status }) => PREFERRED.test(status)) ?? allowed[0];
  if (!preferred) return [];
  return termsIn(terms, source).map(({ text }) => ({
    source: text,
    target: preferred.text,
    note,
    caseSensitive: false,
    exact: false,
    line,
  }));
}

/** Of the language itself; else of its regions, or of the language that a region is of. */
function termsIn(terms: ReadonlyMap<string, readonly NamedTerm[]>, language: string): readonly NamedTerm[] {
  const wanted = language.toLowerCase();
  const base = (code: string) => code.split("-")[0];
  return terms.get(wanted) ?? [...terms].filter(([code]) => base(code) === base(wanted)).flatMap(([, found]) => found);
}

function conceptsOf(text: string): Concept[] {
  const parser = new SaxesParser();
  const concepts: Concept[] = [];
  const path: string[] = [];
  let [concept, language, term, status]: [Concept | undefined, string, string, string] = [undefined, "", "", ""];
  let said = "";
  parser.on("error", (error) => {
    throw invalid("file", `is not well-formed XML: ${/^\d+:\d+/.exec(error.message)?.[0] ?? "somewhere"}`);
  });
  parser.on("opentag", ({ name, attributes }: SaxesTagPlain) => {
    if (path.push(name) > MAX_DEPTH) throw invalid("file", "is nested too deeply");
    said = "";
    if (CONCEPT.test(name)) {
      concept = { line: parser.line, terms: new Map(), note: "" };
      concepts.push(concept);
    } else if (LANGUAGE.test(name)) language = String(attributes["xml:lang"] ?? "").toLowerCase();
    else if (TERM_PART.test(name)) [term, status] = ["", ""];
    if (name === "termNote" && attributes["type"] !== "administrativeStatus") said = "\0";
  });
  parser.on("text", (part) => {
    said += part;
  });
  parser.on("closetag", ({ name }) => {
    path.pop();
    const words = said.replace(/\s+/g, " ").trim();
    if (name === "term") term = words;
    else if (name === "termNote" && !said.startsWith("\0")) status = words;
    else if (name === "note" && concept && concept.note === "") concept.note = words.slice(0, 500);
    else if (TERM_PART.test(name) && concept && term !== "") {
      const known = concept.terms.get(language);
      if (known) known.push({ text: term, status });
      else concept.terms.set(language, [{ text: term, status }]);
    } else if (CONCEPT.test(name)) concept = undefined;
    if (name !== "hi") said = "";
  });
  parser.write(text.replace(/^\ufeff/, "")).close();
  if (concepts.length === 0) throw invalid("file", "is no TBX: it has no concept");
  return concepts;
}
