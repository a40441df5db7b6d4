import type { Format } from "../format.ts";
import { isNamed } from "../sample.ts";

const CUE = /^\s*(?:\d{1,9}[ \t]*(?:\r\n|\n|\r))?[ \t]*(?:\d{1,4}:)?\d{1,2}:\d{1,2}[,.:]\d{1,3}[ \t]*-->[ \t]*\d/;
const HEADER = /^WEBVTT(?=\s|$)/;

/** SubRip, written in place. */
export const srt: Format = {
  id: "srt",
  name: "subtitles (SRT)",
  mediaTypes: ["application/x-subrip"],
  extensions: [".srt"],
  sniff: (sample) => sample.text !== undefined && (CUE.test(sample.text) || (isNamed(sample, [".srt"]) && !HEADER.test(sample.text))),
  // Loaded when a document needs it.
  open: async (file) => (await import("./read.ts")).openSubtitles(file, "srt"),
};

/** WebVTT (https://www.w3.org/TR/webvtt1/), written in place. */
export const vtt: Format = {
  id: "vtt",
  name: "subtitles (WebVTT)",
  mediaTypes: ["text/vtt"],
  extensions: [".vtt"],
  sniff: (sample) => sample.text !== undefined && (HEADER.test(sample.text) || isNamed(sample, [".vtt"])),
  open: async (file) => (await import("./read.ts")).openSubtitles(file, "vtt"),
};
