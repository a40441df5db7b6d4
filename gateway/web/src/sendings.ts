import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Dragoman } from "../../../client/dragoman.ts";
import { type Upload, UploadSchema } from "../../../gen/dragoman/v1/upload_service_pb.ts";

import { type Choices, type ChosenOf, chosenFor, NOTHING_CHOSEN } from "./selection.tsx";

const STORED = "dragoman.uploads";
const PAUSED = new DOMException("paused", "AbortError");

/** A document on its way to the server. */
export interface Sending {
  readonly key: string;
  readonly name: string;
  readonly size: number;
  readonly lastModified: number;
  readonly from: string;
  readonly to: string;
  /** What of it is translated besides. */
  readonly selection?: ChosenOf;
  readonly sent: number;
  /** `needs_file`: begun before the page was loaded anew, so the file must be chosen again. */
  readonly state: "reading" | "sending" | "paused" | "needs_file" | "failed";
  readonly upload?: Upload;
  readonly error?: unknown;
}

export interface Sendings {
  readonly list: readonly Sending[];
  /** Rises with every job that a sending became. */
  readonly created: number;
  /** Begins with these, or goes on with those that were begun before. */
  add(files: Iterable<File>, from: string, to: string, choices?: Choices): void;
  pause(key: string): void;
  resume(key: string): void;
  remove(key: string): void;
}

/** Documents on their way. What was begun is remembered for the tab, so that it goes on after a reload. */
export function useSendings(dragoman: Dragoman): Sendings {
  const [list, setList] = useState<readonly Sending[]>(restore);
  const [created, setCreated] = useState(0);
  const running = useRef(new Map<string, { readonly file: File; abort: AbortController }>()).current;
  useEffect(() => store(list), [list]);

  const change = (key: string, changes: Partial<Sending>) =>
    setList((now) => now.map((sending) => (sending.key === key ? { ...sending, ...changes } : sending)));
  const drop = (key: string) => {
    running.delete(key);
    setList((now) => now.filter((sending) => sending.key !== key));
  };

  const start = async ({ key, name, from, to, selection, upload, sent }: Sending, file: File) => {
    const abort = new AbortController();
    running.set(key, { file, abort });
    change(key, { state: upload ? "sending" : "reading", sent });
    try {
      await dragoman.create(file, {
        ...{ to, from, fileName: name, requestId: key, signal: abort.signal },
        ...(upload && { upload }),
        ...(selection && { options: { selection } }),
        onUpload: (reserved) => change(key, { upload: reserved, state: "sending" }),
        onSent: (bytes) => change(key, { sent: bytes }),
      });
      setCreated((count) => count + 1);
      drop(key);
    } catch (error) {
      if (error === PAUSED) change(key, { state: "paused" });
      else if (abort.signal.aborted) drop(key);
      else change(key, { state: "failed", error });
    }
  };

  return {
    list,
    created,
    add(files, from, to, choices = NOTHING_CHOSEN) {
      for (const file of files) {
        const begun = list.find((one) => one.state === "needs_file" && isSame(one, file));
        const sending: Sending = begun ?? {
          ...{ key: crypto.randomUUID(), name: file.name, size: file.size, lastModified: file.lastModified },
          ...{ from, to, sent: 0, state: "reading", selection: chosenFor(file.name, choices) },
        };
        if (!begun) setList((now) => [...now, sending]);
        void start(sending, file);
      }
    },
    pause: (key) => running.get(key)?.abort.abort(PAUSED),
    resume(key) {
      const sending = list.find((one) => one.key === key);
      const file = running.get(key)?.file;
      if (sending && file) void start(sending, file);
    },
    remove(key) {
      running.get(key)?.abort.abort(new DOMException("removed", "AbortError"));
      drop(key);
    },
  };
}

/** Whether it is, by all that a browser tells of it, the file that was begun with. */
export function isSame({ name, size, lastModified }: Sending, file: File): boolean {
  return name === file.name && size === file.size && lastModified === file.lastModified;
}

function store(list: readonly Sending[]): void {
  const begun = list.flatMap(({ error: _, upload, ...rest }) => (upload ? [{ ...rest, upload: toJson(UploadSchema, upload) }] : []));
  sessionStorage.setItem(STORED, JSON.stringify(begun));
}

function restore(): Sending[] {
  try {
    const stored = JSON.parse(sessionStorage.getItem(STORED) ?? "[]") as (Omit<Sending, "upload"> & { upload: JsonValue })[];
    return stored.map(({ upload, ...rest }) => ({ ...rest, state: "needs_file", upload: fromJson(UploadSchema, upload) }));
  } catch {
    return [];
  }
}
