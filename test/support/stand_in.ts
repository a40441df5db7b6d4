import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Confinement } from "../../worker/sandbox/confinement.ts";
import type { Files } from "../../worker/sandbox/ways.ts";

const CHANNEL = JSON.stringify(new URL("../../worker/engine/channel.ts", import.meta.url).href);
/** What such a program has at hand: it may set what it hears by, and says it is ready itself. */
const BEGINNING = `
import { Channel } from ${CHANNEL};
let hear = () => undefined;
const supervisor = Channel.toSupervisor({ hear: (said) => hear(said), end: () => process.exit(1) });
const say = (message) => void supervisor.say(message);`;

/** Starts `program` in place of the engine, without walls; it lies in `folder`. */
export async function standIn(folder: string, program: string): Promise<Confinement> {
  const app = path.join(folder, "app");
  await mkdir(path.join(app, "worker/engine"), { recursive: true });
  await writeFile(path.join(app, "worker/engine/child.ts"), `${BEGINNING}\n${program}`);
  const launch = (files: Files) => ({ ...files, app, program: process.execPath, args: ["--disable-warning=ExperimentalWarning"] });
  return { name: "none", layers: new Set<never>(), missing: [], advice: "", launch };
}
