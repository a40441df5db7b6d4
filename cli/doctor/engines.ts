import { asDragomanError } from "../../platform/errors.ts";
import { UsageError } from "../../platform/usage_error.ts";
import { ratesIn } from "../../worker/translators/allowances.ts";
import { incompletePairs, installedPairs } from "../../worker/translators/apertium/modes.ts";
import { engineOf } from "../../worker/translators/drivers.ts";
import type { EngineConfig } from "../../worker/translators/engine_config.ts";
import { type Diagnosis, failure, ok, warning } from "./diagnosis.ts";

const DEADLINE_MS = 15_000;

/** The translation engines that are configured: what each serves. */
export async function checkEngines(engines: readonly EngineConfig[], deadlineMs = DEADLINE_MS): Promise<Diagnosis[]> {
  const checks = engines.map((config) =>
    config.url.protocol === "apertium:" ? checkApertium(config.name) : checkEngine(config, deadlineMs),
  );
  return (await Promise.all(checks)).flat();
}

async function checkEngine(config: EngineConfig, deadlineMs: number): Promise<Diagnosis[]> {
  const subject = `translation engine ${config.name}`;
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    ratesIn(config);
    await using engine = engineOf(config);
    const groups = await engine.languages(deadline);
    const [sources, targets] = [groups.flatMap((group) => group.sources), groups.flatMap((group) => group.targets)];
    const found = `from ${new Set(sources).size} languages to ${new Set(targets).size}`;
    return [
      targets.length > 0
        ? ok(subject, found)
        : failure(subject, "serves no language", "Look at its address, and at what it has installed."),
    ];
  } catch (error) {
    // What is written for people says no key.
    const said = error instanceof UsageError ? error.message : asDragomanError(error).message;
    const found = deadline.aborted ? `does not answer within ${deadlineMs / 1000} s` : said;
    return [
      failure(subject, found, "Look at its address and key in DRAGOMAN_TRANSLATOR or DRAGOMAN_TRANSLATORS, and at the network between."),
    ];
  }
}

async function checkApertium(name: string): Promise<Diagnosis[]> {
  const pairs = await installedPairs();
  const subject = name === "apertium" ? "Apertium" : `Apertium (${name})`;
  const offered = pairs.map(({ source, target }) => `${source}→${target}`).join(" ");
  const first =
    pairs.length > 0
      ? ok(subject, offered)
      : failure(subject, "no language pair is installed", "Install one, as in apt-get install apertium-eng-spa.");
  const incomplete = (await incompletePairs()).map(({ pair, missing }) =>
    warning(subject, `${pair.source}→${pair.target} is not offered`, `Install what it needs: ${missing.join(", ")}.`),
  );
  return [first, ...incomplete];
}
