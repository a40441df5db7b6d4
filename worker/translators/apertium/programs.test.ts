import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { type Confinement, confine } from "../../sandbox/confinement.ts";
import { LAYERS, type Layer } from "../../sandbox/layers.ts";
import { DENIED } from "../../sandbox/seccomp.ts";
import { confinedPrograms, type StartPrograms } from "./programs.ts";

const COLUMN = process.arch === "arm64" ? 1 : 0;
const PRCTL = [157, 167][COLUMN];
const CAPGET = [125, 90][COLUMN];

// Each layer is tried from inside by what it must hold back, as an engine's are (sandbox/layers.test.ts).
describe("a translator's programs", () => {
  let folder = "";
  let confinement: Confinement;
  let start: StartPrograms;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "dragoman-programs-"));
    confinement = await confine(folder);
    start = await confinedPrograms();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
  /** What a program of Perl prints that is started as Apertium's are, line by line. */
  async function perl(program: string, ...given: readonly unknown[]): Promise<string[]> {
    const child = start(["exec perl -e", quoted(`$| = 1; ${program}`), ...given.map((each) => quoted(String(each)))].join(" "));
    const [said] = await Promise.all([text(child.stdout ?? expect.fail("It has no output.")), once(child, "close")]);
    return said.split("\n").filter((line) => line !== "");
  }
  /** They have every layer of an engine's but /proc; where an engine has not, neither have they. */
  const holds = (layer: Layer, claim: string, test: () => Promise<void>) =>
    it(`${claim} (${layer})`, async function () {
      if (!confinement.layers.has(layer) || (layer !== "no_new_privs" && !confinement.name.startsWith("bubblewrap"))) {
        console.log(`      This machine cannot give a translator ${LAYERS[layer]}: ${confinement.advice}`);
        this.skip();
      }
      await test();
    });

  holds("files", "see no file but the system's", async () => {
    const key = path.join(folder, "api-key");
    await writeFile(key, "dgm_secret", { mode: 0o644 });
    const files = [key, process.cwd(), "/root", "/home", "/etc/passwd", "/var", "/tmp", "/proc/1", "/usr"];
    expect(await perl(`print map { -e $_ ? "$_\\n" : () } @ARGV`, ...files)).to.deep.equal(["/usr"]);
  });
  holds("files", "write to no file", async () => {
    const files = ["/x", "/usr/bin/x", "/usr/share/apertium/x", "/dev/x", "/dev/shm/x", "/etc/x", "/bin/x"];
    const program = `for (@ARGV) { print "$_\\n" if open(my $file, ">", $_) } print "tried\\n"`;
    expect(await perl(program, ...files)).to.deep.equal(["tried"]);
  });
  holds("network", "reach neither their own machine nor any other", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const { port } = server.address() as { port: number };
      const program = `use IO::Socket::INET; for (@ARGV) { print "$_\\n" if IO::Socket::INET->new(PeerAddr => $_, Timeout => 3) } print "tried\\n"`;
      expect(await perl(program, `127.0.0.1:${port}`, "192.0.2.1:80")).to.deep.equal(["tried"]);
    } finally {
      server.close();
    }
  });
  holds("pid", "see and signal no other process", async () => {
    expect(await perl(`print kill(0, $ARGV[0]), "\\n", $$, "\\n"`, process.pid)).to.satisfy(
      ([signalled = "", own = ""]: string[]) => (signalled === "0" || process.pid < 10) && Number(own) < 10,
    );
  });
  holds("uid", "are a user that cannot become another", async () => {
    const [uid = "", become = ""] = await perl(`print "$<\\n"; $< = $> = 0; print $< == 0 || $> == 0 ? "root" : "refused", "\\n"`);
    expect(become).to.equal("refused");
    if (process.getuid?.() === 0) expect(Number(uid)).to.be.greaterThan(0);
  });
  holds("capabilities", "have no capability", async () => {
    // Its version and 32 bits each of what is effective, permitted and inheritable, twice (capget(2)).
    const program = `my $head = pack("LL", 0x20080522, 0); my $data = "\\0" x 24; syscall(${CAPGET}, $head, $data) == 0 or die; print unpack("H*", $data), "\\n"`;
    expect(await perl(program)).to.deep.equal(["0".repeat(48)]);
  });
  holds("no_new_privs", "gain nothing by a program that has more privileges", async () => {
    // PR_GET_NO_NEW_PRIVS of prctl(2).
    expect(await perl(`print syscall(${PRCTL}, 39, 0, 0, 0, 0), "\\n"`)).to.deep.equal(["1"]);
  });
  holds("seccomp", "are refused the system calls that kernels are broken by", async () => {
    const numbers = Object.values(DENIED).map((each) => each[COLUMN]);
    const program = `for (@ARGV) { my $done = syscall($_, -1, 0, 0, 0, 0); print "$_\\n" unless $done == -1 && $! == 1 } print "tried\\n"`;
    expect(await perl(program, ...numbers)).to.deep.equal(["tried"]);
  });
  holds("limits", "have a bound on memory, files, processes and what is left of a crash", async () => {
    const child = start("ulimit -d; ulimit -f; ulimit -n; ulimit -c; ulimit -p 2>/dev/null || ulimit -u");
    const [said] = await Promise.all([text(child.stdout ?? expect.fail("It has no output.")), once(child, "close")]);
    expect(said.trim().split("\n")).to.deep.equal([String(2 * 1024 ** 2), "0", "256", "0", "512"]);
  });
});
