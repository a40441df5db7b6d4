import type { JobOptions } from "../../gen/dragoman/v1/job_pb.ts";
import type { StoredGlossary } from "../store/glossary_store.ts";
import { type Glossaries, newestOf } from "./glossaries.ts";
import { invalid } from "./invalid.ts";

/**
 * The glossaries of a job, each with its version, the newest where none is named: what is changed later does not change a job.
 * Throws GLOSSARY_NOT_FOUND, and INVALID_REQUEST for one that is not of the job's languages.
 */
export async function pinned(
  glossaries: Glossaries,
  tenantId: string,
  options: Pick<JobOptions, "glossaries" | "sourceLanguage" | "targetLanguage">,
): Promise<string[]> {
  return Promise.all(
    options.glossaries.map(async (named) => {
      const [id = "", version] = named.split("@");
      const glossary = await glossaries.get(tenantId, id);
      const { sourceLanguage, targetLanguage } = glossary;
      if (!isOf(glossary, options))
        throw invalid("options.glossaries", `has ${id}, which is of ${sourceLanguage}→${targetLanguage} and not of this job's languages`);
      const { version: newest } = newestOf(glossary);
      if (version !== undefined) await glossaries.terms(tenantId, id, Number(version));
      return `${id}@${version ?? newest}`;
    }),
  );
}

/** Of a tenant's usual glossaries those that are there, and of the job's languages: the others are for its other jobs. */
export async function fitting(
  glossaries: Glossaries,
  tenantId: string,
  options: Pick<JobOptions, "glossaries" | "sourceLanguage" | "targetLanguage">,
): Promise<string[]> {
  if (options.glossaries.length === 0) return [];
  const there = new Map((await glossaries.list(tenantId)).map((glossary) => [glossary.id, glossary]));
  return options.glossaries.filter((named) => {
    const glossary = there.get(named.split("@")[0] ?? "");
    return glossary !== undefined && isOf(glossary, options);
  });
}

/** A glossary of a language is for its regions too. What the document is in may be known later. */
function isOf({ sourceLanguage, targetLanguage }: StoredGlossary, job: Pick<JobOptions, "sourceLanguage" | "targetLanguage">): boolean {
  const fits = (own: string, asked: string) => own === asked || own === asked.split("-")[0];
  return fits(targetLanguage, job.targetLanguage) && (job.sourceLanguage === "" || fits(sourceLanguage, job.sourceLanguage));
}
