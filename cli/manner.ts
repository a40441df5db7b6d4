import { type Command, InvalidArgumentError } from "commander";
import { Formality, OverQuota, Strictness } from "../gen/dragoman/v1/job_pb.ts";
import { names, wholeNumber } from "./options.ts";

/** How a document is translated, and by what. */
export interface MannerOptions {
  readonly engine?: string;
  readonly fallback?: string[];
  readonly formality?: Formality;
  readonly tone?: string;
  readonly domain?: string;
  readonly context?: string;
  readonly instructions?: string;
  readonly maxCharacters?: number;
  readonly strict?: boolean;
  readonly dryRun?: boolean;
  readonly waitForQuota?: boolean;
  readonly webhook?: string;
}

const FORMALITIES: Readonly<Record<string, Formality>> = {
  __proto__: null as never,
  ...{ more: Formality.MORE, less: Formality.LESS },
  ...{ "prefer-more": Formality.PREFER_MORE, "prefer-less": Formality.PREFER_LESS },
};

/** One of the names of `values`. */
export function choice<T>(values: Readonly<Record<string, T>>): (text: string) => T {
  return (text) => {
    const value = values[text];
    if (value === undefined) throw new InvalidArgumentError(`It takes one of ${Object.keys(values).join(", ")}.`);
    return value;
  };
}

/** Adds the options to a command. */
export function withManner(command: Command): Command {
  return command
    .option("--engine <name>", "what translates, as `languages` lists it; else the server's own")
    .option("--fallback <list>", "engines that are asked, in this order, for what the first could not translate", names)
    .option("--formality <how>", "more, less, prefer-more or prefer-less formal", choice(FORMALITIES))
    .option("--tone <text>", 'how it should sound, as in "friendly, plain words"')
    .option("--domain <text>", 'what it is about, as in "patents on pumps"')
    .option("--context <text>", "what helps to understand it, and is not translated itself")
    .option("--instructions <text>", "what else the engine is to keep to")
    .option("--strict", "what the checks doubt is not taken")
    .option("--max-characters <n>", "how many characters may be paid for; a document that needs more fails first", wholeNumber())
    .option("--wait-for-quota", "waits where there are fewer pages left than it has; else it fails")
    .option("--webhook <url>", "where the job's end is posted to; `webhooks rotate jobs` gives the secret that signs it")
    .option("--dry-run", "only say what it would take, and translate nothing");
}

/** What of a job's options they are. */
export function mannerOf(options: MannerOptions) {
  const { engine, fallback, formality, tone, domain, context, instructions, maxCharacters, strict, dryRun, waitForQuota, webhook } =
    options;
  return {
    ...(engine !== undefined && { engine }),
    ...(fallback && { fallbackEngines: fallback }),
    ...(formality !== undefined && { formality }),
    ...{ tone: tone ?? "", domain: domain ?? "", context: context ?? "", instructions: instructions ?? "" },
    ...(strict && { strictness: Strictness.STRICT }),
    ...(maxCharacters !== undefined && { maxCharacters: BigInt(maxCharacters) }),
    ...(dryRun && { dryRun }),
    ...(waitForQuota && { overQuota: OverQuota.WAIT }),
    ...(webhook && { webhookUrl: webhook }),
  };
}
