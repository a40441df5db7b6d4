/** Which fields of a request a server takes: OpenAI's own models, vLLM, llama.cpp, Ollama and others refuse different ones. */
export interface Accepted {
  readonly structure: "schema" | "object" | "plain";
  readonly tokens: "max_tokens" | "max_completion_tokens" | "unbounded";
  /** Whether it can be asked for the likeliest words, and the same ones every time. */
  readonly sampling: boolean;
  /** How it is asked not to think aloud: `template` is for servers that fill in a model's template, such as vLLM and llama.cpp. */
  readonly reasoning: "template" | "effort" | "unsaid";
  /** Whether rules stand in a message of their own: templates of some models have no place for one. */
  readonly system: boolean;
}

export const EVERYTHING: Accepted = {
  structure: "schema",
  tokens: "max_completion_tokens",
  sampling: true,
  reasoning: "template",
  system: true,
};

/** What a model is told to do, and what it is to do it with. */
export interface Prompt {
  readonly rules: string;
  readonly data: string;
}

const ANSWER_SCHEMA = {
  type: "object",
  properties: {
    items: {
      type: "array",
      items: {
        type: "object",
        properties: { id: { type: "integer" }, text: { type: "string" } },
        required: ["id", "text"],
        additionalProperties: false,
      },
    },
  },
  required: ["items"],
  additionalProperties: false,
};

const STRUCTURES = {
  schema: { response_format: { type: "json_schema", json_schema: { name: "translations", strict: true, schema: ANSWER_SCHEMA } } },
  object: { response_format: { type: "json_object" } },
  plain: {},
} as const;

/** A request's fields, but for its model. `effort`: how much a model is to think, in its server's word. */
export function fieldsOf({ structure, tokens, sampling, reasoning, system }: Accepted, { rules, data }: Prompt, limits: Limits) {
  return {
    messages: system
      ? [
          { role: "system", content: rules },
          { role: "user", content: data },
        ]
      : [{ role: "user", content: `${rules}\n\n${data}` }],
    ...STRUCTURES[structure],
    ...(tokens !== "unbounded" && { [tokens]: limits.tokens }),
    ...(sampling && { temperature: 0, seed: 1 }),
    ...(reasoning !== "unsaid" && { reasoning_effort: limits.effort }),
    ...(reasoning === "template" && { chat_template_kwargs: { enable_thinking: limits.effort !== "none" } }),
  };
}

interface Limits {
  readonly tokens: number;
  readonly effort: string;
}

/**
 * What to try next with a server that refused `accepted`, and said `refusal`; undefined if nothing is left to give up. `isTaken`:
 * it has taken that form before, so that nothing is given up but what it names.
 */
export function lowered(accepted: Accepted, refusal: string, isTaken: boolean): Accepted | undefined {
  const named = STEPS.find(({ names, step }) => names.test(refusal) && step(accepted));
  if (named || isTaken) return named?.step(accepted);
  return STEPS.map(({ step }) => step(accepted)).find((next) => next !== undefined);
}

/** What is given up, and the words of a refusal that ask for it. Where none is asked for, what comes first is missed least. */
const STEPS: readonly { readonly names: RegExp; readonly step: (accepted: Accepted) => Accepted | undefined }[] = [
  {
    names: /reasoning|think|chat_template/i,
    step: (accepted) => {
      if (accepted.reasoning === "unsaid") return undefined;
      return { ...accepted, reasoning: accepted.reasoning === "template" ? "effort" : "unsaid" };
    },
  },
  {
    names: /response_format|json_schema|json_object|structured|grammar|schema/i,
    step: (accepted) => {
      if (accepted.structure === "plain") return undefined;
      return { ...accepted, structure: accepted.structure === "schema" ? "object" : "plain" };
    },
  },
  { names: /temperature|seed/i, step: (accepted) => (accepted.sampling ? { ...accepted, sampling: false } : undefined) },
  { names: /system role|role/i, step: (accepted) => (accepted.system ? { ...accepted, system: false } : undefined) },
  {
    names: /max_(completion_)?tokens/i,
    step: (accepted) => {
      if (accepted.tokens === "unbounded") return undefined;
      return { ...accepted, tokens: accepted.tokens === "max_completion_tokens" ? "max_tokens" : "unbounded" };
    },
  },
];
