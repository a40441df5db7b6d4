import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** Takes all the room that is left, with one file. */
  fill(file: string): void;
  readOnly(): void;
}

/** A file system of so many MiB. Skips the test, saying why, where this user may not mount one. */
export async function smallDisk(test: Mocha.Context, sizeMb = 2): Promise<SmallDisk> {
  const folder = mkdtempSync(path.join(tmpdir(), "dragoman-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${sizeMb}m`, "dragoman-test", folder], { stdio: "ignore" });
  } catch {
    rmSync(folder, { recursive: true });
    console.log("      (skipped: a small disk cannot be mounted here; run it as root)");
    return test.skip();
  }
  return {
    path: folder,
    fill(file) {
      const descriptor = openSync(file, "w");
      // The last byte too: what is left is less than a page.
      for (const bytes of [Buffer.alloc(64 * 1024), Buffer.alloc(1)]) {
        try {
          for (;;) writeSync(descriptor, bytes);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        }
      }
      closeSync(descriptor);
    },
    readOnly: () => void execFileSync("mount", ["-o", "remount,ro", folder]),
    async [Symbol.asyncDispose]() {
      execFileSync("umount", [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}
