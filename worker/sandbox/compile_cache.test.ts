import { readdir, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { openLog } from "../../platform/log.ts";
import { attackIn } from "../../test/support/attack.ts";
import { scratch } from "../../test/support/documents.ts";
import { eventually } from "../../test/support/service.ts";
import { standIn } from "../../test/support/stand_in.ts";
import { CompileCache } from "./compile_cache.ts";
import { type Confinement, confine } from "./confinement.ts";
import { ChildPool } from "./pool.ts";
import { type KeptCode, ways } from "./ways.ts";

const LIMITS = { memoryBytes: 256 * 1024 ** 2, runMs: 60_000, silenceMs: 60_000, stepCpuMs: 60_000 };
const log = openLog("test", "silent");

const from = (confinement: Confinement, kept: KeptCode | undefined): Confinement => ({
  ...confinement,
  launch: (files, limits) => confinement.launch(files, limits, kept),
});

/** Node loads what strips types with the first module that it finds in no cache. */
async function stripsTypes(program: string): Promise<boolean> {
  await import(program);
  return (process as unknown as { moduleLoadList: string[] }).moduleLoadList.some((name) => name.includes("amaro"));
}

/** Tries to change what another engine will run, in every way that a file can be changed. */
function change(): string[] {
  const fs = process.getBuiltinModule("node:fs");
  const folder = process.getBuiltinModule("node:module").getCompileCacheDir() ?? "";
  const [name] = fs.readdirSync(folder);
  const file = `${folder}/${name}`;
  const own = `${process.env["TMPDIR"]}/own`;
  fs.writeFileSync(own, "poison");
  const tries = [
    () => fs.writeFileSync(file, "poison"),
    () => fs.openSync(file, "r+"),
    () => fs.writeFileSync(`${folder}/01234567`, "poison"),
    () => fs.renameSync(own, file),
    () => fs.unlinkSync(file),
    () => fs.chmodSync(file, 0o666),
    () => fs.chmodSync(fs.realpathSync(folder), 0o777),
    () => fs.renameSync(folder, `${folder}x`),
    () => fs.mkdirSync(`${folder}/../v99.0.0-x64-00000000-0`),
  ];
  return tries.map((attempt) => {
    try {
      attempt();
      return "changed";
    } catch (error) {
      const { code = String(error) } = error as NodeJS.ErrnoException;
      return ["EROFS", "EACCES", "EPERM", "EXDEV", "EBUSY"].includes(code) ? "refused" : code;
    }
  });
}

/** A program begins with an empty folder that is called as Node calls one, in place of Node's own. */
const BEGINNING = `
  import fs from "node:fs";
  const all = process.env.NODE_COMPILE_CACHE;
  const folder = all + "/v24.0.0-x64-0123abcd-1";
  fs.rmSync(all, { recursive: true });
  fs.mkdirSync(folder, { recursive: true });`;

describe("what V8 made of the engine's program", () => {
  const stack = new AsyncDisposableStack();
  let folder: string;
  let confinement: Confinement;
  let cache: CompileCache;
  const program = (given: Confinement) =>
    path.join(given.launch({ input: "/x/input", output: "/x/output" }, LIMITS).app, "worker/engine/pipeline.ts");
  before(async () => {
    folder = stack.use(await scratch()).path;
    confinement = await confine(folder);
    cache = stack.use(new CompileCache({ confinement, limits: LIMITS, folder, log }));
    await cache.make();
  });
  after(async () => {
    await cache[Symbol.asyncDispose]();
    expect(await readdir(folder)).to.not.include("compile-cache");
    await stack.disposeAsync();
  });
  /** Claims of what is safe only where a document has a user or files of its own. */
  const claim = (words: string, test: (kept: KeptCode) => Promise<void>) =>
    it(words, async function () {
      if (!confinement.layers.has("uid") && !confinement.layers.has("files")) {
        console.log(`      Nothing is safe from a document here, so nothing is kept: ${confinement.advice}`);
        this.skip();
      }
      if (!cache.kept) expect.fail("Nothing is kept.");
      await test(cache.kept);
    });

  claim("is what the next engine runs, which strips no types", async (kept) => {
    expect(await attackIn(confinement, folder)(stripsTypes, program(confinement))).to.equal(true);
    expect(await attackIn(from(confinement, kept), folder)(stripsTypes, program(confinement))).to.equal(false);
  });
  claim("cannot be changed by an engine", async (kept) => {
    expect(await attackIn(from(confinement, kept), folder)(change, undefined)).to.deep.equal(new Array(9).fill("refused"));
  });
  claim("is run and not changed where a user of its own is all that a document has", async (kept) => {
    const own = path.join(folder, "alone");
    const tries = ways().filter(({ name }) => name === "setpriv");
    const alone = await confine(own, tries);
    const launch = alone.launch({ input: "/x/input", output: "/x/output" }, LIMITS);
    if (process.getuid?.() !== 0 || !alone.layers.has("uid")) {
      expect(launch.confinesWrites).to.equal(undefined);
      return;
    }
    // Where a module lies is part of its name in the cache.
    await using another = new CompileCache({ confinement: alone, limits: LIMITS, folder: own, log });
    await another.make();
    expect(another.kept).to.include({ tag: kept.tag });
    expect(await attackIn(from(alone, another.kept), own)(stripsTypes, program(alone))).to.equal(false);
    expect(await attackIn(from(alone, another.kept), own)(change, undefined)).to.deep.equal(new Array(9).fill("refused"));
  });
  claim("does no harm when it is damaged, of another Node, or gone", async (kept) => {
    const run = (given: KeptCode) => attackIn(from(confinement, given), folder)(stripsTypes, program(confinement));
    expect(await run({ ...kept, tag: "v99.0.0-x64-00000000" })).to.equal(true);
    const names = await readdir(kept.folder);
    for (const [index, name] of names.entries()) {
      if (index % 2 === 0) await truncate(path.join(kept.folder, name), 40);
      else await writeFile(path.join(kept.folder, name), Buffer.alloc(400, index % 256));
    }
    expect(await run(kept)).to.equal(true);
    await rm(kept.folder, { recursive: true });
    expect(await run(kept)).to.equal(true);
  });
});

describe("what a program says that V8 made of it", () => {
  /** What is taken of what a program leaves, in place of the engine's. */
  const taken = async (program: string, layers: Partial<ReturnType<Confinement["launch"]>> = { confinesWrites: true }) => {
    await using folder = await scratch();
    const given = await standIn(folder.path, "");
    await writeFile(path.join(folder.path, "app/worker/engine/compile.ts"), `${BEGINNING} ${program}`);
    const confinement: Confinement = { ...given, launch: (...args) => ({ ...given.launch(...args), ...layers }) };
    await using cache = new CompileCache({ confinement, limits: LIMITS, folder: folder.path, log });
    await cache.make();
    return cache.kept && { tag: cache.kept.tag, names: await readdir(cache.kept.folder) };
  };
  const file = `fs.writeFileSync(folder + "/0123abcd", "x");`;

  it("is taken as Node names it", async () => {
    expect(await taken(file)).to.deep.equal({ tag: "v24.0.0-x64-0123abcd", names: ["0123abcd"] });
  });
  for (const [what, program] of [
    ["is a link", `fs.symlinkSync("/etc/hostname", folder + "/0123abcd");`],
    ["is a second name of a file", `${file} fs.linkSync(folder + "/0123abcd", folder + "/x"); fs.renameSync(folder + "/x", "x");`],
    ["has another name", `fs.writeFileSync(folder + "/0123abcd.so", "x");`],
    ["is large", `fs.ftruncateSync(fs.openSync(folder + "/0123abcd", "w"), 65 * 1024 ** 2);`],
    ["lies behind a link", `fs.rmdirSync(folder); fs.symlinkSync("/etc", folder);`],
    ["lies in two folders", `${file} fs.mkdirSync(all + "/v24.0.0-x64-0123abcd-2");`],
    ["comes of a failure", `${file} process.exit(1);`],
  ] as const)
    it(`is not taken if it ${what}`, async () => {
      expect(await taken(program)).to.equal(undefined);
    });
  it("is not asked for where an engine could change it", async () => {
    expect(await taken(file, {})).to.equal(undefined);
  });
});

describe("children that replace others", () => {
  it("are started from what was kept meanwhile", async () => {
    await using folder = await scratch();
    const given = await standIn(folder.path, `say({ kind: "ready" });`);
    await writeFile(path.join(folder.path, "app/worker/engine/compile.ts"), BEGINNING);
    const started: (KeptCode | undefined)[] = [];
    const confinement: Confinement = {
      ...given,
      launch: (files, limits, kept) => {
        if (files.input.includes("child-")) started.push(kept);
        return { ...given.launch(files, limits), confinesWrites: true };
      },
    };
    await using pool = new ChildPool({ confinement, limits: LIMITS, folder: folder.path, size: 1, log });
    await eventually(async () => {
      await using _ = await pool.borrow("a", new AbortController().signal);
      return started.at(-1) !== undefined;
    });
    // The first is there before it is known that there will be others.
    expect(started[0]).to.equal(undefined);
    expect(started.at(-1)?.tag).to.equal("v24.0.0-x64-0123abcd");
  });
});
