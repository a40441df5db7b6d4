import { asDragomanError, isErrorCode } from "../../platform/errors.ts";
import type { Translator } from "../engine/ports/translator.ts";
import type { Asked, Reply, ServedPair, Told } from "../engine/services/translation/remote.ts";

/** Twice what an engine asks at once, for it may ask again before its answer counts as sent; one that asks for more is none. */
const MAX_AT_ONCE = 8;

/** What translators serve now. Throws what they throw. */
export async function servedBy(translator: Translator): Promise<ServedPair[]> {
  return Promise.all((await translator.pairs()).map(async (pair) => ({ ...pair, unit: await translator.unitOf(pair) })));
}

/** Who answers what one document's engine asks of the translators. */
export interface Answering {
  readonly translator: Translator;
  /** Resolves when it is on its way. */
  readonly answer: (reply: Reply) => Promise<void>;
  /** Hears that the engine waits, or waits no more. */
  readonly waits: (isWaiting: boolean) => void;
}

/** Takes questions, and what became of their answers; false if a question is too many. Ends with `signal`. */
export function answerer({ translator, answer, waits }: Answering, signal: AbortSignal): (asked: Asked | Told) => boolean {
  /** How many are not answered yet, and how many answers are not yet on their way as well. */
  let waiting = 0;
  let open = 0;
  const translationsOf = ({ pair, batch, refused, isEstimate }: Asked) =>
    isEstimate && translator.estimate ? translator.estimate(batch, pair, signal) : translator.translate(batch, pair, signal, refused);
  const replyTo = async (asked: Asked): Promise<Reply> => {
    const { id } = asked;
    try {
      return { kind: "translated", id, translations: await translationsOf(asked) };
    } catch (thrown) {
      const { code, message } = asDragomanError(thrown);
      return { kind: "untranslated", id, code: isErrorCode(code) ? code : "INTERNAL", message };
    }
  };
  const take = async (asked: Asked) => {
    const reply = await replyTo(asked);
    waiting -= 1;
    if (waiting === 0) waits(false);
    // Who reads no answer is given no more of them.
    if (!signal.aborted) await answer(reply);
    open -= 1;
  };
  return (asked) => {
    if (asked.kind === "settle") {
      translator.settle?.(asked.settled);
      return true;
    }
    if (open >= MAX_AT_ONCE) return false;
    open += 1;
    waiting += 1;
    waits(true);
    void take(asked);
    return true;
  };
}
