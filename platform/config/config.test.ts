import { readFileSync } from "node:fs";
import { expect } from "chai";
import { sources } from "../../test/support/sources.ts";
import { UsageError } from "../usage_error.ts";
import { configurationPage, variablesHelp } from "./describe.ts";
import { keyVariables } from "./engines.ts";
import { read, required, wrongValues } from "./read.ts";
import { ROWS } from "./table.ts";
import { unknownVariables } from "./unknown.ts";

/** What reading ends in, as a sentence. */
function refused(work: () => unknown): string {
  try {
    work();
    return "";
  } catch (error) {
    expect(error).to.be.instanceOf(UsageError);
    return (error as UsageError).message;
  }
}

const NAME = /\b(?:DRAGOMAN|OTEL)_[A-Z0-9_]*[A-Z0-9]\b(?!_)/g;
const READ = /\benv(?:\.|\[")([A-Z][A-Z0-9_]+)\b/g;
/** Of the system, Node and other programs. */
const NOT_OURS = new Set(["PATH", "TMPDIR", "HOME", "NO_COLOR", "NODE_COMPILE_CACHE"]);
/** Written wrong on purpose. */
const MISSPELT = new Set(["DRAGOMAN_DATE", "DRAGOMAN_SLTOS"]);

/** Of translation engines as tests configure them, and of OpenTelemetry's specification, which the table names some of. */
const OF_OTHERS = new Set([
  ...["deepl", "google", "azure"].flatMap((name) => Object.values(keyVariables(name))),
  ...["OTEL_METRIC_EXPORT_INTERVAL", "OTEL_METRIC_EXPORT_TIMEOUT"],
]);

const files = sources(".ts", ".tsx", ".md", ".sh", ".yaml", ".json", ".conf", ".py", "Dockerfile").filter(
  ({ file }) => file !== "CHANGELOG.md" && file !== "docs/configuration.md",
);

describe("the variables of the environment", () => {
  it("are read as what they are, with their defaults", () => {
    expect([
      read({}, "DRAGOMAN_SLOTS"),
      read({ DRAGOMAN_SLOTS: "" }, "DRAGOMAN_SLOTS"),
      read({ DRAGOMAN_SLOTS: "64" }, "DRAGOMAN_SLOTS"),
    ]).to.deep.equal([1, 1, 64]);
    expect(read({}, "DRAGOMAN_STORE")).to.equal("sqlite:data/jobs.db");
    expect(read({ DRAGOMAN_DATA: "/srv/d" }, "DRAGOMAN_STORE")).to.equal("sqlite:/srv/d/jobs.db");
    expect([read({}, "DRAGOMAN_HEALTH_PORT"), read({ DRAGOMAN_HEALTH_PORT: "0" }, "DRAGOMAN_HEALTH_PORT")]).to.deep.equal([undefined, 0]);
    expect(read({ DRAGOMAN_CORS_ORIGINS: "https://a.example,http://b:81" }, "DRAGOMAN_CORS_ORIGINS")).to.deep.equal([
      "https://a.example",
      "http://b:81",
    ]);
    expect(read({ DRAGOMAN_TRACE_UI: "http://jaeger:16686/" }, "DRAGOMAN_TRACE_UI")).to.equal("http://jaeger:16686");
  });

  for (const [name, value, sentence] of [
    ["DRAGOMAN_SLOTS", "65", 'DRAGOMAN_SLOTS takes a whole number from 1 to 64, not "65".'],
    ["DRAGOMAN_SLOTS", "1e1", 'DRAGOMAN_SLOTS takes a whole number from 1 to 64, not "1e1".'],
    ["DRAGOMAN_STEP_SECONDS", "5m", 'DRAGOMAN_STEP_SECONDS takes a whole number of seconds from 1 to 86400, not "5m".'],
    ["DRAGOMAN_SANDBOX", "yes\n", 'DRAGOMAN_SANDBOX takes best or require, not "yes\\n".'],
    ["DRAGOMAN_METRICS_TENANTS", "yes", 'DRAGOMAN_METRICS_TENANTS takes true or false, not "yes".'],
    [
      "DRAGOMAN_CORS_ORIGINS",
      "https://a.example/",
      'DRAGOMAN_CORS_ORIGINS takes origins as in https://app.example, several after commas, not "https://a.example/".',
    ],
    [
      "DRAGOMAN_ORCHESTRATOR",
      "a:1,b:1",
      'DRAGOMAN_ORCHESTRATOR takes HOST:PORT, or several IPv4 ADDRESS:PORT after commas, not "a:1,b:1".',
    ],
  ] as const)
    it(`are refused in a sentence: ${name}=${JSON.stringify(value)}`, () => {
      expect(refused(() => read({ [name]: value }, name))).to.equal(sentence);
      expect(wrongValues({ [name]: value })).to.deep.equal([sentence]);
    });

  it("are said to be missing where nothing can be done without them", () => {
    expect(refused(() => required({}, "DRAGOMAN_WORKER_KEY"))).to.match(/^DRAGOMAN_WORKER_KEY is missing: it takes a worker's key/);
  });

  it("that are secrets are never shown", () => {
    const planted = "a-planted-secret";
    const secrets = ROWS.filter(([, { secret }]) => secret).map(([name]) => name);
    expect(secrets).to.include.members(["DRAGOMAN_API_KEY", "DRAGOMAN_WORKER_KEY", "DRAGOMAN_UPLOAD_SECRET", "DRAGOMAN_STORE"]);
    const env = Object.fromEntries(secrets.map((name) => [name, planted]));
    const sentences = [...wrongValues(env), ...unknownVariables({ DRAGOMAN_SOMETHING: planted })];
    expect(sentences.length).to.be.greaterThan(4);
    expect(sentences.join("\n")).not.to.contain(planted);
  });

  it("of translation engines name them, and their keys", () => {
    const named = (text: string) => read({ DRAGOMAN_TRANSLATORS: text }, "DRAGOMAN_TRANSLATORS").map(({ name, url }) => [name, url.href]);
    expect(named("a=deepl:?key=1,b2=openai+http://h:1/v1?model=x,y my-own=apertium:")).to.deep.equal([
      ["a", "deepl:?key=1"],
      ["b2", "openai+http://h:1/v1?model=x,y"],
      ["my-own", "apertium:"],
    ]);
    expect(read({ DRAGOMAN_TRANSLATOR: "deepl+http://h?key=1" }, "DRAGOMAN_TRANSLATOR").name).to.equal("deepl");
    expect(read({ DRAGOMAN_TRANSLATOR: "openai:?model=m" }, "DRAGOMAN_TRANSLATOR").name).to.equal("openai");
    for (const wrong of ["deepl:", "A=deepl:", "a=deepl:,a=azure:", "a=telnet:", "worker=deepl:", "a=deepl: nonsense=:"])
      expect(
        refused(() => named(wrong)),
        wrong,
      ).to.match(/^DRAGOMAN_TRANSLATORS takes NAME=URL/);
    const keys = { DRAGOMAN_TRANSLATORS: "my-own=deepl:", DRAGOMAN_MY_OWN_KEY_FILE: "/k", DRAGOMAN_APERTIUM_KEY: "" };
    expect(unknownVariables(keys)).to.deep.equal([
      "DRAGOMAN_APERTIUM_KEY is no variable of Dragoman, and is not read: DRAGOMAN_API_KEY is one.",
    ]);
  });

  it("that are set and read by nothing are told, with the name that was meant", () => {
    const env = {
      DRAGOMAN_SLOT: "4",
      DRAGOMAN_HTTP_PROT: "1",
      DRAGOMAN_SOMETHING_ELSE: "",
      DRAGOMAN_SLOTS: "1",
      DRAGOMAN_GATEWAY_SERVICE_HOST: "10.0.0.1",
    };
    expect(unknownVariables(env)).to.deep.equal([
      "DRAGOMAN_HTTP_PROT is no variable of Dragoman, and is not read: DRAGOMAN_HTTP_PORT is one.",
      "DRAGOMAN_SLOT is no variable of Dragoman, and is not read: DRAGOMAN_SLOTS is one.",
      "DRAGOMAN_SOMETHING_ELSE is no variable of Dragoman, and is not read.",
    ]);
  });

  it("have defaults that they take", () => {
    for (const [name, { kind, default: otherwise }] of ROWS) if (otherwise) expect(kind.parse(otherwise), name).not.to.equal(undefined);
  });

  it("are all in the table, wherever they are named, and none is there that nobody names", () => {
    const known = new Set(ROWS.map(([name]) => name));
    const named = new Map<string, string>();
    for (const { file, content } of files) {
      const ours = [...content.matchAll(NAME)].map(([name]) => name).filter((name) => !MISSPELT.has(name) && !OF_OTHERS.has(name));
      const read = [...content.matchAll(READ)].map(([, name = ""]) => name).filter((name) => !NOT_OURS.has(name));
      for (const name of [...ours, ...read]) if (!file.startsWith("platform/config/")) named.set(name, file);
    }
    expect([...named].filter(([name]) => !known.has(name))).to.deep.equal([]);
    expect([...known].filter((name) => !named.has(name))).to.deep.equal([]);
  });

  it("are described by docs/configuration.md as `npm run gen` writes it", () => {
    expect(readFileSync("docs/configuration.md", "utf8")).to.equal(configurationPage());
  });

  it("are in the help of whoever reads them, and of nobody else", () => {
    const help = variablesHelp("gateway");
    expect(help.replaceAll(/\s+/g, " ")).to.contain(
      "DRAGOMAN_HTTP_PORT For the page, Connect, gRPC-Web and REST; 0 for a free port. Takes a whole number from 0 to 65535; 8080 if not set.",
    );
    expect(help).not.to.contain("DRAGOMAN_SLOTS");
    expect(Math.max(...help.split("\n").map((line) => line.length))).to.be.at.most(120);
  });
});
