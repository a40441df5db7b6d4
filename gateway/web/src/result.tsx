import { create } from "@bufbuild/protobuf";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Dragoman } from "../../../client/dragoman.ts";
import { type Artefact, ArtefactSchema, type Job, type Ledger, ResultFormat } from "../../../gen/dragoman/v1/job_pb.ts";
import { isContinuous } from "../../../platform/file_types.ts";
import { Problem } from "./problem.tsx";
import { fetchFile, useFile } from "./result_file.ts";
import { Texts } from "./texts.tsx";
import { fill, size, useWords } from "./words.ts";

type Tab = "sideBySide" | "text" | "files";
/** As the exporter writes it between two pages. */
const PAGE_BREAK = /^<!-- page \d+ -->$/m;
const TABS: readonly Tab[] = ["sideBySide", "text", "files"];

interface ResultProps {
  readonly job: Job;
  readonly dragoman: Dragoman;
}

/** What came of a job: both languages side by side, the text, every file, and the ledger's remarks tied to their pages. */
export function Result({ job, dragoman }: ResultProps) {
  const words = useWords();
  const has = (wanted: ResultFormat) => job.artefacts.some(({ format }) => format === wanted);
  const tabsShown = TABS.filter((name) => name !== "sideBySide" || has(ResultFormat.PREVIEW) || has(ResultFormat.JSON));
  const [tab, setTab] = useState<Tab>(tabsShown[0] ?? "files");
  const [page, setPage] = useState(1);
  const tabs = useRef<HTMLDivElement>(null);
  const showPage = (number: number) => {
    setPage(number);
    // Pictures are of pages: in what they show no section is found.
    setTab(isContinuous(job) && has(ResultFormat.PREVIEW) ? "text" : (tabsShown[0] ?? "files"));
  };
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabsShown[(tabsShown.indexOf(tab) + step + tabsShown.length) % tabsShown.length] as Tab;
    setTab(next);
    tabs.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <section class="card result">
      <div class="tabs" role="tablist" ref={tabs} onKeyDown={move}>
        {tabsShown.map((name) => (
          <button
            type="button"
            role="tab"
            id={`tab-${name}`}
            key={name}
            aria-selected={tab === name}
            aria-controls="panel"
            tabIndex={tab === name ? 0 : -1}
            onClick={() => setTab(name)}
          >
            {words[name]}
          </button>
        ))}
      </div>
      <div id="panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {tab === "sideBySide" && <SideBySide job={job} dragoman={dragoman} page={page} onPage={setPage} />}
        {tab === "text" && <Text job={job} dragoman={dragoman} at={page} />}
        {tab === "files" && <Files job={job} dragoman={dragoman} />}
      </div>
      {job.ledger && <LedgerView ledger={job.ledger} isContinuous={isContinuous(job)} onPage={showPage} />}
    </section>
  );
}

interface SideBySideProps extends ResultProps {
  readonly page: number;
  readonly onPage: (page: number) => void;
}

function SideBySide({ job, dragoman, page, onPage }: SideBySideProps) {
  const words = useWords();
  const previews = (wanted: ResultFormat) => job.artefacts.filter(({ format }) => format === wanted);
  const [sources, results] = [previews(ResultFormat.SOURCE_PREVIEW), previews(ResultFormat.PREVIEW)];
  const sections = Math.max(1, job.ledger?.pagesIn ?? 1);
  if (results.length === 0) {
    const names = { one: words.section, previous: words.previousSection, next: words.nextSection };
    return (
      <>
        {sections > 1 && <Pager page={page} pages={sections} names={names} onPage={onPage} />}
        <Texts job={job} dragoman={dragoman} section={page} />
      </>
    );
  }
  // Where text flows, pages of both are no translations of each other.
  const isFlowing = isContinuous(job);
  const pages = isFlowing ? Math.max(sources.length, results.length) : sections;
  const shown = Math.min(page, pages);
  const source = sources.filter((one) => one.page === shown);
  const translated = results.filter((one) => (isFlowing ? one.page : one.sourcePage) === shown);
  const names = { one: words.page, previous: words.previous, next: words.next };
  return (
    <>
      <Pager page={shown} pages={pages} names={names} onPage={onPage} />
      <div class="sides">
        <Side title={words.source} artefacts={source} job={job} dragoman={dragoman} none={words.noSourcePicture} />
        <Side title={words.translation} artefacts={translated} job={job} dragoman={dragoman} none="" />
      </div>
    </>
  );
}

interface PagerProps {
  readonly page: number;
  readonly pages: number;
  readonly names: { readonly one: string; readonly previous: string; readonly next: string };
  readonly onPage: (page: number) => void;
}

function Pager({ page, pages, names, onPage }: PagerProps) {
  return (
    <div class="pager">
      <button type="button" disabled={page <= 1} onClick={() => onPage(page - 1)} aria-label={names.previous}>
        ←
      </button>
      <span role="status">
        {names.one} {page} / {pages}
      </span>
      <button type="button" disabled={page >= pages} onClick={() => onPage(page + 1)} aria-label={names.next}>
        →
      </button>
    </div>
  );
}

interface SideProps extends ResultProps {
  readonly title: string;
  readonly artefacts: readonly Artefact[];
  readonly none: string;
}

function Side({ title, artefacts, job, dragoman, none }: SideProps) {
  const words = useWords();
  return (
    <div class="side">
      <h3>{title}</h3>
      {artefacts.length === 0 && <p class="empty">{none}</p>}
      {artefacts.map((artefact) => (
        <Picture
          key={artefact.fileName}
          alt={`${title}, ${words.page} ${artefact.page}`}
          artefact={artefact}
          job={job}
          dragoman={dragoman}
        />
      ))}
    </div>
  );
}

function Picture({ artefact, alt, job, dragoman }: ResultProps & { readonly artefact: Artefact; readonly alt: string }) {
  const words = useWords();
  const { value, error } = useFile(job, dragoman, artefact, (blob) => Promise.resolve(URL.createObjectURL(blob)));
  useEffect(() => (value ? () => URL.revokeObjectURL(value) : undefined), [value]);
  if (error !== undefined) return <Problem error={error} />;
  return value ? <img src={value} alt={alt} /> : <p class="placeholder">{words.loading}</p>;
}

function Text({ job, dragoman, at }: ResultProps & { readonly at: number }) {
  const words = useWords();
  const unit = isContinuous(job) ? words.section : words.page;
  const artefact = job.artefacts.find(({ format }) => format === ResultFormat.MARKDOWN);
  const { value, error } = useFile(job, dragoman, artefact, (blob) => blob.text());
  const shown = useRef<HTMLElement>(null);
  useEffect(() => {
    if (at > 1) shown.current?.querySelector(`#part-${at}`)?.scrollIntoView();
  }, [at, value]);
  if (!artefact) return <p class="empty">{words.noText}</p>;
  if (error !== undefined) return <Problem error={error} />;
  if (value === undefined) return <p role="status">{words.loading}</p>;
  return (
    <article class="markdown" ref={shown} lang={job.options?.targetLanguage ?? ""}>
      {value.split(PAGE_BREAK).map((page, index) => (
        <section key={String(index)} id={`part-${index + 1}`}>
          {index > 0 && (
            <p class="page-mark">
              {unit} {index + 1}
            </p>
          )}
          <div dangerouslySetInnerHTML={{ __html: render(page) }} />
        </section>
      ))}
    </article>
  );
}

/** Micromark lets neither HTML nor addresses of scripts through, unless told to; and the page's policy loads no picture. */
function render(markdown: string): string {
  return micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()] });
}

function Files({ job, dragoman }: ResultProps) {
  const words = useWords();
  const [error, setError] = useState<unknown>();
  const save = async (artefact: Artefact) => {
    setError(undefined);
    try {
      const url = URL.createObjectURL(await fetchFile(job, dragoman, artefact));
      Object.assign(document.createElement("a"), { href: url, download: artefact.fileName }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (thrown) {
      setError(thrown);
    }
  };
  return (
    <>
      <ul class="files">
        {[...job.artefacts.filter(({ sameAs }) => !sameAs), bundleOf(job)].map((artefact) => (
          <li key={artefact.fileName}>
            <span class="name">{artefact.format === ResultFormat.BUNDLE ? words.everything : artefact.fileName}</span>
            <span class="small">{artefact.sizeBytes > 0n && size(Number(artefact.sizeBytes))}</span>
            <button type="button" onClick={() => save(artefact)} aria-label={`${words.download}: ${artefact.fileName}`}>
              {words.download}
            </button>
          </li>
        ))}
      </ul>
      {error !== undefined && <Problem error={error} />}
    </>
  );
}

/** Every file in one; called as its server calls it. */
function bundleOf({ artefacts: [first] }: Job): Artefact {
  const fileName = `${first?.fileName.replace(/\.[^.]+$/, "") ?? "translation"}.zip`;
  return create(ArtefactSchema, { format: ResultFormat.BUNDLE, fileName, mediaType: "application/zip" });
}

interface LedgerProps {
  readonly ledger: Ledger;
  readonly isContinuous: boolean;
  readonly onPage: (page: number) => void;
}

function LedgerView({ ledger, isContinuous, onPage }: LedgerProps) {
  const words = useWords();
  const [unit, show] = isContinuous ? [words.section, words.showSection] : [words.page, words.showPage];
  const { segmentsTotal: total, segmentsTranslated: translated, segmentsKept: kept, segmentsFailed: failed, entries } = ledger;
  return (
    <div class="ledger">
      <h3>{words.ledger}</h3>
      <p>{fill(words.segments, { total, translated, kept, failed })}</p>
      {entries.length === 0 && <p class="small">{words.ledgerGood}</p>}
      <ul>
        {entries.map(({ page, code, message }) => (
          <li key={`${page} ${code} ${message}`} class={/FAILED/.test(code) ? "bad" : ""}>
            {page > 0 && (
              <button type="button" class="quiet" onClick={() => onPage(page)} aria-label={fill(show, { page })}>
                {unit} {page}
              </button>
            )}
            <span>{message}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
