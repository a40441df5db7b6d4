import { toJson } from "@bufbuild/protobuf";
import type { Command } from "commander";
import { type FileFormat, FileFormatSchema } from "../gen/dragoman/v1/job_service_pb.ts";
import { type Connection, connect, withConnection } from "./connection.ts";

/** Adds `formats`: what documents may be, and what comes back. */
export function addFormatsCommand(program: Command): void {
  withConnection(program.command("formats").description("The file types that documents come in, and what comes back of each.")).action(
    async (options: Connection) => {
      const formats = await (await connect(options)).formats();
      if (options.json) console.log(JSON.stringify(formats.map((format) => toJson(FileFormatSchema, format))));
      else console.log(formats.map(formatText).join("\n"));
    },
  );
}

/** Its names in a line, and below them what is said of it. */
function formatText(format: FileFormat): string {
  const { name, extensions, translated, kept, selection } = format;
  const lines = [`translated: ${translated}`, `kept: ${kept}`];
  if (selection.length > 0) lines.push(`may be chosen: ${selection.map((option) => `--${option.replace("_", "-")}`).join(" ")}`);
  return [`${name}  ${extensions.join(" ")}${comesBackAs(format)}`, ...lines.map((line) => `  ${line}`)].join("\n");
}

function comesBackAs({ extensions, resultExtension, pictured, needsOffice, served }: FileFormat): string {
  const facts = [
    ...(extensions.includes(resultExtension) ? [] : [`comes back as ${resultExtension}`]),
    ...(pictured ? ["with pages to look at"] : []),
    ...(needsOffice ? ["needs LibreOffice at a worker"] : []),
    ...(served ? [] : ["no worker that is connected reads it"]),
  ];
  return facts.map((fact) => ` · ${fact}`).join("");
}
