import { Callers } from "../../orchestrator/access/callers.ts";
import type { Gate } from "../../orchestrator/access/guard.ts";
import { JobTokens } from "../../orchestrator/access/job_tokens.ts";
import { KnownControls } from "../../orchestrator/scheduling/known_controls.ts";
import type { AnnouncedWorker, Store } from "../../orchestrator/store/store.ts";

/** What services let callers in by, where no call lasts. */
export function gateOf(store: Store): Gate {
  return {
    store,
    callers: new Callers({ store, tokens: new JobTokens("test") }),
    lasting: { hold: () => ({ [Symbol.dispose]: () => undefined }) },
  };
}

/** What operators' calls work on, where nothing but the store is there, and these workers. */
export function aloneOf(store: Store, members: readonly AnnouncedWorker[] = []) {
  const none = () => undefined;
  const fleet = { members: () => [...members] };
  return { fleet, controls: new KnownControls(store), onControls: none, onOperation: none, creation: {} as never };
}
