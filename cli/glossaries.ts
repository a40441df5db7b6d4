import { toJson } from "@bufbuild/protobuf";
import { type Command, InvalidArgumentError } from "commander";
import { type Glossary, GlossarySchema, ListTermsResponseSchema } from "../gen/dragoman/v1/glossary_service_pb.ts";
import type { Term } from "../gen/dragoman/v1/job_pb.ts";
import { type Connection, connect, withConnection } from "./connection.ts";
import { wholeNumber } from "./options.ts";
import { readTerms } from "./terms.ts";

const PAGE = 1000;

interface CreateOptions extends Connection {
  readonly from: string;
  readonly to: string;
  readonly name?: string;
}

interface ChangeOptions extends Connection {
  readonly term?: readonly { readonly source: string; readonly target: string }[];
  readonly remove?: readonly string[];
  readonly file?: string;
  readonly name?: string;
}

/** Adds `glossaries create | list | get | terms | change | learn | delete`. */
export function addGlossaryCommands(program: Command): void {
  const glossaries = program.command("glossaries").description("Terms that documents are held to, stored for `translate --glossary ID`.");
  withConnection(glossaries.command("create <file>").description("Store the terms of a file: CSV, TSV or TBX, in UTF-8."))
    .requiredOption("--from <language>", "the language of the terms, as in en")
    .requiredOption("--to <language>", "the language of their translations, as in es or pt-BR")
    .option("--name <name>", "what it is called; the file's name if not given")
    .action(async (file: string, { from, to, name, ...options }: CreateOptions) => {
      const client = await connect(options);
      const called = name ?? file.replace(/^.*\//, "");
      const given = { name: called, sourceLanguage: from, targetLanguage: to, ...fileOf(await readTerms(file)) };
      show(await client.glossaries.createGlossary(given), options);
    });
  withConnection(glossaries.command("list").description("Your glossaries, newest first.")).action(async (options: Connection) => {
    const { glossaries: found } = await (await connect(options)).glossaries.listGlossaries({});
    if (options.json) console.log(JSON.stringify(found.map((glossary) => toJson(GlossarySchema, glossary))));
    else for (const glossary of found) console.log(lineOf(glossary));
  });
  withConnection(glossaries.command("get <id>").description("One glossary, and its last versions.")).action(
    async (id: string, options: Connection) => show(await (await connect(options)).glossaries.getGlossary({ id }), options),
  );
  withConnection(
    glossaries.command("terms <id>").description("Its terms: source, target and note with tabs between, as `create` reads them."),
  )
    .option("--version-number <n>", "of this version; of the newest if not given", wholeNumber(), 0)
    .action(async (id: string, { versionNumber: version, ...options }: Connection & { versionNumber: number }) => {
      const client = await connect(options);
      const terms: Term[] = [];
      let pageToken = "";
      do {
        const page = await client.glossaries.listTerms({ id, version, pageSize: PAGE, pageToken });
        if (options.json) console.log(JSON.stringify(toJson(ListTermsResponseSchema, page)));
        else terms.push(...page.terms);
        pageToken = page.nextPageToken;
      } while (pageToken !== "");
      for (const line of tableOf(terms)) console.log(line);
    });
  withConnection(glossaries.command("change <id>").description("Make its next version."))
    .option("--term <source=target>", "a term to add, or to replace; without a target it is not translated; may be given again", termsGiven)
    .option("--remove <source>", "a term that goes; may be given again", (one: string, others: readonly string[] = []) => [...others, one])
    .option("--file <file>", "a file whose terms take the place of all there are")
    .option("--name <name>", "another name")
    .action(async (id: string, { term = [], remove = [], file, name = "", ...options }: ChangeOptions) => {
      const client = await connect(options);
      const given = { id, name, terms: [...term], remove: [...remove], ...(file !== undefined && fileOf(await readTerms(file))) };
      show(await client.glossaries.changeGlossary(given), options);
    });
  withConnection(
    glossaries
      .command("learn <id> <job>")
      .description("Add the words that a job's translator did not know: they stay as they are, until `change` says a translation."),
  ).action(async (id: string, jobId: string, options: Connection) => {
    show(await (await connect(options)).glossaries.addUnknownWords({ id, jobId }), options);
  });
  withConnection(glossaries.command("delete <id>").description("Forget a glossary and its versions.")).action(
    async (id: string, options: Connection) => {
      await (await connect(options)).glossaries.deleteGlossary({ id });
    },
  );
}

function fileOf({ text, format }: Awaited<ReturnType<typeof readTerms>>) {
  return { file: text, format };
}

function termsGiven(text: string, others: NonNullable<ChangeOptions["term"]> = []): NonNullable<ChangeOptions["term"]> {
  const [, source = "", target = ""] = /^([^=]+)(?:=(.*))?$/s.exec(text) ?? [];
  if (source.trim() === "") throw new InvalidArgumentError("It takes a term and its translation, as in server=servidor.");
  return [...others, { source: source.trim(), target: target.trim() }];
}

function show(glossary: Glossary, { json }: Connection): void {
  if (json) return console.log(JSON.stringify(toJson(GlossarySchema, glossary)));
  console.log(lineOf(glossary));
  for (const { version, termCount, conceptsSkipped } of glossary.versions)
    console.log(
      `  version ${version}: ${termCount} terms${conceptsSkipped > 0 ? `, ${conceptsSkipped} concepts of its file left out` : ""}`,
    );
}

function lineOf({ id, name, sourceLanguage, targetLanguage, version, termCount }: Glossary): string {
  return `${id}  ${sourceLanguage}→${targetLanguage}  ${termCount} terms  version ${version}  ${name}`;
}

/** Terms as `create` reads them: where any has more to say than three columns hold, a first row names them. */
function tableOf(terms: readonly Term[]): string[] {
  if (!terms.some(({ caseSensitive, exact }) => caseSensitive || exact))
    return terms.map(({ source, target, note }) => [source, target, ...(note ? [note] : [])].join("\t"));
  const flag = (isSet: boolean) => (isSet ? "yes" : "");
  const rows = terms.map(({ source, target, note, caseSensitive, exact }) => [source, target, note, flag(caseSensitive), flag(exact)]);
  return [["source", "target", "note", "case_sensitive", "exact"], ...rows].map((row) => row.join("\t"));
}
