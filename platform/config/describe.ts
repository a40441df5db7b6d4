import { type Reader, ROWS, type Variable } from "./table.ts";

const WIDTH = 118;

/** The variables of one reader, for its `--help`. */
export function variablesHelp(reader: Reader): string {
  const rows = ROWS.filter(([name, { readers }]) => readers.includes(reader) && !name.startsWith("OTEL_"));
  const column = Math.max(...rows.map(([name]) => name.length)) + 2;
  const lines = rows.flatMap(([name, variable]) => {
    const wrapped = folded(`${plain(variable.purpose)} ${takes(variable)}`, WIDTH - column - 2);
    return wrapped.map((line, index) => `  ${(index === 0 ? name : "").padEnd(column)}${line}`);
  });
  return `\nVariables (docs/configuration.md has OpenTelemetry's as well):\n${lines.join("\n")}`;
}

const TITLES: readonly (readonly [title: string, holds: (name: string, variable: Variable) => boolean])[] = [
  ["Of components and commands", (name, { readers }) => name.startsWith("DRAGOMAN_") && !readers.includes("tests")],
  ["Of OpenTelemetry", (name) => name.startsWith("OTEL_")],
  ["Of the tests", (_, { readers }) => readers.includes("tests")],
];

/** docs/configuration.md. */
export function configurationPage(): string {
  const sections = TITLES.map(([title, holds]) => {
    const rows = ROWS.filter(([name, variable]) => holds(name, variable)).map(([name, variable]) => {
      const cells = [
        `\`${name}\``,
        variable.purpose,
        `${variable.kind.takes}${variable.secret ? " (secret)" : ""}`,
        shownDefault(variable),
      ];
      return `| ${[...cells, variable.readers.join(", ")].map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    });
    return `## ${title}\n\n| variable | what it is for | takes | if not set | read by |\n|---|---|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `# Configuration

All of it by variables of the environment; an empty one is not set. A value that a variable does not take ends the program with a sentence (exit code 2), and a name that begins with \`DRAGOMAN_\` and is none of these is warned about. Values of secrets are never shown. \`dragoman doctor\` looks at them all.

The key of a translation engine is \`key=\` in its URL, or comes by a variable of its own, \`DRAGOMAN_\` with the engine's name in capitals and \`_KEY\` (of \`my-llm\` the name is \`MY_LLM\`), or in a file that the same with \`_FILE\` names. A URL may be seen by whoever lists processes; a file is not. In its URL stand as well what may be asked of the engine, by all workers together: \`requests_per_minute=\`, \`characters_per_minute=\`, and \`characters_per_month=\`, what it may bill in a calendar month (UTC); then other engines of the job are asked.

\`serve\` is every component in one process; \`keys\` are the commands that work on the store itself, \`client\` those that ask a server. This page is made of \`platform/config/table.ts\` by \`npm run gen\`.

${sections.join("\n")}`;
}

function takes(variable: Variable): string {
  const { kind, default: otherwise } = variable;
  return `Takes ${plain(kind.takes)}${otherwise ? `; ${otherwise} if not set` : ""}.`;
}

function shownDefault({ default: otherwise }: Variable): string {
  return otherwise ? `\`${otherwise}\`` : "";
}

function plain(markdown: string): string {
  return markdown.replaceAll("`", "");
}

function folded(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
