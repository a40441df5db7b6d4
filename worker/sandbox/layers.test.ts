import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readlink, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type Attack, attackIn, makeFiles } from "../../test/support/attack.ts";
import { type Confinement, confine, requireAll } from "./confinement.ts";
import { LAYERS, type Layer } from "./layers.ts";
import { DENIED } from "./seccomp.ts";
import { ways } from "./ways.ts";

// Each layer is tried from inside by what it must hold back. Where a machine cannot give one, its tests say so and are skipped.
describe("the sandbox", () => {
  let folder = "";
  let confinement: Confinement;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "dragoman-sandbox-"));
    confinement = await confine(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const holds = (layer: Layer, claim: string, test: (attack: Attack) => Promise<void>) =>
    it(`${claim} (${layer})`, async function () {
      if (!confinement.layers.has(layer)) {
        console.log(`      This machine cannot give a document ${LAYERS[layer]}: ${confinement.advice}`);
        this.skip();
      }
      await test(attackIn(confinement, folder));
    });

  holds("files", "lets a document read neither a key nor another's folder", async (attack) => {
    const key = path.join(folder, "api-key");
    await writeFile(key, "dgm_secret", { mode: 0o600 });
    const other = await makeFiles(folder);
    const seen = await attack(
      (files: string[]) => files.map((file) => process.getBuiltinModule("node:fs").existsSync(file)),
      [key, other.input, other.output, process.cwd(), "/root", "/home", "/etc/passwd", "/var"],
    );
    expect(seen).to.deep.equal(new Array(8).fill(false));
  });
  holds("files", "lets a document write to its folder alone", async (attack) => {
    const errors = await attack(
      (files: string[]) => {
        const fs = process.getBuiltinModule("node:fs");
        return files.map((file) => {
          try {
            fs.writeFileSync(file, "");
            return "written";
          } catch (error) {
            return (error as NodeJS.ErrnoException).code ?? "";
          }
        });
      },
      [
        "/app/worker/engine/child.ts",
        "/app/node_modules/x",
        "/usr/bin/x",
        "/document/input/document",
        "/document/input/x",
        "/document/x",
        "/x",
        "/dev/shm/x",
        "/etc/x",
        "/var/tmp/x",
      ],
    );
    expect(errors.filter((code) => !["EROFS", "EACCES", "EPERM", "ENOENT"].includes(code))).to.deep.equal([]);
  });
  holds("pid", "shows a document no process but its own, least of all its supervisor's environment and memory", async (attack) => {
    const seen = await attack((supervisor: number) => {
      const fs = process.getBuiltinModule("node:fs");
      const readable = (file: string) => {
        try {
          fs.closeSync(fs.openSync(`/proc/${supervisor}/${file}`, "r"));
          return /mocha/.test(fs.readFileSync(`/proc/${supervisor}/cmdline`, "utf8"));
        } catch {
          return false;
        }
      };
      return { environ: readable("environ"), mem: readable("mem"), signalled: signalled(supervisor) };

      function signalled(pid: number): boolean {
        try {
          // In its own numbers this may be one of its own processes; nought asks only.
          return process.kill(pid, 0) && pid > 100;
        } catch {
          return false;
        }
      }
    }, process.pid);
    expect(seen).to.deep.equal({ environ: false, mem: false, signalled: false });
  });
  holds("network", "lets a document connect neither to its own machine nor to any other", async (attack) => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const connected = await attack(
      async (targets: [string, number][]) => {
        const net = process.getBuiltinModule("node:net");
        const one = ([host, at]: [string, number]) =>
          new Promise<boolean>((resolve) => {
            net
              .connect({ host, port: at, timeout: 5_000 })
              .on("connect", () => resolve(true))
              .on("timeout", () => resolve(false))
              .on("error", () => resolve(false));
          });
        const devices = process
          .getBuiltinModule("node:fs")
          .readFileSync("/proc/net/dev", "utf8")
          .match(/^\s*\w+:/gm);
        return { connected: await Promise.all(targets.map(one)), devices: devices?.map((name) => name.trim()) };
      },
      [
        ["127.0.0.1", port],
        ["192.0.2.1", 80],
      ] as [string, number][],
    );
    server.close();
    expect(connected).to.deep.equal({ connected: [false, false], devices: ["lo:"] });
  });
  holds("uid", "gives a document a user that cannot become its supervisor", async (attack) => {
    const { uid, error } = await attack(() => {
      try {
        process.setuid?.(0);
        return { uid: process.getuid?.() ?? 0, error: "" };
      } catch (error) {
        return { uid: process.getuid?.() ?? 0, error: (error as NodeJS.ErrnoException).code ?? "" };
      }
    }, undefined);
    if (process.getuid?.() === 0) expect({ other: uid !== 0, error }).to.deep.equal({ other: true, error: "EPERM" });
    else expect(error).to.equal("EPERM");
  });
  holds("capabilities", "lets a document give its files to nobody", async (attack) => {
    const error = await attack(() => {
      const fs = process.getBuiltinModule("node:fs");
      const file = `${process.env["TMPDIR"]}/mine`;
      fs.writeFileSync(file, "");
      try {
        fs.chownSync(file, 12_345, 12_345);
        return "given away";
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      }
    }, undefined);
    expect(error).to.be.oneOf(["EPERM", "EINVAL"]);
  });
  holds("no_new_privs", "gives a document nothing by a program that has more privileges", async (attack) => {
    const status = await attack(() => process.getBuiltinModule("node:fs").readFileSync("/proc/self/status", "utf8"), undefined);
    expect(status).to.match(/^NoNewPrivs:\s*1$/m);
  });
  holds("ipc", "shows a document no message queue of another's", async (attack) => {
    const [, id = ""] = /: (\d+)/.exec(execFileSync("ipcmk", ["-Q"], { encoding: "utf8" })) ?? [];
    try {
      expect(execFileSync("ipcs", ["-q"], { encoding: "utf8" })).to.contain(id);
      const queues = await attack(
        () => process.getBuiltinModule("node:fs").readFileSync("/proc/sysvipc/msg", "utf8").trim().split("\n"),
        undefined,
      );
      expect(queues).to.have.length(1);
    } finally {
      execFileSync("ipcrm", ["-q", id]);
    }
  });
  holds("uts", "gives a document a host's name of its own", async (attack) => {
    const own = await attack(() => process.getBuiltinModule("node:fs").readlinkSync("/proc/self/ns/uts"), undefined);
    expect(own).to.not.equal(await readlink("/proc/self/ns/uts"));
  });
  holds("limits", "ends a file that grows beyond the limit", async (attack) => {
    const { status, signal } = await attack(() => {
      const file = `${process.env["TMPDIR"]}/large`;
      const { status, signal } = process.getBuiltinModule("node:child_process").spawnSync("truncate", ["-s", "2G", file]);
      return { status, signal };
    }, undefined);
    expect({ status, signal }).to.not.deep.equal({ status: 0, signal: null });
  });
  holds("limits", "gives a program no more memory than the document's and what Node sets aside", async (attack) => {
    const had = await attack(
      (bytes: number) => {
        try {
          return Buffer.allocUnsafe(bytes).length;
        } catch {
          return 0;
        }
      },
      7 * 1024 ** 3,
    );
    expect(had).to.equal(0);
  });
  holds("limits", "ends a program that takes more processor time than the document has", async (attack) => {
    const signal = await attack(
      () => process.getBuiltinModule("node:child_process").spawnSync("perl", ["-e", "1 while 1"]).signal,
      undefined,
    );
    expect(signal).to.be.oneOf(["SIGKILL", "SIGXCPU"]);
  });
  holds("limits", "lets a document start so many processes and no more", async (attack) => {
    const bomb = "while ($n < 2000) { my $p = fork; last unless defined $p; if (!$p) { sleep 60; exit } $n++ } print $n; kill 9, -getpgrp";
    const started = await attack(
      (program: string) =>
        process
          .getBuiltinModule("node:child_process")
          .spawnSync("setsid", ["--wait", "perl", "-e", `$| = 1; ${program}`])
          .stdout?.toString(),
      bomb,
    );
    expect(Number(started)).to.be.within(1, 511);
  });
  holds("seccomp", "refuses a document the system calls that kernels are broken by", async (attack) => {
    const column = process.arch === "arm64" ? 1 : 0;
    const numbers = Object.entries(DENIED).map(([name, each]): [string, number] => [name, each[column]]);
    const allowed = await attack((calls: [string, number][]) => {
      const { spawnSync } = process.getBuiltinModule("node:child_process");
      // As root outside each gives another error for such arguments, or none.
      const one = (number: number) => spawnSync("perl", ["-e", `syscall(${number}, -1, 0, 0, 0, 0) == -1 or print 'done'; print $! + 0`]);
      return calls.filter(([, number]) => one(number).stdout?.toString() !== "1").map(([name]) => name);
    }, numbers);
    expect(allowed).to.deep.equal([]);
  });
  holds("seccomp", "lets a document make no namespace, in which it would be root", async (attack) => {
    const status = await attack(
      () =>
        [
          ["unshare", "-U", "true"],
          ["unshare", "-r", "mount", "-t", "tmpfs", "x", "/mnt"],
        ].map(([program = "", ...args]) => process.getBuiltinModule("node:child_process").spawnSync(program, args).status),
      undefined,
    );
    expect(status).to.deep.equal([1, 1]);
  });

  for (const name of ["unshare", "setpriv"])
    it(`gives a document a user of its own by ${name} alone too, if the way to its folder is open`, async function () {
      const other = ["--reuid=60100", "--regid=60100", "--clear-groups", "test", "-r", fileURLToPath(import.meta.url)];
      if (process.getuid?.() !== 0 || spawnSync("setpriv", other).status !== 0) {
        console.log("      Only root can give a user, and another one must be able to read the program.");
        this.skip();
      }
      await chmod(folder, 0o711);
      const tries = ways().filter((way) => way.name === name);
      const alone = await confine(path.join(folder, name), tries);
      if (alone.name === "none") {
        console.log(`      This machine cannot do it at all: ${alone.advice}`);
        this.skip();
      }
      const attack = attackIn(alone, path.join(folder, name));
      const seen = await attack(
        (other: string) => [process.getuid?.() !== 0, process.getBuiltinModule("node:fs").existsSync(other)],
        (await makeFiles(path.join(folder, name))).input,
      );
      expect(seen).to.deep.equal([true, false]);
    });

  it("may be required whole, and says what is missing and what to install", async () => {
    const [best] = ways();
    if (!best) throw new Error("There is no way.");
    const absent = {
      ...best,
      launch: (...args: Parameters<typeof best.launch>) => ({ ...best.launch(...args), program: "no-such-bwrap" }),
    };
    const without = await confine(folder, [absent]);
    expect(() => requireAll(without)).to.throw(/lacks: .*its own files \(files\).*Install bubblewrap \(apt-get install bubblewrap\)\./s);
  });
});
