import { timestampMs } from "@bufbuild/protobuf/wkt";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { type Dragoman, isFinal } from "../../../client/dragoman.ts";
import { ErrorCategory } from "../../../gen/dragoman/v1/error_pb.ts";
import { type Job, JobState, Stage } from "../../../gen/dragoman/v1/job_pb.ts";
import { isContinuous } from "../../../platform/file_types.ts";
import type { Guest } from "./guest.ts";
import { Chip } from "./history.tsx";
import { Failure, Problem } from "./problem.tsx";
import { Result } from "./result.tsx";
import { follow, go } from "./route.ts";
import { Timeline } from "./timeline.tsx";
import { duration, fill, languageName, size, useWords, type Words, WordsContext } from "./words.ts";

const STAGES: readonly Stage[] = [
  ...[Stage.DOWNLOADING, Stage.CONVERTING, Stage.OCR_PROCESSING],
  ...[Stage.TRANSLATING, Stage.EXPORTING, Stage.UPLOADING],
];
/** What is wrong with the document stays wrong. */
const HOPELESS: ReadonlySet<ErrorCategory | undefined> = new Set([ErrorCategory.INVALID_INPUT, ErrorCategory.UNSUPPORTED]);
/** Before that a guess of what is left is worth nothing. */
const GUESS_FROM_PERCENT = 10;

/** One job by its own address: live while it runs, with its result when it has one. A guest does with it what the token says. */
export function JobView({ id, dragoman, guest }: { readonly id: string; readonly dragoman: Dragoman; readonly guest?: Guest }) {
  const { words, language } = useContext(WordsContext);
  const { job, connected, error } = useJob(id, dragoman);
  const [refused, setRefused] = useState<unknown>();
  const act = (work: Promise<Job>, then: (job: Job) => void = () => undefined) => {
    setRefused(undefined);
    work.then(then, setRefused);
  };
  useEffect(() => {
    document.title = job ? `${job.fileName} · Dragoman` : "Dragoman";
    return () => {
      document.title = "Dragoman";
    };
  }, [job?.fileName]);
  return (
    <>
      {!guest && (
        <p class="crumb">
          <a href="/" onClick={follow}>
            ← {words.back}
          </a>
        </p>
      )}
      {!connected && (
        <p class="banner" role="status">
          {words.away}
        </p>
      )}
      {error !== undefined && <Problem error={error} />}
      {!job && error === undefined && <p role="status">{words.loading}</p>}
      {job && (
        <>
          <section class="card" aria-labelledby="job-title">
            <div class="head">
              <h1 id="job-title" class="name">
                {job.fileName || job.id}
              </h1>
              <Chip job={job} />
            </div>
            <p class="small">
              {languages(job, words.detect, (code) => languageName(code, language))} · {size(Number(job.sizeBytes))}
              {job.pagesTotal > 0 && ` · ${units(job, words)}: ${job.pagesTotal}`}
              {job.attempt > 1 && ` · ${words.attempt} ${job.attempt}`}
            </p>
            {!isFinal(job) && <Progress job={job} />}
            {job.error && <Failure title={words.error} detail={job.error} />}
            {refused !== undefined && <Problem error={refused} />}
            <div class="actions">
              {!isFinal(job) && job.state !== JobState.CANCELLING && (!guest || guest.mayCancel) && (
                <button type="button" onClick={() => act(dragoman.cancel(id))}>
                  {words.cancel}
                </button>
              )}
              {job.state === JobState.CANCELLING && <span role="status">{words.cancelling}</span>}
              {isFinal(job) && !guest && needsPassword(job) && (
                <PasswordForm onPassword={(password) => act(dragoman.retry(id, { password }), (retried) => go(`/view/${retried.id}`))} />
              )}
              {isFinal(job) && !guest && !needsPassword(job) && job.state !== JobState.SUCCEEDED && !HOPELESS.has(job.error?.category) && (
                <button type="button" class="primary" onClick={() => act(dragoman.retry(id), (retried) => go(`/view/${retried.id}`))}>
                  {words.retry}
                </button>
              )}
            </div>
          </section>
          {job.artefacts.length > 0 && <Result job={job} dragoman={dragoman} />}
          <Timeline job={job} />
        </>
      )}
    </>
  );
}

/** To begin anew: it did not open, or it did, with one that is forgotten by now. */
function needsPassword({ state, error, passwordGiven }: Job): boolean {
  // Only PDFs are opened with one.
  if (state === JobState.SUCCEEDED || error?.code === "DOCUMENT_ENCRYPTED") return false;
  return passwordGiven || error?.code === "PDF_ENCRYPTED" || error?.code === "PASSWORD_WRONG";
}

/** What is typed goes with the one call, and is kept nowhere. */
function PasswordForm({ onPassword }: { readonly onPassword: (password: string) => void }) {
  const words = useWords();
  const input = useRef<HTMLInputElement>(null);
  const send = (event: Event) => {
    event.preventDefault();
    const field = input.current;
    if (!field?.value) return;
    onPassword(field.value);
    field.value = "";
  };
  return (
    <form class="password" onSubmit={send}>
      <label>
        <span>{words.password}</span>
        <input ref={input} type="password" autocomplete="off" maxLength={127} />
      </label>
      <button type="submit" class="primary">
        {words.retry}
      </button>
    </form>
  );
}

function useJob(id: string, dragoman: Dragoman) {
  const [job, setJob] = useState<Job>();
  const [connected, setConnected] = useState(true);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const stop = new AbortController();
    const watch = async () => {
      for await (const change of dragoman.watch(id, { signal: stop.signal, onConnection: setConnected })) setJob(change);
    };
    watch().catch((thrown) => !stop.signal.aborted && setError(thrown));
    return () => stop.abort();
  }, [id, dragoman]);
  return { job, connected, error };
}

function languages({ options, ledger }: Job, detect: string, name: (code: string) => string): string {
  const source = options?.sourceLanguage || ledger?.sourceLanguage;
  return `${source ? name(source) : detect} → ${name(options?.targetLanguage ?? "")}`;
}

/** What its parts are called. */
function units(job: Job, words: Words): string {
  return isContinuous(job) ? words.sections : words.pages;
}

function Progress({ job }: { readonly job: Job }) {
  const words = useWords();
  const now = job.state === JobState.RUNNING ? STAGES.indexOf(job.stage) : -1;
  const left = timeLeft(job);
  return (
    <div class="running">
      <progress max={100} value={job.percent} aria-label={words.progress} />
      <p class="small" role="status">
        {job.percent} %{job.pagesTotal > 0 && ` · ${units(job, words)} ${job.pagesDone} / ${job.pagesTotal}`}
        {left !== undefined && ` · ${fill(words.left, { time: duration(left) })}`}
      </p>
      <ol class="stages">
        {STAGES.map((stage, index) => (
          <li key={stage} class={index < now ? "done" : index === now ? "now" : ""} aria-current={index === now ? "step" : undefined}>
            {words.stages[stage]}
          </li>
        ))}
      </ol>
    </div>
  );
}

/** Milliseconds, guessed from how far the attempt has come in the time it took; undefined before that can be told. */
function timeLeft(job: Job): number | undefined {
  if (job.state !== JobState.RUNNING || job.percent < GUESS_FROM_PERCENT) return undefined;
  const started = job.timeline.find(({ attempt, state }) => attempt === job.attempt && state === JobState.RUNNING)?.time;
  if (!started || !job.updateTime) return undefined;
  return ((timestampMs(job.updateTime) - timestampMs(started)) * (100 - job.percent)) / job.percent;
}
