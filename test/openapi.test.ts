import { execFile } from "node:child_process";
import { readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import type { Job } from "../gen/dragoman/v1/job_pb.ts";
import { casesOf } from "./protocols/cases.ts";
import { rest } from "./protocols/runners.ts";
import { scratch } from "./support/documents.ts";
import { startPrism } from "./support/prism.ts";
import { eventually, type RunningService, startService } from "./support/service.ts";

const DOCUMENT = path.resolve("gen/openapi.json");
const COMPILE = ["--strict", "--skipLibCheck", "--module", "nodenext", "--target", "esnext", "--outDir", "out", "--rootDir", "."];
const BY_OPENAPI_FETCH = `
import createClient from "openapi-fetch";
import type { paths } from "./api.js";
const [baseUrl = "", key = ""] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl, headers: { authorization: \`Bearer \${key}\` } });
const file = new File(["The library is open today."], "letter.txt") as File & string;
const { data, error } = await client.POST("/jobs", {
  body: { file, target_language: "es", source_language: "en", priority: "high", labels: { order: "1042" } },
  bodySerializer(body) {
    const form = new FormData();
    for (const [name, value] of Object.entries(body)) form.append(name, name === "labels" ? JSON.stringify(value) : (value as string | Blob));
    return form;
  },
});
if (!data) throw new Error(\`\${error.code}: \${error.detail} \${error.hint}\`);
const again = await client.GET("/jobs/{id}", { params: { path: { id: data.id } } });
console.log(again.data?.id, again.data?.fileName, again.data?.options?.priority, again.data?.options?.labels["order"]);
`;
const BY_HEY_API = `
import { createClient } from "./hey/client/index.js";
import { createJob, createUpload, getJob, putUpload } from "./hey/sdk.gen.js";
const [baseUrl = "", key = ""] = process.argv.slice(2);
const client = createClient({ baseUrl, auth: key, throwOnError: true });
const file = new File(["The library is open today."], "letter.txt");
const upload = await createUpload({ client, body: { fileName: file.name, sizeBytes: file.size }, throwOnError: true });
await putUpload({ client, path: { grant: upload.data.url.replace("/uploads/", "") }, body: file, throwOnError: true });
const body = { uploadId: upload.data.id, options: { targetLanguage: "es", sourceLanguage: "en", priority: "high" } } as const;
const job = await createJob({ client, body, throwOnError: true });
const again = await getJob({ client, path: { id: job.data.id }, throwOnError: true });
console.log(again.data.id, again.data.fileName, again.data.options?.priority);
`;

describe("the OpenAPI document", function () {
  this.timeout(180_000);
  let service: RunningService;
  before(async () => {
    service = await startService();
    await eventually(async () => (await service.client.languages()).length > 0);
  });
  after(() => service?.[Symbol.asyncDispose]());

  const run = (program: string, args: readonly string[], cwd: string) =>
    promisify(execFile)(path.resolve("node_modules/.bin", program), args, {
      cwd,
      timeout: 120_000,
      env: { ...process.env, NO_COLOR: "1" },
    }).catch((error: { stdout: string; stderr: string }) => {
      throw new Error(`${program}: ${error.stdout} ${error.stderr}`);
    });

  /** Compiles `source` beside what was generated, runs it, and gives what it prints. */
  async function compiled(folder: string, source: string): Promise<string[]> {
    const types = ["--lib", "esnext,dom,dom.iterable", "--types", "node"];
    await writeFile(path.join(folder, "package.json"), '{"type":"module"}');
    await writeFile(path.join(folder, "client.ts"), source);
    await run("tsc", [...COMPILE, ...types, "client.ts"], folder);
    const { stdout } = await run("node", ["out/client.js", service.url, service.apiKey], folder);
    return stdout.trim().split(" ");
  }

  async function withModules(): Promise<{ path: string } & AsyncDisposable> {
    const files = await scratch();
    await symlink(path.resolve("node_modules"), path.join(files.path, "node_modules"));
    return files;
  }

  it("has no schema that nothing refers to", async () => {
    const text = await readFile(DOCUMENT, "utf8");
    const { schemas } = (JSON.parse(text) as { components: { schemas: object } }).components;
    expect(Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`))).to.deep.equal([]);
  });

  it("makes a client of openapi-typescript and openapi-fetch that sends a file as a form", async () => {
    await using files = await withModules();
    await run("openapi-typescript", [DOCUMENT, "-o", "api.d.ts"], files.path);
    const [id = "", ...about] = await compiled(files.path, BY_OPENAPI_FETCH);
    expect(about).to.deep.equal(["letter.txt", "PRIORITY_HIGH", "1042"]);
    expect((await service.client.job(id)).fileName).to.equal("letter.txt");
  });

  it("makes a client of @hey-api/openapi-ts that sends a file by an upload", async () => {
    await using files = await withModules();
    await run("openapi-ts", ["-i", DOCUMENT, "-o", "hey", "-c", "@hey-api/client-fetch", "--no-log-file"], files.path);
    const [id = "", ...about] = await compiled(files.path, BY_HEY_API);
    expect(about).to.deep.equal(["letter.txt", "PRIORITY_HIGH"]);
    expect((await service.client.job(id)).fileName).to.equal("letter.txt");
  });

  it("says what the running server answers, over the protocol cases", async () => {
    await using files = await scratch();
    // A proxy that notices nothing would show nothing: of one route, which no case asks, its document lies.
    const text = await readFile(DOCUMENT, "utf8");
    const lying = path.join(files.path, "openapi.json");
    await writeFile(lying, text.replaceAll("#/components/schemas/ListLanguagePairsResponse", "#/components/schemas/Problem"));
    await using prism = await startPrism(lying, service.url);
    const done: Job = await service.client.translate(new File(["The library is open today."], "a.txt"), { to: "es", from: "en" });
    const notBefore = timestampFromDate(new Date(Date.now() + 3600_000));
    const waiting = await service.client.create(new File(["Not yet."], "b.txt"), { to: "es", from: "en", options: { notBefore } });
    const uploadId = async () => {
      const { id, url } = await service.client.uploads.createUpload({ fileName: "b.txt", sizeBytes: 5n });
      await fetch(new URL(url, service.url), { method: "PUT", body: "hello" });
      return id;
    };
    const violations: string[] = [];
    let current = "";
    const call = rest(prism.url, true, ({ headers }) => {
      const found = JSON.parse(headers.get("sl-violations") ?? "[]") as { location: string[]; message: string }[];
      for (const { location, message } of found)
        if (location[0] === "response") violations.push(`${current}: ${location.join(".")} ${message}`);
    });
    for (const { name, method, request, key } of casesOf({ done: () => done, waiting: () => waiting, uploadId })) {
      current = name;
      await call(method, await request(), key ?? service.apiKey);
    }
    expect(violations).to.deep.equal([]);
    current = "the lie";
    await call("listLanguagePairs", {}, service.apiKey);
    expect(violations).not.to.deep.equal([]);
  });
});
