import { execFile } from "node:child_process";

/** Of Debian, by the program that a test judges with. */
const PACKAGES: Readonly<Record<string, string>> = {
  soffice: "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui",
  unzip: "unzip",
  zip: "zip",
  xmllint: "libxml2-utils",
  msgfmt: "gettext",
  "/usr/bin/python3": "python3 python3-srt python3-webvtt",
  pdftotext: "poppler-utils",
  pdftoppm: "poppler-utils",
};

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ToolOptions {
  readonly deadlineMs?: number;
  readonly input?: Uint8Array;
}

/** Runs another program on what was made, to its end. Throws with the package to install if it is not there, and after `deadlineMs`. */
export function runTool(
  program: string,
  args: readonly string[],
  { deadlineMs = 30_000, input = Buffer.alloc(0) }: ToolOptions = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const options = { timeout: deadlineMs, killSignal: "SIGKILL", maxBuffer: 256 * 1024 ** 2 } as const;
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (!error) return resolve({ code: 0, stdout, stderr });
      if (error.code === "ENOENT")
        return reject(new Error(`${program} is not installed: apt-get install ${PACKAGES[program] ?? program} (npm test does)`));
      if (error.killed) return reject(new Error(`${program} did not end within ${deadlineMs / 1000} s.`));
      resolve({ code: typeof error.code === "number" ? error.code : 1, stdout, stderr });
    });
    // One that reads none of it ends without it.
    child.stdin?.on("error", () => undefined).end(input);
  });
}

/** Throws with what the program says where it finds a fault. */
async function passes(program: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runTool(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${(stderr || stdout).slice(0, 2000)}`);
}

/** Every entry of the archive can be unpacked, and has the checksum that it says. */
export const zipIsSound = (file: string): Promise<void> => passes("unzip", ["-tqq", file]);

/** Each file is well-formed XML, and refers to nothing outside. */
export const xmlIsWellFormed = (...files: readonly string[]): Promise<void> => passes("xmllint", ["--noout", "--nonet", ...files]);

/** The catalogue is one that gettext takes, with placeholders that agree. */
export const catalogueIsSound = (file: string): Promise<void> => passes("msgfmt", ["-c", "-o", "/dev/null", file]);
