import { create, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  DeleteGlossaryResponseSchema,
  type Glossary,
  type GlossaryFormat,
  GlossarySchema,
  GlossaryService,
  ListGlossariesResponseSchema,
  ListTermsResponseSchema,
} from "../../gen/dragoman/v1/glossary_service_pb.ts";
import { type Term, TermSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { Handlers } from "../../platform/grpc/server.ts";
import { LANGUAGE } from "../../platform/languages.ts";
import { type Gate, type GuardedContext, guarded } from "../access/guard.ts";
import { changed } from "../glossaries/change.ts";
import { type Glossaries, newestOf } from "../glossaries/glossaries.ts";
import { isTerm, TERM } from "../glossaries/rules.ts";
import { type TermsOfFile, termsOfFile } from "../glossaries/terms_file.ts";
import type { StoredGlossary, StoredVersion } from "../store/glossary_store.ts";
import { requireAll } from "./validation.ts";

const LANGUAGES = 'is a BCP 47 code as in "es" or "pt-BR"';
const MAX_NAME = 100;
const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;
/** Of terms in one message, which has room for 1 MiB. */
const PAGE_BYTES = 512 * 1024;
const MAX_REMOVED = 10_000;

/** Keeps each tenant's glossaries. */
export function glossaryService(gate: Gate, glossaries: Glossaries): Handlers<typeof GlossaryService> {
  const { store } = gate;
  const tenantOf = ({ principal }: GuardedContext) => principal.tenantId;
  const requires = {
    createGlossary: "jobs:write",
    getGlossary: "jobs:read",
    listGlossaries: "jobs:read",
    listTerms: "jobs:read",
    changeGlossary: "jobs:write",
    addUnknownWords: "jobs:write",
    deleteGlossary: "jobs:write",
  } as const;
  return guarded(GlossaryService, gate, requires, {
    async createGlossary(request, context) {
      const tenantId = tenantOf(context);
      const { name, sourceLanguage, targetLanguage } = request;
      requireAll(
        [isName(name), "name", `is 1 to ${MAX_NAME} characters`],
        [LANGUAGE.test(sourceLanguage), "source_language", LANGUAGES],
        [LANGUAGE.test(targetLanguage), "target_language", LANGUAGES],
        [sourceLanguage !== targetLanguage, "target_language", "is the same as the source language"],
        ...givenRules(request),
        [new Set(request.terms.map(({ source }) => source)).size === request.terms.length, "terms", "has each source once"],
      );
      const glossary = { tenantId, name, sourceLanguage, targetLanguage };
      return toGlossary(await glossaries.create(glossary, givenTerms(request, glossary)));
    },
    async getGlossary({ id }, context) {
      return toGlossary(await glossaries.get(tenantOf(context), id));
    },
    async listGlossaries(_, context) {
      const found = await glossaries.list(tenantOf(context));
      return create(ListGlossariesResponseSchema, {
        glossaries: found.map((each) => create(GlossarySchema, { ...toGlossary(each), versions: [] })),
      });
    },
    async listTerms({ id, version, pageSize, pageToken }, context) {
      const tenantId = tenantOf(context);
      const [, of = "", from = ""] = /^(\d{1,9})-(\d{1,5})$/.exec(pageToken) ?? [];
      requireAll(
        [version >= 0, "version", "is not negative"],
        [pageSize >= 0 && pageSize <= MAX_PAGE, "page_size", `is 0 to ${MAX_PAGE}`],
        [
          pageToken === "" || (from !== "" && (version === 0 || version === Number(of))),
          "page_token",
          "is a next_page_token of this version, or empty",
        ],
      );
      // The pages are of one version, whatever is made meanwhile.
      const { glossary, terms } = await glossaries.terms(tenantId, id, version || Number(of));
      const asked = version || Number(of) || newestOf(glossary).version;
      const page = pageOf(terms, Number(from), pageSize || DEFAULT_PAGE);
      const next = Number(from) + page.length;
      return create(ListTermsResponseSchema, { terms: page, version: asked, nextPageToken: next < terms.length ? `${asked}-${next}` : "" });
    },
    async changeGlossary(request, context) {
      const tenantId = tenantOf(context);
      const { id, expectedVersion: expected, file, terms, remove, name } = request;
      requireAll(
        [name === "" || isName(name), "name", `is at most ${MAX_NAME} characters`],
        [remove.length <= MAX_REMOVED, "remove", `has at most ${MAX_REMOVED} sources`],
        [file === "" || remove.length === 0, "remove", "is empty where a file takes the place of all terms"],
        ...givenRules(request),
      );
      const made = await glossaries.change({ tenantId, id, expected }, (before, glossary) => ({
        ...(file === "" ? { terms: changed(before, { terms, remove }), skipped: 0 } : givenTerms(request, glossary)),
        ...(name && { name }),
      }));
      return toGlossary(made);
    },
    async addUnknownWords({ id, jobId }, context) {
      const tenantId = tenantOf(context);
      const record = await store.get(jobId);
      if (record?.tenantId !== tenantId) throw DragomanError.of("JOB_NOT_FOUND", "There is no such job.");
      const words = (record.job.ledger?.unknown ?? []).map(({ word }) => create(TermSchema, { source: word })).filter(isTerm);
      const made = await glossaries.change({ tenantId, id, expected: 0 }, (before) => {
        const known = new Set(before.map(({ source }) => source.toLowerCase()));
        return { terms: [...before, ...words.filter(({ source }) => !known.has(source.toLowerCase()))], skipped: 0 };
      });
      return toGlossary(made);
    },
    async deleteGlossary({ id }, context) {
      await glossaries.remove(tenantOf(context), id);
      return create(DeleteGlossaryResponseSchema);
    },
  });
}

/** As many of `terms` from `from` on as one message takes. */
export function pageOf(terms: readonly Term[], from: number, most: number): Term[] {
  const page: Term[] = [];
  let bytes = 0;
  for (const term of terms.slice(from, from + most)) {
    bytes += toBinary(TermSchema, term).length;
    if (bytes > PAGE_BYTES) break;
    page.push(term);
  }
  return page;
}

interface Given {
  readonly file: string;
  readonly format: GlossaryFormat;
  readonly terms: readonly Term[];
}

function givenRules({ file, terms }: Given) {
  return [
    [file === "" || terms.length === 0, "terms", "is empty where a file has them"],
    [terms.every(isTerm), "terms", `has no term: ${TERM}`],
  ] as const;
}

function givenTerms(
  { file, format, terms }: Given,
  { sourceLanguage: source, targetLanguage: target }: Pick<StoredGlossary, "sourceLanguage" | "targetLanguage">,
): TermsOfFile {
  return file === "" ? { terms: [...terms], skipped: 0 } : termsOfFile(file, format, { source, target });
}

function isName(name: string): boolean {
  return name.trim() !== "" && name.length <= MAX_NAME && !/\p{Cc}/u.test(name);
}

function toGlossary(stored: StoredGlossary): Glossary {
  const { id, name, sourceLanguage, targetLanguage, createdAt, versions } = stored;
  const newest = newestOf(stored);
  return create(GlossarySchema, {
    ...{ id, name, sourceLanguage, targetLanguage, versions: versions.map(toVersion) },
    ...{ version: newest.version, termCount: newest.termCount },
    ...{ createTime: timestampFromMs(createdAt), updateTime: timestampFromMs(newest.createdAt) },
  });
}

function toVersion({ version, termCount, createdAt, conceptsSkipped }: StoredVersion) {
  return { version, termCount, createTime: timestampFromMs(createdAt), conceptsSkipped };
}
