import { useContext, useEffect, useRef, useState } from "preact/hooks";
import type { Dragoman } from "../../../client/dragoman.ts";
import { ClientError } from "../../../client/error.ts";
import type { LanguagePair } from "../../../gen/dragoman/v1/job_service_pb.ts";
import { DOCUMENT_EXTENSIONS } from "../../../platform/file_types.ts";
import { lastPair, likelyTarget, rememberPair } from "./pair.ts";
import { Problem } from "./problem.tsx";
import { NOTHING_CHOSEN, Selection } from "./selection.tsx";
import { isSame, type Sending, type Sendings } from "./sendings.ts";
import { languageName, size, useWords, WordsContext } from "./words.ts";

const ACCEPTED = DOCUMENT_EXTENSIONS.join(",");
const ASK_AGAIN_MS = 5_000;

interface SendProps {
  readonly dragoman: Dragoman;
  readonly sendings: Sendings;
  readonly onRefused: () => void;
}

/** Where documents are dropped and languages chosen; only pairs that can be served are offered. */
export function Send({ dragoman, sendings, onRefused }: SendProps) {
  const { words, language } = useContext(WordsContext);
  const [pairs, setPairs] = useState<readonly LanguagePair[]>();
  const [last] = useState(lastPair);
  const [chosenFrom, setFrom] = useState(last?.from ?? "");
  const [to, setTo] = useState(last?.to ?? "");
  const [choices, setChoices] = useState(NOTHING_CHOSEN);
  const [error, setError] = useState<unknown>();
  const sources = [...new Set((pairs ?? []).map(({ source }) => source))].sort();
  // What was remembered may not be served any more.
  const from = sources.includes(chosenFrom) ? chosenFrom : "";
  const targets = [...new Set((pairs ?? []).filter(({ source }) => !from || source === from).map(({ target }) => target))].sort();
  const target = targets.includes(to) ? to : likelyTarget(pairs ?? [], from, language, navigator.languages);
  const send = (files: FileList) => {
    rememberPair({ from, to: target });
    sendings.add(files, from, target, choices);
  };

  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    const ask = async () => {
      try {
        const found = await dragoman.languages(stop.signal);
        setPairs(found);
        setError(undefined);
        if (found.length > 0) return;
      } catch (thrown) {
        if (stop.signal.aborted) return;
        if (thrown instanceof ClientError && thrown.code === "UNAUTHENTICATED") return onRefused();
        setError(thrown);
      }
      timer = window.setTimeout(ask, ASK_AGAIN_MS);
    };
    void ask();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [dragoman]);

  return (
    <section class="card" aria-labelledby="send-title">
      <h1 id="send-title">{words.title}</h1>
      <p class="lead">{words.lead}</p>
      <div class="pair">
        <label>
          <span>{words.from}</span>
          <select value={from} onChange={(event) => setFrom(event.currentTarget.value)}>
            <option value="">{words.detect}</option>
            {sources.map((code) => (
              <option value={code} key={code}>
                {languageName(code, language)}
              </option>
            ))}
          </select>
        </label>
        <span class="arrow" aria-hidden="true">
          →
        </span>
        <label>
          <span>{words.to}</span>
          <select value={target} onChange={(event) => setTo(event.currentTarget.value)}>
            {targets.map((code) => (
              <option value={code} key={code}>
                {languageName(code, language)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {pairs?.length === 0 && <p role="status">{words.noLanguages}</p>}
      {error !== undefined && <Problem error={error} />}
      <DropZone disabled={!target} onFiles={send} />
      <Selection choices={choices} onChange={setChoices} />
      {sendings.list.length > 0 && (
        <ul class="sendings">
          {sendings.list.map((sending) => (
            <SendingRow key={sending.key} sending={sending} sendings={sendings} />
          ))}
        </ul>
      )}
    </section>
  );
}

function DropZone({ disabled, onFiles }: { readonly disabled: boolean; readonly onFiles: (files: FileList) => void }) {
  const words = useWords();
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null | undefined) => {
    if (files?.length && !disabled) onFiles(files);
    if (input.current) input.current.value = "";
  };
  return (
    <label
      class={`drop${over ? " over" : ""}${disabled ? " disabled" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <svg viewBox="0 0 48 48" width="44" height="44" aria-hidden="true">
        <path d="M14 6h14l8 8v28H14z" />
        <path d="M28 6v8h8M25 34V22m-5 5 5-5 5 5" />
      </svg>
      <strong>{words.drop}</strong>
      <span class="drop-hint">{words.choose}</span>
      <input ref={input} type="file" multiple accept={ACCEPTED} disabled={disabled} onChange={(event) => take(event.currentTarget.files)} />
    </label>
  );
}

function SendingRow({ sending, sendings }: { readonly sending: Sending; readonly sendings: Sendings }) {
  const words = useWords();
  const [wrong, setWrong] = useState(false);
  const { key, name, state, sent } = sending;
  const texts = { reading: words.reading, sending: words.sending, paused: words.paused, needs_file: words.paused, failed: words.error };
  const choose = (files: FileList | null) => {
    const file = [...(files ?? [])].find((one) => isSame(sending, one));
    setWrong(!file);
    if (file) sendings.add([file], sending.from, sending.to);
  };
  return (
    <li>
      <div class="row">
        <strong class="name">{name}</strong>
        <span class="small" role="status">
          {texts[state]} · {size(sent)} / {size(sending.size)}
        </span>
        {state === "sending" && (
          <button type="button" onClick={() => sendings.pause(key)} aria-label={`${words.pause}: ${name}`}>
            {words.pause}
          </button>
        )}
        {(state === "paused" || state === "failed") && (
          <button type="button" onClick={() => sendings.resume(key)} aria-label={`${words.resume}: ${name}`}>
            {words.resume}
          </button>
        )}
        <button type="button" class="quiet" onClick={() => sendings.remove(key)} aria-label={`${words.remove}: ${name}`}>
          {words.remove}
        </button>
      </div>
      <progress max={Math.max(1, sending.size)} value={sent} aria-label={`${words.progress}: ${name}`} />
      {state === "needs_file" && (
        <label class="again">
          <span>{wrong ? words.otherFile : words.chooseAgain}</span>
          <input type="file" accept={ACCEPTED} onChange={(event) => choose(event.currentTarget.files)} />
        </label>
      )}
      {state === "failed" && <Problem error={sending.error} />}
    </li>
  );
}
