import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { validate as validateDockerfile } from "dockerfile-utils";
import { parseAllDocuments } from "yaml";
import { formatsTableProblems } from "./formats_table.ts";
import { imageProblems } from "./image.ts";

/** Checks what no engine here can try: each Kubernetes object against its published schema, the Dockerfile against its rules and what it runs. */
const FOLDER = "deploy/kubernetes";
let objects = 0;
const problems: string[] = [];

async function model(apiVersion: string, kind: string): Promise<{ new (data: unknown): { validate(): void } } | undefined> {
  const place = `kubernetes-models/${apiVersion}/${kind}`;
  return import(place).then(
    (found: Record<string, unknown>) => (found[kind] ?? (found["default"] as Record<string, unknown> | undefined)?.[kind]) as never,
    () => undefined,
  );
}

for (const name of (await readdir(FOLDER)).filter((file) => file.endsWith(".yaml"))) {
  for (const document of parseAllDocuments(await readFile(path.join(FOLDER, name), "utf8"))) {
    problems.push(...document.errors.map((error) => `${name}: ${error.message}`));
    const object = document.toJS() as { apiVersion: string; kind: string };
    // Kustomize's own file is no object of a cluster.
    if (object.kind === "Kustomization") continue;
    const Model = await model(object.apiVersion, object.kind);
    objects += 1;
    try {
      if (!Model) throw new Error("there is no such kind");
      new Model(object).validate();
    } catch (error) {
      problems.push(`${name}: ${object.apiVersion} ${object.kind}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
for (const { message, range } of validateDockerfile(await readFile("deploy/Dockerfile", "utf8")))
  problems.push(`Dockerfile:${range.start.line + 1}: ${message}`);
problems.push(...(await imageProblems()), ...(await formatsTableProblems()));
for (const problem of problems) console.error(problem);
console.log(`deploy: ${objects} Kubernetes objects and a Dockerfile checked, ${problems.length} problems`);
process.exitCode = problems.length > 0 || objects === 0 ? 1 : 0;
