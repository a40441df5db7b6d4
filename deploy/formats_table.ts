import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { FILE_TYPES, type FileType, resultTypeOf } from "../platform/file_types.ts";

const README = new URL("../README.md", import.meta.url);
const PART = /(<!-- formats: made by npm run gen -->\n).*?(<!-- \/formats -->)/s;

/** The README with its table of file types as they are now. Throws where it has no place for one. */
function withTable(readme: string): string {
  if (!PART.test(readme)) throw new Error("README.md has no place for the table of file types.");
  return readme.replace(PART, (_, begin: string, end: string) => `${begin}\n${table()}\n\n${end}`);
}

/** Whether the README's table is that of the types that are read. */
export async function formatsTableProblems(): Promise<string[]> {
  const readme = await readFile(README, "utf8");
  return withTable(readme) === readme ? [] : ["README.md: its table of file types is an old one; run npm run gen"];
}

/** Its columns as wide as their longest cells, as Biome has them. */
function table(): string {
  const rows = [["in", "endings", "translated", "kept as it is"], ...FILE_TYPES.map(cellsOf)];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`);
  lines.splice(1, 0, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  return lines.join("\n");
}

function cellsOf(type: FileType): string[] {
  const { name, extensions, translated, kept } = type;
  const result = resultTypeOf(type);
  const notes = [
    ...(result === type ? [] : [`comes back as ${result.extensions[0]}`]),
    ...(type.office === "pictures" ? ["PDF and previews with LibreOffice"] : []),
    ...(type.office === "needed" ? ["needs LibreOffice"] : []),
  ];
  const named = notes.length > 0 ? `${name}; ${notes.join(", ")}` : name;
  return [named, extensions.map((extension) => `\`${extension}\``).join(" "), translated, kept];
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await writeFile(README, withTable(await readFile(README, "utf8")));
