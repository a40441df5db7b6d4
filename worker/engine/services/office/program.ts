import { existsSync, realpathSync } from "node:fs";
import path from "node:path";

/** What each part opens, as a library beside the program; Debian packs them apart. */
const PARTS: Readonly<Record<string, string>> = { writer: "libswlo.so", calc: "libsclo.so", impress: "libsdlo.so" };

/** The names of Debian's packages that bring all parts, without a screen's libraries. */
export const OFFICE_PACKAGES = Object.keys(PARTS)
  .map((part) => `libreoffice-${part}-nogui`)
  .join(" ");

export interface InstalledOffice {
  /** LibreOffice's own program: the script `soffice` would start another process, which outlives it. */
  readonly program: string;
  /** Names of parts that it lacks. */
  readonly missing: readonly string[];
}

/** LibreOffice, as `soffice` in PATH leads to it; undefined if there is none. */
export function installedOffice(): InstalledOffice | undefined {
  for (const folder of (process.env["PATH"] ?? "").split(path.delimiter).filter(Boolean)) {
    const found = path.join(folder, "soffice");
    if (!existsSync(found)) continue;
    const own = path.dirname(realpathSync(found));
    const program = path.join(own, "soffice.bin");
    if (!existsSync(program)) continue;
    return { program, missing: Object.keys(PARTS).filter((part) => !existsSync(path.join(own, PARTS[part] as string))) };
  }
  return undefined;
}

/** Its program, if it is there with all its parts. */
export function officeProgram(): string | undefined {
  const installed = installedOffice();
  return installed?.missing.length === 0 ? installed.program : undefined;
}
