import { Callers } from "../../orchestrator/access/callers.ts";
import type { Gate } from "../../orchestrator/access/guard.ts";
import { JobTokens } from "../../orchestrator/access/job_tokens.ts";
import type { Store } from "../../orchestrator/store/store.ts";

/** What services let callers in by, where no call lasts. */
export function gateOf(store: Store): Gate {
  return {
    store,
    callers: new Callers({ store, tokens: new JobTokens("test") }),
    lasting: { hold: () => ({ [Symbol.dispose]: () => undefined }) },
  };
}
