import { lstatSync, readlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Limits, limitCommand } from "./limits.ts";
import { seccompFilter } from "./seccomp.ts";

const APP = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
/** Of the program, this is all that an engine reads. */
const PROGRAM = ["package.json", "node_modules", "worker/engine"];
/** Where Debian keeps links into /usr, and others folders. */
const SYSTEM = ["bin", "sbin", "lib", "lib32", "lib64"];
const SETTINGS = ["/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/libreoffice"];
/** Users that Debian's policy leaves free, low enough for a container's map. Neighbours share no limit on processes. */
const FIRST_UID = 60_100;
const UIDS = 1_000;
const COMPILE_CACHE = "/compile-cache";
/** The file descriptor that the filter is read from. Before it are the standard ones, and CHANNEL_FD. */
export const SECCOMP_FD = 4;

/** What a document is called in its folder. */
export const DOCUMENT = "document";

/** The folders of a document's processes. */
export interface Files {
  /** What they may only read: in it lies the document. */
  readonly input: string;
  /** What they may write to. */
  readonly output: string;
}

/** How to start Node behind walls: Node's own arguments come behind `args`. The folders are called as they are seen inside. */
export interface Launch extends Files {
  readonly program: string;
  readonly args: readonly string[];
  /** Where the program's own files are seen. */
  readonly app: string;
  /** The folder of further OCR models, as it is seen inside; undefined if there is none. */
  readonly tessdata?: string;
  /** The folders of fonts of one's own, as they are seen inside, separated as in PATH; undefined if there are none. */
  readonly fonts?: string;
  /** Whom the folders must be given to. */
  readonly uid?: number;
  /** Its processes can write to none of the worker's files but `output`. */
  readonly confinesWrites?: boolean;
  /** The folder of Node's compile cache, as it is seen inside; undefined if there is none. */
  readonly compileCache?: string;
  /** What must be linked before its processes start. */
  readonly link?: { readonly at: string; readonly to: string };
  readonly seccomp?: Buffer;
}

export type LaunchLimits = Pick<Limits, "memoryBytes" | "runMs">;

/** What V8 made of the engine's program, for all that run it to read and for none to write. */
export interface KeptCode {
  readonly folder: string;
  /** What Node calls it, but for the user's number behind: GetCacheVersionTag of its src/compile_cache.cc. */
  readonly tag: string;
}

/** One way of walling a document off. What it gives on this machine, the probe says. */
export interface Way {
  readonly name: string;
  readonly launch: (files: Files, limits: LaunchLimits, kept?: KeptCode) => Launch;
}

let uids = process.pid;

/** From the best to none at all. */
export function ways(isRoot = process.getuid?.() === 0): Way[] {
  const users = isRoot ? [true, false] : [false];
  return [
    // As root it takes a user of its own; else a namespace in which it is nobody else.
    ...users.flatMap((ownUser) => [bubblewrap(ownUser, true), bubblewrap(ownUser, false)]),
    ...users.map((ownUser) => namespaces(ownUser, isRoot)),
    ...users.map((ownUser) => privileges(ownUser, isRoot)),
    { name: "none", launch: (files) => ({ ...outside(files), program: process.execPath, args: [] }) },
  ];
}

/** All of it. In some containers no /proc of its own can be mounted; then it sees the container's. */
function bubblewrap(ownUser: boolean, ownProc: boolean): Way {
  return {
    name: ownProc ? "bubblewrap" : "bubblewrap without a /proc of its own",
    launch(files, limits, kept) {
      const uid = ownUser ? nextUid() : undefined;
      const filter = seccompFilter();
      const tessdata = tessdataFolder();
      const fonts = fontFolders().map((folder, index) => ({ folder, seen: `/fonts/${index}` }));
      const inside = {
        ...{ app: "/app", input: "/document/input", output: "/document/output" },
        ...(tessdata && { tessdata: "/tessdata" }),
        ...(fonts.length > 0 && { fonts: fonts.map(({ seen }) => seen).join(path.delimiter) }),
      };
      const node = `${inside.app}/node`;
      const args = [
        ...["--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--die-with-parent"],
        ...["--hostname", "document", "--cap-drop", "ALL"],
        // What it takes to become another user; setpriv lets go of it.
        ...(ownUser ? ["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"].flatMap((one) => ["--cap-add", one]) : ["--unshare-user"]),
        ...systemFiles(),
        ...(ownProc ? ["--proc", "/proc"] : ["--ro-bind", "/proc", "/proc"]),
        ...["--dev", "/dev", "--remount-ro", "/dev", "--dir", inside.app, "--dir", `${inside.app}/worker`],
        ...PROGRAM.flatMap((each) => ["--ro-bind", path.join(APP, each), path.join(inside.app, each)]),
        ...["--ro-bind", process.execPath, node, "--dir", "/document"],
        ...(tessdata ? ["--ro-bind-try", tessdata, "/tessdata"] : []),
        ...(fonts.length > 0 ? ["--dir", "/fonts"] : []),
        ...fonts.flatMap(({ folder, seen }) => ["--ro-bind-try", folder, seen]),
        ...(kept ? ["--dir", COMPILE_CACHE, "--ro-bind-try", kept.folder, `${COMPILE_CACHE}/${folderName(kept, uid)}`] : []),
        ...["--ro-bind", files.input, inside.input, "--bind", files.output, inside.output],
        // LibreOffice makes its pipe there, whatever TMPDIR says (PIPEDEFAULTPATH of its sal/osl/unx/pipe.cxx).
        ...["--symlink", inside.output, "/tmp"],
        ...["--remount-ro", "/", "--chdir", "/"],
        ...(filter ? ["--seccomp", String(SECCOMP_FD)] : []),
        "--",
        ...unprivileged(uid, ownUser),
        ...limitCommand(limits),
        node,
      ];
      const user = { confinesWrites: true, ...(uid !== undefined && { uid }) };
      return {
        ...inside,
        ...user,
        program: "bwrap",
        args,
        ...(filter && { seccomp: filter }),
        ...(kept && { compileCache: COMPILE_CACHE }),
      };
    },
  };
}

/** All but files of its own and the filter. */
function namespaces(ownUser: boolean, isRoot: boolean): Way {
  return {
    name: "unshare",
    launch(files, limits, kept) {
      const uid = ownUser ? nextUid() : undefined;
      const args = [
        ...["--pdeathsig", "KILL", "--", "unshare", "--net", "--pid", "--ipc", "--uts", "--mount-proc", "--fork", "--kill-child"],
        ...(isRoot ? [] : ["--map-current-user"]),
        ...["--", ...unprivileged(uid, isRoot), ...limitCommand(limits), process.execPath],
      ];
      return { ...outside(files), program: "setpriv", args, ...anotherUser(files, uid, kept) };
    },
  };
}

/** What takes no privilege: the limits, and none to be gained. */
function privileges(ownUser: boolean, isRoot: boolean): Way {
  return {
    name: "setpriv",
    launch(files, limits, kept) {
      const uid = ownUser ? nextUid() : undefined;
      const [program = "", ...args] = unprivileged(uid, isRoot);
      return {
        ...{ ...outside(files), program },
        args: ["--pdeathsig", "KILL", ...args, ...limitCommand(limits), process.execPath],
        ...anotherUser(files, uid, kept),
      };
    },
  };
}

export function unprivileged(uid: number | undefined, hasCapabilities: boolean): string[] {
  return [
    ...["setpriv", "--no-new-privs"],
    ...(uid === undefined ? [] : ["--reuid", String(uid), "--regid", String(uid), "--clear-groups"]),
    ...(hasCapabilities ? ["--inh-caps=-all", "--bounding-set=-all"] : []),
    "--",
  ];
}

/** Where the files are for a process that sees what all see. */
function outside(files: Files): Pick<Launch, keyof Files | "app" | "tessdata" | "fonts"> {
  const tessdata = tessdataFolder();
  const fonts = fontFolders().join(path.delimiter);
  return { ...files, app: APP, ...(tessdata && { tessdata }), ...(fonts && { fonts }) };
}

/** Where all see the same files, another user is what keeps them from being written. Without, nothing is kept for it. */
function anotherUser(files: Files, uid: number | undefined, kept: KeptCode | undefined): Partial<Launch> {
  if (uid === undefined) return {};
  if (!kept) return { uid, confinesWrites: true };
  const compileCache = path.join(path.dirname(files.input), "compile-cache");
  return { uid, confinesWrites: true, compileCache, link: { at: path.join(compileCache, folderName(kept, uid)), to: kept.folder } };
}

/** As Node looks for it: each user is to have a cache of its own. */
function folderName({ tag }: KeptCode, uid = process.getuid?.()): string {
  return `${tag}-${uid}`;
}

function tessdataFolder(): string | undefined {
  const folder = process.env["DRAGOMAN_TESSDATA"];
  return folder ? path.resolve(folder) : undefined;
}

function fontFolders(): string[] {
  const folders = (process.env["DRAGOMAN_FONTS"] ?? "").split(path.delimiter);
  return folders.filter((folder) => folder !== "").map((folder) => path.resolve(folder));
}

export function nextUid(): number {
  return FIRST_UID + (uids++ % UIDS);
}

/** The system's programs and their libraries, read-only, laid out as they are. */
export function systemFiles(): string[] {
  const folders = SYSTEM.flatMap((name) => {
    const found = lstatSync(`/${name}`, { throwIfNoEntry: false });
    if (!found) return [];
    return found.isSymbolicLink() ? ["--symlink", readlinkSync(`/${name}`), `/${name}`] : ["--ro-bind", `/${name}`, `/${name}`];
  });
  return ["--ro-bind", "/usr", "/usr", ...folders, "--dir", "/etc", ...SETTINGS.flatMap((each) => ["--ro-bind-try", each, each])];
}
