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
  readonly processes: number;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly ticks: number;
  readonly pages: number;
}

/** Of the group that `leader` began, and of whatever its processes started: one that leaves the group counts as well. */
export async function groupUsage(leader: number): Promise<GroupUsage> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const all = (await Promise.all(pids.map(look))).filter((each) => each !== undefined);
  const childrenOf = Map.groupBy(all, ({ parent }) => parent);
  const counted = new Set(all.filter(({ pid, group }) => pid === leader || group === leader));
  // A set grows while it is gone through, and so this ends with the last generation.
  for (const { pid } of counted) for (const child of childrenOf.get(pid) ?? []) counted.add(child);
  const sum = (of: (process: Process) => number) => [...counted].reduce((total, each) => total + of(each), 0);
  return { memoryBytes: sum(({ pages }) => pages) * PAGE_BYTES, cpuMs: sum(({ ticks }) => ticks) * TICK_MS, processes: counted.size };
}

async function look(pid: string): Promise<Process | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The fields behind the command's name, which may hold anything: state, parent, group, …, four times, …, resident pages (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const field = (index: number) => Number(fields[index]);
    return { pid: Number(pid), parent: field(1), group: field(2), ticks: field(11) + field(12) + field(13) + field(14), pages: field(21) };
  } catch {
    // It ended between the look and the read.
    return undefined;
  }
}
