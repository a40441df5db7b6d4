import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { runTool } from "../support/tools.ts";
import type { SubtitleFile } from "./documents.ts";

/** A cue as another program reads it. */
export interface JudgedCue {
  readonly times: string;
  readonly settings: string;
  readonly text: string;
}

const PROGRAM = `
import json, sys, srt, webvtt
made = []
for name in sys.argv[1:]:
  if name.endswith(".srt"):
    cues = srt.parse(open(name, encoding="utf-8-sig", newline=None).read(), ignore_errors=False)
    made.append([{ "times": f"{c.start} {c.end}", "settings": c.proprietary, "text": c.content } for c in cues])
  else:
    made.append([{ "times": f"{c.start} {c.end}", "settings": c.identifier or "", "text": c.raw_text } for c in webvtt.read(name)])
print(json.dumps(made))
`;

/** What Python's `srt` and `webvtt` read in each, all in one run. */
export async function judged(files: readonly SubtitleFile[]): Promise<JudgedCue[][]> {
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-subtitles-"));
  try {
    const names = await Promise.all(
      files.map(async ({ kind, source }, index) => {
        const name = path.join(folder, `${index}.${kind}`);
        // Python's reader of WebVTT does not know regions.
        await writeFile(name, source.replace(/^REGION\r?\n.*\r?\n\r?\n/m, ""));
        return name;
      }),
    );
    const { code, stdout, stderr } = await runTool("/usr/bin/python3", ["-c", PROGRAM, ...names]);
    if (code !== 0) throw new Error(`Python reads no subtitles (python3-srt, python3-webvtt): ${stderr.slice(-2000)}`);
    return JSON.parse(stdout) as JudgedCue[][];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
