import { asDragomanError, isErrorCode } from "../../platform/errors.ts";
import type { Translator } from "../engine/ports/translator.ts";
import type { Asked, Reply, ServedPair } from "../engine/services/translation/remote.ts";

/** An engine waits for each answer before it asks again; one that asks for more at once is none. */
const MAX_AT_ONCE = 4;

/** What translators serve now. Throws what they throw. */
export async function servedBy(translator: Translator): Promise<ServedPair[]> {
  return Promise.all((await translator.pairs()).map(async (pair) => ({ ...pair, unit: await translator.unitOf(pair) })));
}

/** Who answers what one document's engine asks of the translators. */
export interface Answering {
  readonly translator: Translator;
  readonly answer: (reply: Reply) => void;
  /** Hears that the engine waits, or waits no more. */
  readonly waits: (isWaiting: boolean) => void;
}

/** Takes questions; false if one is too many. Ends with `signal`. */
export function answerer({ translator, answer, waits }: Answering, signal: AbortSignal): (asked: Asked) => boolean {
  let open = 0;
  const take = async ({ id, pair, batch }: Asked) => {
    try {
      const translations = await translator.translate(batch, pair, signal);
      if (!signal.aborted) answer({ kind: "translated", id, translations });
    } catch (thrown) {
      if (signal.aborted) return;
      const { code, message } = asDragomanError(thrown);
      answer({ kind: "untranslated", id, code: isErrorCode(code) ? code : "INTERNAL", message });
    } finally {
      open -= 1;
      if (open === 0) waits(false);
    }
  };
  return (asked) => {
    if (open >= MAX_AT_ONCE) return false;
    open += 1;
    waits(true);
    void take(asked);
    return true;
  };
}
