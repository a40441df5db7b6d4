/** What keeps a document's processes from the rest of the machine, each by itself. */
export const LAYERS = {
  uid: "a user of its own",
  capabilities: "no capabilities",
  no_new_privs: "no new privileges",
  network: "no network",
  pid: "its own processes",
  ipc: "its own IPC",
  uts: "its own host name",
  files: "its own files",
  limits: "limits on CPU, memory, file size and processes",
  seccomp: "a filter of system calls",
} as const;

export type Layer = keyof typeof LAYERS;

/** Every namespace that a document's processes have of their own. */
export const NAMESPACES = ["user", "net", "pid", "ipc", "uts", "mnt"] as const;
type Namespaces = Readonly<Record<(typeof NAMESPACES)[number], string>>;

/** What a process in the sandbox saw of itself. */
export interface Seen {
  readonly uid: number;
  /** As /proc/self/status and /proc/self/limits have them (proc(5)). */
  readonly status: string;
  readonly limits: string;
  readonly namespaces: Namespaces;
  /** Whether it sees a file of its supervisor's. */
  readonly seesOutside: boolean;
}

/** The layers that hold, by what was seen inside, and who and where the supervisor is. */
export function layersOf(seen: Seen, supervisor: Pick<Seen, "uid" | "namespaces">): Set<Layer> {
  const status = (field: string) => new RegExp(`^${field}:\\s*(\\S+)`, "m").exec(seen.status)?.[1] ?? "";
  const none = (field: string) => /^0+$/.test(status(field));
  const own = (name: keyof Namespaces) => seen.namespaces[name] !== "" && seen.namespaces[name] !== supervisor.namespaces[name];
  const limited = (name: string) => new RegExp(`^Max ${name}\\s+\\d`, "m").test(seen.limits);
  const noNewPrivs = status("NoNewPrivs") === "1";
  const holds: Readonly<Record<Layer, boolean>> = {
    uid: seen.uid !== supervisor.uid || own("user"),
    // Whoever is not root and gets no new privileges never comes by what the bounding set would permit.
    capabilities: ["CapPrm", "CapEff", "CapInh", "CapAmb"].every(none) && (none("CapBnd") || (noNewPrivs && seen.uid !== 0)),
    no_new_privs: noNewPrivs,
    network: own("net"),
    pid: own("pid"),
    ipc: own("ipc"),
    uts: own("uts"),
    files: own("mnt") && !seen.seesOutside,
    limits: ["cpu time", "file size", "data size", "processes"].every(limited),
    // A container's own filter counts as well.
    seccomp: status("Seccomp") === "2",
  };
  return new Set((Object.keys(LAYERS) as Layer[]).filter((layer) => holds[layer]));
}
