import { timestampDate } from "@bufbuild/protobuf/wkt";
import { useContext, useEffect, useState } from "preact/hooks";
import { type Dragoman, isFinal } from "../../../client/dragoman.ts";
import { type Job, JobState } from "../../../gen/dragoman/v1/job_pb.ts";
import { Problem } from "./problem.tsx";
import { follow } from "./route.ts";
import { languageName, size, useWords, WordsContext } from "./words.ts";

const PAGE = 20;
const LOOK_AGAIN_MS = 2_000;
const FILTERS = [JobState.RUNNING, JobState.QUEUED, JobState.SUCCEEDED, JobState.PARTIALLY_SUCCEEDED, JobState.FAILED, JobState.CANCELLED];

/** The tenant's jobs, newest first; what is not final is looked at again every two seconds. */
export function History({ dragoman, created }: { readonly dragoman: Dragoman; readonly created: number }) {
  const words = useWords();
  const [state, setState] = useState<JobState>(JobState.UNSPECIFIED);
  const [query, setQuery] = useState("");
  const [pages, setPages] = useState(1);
  const { jobs, more, error } = useJobs(dragoman, state, pages, created);
  const wanted = query.trim().toLowerCase();
  const shown = jobs?.filter(({ fileName }) => fileName.toLowerCase().includes(wanted));
  return (
    <section class="history" aria-labelledby="history-title">
      <div class="head">
        <h2 id="history-title">{words.history}</h2>
        <input
          type="search"
          placeholder={words.search}
          aria-label={words.search}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        <select aria-label={words.allStates} value={state} onChange={(event) => setState(Number(event.currentTarget.value) as JobState)}>
          <option value={JobState.UNSPECIFIED}>{words.allStates}</option>
          {FILTERS.map((one) => (
            <option value={one} key={one}>
              {words.states[one]}
            </option>
          ))}
        </select>
      </div>
      {error !== undefined && <Problem error={error} />}
      {!shown && error === undefined && <p role="status">{words.loading}</p>}
      {shown?.length === 0 && <p class="empty">{jobs?.length === 0 && !state ? words.none : words.noMatch}</p>}
      <ul class="jobs">
        {shown?.map((job) => (
          <JobRow key={job.id} job={job} />
        ))}
      </ul>
      {more && (
        <button type="button" onClick={() => setPages(pages + 1)}>
          {words.more}
        </button>
      )}
    </section>
  );
}

function useJobs(dragoman: Dragoman, state: JobState, pages: number, created: number) {
  const [found, setFound] = useState<{ readonly jobs: readonly Job[]; readonly more: boolean }>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    const look = async () => {
      try {
        const jobs: Job[] = [];
        let pageToken = "";
        for (let page = 0; page < pages; page++) {
          const answer = await dragoman.list({ pageSize: PAGE, pageToken, state }, stop.signal);
          jobs.push(...answer.jobs);
          pageToken = answer.nextPageToken;
          if (!pageToken) break;
        }
        setFound({ jobs, more: pageToken !== "" });
        setError(undefined);
        if (jobs.every(isFinal)) return;
      } catch (thrown) {
        if (stop.signal.aborted) return;
        setError(thrown);
      }
      timer = window.setTimeout(look, LOOK_AGAIN_MS);
    };
    void look();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [dragoman, state, pages, created]);
  return { jobs: found?.jobs, more: found?.more ?? false, error };
}

function JobRow({ job }: { readonly job: Job }) {
  const { words, language } = useContext(WordsContext);
  const { sourceLanguage = "", targetLanguage = "" } = job.options ?? {};
  const source = sourceLanguage || job.ledger?.sourceLanguage || "";
  const created = job.createTime && timestampDate(job.createTime);
  return (
    <li>
      <a href={`/view/${job.id}`} onClick={follow}>
        <strong class="name">{job.fileName || job.id}</strong>
        <span class="small">
          {source ? languageName(source, language) : words.detect} → {languageName(targetLanguage, language)} ·{" "}
          {size(Number(job.sizeBytes))}
          {created && ` · ${created.toLocaleString(language, { dateStyle: "medium", timeStyle: "short" })}`}
        </span>
        <Chip job={job} />
        {!isFinal(job) && <progress max={100} value={job.percent} aria-label={`${words.progress}: ${job.fileName}`} />}
      </a>
    </li>
  );
}

const TONES: Partial<Record<JobState, string>> = {
  [JobState.SUCCEEDED]: "good",
  [JobState.PARTIALLY_SUCCEEDED]: "fair",
  [JobState.FAILED]: "bad",
  [JobState.EXPIRED]: "bad",
  [JobState.CANCELLED]: "off",
};

export function Chip({ job }: { readonly job: Job }) {
  const words = useWords();
  return (
    <span class={`chip ${TONES[job.state] ?? "busy"}`}>
      {words.states[job.state]}
      {job.state === JobState.RUNNING && ` ${job.percent} %`}
    </span>
  );
}
