/** The longest that Node's timers wait, in milliseconds; one that is set for longer fires at once. */
const LONGEST_MS = 2 ** 31 - 1;
const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** Shortens a deadline of Connect's or gRPC's that is further away than a timer can wait, as clients send that mean "for ever". */
export function boundDeadline(headers: Headers): void {
  const connectMs = headers.get("connect-timeout-ms");
  if (connectMs && /^\d{1,10}$/.test(connectMs) && Number(connectMs) > LONGEST_MS) headers.set("connect-timeout-ms", String(LONGEST_MS));
  const [, amount, unit = ""] = /^(\d{1,8})([HMSmun])$/.exec(headers.get("grpc-timeout") ?? "") ?? [];
  if (amount && Number(amount) * (UNIT_MS[unit] ?? 0) > LONGEST_MS) headers.set("grpc-timeout", `${Math.floor(LONGEST_MS / 1000)}S`);
}
