import { UsageError } from "../../../platform/usage_error.ts";
import type { EngineConfig } from "../engine_config.ts";
import { field } from "../http.ts";
import type { EngineRequest } from "../translation_engine.ts";

const NEWER = "2026-06-06";
const OLDER = "3.0";
/** Of near texts with their translations. */
const MAX_PAIRS = 5;

/** One version of Azure's interface: neither understands the other's bodies. */
export interface Version {
  readonly name: string;
  readonly model: string;
  readonly follows: readonly ("formality" | "examples")[];
  asked(texts: readonly string[], textType: "plain" | "html", request: EngineRequest): Asked;
  /** What of an answer is one for each text. */
  items(answer: unknown): unknown;
}

interface Asked {
  readonly query: Readonly<Record<string, string>>;
  readonly json: unknown;
}

/** Throws UsageError for a version that is not known here. */
export function versionOf({ name, url: { searchParams } }: EngineConfig): Version {
  const deployment = searchParams.get("deployment") ?? "";
  const category = searchParams.get("category") ?? "";
  const version = searchParams.get("version") ?? (deployment === "" ? OLDER : NEWER);
  if (version !== OLDER && version !== NEWER)
    throw new UsageError(`The address of the translation engine ${name} takes ${OLDER} or ${NEWER} as version=.`);
  const isNewer = deployment !== "" || version === NEWER;
  return isNewer ? newer(deployment, category) : older(category);
}

/** https://learn.microsoft.com/azure/ai-services/translator/text-translation/reference/v3/translate */
function older(category: string): Version {
  return {
    name: OLDER,
    model: category,
    follows: [],
    asked: (texts, textType, { pair }) => ({
      query: { from: pair.source, to: pair.target, textType, ...(category && { category }) },
      json: texts.map((text) => ({ Text: text })),
    }),
    items: (answer) => answer,
  };
}

/** https://learn.microsoft.com/azure/ai-services/translator/text-translation/2026-06-06/translate-api */
function newer(deployment: string, category: string): Version {
  const model = deployment || category;
  return {
    name: NEWER,
    model,
    follows: deployment ? ["formality", "examples"] : [],
    asked: (texts, textType, request) => {
      const tone = deployment ? toneOf(request) : undefined;
      const pairs = deployment ? request.examples.slice(0, MAX_PAIRS) : [];
      const target = {
        language: request.pair.target,
        ...(model && { deploymentName: model }),
        ...(tone && { tone }),
        ...(pairs.length > 0 && { referenceTextPairs: pairs.map(({ source, target }) => ({ source, target })) }),
      };
      return { query: {}, json: { inputs: texts.map((text) => ({ text, language: request.pair.source, textType, targets: [target] })) } };
    },
    items: (answer) => field(answer, "value"),
  };
}

/** A formality is a tone here. */
function toneOf({ formality }: EngineRequest): string | undefined {
  if (formality === "default") return undefined;
  return formality.endsWith("more") ? "formal" : "informal";
}
