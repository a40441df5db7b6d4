import { readdir, readFile } from "node:fs/promises";

const PAGE_BYTES = 4096;
/** A clock tick of proc(5), USER_HZ, is a hundredth of a second on every platform that Node runs on. */
const TICK_MS = 10;

/** What a process group takes. */
export interface GroupUsage {
  /** Resident. */
  readonly memoryBytes: number;
  /** Processor time of its processes, and of those that they waited for. */
  readonly cpuMs: number;
}

export async function groupUsage(group: number): Promise<GroupUsage> {
  let pages = 0;
  let ticks = 0;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = await readFile(`/proc/${pid}/stat`, "utf8");
      // The fields behind the command's name, which may hold anything: state, parent, group, …, four times, …, resident pages (proc(5)).
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (Number(fields[2]) !== group) continue;
      pages += Number(fields[21]);
      for (const time of fields.slice(11, 15)) ticks += Number(time);
    } catch {
      // It ended between the look and the read.
    }
  }
  return { memoryBytes: pages * PAGE_BYTES, cpuMs: ticks * TICK_MS };
}
