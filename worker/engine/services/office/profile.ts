import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

type Setting = readonly [path: string, name: string, value: string | number | boolean];

/**
 * Documents are hostile: none of them runs anything or looks elsewhere (LibreOffice's configuration schema,
 * officecfg/registry/schema). What a network would be needed for, the sandbox has none.
 */
const SETTINGS: readonly Setting[] = [
  ["org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", 3],
  ["org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", true],
  ["org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", true],
  ["org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", true],
  // Never: links of texts and sheets keep what they last showed.
  ["org.openoffice.Office.Writer/Content/Update", "Link", 0],
  ["org.openoffice.Office.Calc/Content/Update", "Link", 2],
  // What a sheet says is what its file says.
  ["org.openoffice.Office.Calc/Formula/Load", "OOXMLRecalcMode", 1],
  ["org.openoffice.Office.Calc/Formula/Load", "ODFRecalcMode", 1],
  ["org.openoffice.Office.Common/Misc", "FirstRun", false],
  ["org.openoffice.Setup/Office", "ooSetupInstCompleted", true],
];

/** A profile of its own, made in `folder`. */
export async function makeProfile(folder: string): Promise<void> {
  const user = path.join(folder, "user");
  await mkdir(user, { recursive: true });
  const items = SETTINGS.map(
    ([place, name, value]) => `<item oor:path="/${place}"><prop oor:name="${name}" oor:op="fuse"><value>${value}</value></prop></item>`,
  );
  const namespaces = 'xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"';
  const head = '<?xml version="1.0" encoding="UTF-8"?>';
  await writeFile(path.join(user, "registrymodifications.xcu"), `${head}\n<oor:items ${namespaces}>${items.join("")}</oor:items>\n`);
}
