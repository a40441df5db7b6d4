import { type Env, wrongValues } from "../../platform/config/read.ts";
import { ROWS } from "../../platform/config/table.ts";
import { unknownVariables } from "../../platform/config/unknown.ts";
import { type Diagnosis, failure, ok, warning } from "./diagnosis.ts";

const SUBJECT = "variables";
const ADVICE = "docs/configuration.md has them all.";

/** The variables of the environment, by their names: what they hold is told of none. */
export function checkVariables(env: Env): Diagnosis[] {
  const set = ROWS.filter(([name, { readers }]) => env[name] && !readers.includes("tests")).map(([name]) => name);
  const found = [
    ...wrongValues(env).map((sentence) => failure(SUBJECT, sentence, ADVICE)),
    ...unknownVariables(env).map((sentence) => warning(SUBJECT, sentence, ADVICE)),
  ];
  return found.length > 0 ? found : [ok(SUBJECT, set.length > 0 ? `${set.join(" ")}: well-formed` : "none is set")];
}
