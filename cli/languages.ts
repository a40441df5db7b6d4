import { toJson } from "@bufbuild/protobuf";
import type { Command } from "commander";
import { type TranslationEngine, TranslationEngineSchema } from "../gen/dragoman/v1/job_service_pb.ts";
import { type Connection, connect, withConnection } from "./connection.ts";

/** Adds `languages`: what translates, and between which languages. */
export function addLanguagesCommand(program: Command): void {
  const description = "What translates, under the names that --engine takes, and between which languages.";
  withConnection(program.command("languages").description(description)).action(async (options: Connection) => {
    const engines = await (await connect(options)).engines();
    if (options.json) console.log(JSON.stringify(engines.map((engine) => toJson(TranslationEngineSchema, engine))));
    else console.log(engines.map(engineText).join("\n"));
  });
}

function engineText({ name, model, own, languages, follows, billed }: TranslationEngine): string {
  const facts = [...(model ? [model] : []), ...(own ? ["the server's own"] : []), ...(billed ? ["paid for by characters"] : [])];
  const lines = languages.map(({ sources, targets, formality, glossary }) => {
    const has = [...(formality ? ["formality"] : []), ...(glossary ? ["glossaries"] : [])];
    return `${sources.join(" ")} → ${targets.join(" ")}${has.length > 0 ? ` (${has.join(", ")})` : ""}`;
  });
  const heeds = follows.length > 0 ? [`follows: ${follows.map((option) => `--${option}`).join(" ")}`] : [];
  return [[name, ...facts].join(" · "), ...[...heeds, ...lines].map((line) => `  ${line}`)].join("\n");
}
