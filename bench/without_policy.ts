import type { Commit, Store } from "../orchestrator/store/store.ts";

/** A store to which commits charge nothing. */
export function withoutPolicy(store: Store): Store {
  const plain = ({ charges: _, turn, ...commit }: Commit): Commit => ({
    ...commit,
    ...(turn && { turn: { ...turn, charge: 0, chosenAt: undefined } }),
  });
  return new Proxy(store, {
    get: (target, name) => {
      if (name === "commit") return (commit: Commit) => target.commit(plain(commit));
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
