/** System calls that no document needs, and that kernels were broken by: the numbers of x86_64 and arm64. */
export const DENIED: Readonly<Record<string, readonly [x64: number, arm64: number]>> = {
  acct: [163, 89],
  add_key: [248, 217],
  bpf: [321, 280],
  chroot: [161, 51],
  delete_module: [176, 106],
  finit_module: [313, 273],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fsopen: [430, 430],
  fspick: [433, 433],
  init_module: [175, 105],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  io_uring_setup: [425, 425],
  kcmp: [312, 272],
  kexec_file_load: [320, 294],
  kexec_load: [246, 104],
  keyctl: [250, 219],
  mount: [165, 40],
  mount_setattr: [442, 442],
  move_mount: [429, 429],
  open_by_handle_at: [304, 265],
  open_tree: [428, 428],
  perf_event_open: [298, 241],
  pidfd_getfd: [438, 438],
  pivot_root: [155, 41],
  process_madvise: [440, 440],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  ptrace: [101, 117],
  quotactl: [179, 60],
  reboot: [169, 142],
  request_key: [249, 218],
  setns: [308, 268],
  swapoff: [168, 225],
  swapon: [167, 224],
  syslog: [103, 116],
  umount2: [166, 39],
  unshare: [272, 97],
  userfaultfd: [323, 282],
};
const CLONE = [56, 220] as const;
const CLONE3 = [435, 435] as const;
const SOCKET = [41, 198] as const;
/** CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID and NET (clone(2)). */
const NEW_NAMESPACES = 0x7e02_0000;
const AF_UNIX = 1;
/** From here on are the calls of x32, a second set of the same ones. */
const X32 = 0x4000_0000;
/** AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64 (linux/audit.h). */
const MACHINES: Readonly<Record<string, readonly [audit: number, column: 0 | 1]>> = {
  x64: [0xc000_003e, 0],
  arm64: [0xc000_00b7, 1],
};

// Instructions of classic BPF, as filters of seccomp(2) may have them.
const LOAD = 0x20;
const IF_EQUAL = 0x15;
const IF_AT_LEAST = 0x35;
const IF_ANY_BIT = 0x45;
const RETURN = 0x06;
// Where struct seccomp_data has them; of the first argument the lower half.
const NUMBER = 0;
const ARCHITECTURE = 4;
const ARGUMENT = 16;
const KILL = 0x8000_0000;
const ALLOW = 0x7fff_0000;
const errno = (code: number) => 0x0005_0000 | code;
const EPERM = errno(1);
const ENOSYS = errno(38);
const EAFNOSUPPORT = errno(97);

type Instruction = readonly [code: number, value: number, ifTrue?: number, ifFalse?: number];

/** The filter as `bwrap --seccomp` takes it; undefined on a machine whose numbers are not known here. */
export function seccompFilter(machine: string = process.arch): Buffer | undefined {
  const known = MACHINES[machine];
  if (!known) return undefined;
  const [audit, column] = known;
  const answer = (number: number, how: number): Instruction[] => [
    [IF_EQUAL, number, 0, 1],
    [RETURN, how],
  ];
  const program: Instruction[] = [
    [LOAD, ARCHITECTURE],
    [IF_EQUAL, audit, 1, 0],
    [RETURN, KILL],
    [LOAD, NUMBER],
    [IF_AT_LEAST, X32, 0, 1],
    [RETURN, ENOSYS],
    ...Object.values(DENIED).flatMap((numbers) => answer(numbers[column], EPERM)),
    // Its flags are behind a pointer, which no filter can follow; without it the C library takes clone.
    ...answer(CLONE3[column], ENOSYS),
    [IF_EQUAL, CLONE[column], 0, 4],
    [LOAD, ARGUMENT],
    [IF_ANY_BIT, NEW_NAMESPACES, 0, 1],
    [RETURN, EPERM],
    [RETURN, ALLOW],
    // Pipes between processes are sockets of this family; others reach what no namespace holds back.
    [IF_EQUAL, SOCKET[column], 0, 3],
    [LOAD, ARGUMENT],
    [IF_EQUAL, AF_UNIX, 1, 0],
    [RETURN, EAFNOSUPPORT],
    [RETURN, ALLOW],
  ];
  return Buffer.concat(program.map(encode));
}

/** As struct sock_filter, on machines that are both little-endian. */
function encode([code, value, ifTrue = 0, ifFalse = 0]: Instruction): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(ifTrue, 2);
  bytes.writeUInt8(ifFalse, 3);
  bytes.writeUInt32LE(value, 4);
  return bytes;
}
