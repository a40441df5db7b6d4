import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect } from "chai";
import { VARIABLES } from "../platform/config/table.ts";

const RULES = "deploy/prometheus/rules.yaml";
const DASHBOARDS = ["deploy/grafana/on_call.json", "deploy/grafana/capacity.json"];
const SOURCES = [
  "orchestrator/metrics.ts",
  "orchestrator/access/refusals.ts",
  "orchestrator/webhooks/metrics.ts",
  "worker/metrics.ts",
  "gateway/telemetry.ts",
  "platform/telemetry.ts",
];
const promtool = existsSync(".servers/promtool") ? `${process.cwd()}/.servers/promtool` : "promtool";
const MISSING = "promtool is missing: install Debian's prometheus package, or put promtool on the PATH.";
const run = (...args: string[]) =>
  promisify(execFile)(promtool, args, { cwd: "deploy/prometheus", timeout: 60_000 }).catch((error) => {
    throw error.code === "ENOENT" ? new Error(MISSING) : error;
  });

/** As Prometheus calls what the code measures. */
async function measured(): Promise<Set<string>> {
  const names = new Set<string>();
  for (const source of SOURCES)
    for (const [, kind = "", name = ""] of (await readFile(source, "utf8")).matchAll(/(create\w+|#histogram)\(\s*"([a-z._]+)"/g)) {
      const plain = name.replaceAll(".", "_");
      if (/Counter/.test(kind)) names.add(`${plain}_total`);
      else if (/istogram/.test(kind)) for (const part of ["bucket", "count", "sum"]) names.add(`${plain}_${part}`);
      else names.add(plain);
    }
  return names;
}

describe("the rules and dashboards", () => {
  it("are valid, and alert when they should", async () => {
    await run("check", "rules", "rules.yaml");
    expect((await run("test", "rules", "rules_test.yaml")).stdout).to.contain("SUCCESS");
  });
  it("ask only for what is measured or recorded", async () => {
    const rules = await readFile(RULES, "utf8");
    const known = await measured();
    for (const [, name = ""] of rules.matchAll(/record: (\S+)/g)) known.add(name);
    const boards = await Promise.all(DASHBOARDS.map(async (file) => JSON.parse(await readFile(file, "utf8")) as Dashboard));
    const asked = [
      ...rules.split("\n").filter((line) => !/action:|summary:|name:|alert:/.test(line)),
      ...boards.flatMap(({ panels }) => panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))),
    ].join("\n");
    const names = new Set(asked.match(/\b(dragoman[:_][a-z0-9_:]+|http_server_[a-z_]+)/g));
    expect(names.size).to.be.greaterThan(15);
    expect([...names].filter((name) => !known.has(name))).to.deep.equal([]);
  });
});

/** As GitHub and most others make the address of a heading. */
const anchorOf = (heading: string) => heading.trim().toLowerCase().replaceAll(" ", "-");

describe("each alert", () => {
  it("names its part of docs/operations.md, which is there", async () => {
    const rules = await readFile(RULES, "utf8");
    const headings = [...(await readFile("docs/operations.md", "utf8")).matchAll(/^### (.+)$/gm)].map(([, heading = ""]) =>
      anchorOf(heading),
    );
    const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name = ""]) => name);
    const runbooks = [...rules.matchAll(/runbook: docs\/operations\.md#(\S+)/g)].map(([, anchor = ""]) => anchor);
    expect(runbooks).to.deep.equal(alerts.map(anchorOf));
    expect(headings).to.include.members(runbooks);
  });
});

describe("docs/operations.md", () => {
  it("names only routes and variables that there are", async () => {
    const text = await readFile("docs/operations.md", "utf8");
    const { paths } = JSON.parse(await readFile("gen/openapi.json", "utf8")) as { paths: Record<string, unknown> };
    const known = Object.keys(paths).map((route) => new RegExp(`^${route.replaceAll(/\{\w+\}/g, "[^/]+")}$`));
    const named = [...text.matchAll(/(?:(?:GET|POST|PATCH) |\$SERVER)(\/[a-z/{}A-Z_-]+)/g)].map(([, route = ""]) =>
      route.replace(/\/$/, ""),
    );
    expect(named.length).to.be.greaterThan(8);
    expect(named.filter((route) => !known.some((pattern) => pattern.test(route)))).to.deep.equal([]);
    const variables = [...text.matchAll(/DRAGOMAN_[A-Z_]+/g)].map(([name]) => name);
    expect(variables.filter((name) => !(name in VARIABLES))).to.deep.equal([]);
  });
});

interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
}
