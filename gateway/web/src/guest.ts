const STORED = "dragoman.token";
const TOKEN = /^dgj_([0-9A-Z]{26})_[0-9a-f]{16}_[0-9a-z]+_(rc?)_[0-9a-f]{64}$/;

/** Who has a token for one job, and no key. */
export interface Guest {
  readonly token: string;
  readonly jobId: string;
  readonly mayCancel: boolean;
}

/**
 * The guest that the page's address names (`/view/ID#token=…`), or did before a reload. The token is taken out of the address, so
 * that it is in no bookmark, history or picture of the screen.
 */
export function guestHere(): Guest | undefined {
  const [, sent] = /^#token=(.*)$/.exec(location.hash) ?? [];
  if (sent !== undefined) {
    sessionStorage.setItem(STORED, sent);
    history.replaceState(null, "", location.pathname);
  }
  const token = sessionStorage.getItem(STORED) ?? "";
  const [, jobId, rights] = TOKEN.exec(token) ?? [];
  return jobId ? { token, jobId, mayCancel: rights === "rc" } : undefined;
}
